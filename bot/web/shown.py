"""Numbers and moments as pages show them."""

from datetime import datetime

DAY, MINUTE = "%Y-%m-%d", "%Y-%m-%d %H:%M"


def moment(at: datetime) -> str:
    """Write a moment in the time of the server, to the minute."""
    return at.astimezone().strftime(MINUTE)


def size(count: int) -> str:
    """Write a number of bytes as people do: ``812 B``, ``14 KB``, ``3.2 MB``."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.0f} KB"
    return f"{count / 1_000_000:.1f} MB"
