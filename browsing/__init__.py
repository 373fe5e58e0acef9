"""A real browser, for tests and for the pictures of the documentation. Nothing that runs in production needs it."""
