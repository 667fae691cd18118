"""The Model Context Protocol: a cube as tools, resources and prompts of an MCP server."""
