"""The editor: a template as rows of inputs in the admin, checked while somebody types."""
