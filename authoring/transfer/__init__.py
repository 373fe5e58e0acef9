"""Templates in and out: files, the commands, and the pages of the admin."""
