"""What every screen opens with: the guard, the title row, and the one way to read and to act with errors shown.

screen = open_screen("Invoices", SEE_INVOICES, answer="What was invoiced, and what of it is still open?")
with screen.acts:
    st.page_link(...)
found = read(queries.page, period=chosen_period(), page=1, size=50)
if done := act(void_invoice, invoice_id=7):
    tell("Invoice 7 is void."); st.rerun()
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Generic, Literal, NoReturn, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui import leaving, state, text
from services.access import queries as access
from services.access.model import EVERYONE, SESSION_COOKIE, Permission, Principal, require
from services.db.current import current
from services.errors import Forbidden, InvalidForm, LedgerdeskError, NotFound

T = TypeVar("T")
Colour = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]

_ADDRESS = re.compile(r"https?(?=://)|www(?=\.)", re.IGNORECASE)

OPEN = Permission("screens.open", "open the dashboard", EVERYONE)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the main script: who looks, and what was read once for all of it."""

    by: Principal
    answers: dict[Callable[..., Any], Any] = field(default_factory=dict)


_RUN: ContextVar[_Run | None] = ContextVar("run", default=None)


@dataclass(frozen=True, slots=True)
class Badge:
    """A fact beside a screen's title, in words first; the colour only repeats them."""

    words: str
    colour: Colour = "gray"
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """An opened screen: who looks at it, and the place at the right of its title for two or three acts."""

    by: Principal
    acts: DeltaGenerator


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """How an act went; true when it succeeded, then `result` is what the operation returned."""

    ok: bool
    result: T | None = None
    sentence: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether the operation succeeded."""
        return self.ok


def signed_in() -> Principal | None:
    """Who the session cookie speaks for now, asked of the database on every run; tests patch this one function."""
    with current().read() as conn:
        return access.principal_for(conn, st.context.cookies.get(SESSION_COOKIE), text.now())


@contextmanager
def seen(by: Principal) -> Iterator[None]:
    """While the main script draws a screen, who was let in need not be looked up again; an act asks anew."""
    before = _RUN.set(_Run(by))
    try:
        yield
    finally:
        _RUN.reset(before)


def me() -> Principal:
    """The person looking at this screen; stops the run with a way back when the session has ended."""
    run = _RUN.get()
    return run.by if run else _asked_now()


def _asked_now() -> Principal:
    found = signed_in()
    if found is None:
        leaving.show_signed_out()
        st.stop()
    return found


def open_screen(
    title: str,
    permission: Permission,
    *,
    answer: str = "",
    icon: str | None = None,
    badges: tuple[Badge, ...] = (),
) -> Screen:
    """Guard the screen and draw its title row; the first call of every screen.

    `answer` is the question the screen answers, shown small under the title (or facts of the record: markdown is
    allowed, so escape names with `plain`). Without the permission the run stops at a sentence that says whom to ask.
    """
    by = me()
    try:
        require(by, permission)
    except Forbidden as refusal:
        st.title(plain(title))
        st.error(plain(str(refusal)), icon=":material/lock:")
        st.stop()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="stretch"):
            st.title(plain(title), anchor=False, icon=icon, width="content")
            for badge in badges:
                st.badge(plain(badge.words), color=badge.colour, icon=badge.icon)
        acts = st.container(horizontal=True, horizontal_alignment="right", width="content", gap="small")
    if answer:
        st.markdown(f":small[:gray[{answer}]]")  # not a caption: that fades links below what can be read
    for sentence, mark in state.told():
        st.toast(plain(sentence), icon=mark)
    return Screen(by, acts)


def read(query: Callable[..., T], /, **filters: Any) -> T:
    """Run `query(conn, **filters)` on a fresh read-only view and close it before anything is shown.

    `NotFound` and other anticipated errors are shown as their sentence and stop the run.
    """
    try:
        with current().read() as conn:
            return query(conn, **filters)
    except LedgerdeskError as error:
        return _stop_at(error)


def read_once(query: Callable[..., T], /) -> T:
    """Like `read`, asked once in a run of the main script: for what many of its parts want to know.

    An act of the run makes it ask again.
    """
    run = _RUN.get()
    if run is None:
        return read(query)
    if query not in run.answers:
        run.answers[query] = read(query)
    answer: T = run.answers[query]
    return answer


def act(operation: Callable[..., T], /, **facts: Any) -> Outcome[T]:
    """Run `operation(tx, by=<the person>, **facts)` in one transaction and show a refusal as its sentence.

    Nothing of Streamlit is called between BEGIN and COMMIT. Wrong fields (`InvalidForm`) come back in
    `Outcome.fields` for the form to show beside each; `forms.Form.act` does that.
    """
    return attempt(operation, show=True, **facts)


def attempt(operation: Callable[..., T], /, *, show: bool, **facts: Any) -> Outcome[T]:
    """Like `act`, leaving it to the caller (`show=False`) to say what went wrong."""
    by = _asked_now()
    try:
        result = current().act(lambda tx: operation(tx, by=by, **facts))
    except InvalidForm as invalid:
        outcome: Outcome[T] = Outcome(False, sentence=str(invalid), fields=invalid.fields)
    except LedgerdeskError as refusal:
        outcome = Outcome(False, sentence=str(refusal))
    else:
        if run := _RUN.get():
            run.answers.clear()
        return Outcome(True, result)
    if show:
        st.error(plain(outcome.sentence), icon=":material/error:")
    return outcome


def show_problem(error: LedgerdeskError) -> None:
    """Show an anticipated error: what was not found in a calm voice, a refusal in red."""
    if isinstance(error, NotFound):
        st.info(plain(str(error)), icon=":material/search_off:")
    else:
        st.error(plain(str(error)), icon=":material/error:")


def _stop_at(error: LedgerdeskError) -> NoReturn:
    show_problem(error)
    st.stop()


def on_script_error(error: Exception) -> bool:
    """What `st.App(on_script_error=...)` calls for whatever a screen let through; True: it has been shown.

    An anticipated error is shown as its sentence; anything else is logged in full and shown as a reference number.
    """
    if isinstance(error, LedgerdeskError):
        show_problem(error)
        return True
    st.error(logged(error))
    return True


def logged(error: Exception) -> str:
    """Log an error nobody anticipated in full, and give the sentence that names its reference number."""
    reference = token_hex(4).upper()
    logging.getLogger("ledgerdesk").error("screen failed, reference %s", reference, exc_info=error)
    return f"Something went wrong here, and it is not your doing. Tell the administrator: reference **{reference}**."


def empty(why: str, next_step: str = "") -> None:
    """An empty state: why there is nothing, and what to do next."""
    st.info(plain(f"{why} {next_step}".strip()), icon=":material/inbox:")


def caution(words: str) -> None:
    """A small warning, in markdown, beside what it is about; a caption would fade its colour beyond reading."""
    st.markdown(f":small[:orange[:material/warning: {words}]]")


def complain(words: str) -> None:
    """A small sentence, in markdown, beside what it says is wrong; no caption either."""
    st.markdown(f":small[:red[{words}]]")


def plain(words: str) -> str:
    """A text from outside (a name, a bank's words) with every markdown sign and every web address made harmless.

    An address becomes a link even where all its signs are escaped, so a joiner without width stands in its way.
    """
    unlinked = _ADDRESS.sub(lambda found: f"{found[0]}\N{WORD JOINER}", words)
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+!|~$<>:&" else sign for sign in unlinked)
