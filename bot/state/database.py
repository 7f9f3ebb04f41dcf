"""The state database: one for a site, SQLite by default, PostgreSQL by its URL."""


class State:
    """Everything kept, opened at a URL."""
