"""The first day: reference data, the company, and one person of each role with a password to hand over once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from services.access.model import SYSTEM, Principal, Role
from services.access.people import create_person
from services.access.tables import person
from services.company.operations import set_up
from services.company.profile import read_profile
from services.company.tables import company_profile
from services.customers.tables import customer
from services.db.engine import Database, Transaction
from services.errors import Refused
from services.ledger.tables import journal_entry
from services.pricing.operations import load_reference

_PEOPLE = (
    ("Ada Accounting", "accounting", Role.ACCOUNTING),
    ("Max Manager", "manager", Role.MANAGER),
    ("Sue Support", "support", Role.SUPPORT),
    ("Ari Admin", "admin", Role.ADMIN),
)
_DOMAIN = "southerncross.example"


class NotEmpty(Refused):
    """The demo would be mixed into books that hold something."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who may sign in; the password exists here and on the screen it is printed on, and nowhere else."""

    principal: Principal
    email: str
    password: str


def is_empty(conn: Connection) -> bool:
    """Whether the books hold nothing a demo could be mixed into: no customer, entry, company or person."""
    tables = (customer, journal_entry, company_profile, person)
    return not any(
        conn.execute(select(func.count()).select_from(select(table).limit(1).subquery())).scalar() for table in tables
    )


def at(database: Database, day: date, hour: int, minute: int = 0) -> datetime:
    """The UTC moment of a clock time in the company's time zone."""
    return datetime.combine(day, time(), tzinfo=database.timezone) + timedelta(hours=hour, minutes=minute)


def open_books(database: Database, *, first_on: date, today: date, folder: Path) -> list[DemoPerson]:
    """Load the reference data, set up the company of `folder` and let four people in."""
    database.act(lambda tx: load_reference(tx, by=SYSTEM, folder=folder), at=at(database, today, 0))
    profile = read_profile((folder / "demo_company.toml").read_text(encoding="utf-8"))
    begins = at(database, first_on, 8)
    database.act(lambda tx: set_up(tx, by=SYSTEM, profile=profile), at=begins)
    return database.act(_let_in, at=begins)


def _let_in(tx: Transaction) -> list[DemoPerson]:
    people = []
    for name, mailbox, role in _PEOPLE:
        email = f"{mailbox}@{_DOMAIN}"
        given = create_person(tx, by=SYSTEM, name=name, email=email, role=role)
        people.append(DemoPerson(Principal(given.person_id, name, role), email, given.password))
    return people
