"""Laws of the explanation: between any two days of any history it ties, and what is hidden is exactly the gap."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.access.model import SYSTEM
from services.db.engine import Database
from services.errors import LedgerdeskError
from services.fees.model import FeeKind, WantedFee
from services.fees.operations import reverse_charge, set_fee
from services.fees.queries import hidden_total
from services.ledger import operations as ledger
from services.ledger import queries
from services.ledger.chart import USAGE_KINDS
from services.ledger.classes import MOVES_CREDIT, usual_direction
from services.ledger.model import Account, Draft, Kind, Leg, Purpose
from services.money import Money
from services.periods import Period
from services.reporting.answer import answer, facts_for
from services.reporting.explanation import why_of
from services.reporting.statement import statement
from tests.builders import bought, credit, granted
from tests.conftest import SYDNEY
from tests.invoicing import open_shop

FIRST, LAST = date(2026, 8, 1), date(2026, 11, 20)
NEVER_SAID = "Keyword BLUE"
CUSTOMER = 1
LAW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

_CONTRA = {
    Kind.RENTAL: Purpose.RENTAL,
    Kind.CUSTOM_FEE: Purpose.CUSTOM_FEE,
    Kind.GOODWILL: Purpose.GOODWILL,
    Kind.USAGE_REFUND: Purpose.REVENUE_SMS,
    Kind.RENTAL_REFUND: Purpose.RENTAL,
    Kind.CREDIT_CORRECTION: Purpose.PRICE_ADJUST,
    Kind.INVOICE_CREDITED: Purpose.REFUND_PAYABLE,
    Kind.DISPUTE_LOST: Purpose.REFUND_PAYABLE,
    Kind.TRUE_UP: Purpose.SHORTFALL,
    Kind.DEBT_WRITTEN_OFF: Purpose.BAD_DEBT,
    Kind.TAX_TURNED: Purpose.GST_PAYABLE,
    Kind.PROVISIONAL_CREDIT: Purpose.PROVISIONAL,
    Kind.FEE_ABSORBED: Purpose.BANK_FEE,
    Kind.CARD_TOP_UP: Purpose.CARD_CLEARING,
} | {kind: Purpose(f"revenue_{kind.value.removeprefix('usage_')}") for kind in USAGE_KINDS}
_DIRECT = [*sorted(set(_CONTRA) - {Kind.CUSTOM_FEE}), Kind.BANK_TOP_UP, Kind.PROMO_GRANT, Kind.PROMO_EXPIRED]
DAYS = st.integers(0, (LAST - FIRST).days).map(lambda later: FIRST + timedelta(days=later))
AMOUNTS = st.integers(1, 20 * 10**6)
EVENTS = st.one_of(
    st.tuples(st.sampled_from(_DIRECT), DAYS, AMOUNTS),
    st.tuples(st.sampled_from(["hidden fee", "visible fee", "undo", "undo a fee", "close"]), DAYS, AMOUNTS),
)


def test_the_histories_hold_every_kind_that_moves_credit() -> None:
    in_foreign_currency_only = {Kind.CARRYING_DIFFERENCE}
    assert set(_DIRECT) | {Kind.CUSTOM_FEE} | in_foreign_currency_only == set(MOVES_CREDIT)


def draft(kind: Kind, micros: int, on: date, key: str) -> Draft:
    """A movement of that kind; corrections and credit ahead of a transfer go either way."""
    if kind is Kind.BANK_TOP_UP:
        return bought(CUSTOMER, micros, key=key, on=on)
    if kind in {Kind.PROMO_GRANT, Kind.PROMO_EXPIRED}:
        return granted(CUSTOMER, micros if kind is Kind.PROMO_GRANT else -micros, key=key, on=on)
    takes = usual_direction(kind) < 0 or (usual_direction(kind) == 0 and micros % 2)
    amount = micros if takes else -micros
    contra = Account(_CONTRA[kind], "AUD", CUSTOMER if _CONTRA[kind].of_customers else None)
    legs = (Leg(credit(CUSTOMER), amount), Leg(contra, -amount))
    return Draft(kind, "test", key, on, legs, customer_id=CUSTOMER)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


class History:
    """What happened, in the order it was entered; what the books refuse did not happen."""

    def __init__(self, database: Database) -> None:
        """Nothing has happened."""
        self.database = database
        self.entries: list[int] = []

    def live(self, number: int, event: str, day: date, micros: int) -> None:
        """One event, whole or not at all."""
        try:
            with self.database.write(at=noon(LAST if event in list(Kind) else day)) as tx:
                self._write(tx, number, event, day, micros)
        except LedgerdeskError:
            return

    def _write(self, tx, number: int, event: str, day: date, micros: int) -> None:
        if event in list(Kind):
            self.entries.append(ledger.post(tx, draft(Kind(event), micros, day, str(number)), by=SYSTEM).entry_id)
        elif event in {"hidden fee", "visible fee"}:
            shown = event == "visible fee"
            amount = Money(micros // 10_000 * 10_000 + 10_000, "AUD")
            wanted = WantedFee(
                CUSTOMER, FeeKind.KEYWORD, False, amount, NEVER_SAID, "Short code" if shown else "", shown, "agreed"
            )  # fmt: skip
            set_fee(tx, by=SYSTEM, nonce=f"fee-{number}", wanted=wanted)
        elif event == "undo a fee":
            charges = tx.conn.execute(text("SELECT id FROM custom_fee_charge WHERE reverses_id IS NULL")).scalars()
            if found := list(charges):
                reverse_charge(tx, by=SYSTEM, charge_id=found[micros % len(found)], reason="wrong")
        elif event == "undo" and self.entries:
            entry_id = self.entries.pop(micros % len(self.entries))
            ledger.reverse(tx, by=SYSTEM, entry_id=entry_id, on=day, reason="wrong")
        elif event == "close":
            month = text("SELECT MIN(period) FROM accounting_period WHERE status = 'open' AND period >= 202608")
            if (period := tx.conn.execute(month).scalar()) is not None:
                ledger.close_period(tx, by=SYSTEM, period=period)


@pytest.fixture(scope="module")
def shop(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with a company and customers, to be copied."""
    path = tmp_path_factory.mktemp("explained") / "shop.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    open_shop(database)
    database.act(lambda tx: ledger.post(tx, bought(CUSTOMER, 50 * 10**6, key="first", on=FIRST), by=SYSTEM))
    database.close()
    return path


@contextmanager
def books(shop: Path, folder: Path) -> Iterator[Database]:
    """A copy of the shop."""
    path = folder / "law.sqlite"
    for old in folder.glob("law.sqlite*"):
        old.unlink()
    for name in shop.parent.glob("shop.sqlite*"):
        shutil.copy(name, folder / name.name.replace("shop", "law"))
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    yield database
    database.close()


@LAW
@given(events=st.lists(EVENTS, max_size=40), ends=st.lists(st.tuples(DAYS, DAYS), min_size=2, max_size=4))
def test_any_balance_ties_and_the_gap_of_the_customers_view_is_what_is_hidden(
    shop: Path, tmp_path: Path, events, ends
) -> None:
    with books(shop, tmp_path) as database:
        history = History(database)
        for number, event in enumerate(events):
            history.live(number, *event)
        with database.read() as conn:
            for one, other in ends:
                holds(conn, Period(min(one, other), max(one, other) + timedelta(days=1)))


def holds(conn, period: Period) -> None:
    """Everything that is said of a period agrees."""
    told = why_of(conn, customer_id=CUSTOMER, currency="AUD", period=period)
    assert told.difference.micros == 0
    closing, _ = queries.balance_on(conn, credit(CUSTOMER), period.last_day)
    assert told.closing.micros == -closing.micros
    seen, hidden = told.as_the_customer_sees_it(), hidden_total(conn, customer_id=CUSTOMER, period=period)
    assert seen.expected + hidden == told.closing
    assert seen.gap == hidden == told.hidden.money
    assert all(line.rows > 0 and line.taken_back.micros >= 0 for line in seen.lines)
    paper = statement(conn, customer_id=CUSTOMER, period=period, language="en")  # refuses to be made unless it ties
    assert sum(line.amount.micros for line in paper.lines if line.words == "Other charges") == hidden.micros
    text_of_it = answer(facts_for(conn, customer_id=CUSTOMER, period=period, today=LAST), "en")
    everything = text_of_it + "".join(line.words for line in paper.lines)
    assert NEVER_SAID not in everything
    assert text_of_it.count("- Other charges: ") == bool(hidden)
