"""Work that outlasts a click: one act in a thread of its own, which tells a plain object how far it is.

The thread calls nothing of Streamlit, and the screen only looks at the object; so no click, no lost connection and no
closed tab can stop the act halfway: its one transaction is committed whole or, when the server dies, not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any

import streamlit as st

from pages._ui import cached
from pages._ui.frame import logged, me, plain
from services.access.model import Principal
from services.db.current import current
from services.db.engine import Database
from services.errors import LedgerdeskError

Tell = Callable[[int, int, str], None]
Task = Callable[[Database, Principal, Tell], Any]

_EVERY = 0.4  # seconds between two looks
_starting = Lock()


@dataclass
class Work:
    """An act under way or ended: who started it, how far it is, and what came of it."""

    title: str
    by: Principal
    share: float = 0.0
    told: str = ""
    ended: bool = False
    result: Any = None
    refusal: LedgerdeskError | None = None
    bug: str = ""

    def is_done_for(self, by: Principal) -> bool:
        """Whether it went well and this person started it."""
        return self.ended and self.by == by and not (self.refusal or self.bug)

    def tell(self, done: int, total: int, what: str) -> None:
        """What the act calls as it goes on; a bar never runs back, also when the database asks for another try."""
        self.share, self.told = max(self.share, min(done / max(total, 1), 1.0)), what

    def run(self, database: Database, task: Task) -> None:
        """The thread: the task, and how it ended."""
        try:
            self.result = task(database, self.by, self.tell)
        except LedgerdeskError as refusal:
            self.refusal = refusal
        except Exception as error:  # noqa: BLE001 - nobody above would hear of it
            self.bug = logged(error)
        self.ended = True


def start(kind: str, title: str, operation: Callable[..., Any], /, **facts: Any) -> bool:
    """Begin `operation(tx, by=<the person>, progress=, **facts)`; False while other work of that kind goes on."""

    def whole(database: Database, by: Principal, tell: Tell) -> Any:
        return database.act(lambda tx: operation(tx, by=by, progress=tell, **facts))

    return begin(kind, title, whole)


def begin(kind: str, title: str, task: Task) -> bool:
    """Begin `task(database, <the person>, <tells how far>)`, such as drawing before a short act; False as above."""
    by, database = me(), current()
    key = (str(database.url), kind)
    with _starting:
        going_on = cached.works().get(key)
        if going_on and not going_on.ended:
            return False
        work = cached.works()[key] = Work(title, by)
    Thread(target=work.run, args=(database, task), name=kind, daemon=True).start()
    return True


def found(kind: str) -> Work | None:
    """The last work of that kind on these books, until it is put away."""
    work: Work | None = cached.works().get((str(current().url), kind))
    return work


def put_away(kind: str) -> None:
    """Forget ended work."""
    if (work := found(kind)) and work.ended:
        cached.works().pop((str(current().url), kind), None)


@st.fragment(run_every=_EVERY)
def watch(work: Work) -> None:
    """The bar of work that goes on; the screen is drawn anew when it has ended."""
    if work.ended:
        cached.forget()
        st.rerun()
    st.progress(work.share, f"{plain(work.title)}: {plain(work.told)}" if work.told else plain(work.title))
