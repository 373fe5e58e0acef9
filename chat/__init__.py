"""A small chat in the terminal: a client of the REST API like any other. It imports nothing of the service."""
