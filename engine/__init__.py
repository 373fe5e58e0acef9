"""The heart of the service in plain Python: what a template says, what counts, what comes next. It knows no Django."""
