"""The one database of this process."""

from __future__ import annotations

from services.db.engine import Database
from services.settings import settings

_current: list[Database] = []


def current() -> Database:
    """Give the books this process works on, opened from the settings when first asked for."""
    if not _current:
        chosen = settings()
        _current.append(Database(chosen.database_url, timezone=chosen.timezone, read_url=chosen.read_url))
    return _current[0]


def use(database: Database | None) -> None:
    """Work on these books from now on; None goes back to the settings. For tests and the command line."""
    _current[:] = [database] if database else []
