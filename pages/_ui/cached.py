"""The only caches of the screens: answers that many runs ask for and that may be a minute old.

Ask for small things by ids and dates, never with frames. The key holds the books' address, so that one company's
answer is never shown for another's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import streamlit as st

from pages._ui import frame, text
from services.access import audit
from services.db.current import current
from services.integrity import queries as integrity
from services.integrity.model import CheckResult
from services.ledger import queries as ledger

T = TypeVar("T")
_CHECKED_FOR = timedelta(hours=1)


def read(query: Callable[..., T], /, **filters: Any) -> T:
    """Like `frame.read`, but an answer up to a minute old will do: reference lists, home-screen sums, trends."""
    answer: T = _minute(str(current().url), f"{query.__module__}.{query.__qualname__}", query, filters)
    return answer


def until_posted(query: Callable[..., T], /, **filters: Any) -> T:
    """Like `read`, but asked anew as soon as anything was posted: what follows from the journal alone.

    A minute is the limit all the same, because on PostgreSQL an entry with a smaller id may be committed later.
    """
    books = f"{current().url} up to entry {frame.read_once(ledger.newest_entry)}"
    answer: T = _minute(books, f"{query.__module__}.{query.__qualname__}", query, filters)
    return answer


def shared_until_posted(query: Callable[..., T], /, **filters: Any) -> T:
    """One large answer kept once for everybody and never copied, until anything is posted or anybody acts.

    Work in a thread of its own may ask as well, so that the screen finds the answer made.
    """
    books = f"{current().url} up to {frame.read_once(ledger.newest_entry)} and {frame.read_once(audit.newest_event)}"
    answer: T = _shared(books, f"{query.__module__}.{query.__qualname__}", query, filters)
    return answer


def checked(*, may_run: bool = True) -> tuple[list[CheckResult], datetime] | None:
    """Every check of the books and the moment it was run, kept for an hour: they read every entry there is.

    When nothing is kept, they are run with their progress shown if `may_run`, and the answer is None if not.
    """
    books, kept = str(current().url), _kept_checks()
    if books in kept and text.now() - kept[books][1] > _CHECKED_FOR:
        del kept[books]
    if books not in kept and may_run:
        kept[books] = (_run_checks(), text.now())
    return kept.get(books)


def check_again() -> None:
    """Forget the checks, so that they are run anew."""
    _kept_checks().clear()


def _run_checks() -> list[CheckResult]:
    """One check after the other, each in its own view of the books, so that the progress is drawn between them."""
    results: list[CheckResult] = []
    bar = st.progress(0.0)
    for done, check in enumerate(integrity.CHECKS):
        bar.progress(done / len(integrity.CHECKS), f"Checking every entry: {check.name.replace('_', ' ')}")
        results += frame.read(integrity.run, names=(check.name,))
    bar.empty()
    return results


def drawn(name: str, key: str, make: Callable[[], T]) -> T:
    """What `make` makes of exactly this key, such as the paper of a document that never changes; kept for an hour."""
    made: T = _drawn(str(current().url), name, key, make)
    return made


def forget() -> None:
    """Drop every cached answer, after an act whose effect must be seen at once."""
    _minute.clear()
    _kept_checks().clear()


@st.cache_resource
def works() -> dict[tuple[str, str], Any]:
    """The work going on in threads of its own (`working.Work`), by the books and what kind of work it is."""
    return {}


@st.cache_resource
def _kept_checks() -> dict[str, tuple[list[CheckResult], datetime]]:
    return {}


@st.cache_data(ttl=60, max_entries=512, show_spinner=False)
def _minute(books: str, name: str, _query: Callable[..., Any], filters: dict[str, Any]) -> Any:
    del books, name  # they are only part of the key
    return frame.read(_query, **filters)


@st.cache_resource(ttl=60, max_entries=4, show_spinner="Matching receipts…")
def _shared(books: str, name: str, _query: Callable[..., Any], filters: dict[str, Any]) -> Any:
    del books, name  # they are only part of the key
    return frame.read(_query, **filters)


@st.cache_data(ttl=3600, max_entries=128, show_spinner=False)
def _drawn(books: str, name: str, key: str, _make: Callable[[], Any]) -> Any:
    del books, name, key  # they are only part of the key
    return _make()
