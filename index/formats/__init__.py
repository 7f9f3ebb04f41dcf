"""One small module a format: bytes to text, HTML to text, Markdown to text."""
