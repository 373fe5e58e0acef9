"""The tools, prompts and resources that any client of the Model Context Protocol can use, at `/mcp/`."""
