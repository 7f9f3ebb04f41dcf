"""``python -m tests.mcp_program DOCUMENTS INDEX HOME``: the MCP server over stdio, as a command starts it."""

import sys
from pathlib import Path

from bot.mcp_command import serve
from bot.opening import open_site
from bot.settings import BotSettings
from index.settings import Settings

if __name__ == "__main__":
    documents, index, home = map(Path, sys.argv[1:])
    settings = Settings(None, home, None)
    with open_site(documents, index, settings, BotSettings("127.0.0.1", 7860)) as site:
        serve(site, "https://youju.example")
