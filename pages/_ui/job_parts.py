"""A job on its screen: how it stands, running it with its progress, holding and releasing it, and its cap."""

from __future__ import annotations

from contextlib import closing

import streamlit as st

from pages._ui import cached, menu, state, stop_parts, text
from pages._ui.forms import Form
from pages._ui.frame import Badge, Screen, me, plain, read, show_problem
from services.access.model import Principal
from services.db.current import current
from services.errors import LedgerdeskError
from services.jobs import operations, queries
from services.jobs.model import HOLD_JOBS, RUN_JOBS, Outcome, Progress
from services.jobs.queries import Standing
from services.jobs.running import run_due
from services.wiring import jobs as wiring

SCREEN = "admin/jobs.py"
OUTCOMES = {
    "running": "Running",
    Outcome.DONE.value: "Done",
    Outcome.FAILED.value: "Some failed",
    Outcome.HELD.value: "Held",
    Outcome.INTERRUPTED.value: "Interrupted",
    Outcome.BUSY.value: "Left to another",
}


def badge(found: Standing) -> Badge:
    """How a job stands in two words."""
    if found.hold:
        return Badge("On hold", "red", ":material/pause_circle:")
    if found.is_running(text.now()):
        return Badge("Running", "blue", ":material/sync:")
    if found.is_overdue(text.today()):
        return Badge("Overdue", "red", ":material/error:")
    if found.failed:
        return Badge(text.count(found.failed, "failure"), "orange", ":material/warning:")
    if found.waiting:
        return Badge("Due now", "blue", ":material/schedule:")
    return Badge("Up to date", "green", ":material/check:")


def card(screen: Screen, found: Standing) -> None:
    """A job: what it does and when, how it stands, and what this person may do about it."""
    job, mark = found.job, badge(found)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            says = f"{plain(job.says)} Due {plain(job.schedule.words)}."
            st.subheader(plain(job.label), anchor=False, width="content", help=says)
            st.badge(mark.words, color=mark.colour, icon=mark.icon)
            st.space("stretch")
            _buttons(screen.by, found)
        st.markdown(" · ".join(_facts(found)))
        if found.hold:
            held = found.hold
            since = f"{text.moment(held.held_at)} by {plain(held.held_by)}"
            st.warning(f"On hold since {since}: {plain(held.reason)}", icon=":material/pause_circle:")
    if st.session_state.pop(_asked(job.name), False):
        run(found)


def _facts(found: Standing) -> list[str]:
    periods = found.job.schedule.names_of(found.due)
    left = f"**{text.count(found.waiting, found.job.noun)}** due for {periods}" if found.due else "Nothing due"
    if found.held:
        in_ = found.job.schedule.names_of(found.held_in)
        left += f", **{text.count(found.held, found.job.noun)}** held for {in_}"
    cap = f"at most {text.count(found.cap, found.job.noun)} a run" if found.cap else "no cap"
    return [left, f"next due {text.day(found.next_on)}", f"last had work {text.moment(found.seen_at) or 'never'}", cap]


def _asked(job: str) -> str:
    return f"jobs_run_{job}"


def _ask(job: str) -> None:
    st.session_state[_asked(job)] = True


def _buttons(by: Principal, found: Standing) -> None:
    name = found.job.name
    if by.may(RUN_JOBS) and found.waiting and not found.hold:
        st.button(
            "Run now", key=f"jobs_now_{name}", type="primary", icon=":material/play_arrow:", on_click=_ask, args=[name]
        )
    if by.may(HOLD_JOBS):
        if st.button("Cap", key=f"jobs_cap_{name}", icon=":material/vertical_align_top:"):
            change_cap(found)
        label, icon = ("Release", ":material/play_circle:") if found.hold else ("Hold", ":material/pause_circle:")
        if st.button(label, key=f"jobs_hold_{name}", icon=icon):
            switch(found)


def run(found: Standing) -> None:
    """Run the job to its end, the bar drawn between two of its transactions.

    Whoever clicks elsewhere meanwhile stops it between two batches; the next run does the rest.
    """
    bar, ended = st.progress(0.0, f"{found.job.label}: looking for who is due"), list[Progress]()
    try:
        with closing(run_due(current(), by=me(), jobs=[found.job], on=text.today())) as running:
            for one in running:
                if one.outcome is not None:
                    ended.append(one)
                if not one.total:
                    continue
                tried, total = one.done + one.failed, max(one.total, 1)
                words = f"{found.job.label}, {found.job.schedule.name_of(one.period)}: {tried:,} of {one.total:,}"
                bar.progress(min(tried / total, 1.0), words)
    except LedgerdeskError as error:
        show_problem(error)
        return
    finally:
        cached.forget()
    state.tell(_said_of(found, ended))
    st.rerun()


def _said_of(found: Standing, ended: list[Progress]) -> str:
    done, failed = sum(one.done for one in ended), sum(one.failed for one in ended)
    words = f"{found.job.label}: {text.count(done, found.job.noun)} done."
    if failed:
        words += f" {failed:,} failed; see the failures."
    if held := sum(one.held for one in ended):
        words += f" {text.count(held, found.job.noun)} held by hand; see Who is next."
    if any(one.outcome is Outcome.HELD for one in ended):
        words += " The rest is on hold."
    if any(one.outcome is Outcome.BUSY for one in ended):
        words += " The rest is in the hands of another process."
    return words


@st.dialog("Hold or release", icon=":material/pause_circle:")
def switch(found: Standing) -> None:
    """The form that stops a job between two batches, or lets it go on."""
    job, held = found.job, found.hold is not None
    if held:
        st.caption(f"{plain(job.label)} goes on with whoever is due, within a minute.")
    else:
        st.caption(f"{plain(job.label)} stops between two batches, everywhere, until somebody releases it.")
    form = Form(f"jobs_switch_{job.name}")
    with form.drawn(border=False):
        reason = form.text("reason", "Reason", max_chars=500)
        sent = st.form_submit_button("Release" if held else "Hold", type="primary", shortcut="Ctrl+Enter")
    act = operations.release if held else operations.hold
    told = f"{job.label} may run again." if held else f"{job.label} is on hold."
    if sent and form.act(act, told=told, job=job.name, reason=reason):
        cached.forget()
        st.rerun()


@st.dialog("Cap", icon=":material/vertical_align_top:")
def change_cap(found: Standing) -> None:
    """The form for how many a run may do before the job is held."""
    job = found.job
    st.caption("A run that reaches the cap stops and holds the job, so that somebody looks before it goes on.")
    form = Form(f"jobs_cap_{job.name}")
    with form.drawn(border=False):
        limited = form.tick("limited", "Limit how many a run may do", value=found.cap is not None)
        most = st.number_input(
            f"At most so many {job.noun}s a run", 1, operations.HIGHEST_CAP, found.cap or 1_000, key=form.key("most")
        )
        sent = st.form_submit_button("Save", type="primary", shortcut="Ctrl+Enter")
    if sent and form.act(operations.set_cap, told="The cap is set.", job=job.name, most=most if limited else None):
        st.rerun()


def troubles(by: Principal) -> None:
    """One line for each job that is overdue, held or failed, for whoever may see it; nothing while all is well."""
    if menu.may_open(by, SCREEN):
        sentences = cached.read(wiring.troubles, on=text.today())
        if sentences:
            with st.container(border=True, gap="xsmall"):
                for words in sentences:
                    st.markdown(f":red[:material/event_repeat:] {plain(words)}")
                menu.link(by, SCREEN, "Look at the scheduled work", icon=":material/arrow_forward:")
    stop_parts.on_home(by)


def standings() -> list[Standing]:
    """How every job stands now."""
    return read(queries.standings, jobs=wiring.JOBS, on=text.today())
