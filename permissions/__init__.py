"""Who may do what: user types, grants, API keys, authentication, and one policy."""
