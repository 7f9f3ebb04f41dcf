"""Youju for other programs: JSON over HTTP, OpenAI's chat API, MCP."""
