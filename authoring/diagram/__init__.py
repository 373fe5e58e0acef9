"""The diagram of a template, and the same in words."""
