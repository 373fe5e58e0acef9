"""Where authors work: templates in and out of files."""
