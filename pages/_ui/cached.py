"""The only caches of the screens: answers that many runs ask for and that may be a minute old.

Ask for small things by ids and dates, never with frames. The key holds the books' address, so that one company's
answer is never shown for another's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import streamlit as st

from pages._ui import frame, text
from services.db.current import current
from services.integrity import queries as integrity
from services.integrity.model import CheckResult

T = TypeVar("T")


def read(query: Callable[..., T], /, **filters: Any) -> T:
    """Like `frame.read`, but an answer up to a minute old will do: reference lists, home-screen sums, trends."""
    answer: T = _minute(str(current().url), f"{query.__module__}.{query.__qualname__}", query, filters)
    return answer


def checked() -> tuple[list[CheckResult], datetime]:
    """Every check of the books and the moment it was run, once an hour or after `check_again`: they read everything."""
    return _checks(str(current().url))


def check_again() -> None:
    """Let the next run of the integrity screen run the checks anew."""
    _checks.clear()


def drawn(name: str, key: str, make: Callable[[], T]) -> T:
    """What `make` makes of exactly this key, such as the paper of a document that never changes; kept for an hour."""
    made: T = _drawn(str(current().url), name, key, make)
    return made


def forget() -> None:
    """Drop every cached answer, after an act whose effect must be seen at once."""
    _minute.clear()
    _checks.clear()


@st.cache_data(ttl=3600, max_entries=4, show_spinner="Checking every entry…")
def _checks(books: str) -> tuple[list[CheckResult], datetime]:
    del books  # it is only part of the key
    return frame.read(integrity.run), text.now()


@st.cache_data(ttl=60, max_entries=512, show_spinner=False)
def _minute(books: str, name: str, _query: Callable[..., Any], filters: dict[str, Any]) -> Any:
    del books, name  # they are only part of the key
    return frame.read(_query, **filters)


@st.cache_data(ttl=3600, max_entries=128, show_spinner=False)
def _drawn(books: str, name: str, key: str, _make: Callable[[], Any]) -> Any:
    del books, name, key  # they are only part of the key
    return _make()
