"""What a model is told of a workflow: the members of a context, the prompt, and what gives way to a budget. Pure."""
