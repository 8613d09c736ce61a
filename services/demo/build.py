"""Building the demo: empty books in, a company with its history out; the same seed gives the same books."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select

from services.company.queries import bank_accounts
from services.db.engine import Database
from services.demo import mailing
from services.demo.adjusting import last_days
from services.demo.ahead import give_ahead
from services.demo.bank import StatementFile, accounts_at_bank
from services.demo.company import HOME, DemoCompany, live, waiting_days
from services.demo.ending import expire
from services.demo.names import company_names
from services.demo.opening import DemoPerson, NotEmpty, is_empty, open_books
from services.demo.requests import last_requests
from services.demo.selling import acts_of_month
from services.demo.shorts import decide
from services.demo.story import Scale, draw_story
from services.demo.suspense import hold_one, refund_one
from services.demo.views import save_views
from services.demo.volume import fill, scale_for
from services.errors import Refused
from services.ledger.tables import posting
from services.periods import Period, add_months
from services.settings import ROOT

Progress = Callable[[int, int, str], None]


class WrongSize(Refused):
    """A company cannot have that size."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What was built: who may sign in with which one-time password, and the bank file that waits to be imported."""

    people: list[DemoPerson]
    waiting: StatementFile
    customers: int
    postings: int


def build(
    database: Database,
    *,
    customers: int = 200,
    months: int = 18,
    seed: int = 1,
    postings: int | None = None,
    today: date,
    progress: Progress | None = None,
    folder: Path = ROOT / "data",
) -> DemoResult:
    """Build a fictitious company that opened `months` ago into empty books, by the operations the screens use.

    `postings` asks for a company with that many postings: as many customers as it takes, their usage in bulk.
    `progress` hears of steps done, steps in all, and what is being done. Raises `NotEmpty` and `WrongSize`.
    """
    if min(customers, months) < 1 or (postings is not None and postings < 0):
        raise WrongSize("A company needs at least one customer and one month; ask for more.")
    with database.read() as conn:
        if not is_empty(conn):
            raise NotEmpty("These books are not empty; build the demo in a new database.")
    told = progress or _silent
    first_on = add_months(today.replace(day=1), -months)
    scale = Scale(first_on, today, customers) if postings is None else scale_for(postings, customers, first_on, today)
    steps = months + 3
    told(0, steps, "opening the books")
    people = open_books(database, first_on=first_on, today=today, folder=folder)
    company = _company(database, seed, scale, people)
    mailing.begin(company)
    for done, month in enumerate(Period(first_on, today + timedelta(days=1)).months(), start=1):
        told(done, steps, f"{month:%B %Y}")
        live(company, month, acts_of_month)
    last_days(company)
    last_requests(company)
    expire(company, today, company.now)
    decide(company)
    hold_one(company)
    refund_one(company)
    give_ahead(company)
    save_views(database, company.people, company.now)
    if postings is not None:
        fill(company, postings, lambda left: told(months + 2, steps, f"{2 * left:,} postings to go"))
    told(steps, steps, "ready")
    with database.read() as conn:
        posted = conn.execute(select(func.count()).select_from(posting)).scalar_one()
    return DemoResult(people, company.statement(HOME, waiting_days(today)), len(company.members), posted)


def _company(database: Database, seed: int, scale: Scale, people: list[DemoPerson]) -> DemoCompany:
    names = company_names(random.Random(seed))  # noqa: S311 - fiction, not secrets
    stories = [draw_story(seed, index, names, scale) for index in range(scale.customers)]
    with database.read() as conn:
        bank = accounts_at_bank(bank_accounts(conn))
    principals = {each.principal.role: each.principal for each in people if each.principal.role}
    return DemoCompany(database, seed, scale, stories, principals, bank)


def _silent(_done: int, _steps: int, _what: str) -> None:
    """Tell nobody."""
