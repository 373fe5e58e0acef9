"""Where authors work: templates written, tried, drawn, compared, and moved in and out of files."""
