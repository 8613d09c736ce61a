"""A signed-in screen on a small built company, without a browser: `on(company, Role.SUPPORT, "admin/people.py")`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from pages._ui import cached, menu
from services.access import people
from services.access.model import SYSTEM, Principal, Role
from services.company import operations as company
from services.company.profile import read_profile
from services.customers import operations as customers
from services.db.current import use
from services.db.engine import Database, Transaction
from services.ledger import operations as ledger
from services.pricing import operations as pricing
from services.settings import settings
from tests.builders import bought, used
from tests.conftest import SYDNEY

MAIN = str(menu.PAGES / "main.py")
ONE = 1_000_000
NAMES = ("Bluegum Clinics", "Harbour & Sons", "Côte d’Azur Voyages", "*Star_Salon*")


@dataclass
class SmallCompany:
    """Four people, four customers, a month of movement; `by` finds the person of a role."""

    database: Database
    by: dict[Role, Principal] = field(default_factory=dict)
    customers: list[int] = field(default_factory=list)


def ago(minutes: int) -> datetime:
    """That many minutes ago, but still today: a company built just before midnight would have nothing of today."""
    began = datetime.combine(datetime.now(SYDNEY).date(), time.min, SYDNEY)
    return max(datetime.now(UTC) - timedelta(minutes=minutes), began.astimezone(UTC))


def build(database: Database) -> SmallCompany:
    """The company, built through the operations the screens use."""
    built = SmallCompany(database)
    now = ago(5)
    with database.write(at=now) as tx:
        folder = settings().reference_data
        pricing.load_reference(tx, by=SYSTEM, folder=folder)
        company.set_up(
            tx, by=SYSTEM, profile=read_profile((settings().reference_data / "demo_company.toml").read_bytes())
        )
        for role in Role:
            name = f"{role.value} person"
            made = people.create_person(tx, by=SYSTEM, name=name, email=f"{role.value}@x.example", role=role)
            built.by[role] = Principal(made.person_id, name, role)
        for index, name in enumerate(NAMES):
            customer = customers.create_customer(
                tx, by=SYSTEM, username=f"user{index}", name=name, email=f"c{index}@x.example", country="AU",
                currency="AUD", account_id=str(10_000 + index),
            )  # fmt: skip
            built.customers.append(customer.id)
        _move(tx, built.customers, tx.today)
    return built


def _move(tx: Transaction, customer_ids: list[int], today: date) -> None:
    for index, customer_id in enumerate(customer_ids):
        ledger.post(tx, bought(customer_id, (220 + index) * ONE, key=f"b{index}", on=today), by=SYSTEM)
        ledger.post(tx, used(customer_id, (46 + 90 * index) * ONE, key=f"u{index}", on=today), by=SYSTEM)
    ledger.roll_up(tx)


@contextmanager
def signed_in(company: SmallCompany, role: Role | None) -> Iterator[None]:
    """The screens work on this company's books and see this person; None is nobody."""
    use(company.database)
    cached.forget()
    try:
        with patch("pages._ui.frame.signed_in", lambda: company.by[role] if role else None):
            yield
    finally:
        use(None)


def start(seconds: float = 30) -> AppTest:
    """The main script, not yet run; run it inside `signed_in`."""
    return AppTest.from_file(MAIN, default_timeout=seconds)


def on(company: SmallCompany, role: Role, file: str, **parameters: str) -> AppTest:
    """The screen in `file` as the role sees it at first; further runs need `signed_in` again."""
    with signed_in(company, role):
        app = start()
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        if Path(file).name != "home.py":
            app.switch_page(str(menu.PAGES / file))
            for name, value in parameters.items():
                app.query_params[name] = value
            app.run()
        return app
