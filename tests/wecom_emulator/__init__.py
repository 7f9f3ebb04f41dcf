"""WeCom on this machine, both directions: what it calls of us, and what we call of it.

Made from section 8 of the channel's specification. Its clock is given, so that six minutes pass at once.
``python -m tests.wecom_emulator`` lets a person chat with the bot in a terminal.
"""
