"""Now: the command line owns the clock of what it does itself."""

from datetime import UTC, datetime


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- as said
