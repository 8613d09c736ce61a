"""The lists of scheduled work: who will be charged, who failed and why, and what every run did."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, cards, downloads, filters, tables, text
from pages._ui.frame import Screen, empty, plain, read
from pages._ui.job_parts import OUTCOMES
from services.jobs import queries
from services.jobs.job import Job
from services.jobs.queries import Standing
from services.jobs.running import job_named
from services.money import MICROS, Money
from services.reporting.exports import Column, ColumnKind, ExportTable
from services.wiring import jobs as wiring

CUSTOMER = "customers/customer.py"
_REASONS = 5  # the most frequent, written out above the list
DUE = {
    "label": Column("Subject"),
    "customer": Column("Customer"),
    "currency": Column("Currency"),
    "micros": Column("Amount", ColumnKind.MONEY),
    "held": Column("Held"),
}
FAILED = {
    "what": Column("Job"),
    "period": Column("Period", ColumnKind.DAY),
    "label": Column("Subject"),
    "customer": Column("Customer"),
    "error": Column("Reason"),
    "attempts": Column("Attempts", ColumnKind.COUNT),
    "tried_at": Column("Last tried"),
}
RAN = {
    "what": Column("Job"),
    "period": Column("Period", ColumnKind.DAY),
    "state": Column("Ended"),
    "started_at": Column("Started"),
    "ended_at": Column("Ended at"),
    "started_by": Column("By"),
    "total": Column("Due", ColumnKind.COUNT),
    "done": Column("Done", ColumnKind.COUNT),
    "failed": Column("Failed", ColumnKind.COUNT),
    "amounts": Column("Amounts"),
}


def preview(screen: Screen, standings: list[Standing]) -> None:
    """Who will be charged how much in a period that is due, or in the next one to come."""
    labels = {one.job.label: one for one in standings}
    found = labels[filters.views("Job", list(labels), key="jobs_job")]
    first, *later = dict.fromkeys((*sorted({*found.due, *found.held_in}), found.next_on))
    called = found.job.schedule.name_of
    with filters.row():
        days = {day.isoformat(): day for day in later}
        asked = filters.one_of(
            "Period",
            list(days),
            key="jobs_period",
            everything=called(first),
            shown=lambda day: called(days[day]) if day in days else day,
        )
        sought = filters.words("Search", key="jobs_q", placeholder=f"{found.job.noun.capitalize()} or customer")
    period = days.get(asked or "", first)
    rows = cached.read(_preview, job=found.job.name, period=period)
    if sought:
        fits = rows["label"].str.contains(sought, case=False, regex=False)
        rows = rows[fits | rows["customer"].str.contains(sought, case=False, regex=False)]
    if rows.empty:
        if sought:
            empty(f"Nobody fits “{sought}”.", "Clear the search.")
        else:
            empty(f"Nobody is due for {called(period)}.", "Whoever becomes due by then will stand here.")
        return
    with screen.acts:
        downloads.menu(
            f"{found.job.name} {period}",
            lambda: downloads.table_of(
                f"{found.job.label}, {called(period)}", rows, DUE, by=screen.by, period=called(period), search=sought
            ),
        )
    _due(found.job, period, rows)


def _preview(conn: Any, *, job: str, period: date) -> pd.DataFrame:
    """Asked for by name, so that the answer can be kept for a minute."""
    return queries.preview(conn, job=job_named(wiring.JOBS, job), period=period)


def _due(job: Job, period: date, rows: pd.DataFrame) -> None:
    held = rows["held"].tolist()
    amounts: dict[str, list[int]] = {}
    for code, micros, why in zip(rows["currency"].tolist(), rows["micros"].tolist(), held, strict=True):
        if isinstance(code, str) and not why:
            amounts.setdefault(code, []).append(micros)
    sums = [(code, sum(each), len(each)) for code, each in sorted(amounts.items())]
    for place, (code, micros, count) in zip(cards.row(max(4, len(sums))), sums, strict=False):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(f"Due, {code}", micros / MICROS, format="accounting")
            st.caption(f"{text.count(count, job.noun)} on {text.day(period)}")
    columns = {
        "label": tables.words(job.noun.capitalize(), width=140),
        "customer": tables.words("Customer", width=320),
        "currency": tables.words("Currency", width=80),
        "amount_micros": tables.money("Amount", width=110),
    }
    if any(held):
        columns |= {"customer": tables.words("Customer", width=200), "held": tables.words("Held", width=320)}
    page = tables.page_number("jobs_page")
    shown = rows.iloc[(page - 1) * tables.PAGE_SIZE : page * tables.PAGE_SIZE].rename(
        columns={"micros": "amount_micros"}
    )
    tables.drill(
        shown, columns, page=CUSTOMER, parameter="id", by="customer_id", key="jobs_due", alt="Who will be charged"
    )
    tables.pager("jobs_page", total=len(rows), page=page, noun=job.noun)


def failures(screen: Screen) -> None:
    """Who failed and was not done since; the next run tries them again."""
    page = tables.page_number("jobs_failures_page")
    found = read(queries.failures, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        empty("Nothing failed.", "Whoever cannot be done in a run stands here with the reason until it is.")
        return
    with screen.acts:
        downloads.menu(f"failures {text.today()}", lambda: _failures_file(screen))
    for reason, count in found.rows["error"].value_counts().head(_REASONS).items():
        st.markdown(f"**{count:,}** × {plain(str(reason))}")
    columns = {
        "label": tables.words("Subject", width=110),
        "customer": tables.words("Customer", width=150),
        "what": tables.words("Job", width=105),
        "period": tables.day("Period", width=85),
        "error": tables.words("Reason", width=240),
        "attempts": tables.number("Tries", width=45),
        "tried_at": tables.moment("Last tried", width=120),
    }
    tables.drill(
        _named(found.rows), columns, page=CUSTOMER, parameter="id", by="customer_id", key="jobs_failed", alt="Failures"
    )
    tables.pager("jobs_failures_page", total=found.total, page=page, noun="failure")
    st.caption("The next run tries them again; the server does so once an hour.")


def history(screen: Screen) -> None:
    """Every run, newest first, with what it charged in each currency."""
    page = tables.page_number("jobs_runs_page")
    found = read(queries.runs, jobs=wiring.JOBS, now=text.now(), page=page, size=tables.PAGE_SIZE)
    if not found.total:
        empty("No job has run yet.", "What is due is run by the server within a minute.")
        return
    with screen.acts:
        downloads.menu(f"runs {text.today()}", lambda: _runs_file(screen))
    columns = {
        "what": tables.words("Job", width=100),
        "period": tables.words("Period", width=100),
        "state": tables.words("Ended", width=85),
        "started_at": tables.moment("Started", width=120),
        "started_by": tables.words("By", width=85),
        "total": tables.number("Due", width=45),
        "done": tables.number("Done", width=45),
        "failed": tables.number("Failed", width=50),
        "amounts": tables.words("Charged", width=300),
    }
    shown = _told(found.rows)
    tables.show(
        shown.assign(period=[_called(*each) for each in zip(shown["job"], shown["period"], strict=True)]),
        columns,
        key="jobs_runs",
        alt="Runs of jobs",
    )
    tables.pager("jobs_runs_page", total=found.total, page=page, noun="run")


def _called(job: str, period: date) -> str:
    """A period as its job calls it; one whose job is no longer in the list goes by its day."""
    known = {one.name: one.schedule for one in wiring.JOBS}
    return known[job].name_of(period) if job in known else text.day(period)


def _failures_file(screen: Screen) -> ExportTable:
    every = _named(read(queries.failures, size=downloads.EVERY).rows)
    rows = every.assign(tried_at=[text.moment(moment) for moment in every["tried_at"]])
    return downloads.table_of("Failures of scheduled work", rows, FAILED, by=screen.by)


def _runs_file(screen: Screen) -> ExportTable:
    every = _told(read(queries.runs, jobs=wiring.JOBS, now=text.now(), size=downloads.EVERY).rows)
    moments = {
        name: [text.moment(tables.exact(moment)) for moment in every[name]] for name in ("started_at", "ended_at")
    }
    return downloads.table_of("Runs of scheduled work", every.assign(**moments), RAN, by=screen.by)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    labels = {job.name: job.label for job in wiring.JOBS}
    return rows.assign(what=[labels.get(name, name) for name in rows["job"]])


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """The runs with their outcome in words and their sums, each currency for itself."""
    totals = read(queries.run_totals, run_ids=rows["id"].tolist())
    sums: dict[int, list[str]] = {}
    for run_id, code, micros in zip(totals["run_id"], totals["currency"], totals["micros"], strict=True):
        sums.setdefault(int(run_id), []).append(text.money(Money(int(micros), str(code))))
    return _named(rows).assign(
        state=[OUTCOMES[outcome] for outcome in rows["outcome"]],
        amounts=[" · ".join(sums.get(int(run_id), [])) for run_id in rows["id"]],
    )
