"""Laws of what is owed: on any day the buckets sum to the receivable account, and the order of payments is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access.model import SYSTEM
from services.customers.model import Customer
from services.customers.operations import create_customer
from services.customers.queries import page
from services.db.engine import Database
from services.errors import Refused
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.model import Invoice
from services.ledger.model import Account, Purpose
from services.ledger.queries import balance_on
from services.money import Money
from services.payments.operations import undo_allocation
from services.reporting.aged import BUCKETS, aged, control, debts
from tests.debts import debt, noon, two, written_off
from tests.invoicing import AT, open_shop
from tests.receiving import receive

FIRST = date(2026, 11, 20)
_serial = count(1)

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["issue", "pay", "pay", "undo", "credit", "write off"]), st.integers(1, 90), st.integers(0, 40)
    ),
    min_size=2,
    max_size=7,
)


def newcomer(database: Database, country: str) -> Customer:
    """A customer of its own for each example; all share one shop."""
    with database.read() as conn:
        open_already = page(conn).total > 0
    if not open_already:
        open_shop(database)
    number = next(_serial)
    code = {"AU": "AUD", "FR": "EUR"}[country]
    return database.act(
        lambda tx: create_customer(
            tx, by=SYSTEM, username=f"owes-{number}", name=f"Owes {number}", email=f"o{number}@x.example",
            country=country, currency=code,
        ),
        at=AT,
    )  # fmt: skip


class History:
    """What really happened to each invoice, kept apart from the books: the day and what it did to the open amount."""

    def __init__(self, database: Database, customer: Customer) -> None:
        """Nothing happened yet."""
        self.database, self.customer = database, customer
        self.invoices: list[Invoice] = []
        self.moves: dict[int, list[tuple[date, int]]] = {}
        self.paid: list[tuple[int, int, int]] = []
        self.people = two(database, f"{next(_serial)}")

    def issue(self, day: date, hundreds: int) -> None:
        """So many hundreds are used and invoiced."""
        made = debt(self.database, self.customer, f"{hundreds}00.00", issued=day, nonce=f"law {next(_serial)}")
        self.invoices.append(made)
        self.moves[made.id] = [(day, made.gross.micros)]

    def open(self, made: Invoice, day: date) -> int:
        """What is open at the end of a day."""
        return sum(micros for when, micros in self.moves[made.id] if when <= day)

    def pay(self, day: date, part: int) -> None:
        """A part arrives and is given to the newest invoice."""
        made = self.invoices[-1]
        micros = min(part * 1_000_000, self.open(made, day))
        if micros:
            plain = Money(micros, made.currency).plain()
            given_ = receive(self.database, made, plain, key=f"{next(_serial)}", at=noon(day))
            self.moves[made.id].append((day, -micros))
            self.paid.append((given_.id, made.id, micros))

    def undo(self, day: date, _part: int) -> None:
        """The latest receipt is taken back."""
        if self.paid:
            allocation_id, invoice_id, micros = self.paid.pop()
            self.database.act(
                lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=allocation_id, reason="not theirs"),
                at=noon(day),
            )
            self.moves[invoice_id].append((day, micros))

    def credit(self, day: date, part: int) -> None:
        """A part of the newest invoice is credited."""
        made = self.invoices[-1]
        micros = min(part * 1_000_000, self.open(made, day))
        if micros:
            gross = Money(micros, made.currency)
            self.database.act(
                lambda tx: credit_invoice(
                    tx, by=SYSTEM, nonce=f"{next(_serial)}", invoice_id=made.id, gross=gross, cause=Cause.PRICE,
                    reason="agreed",
                ),
                at=noon(day),
            )  # fmt: skip
            self.moves[made.id].append((day, -micros))

    def write_off(self, day: date, _part: int) -> None:
        """The rest of the newest invoice is written off."""
        made = self.invoices[-1]
        micros = self.open(made, day)
        if micros:
            written_off(self.database, made, self.people, on=day)
            self.moves[made.id].append((day, -micros))
            self.paid = [each for each in self.paid if each[1] != made.id]  # what ended moves no more


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(country=st.sampled_from(["AU", "FR"]), acts=ACTS)
def test_on_any_day_the_buckets_are_what_is_open_and_sum_to_the_account(
    database: Database, country: str, acts: Sequence[tuple[str, int, int]]
) -> None:
    customer = newcomer(database, country)
    told, day = History(database, customer), FIRST
    told.issue(day, 5)
    days = {day - timedelta(days=1), day}
    for act, part, gap in acts:
        day += timedelta(days=gap)
        with suppress(Refused):
            getattr(told, act.replace(" ", "_"))(day, part)
        days |= {day, day + timedelta(days=1), day - timedelta(days=1)}
    for each in sorted(days | {day + timedelta(days=120)}):
        with database.read() as conn:
            found = debts(conn, as_of=each, customer_id=customer.id)
            rows = aged(conn, as_of=each, words=customer.username).rows
            balance, _ = balance_on(conn, Account(Purpose.RECEIVABLE, customer.currency, customer.id), each)
            assert all(not one.difference for one in control(conn, as_of=each))
        rows = rows[rows["customer_id"] == customer.id]
        wanted = {made.id: told.open(made, each) for made in told.invoices if made.issued_on <= each}
        assert dict(zip(found["invoice_id"], found["open_micros"], strict=True)) == {
            key: micros for key, micros in wanted.items() if micros
        }
        assert int(rows[list(BUCKETS)].to_numpy().sum()) == sum(wanted.values()) == balance.micros


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), parts=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 150)), min_size=2, max_size=5))
def test_payments_in_any_order_leave_the_same_receivable_and_the_same_buckets(
    database: Database, data: st.DataObject, parts: list[tuple[int, int]]
) -> None:
    order = data.draw(st.permutations(parts))
    seen = []
    for payments in (parts, order):
        customer = newcomer(database, "FR")
        owed = [debt(database, customer, "750.00", issued=FIRST + timedelta(days=30 * n), nonce=f"o{next(_serial)}")
                for n in range(3)]  # fmt: skip
        for place, amount in payments:
            receive(database, owed[place], f"{amount}.00", key=f"{next(_serial)}", at=noon(FIRST + timedelta(days=80)))
        lines = []
        for number in (79, 80, 81, 110, 200):
            with database.read() as conn:
                rows = aged(conn, as_of=FIRST + timedelta(days=number), words=customer.username).rows
            rows = rows[rows["customer_id"] == customer.id]
            lines.append([*rows.iloc[0][list(BUCKETS)], rows.iloc[0]["total_micros"]])
        seen.append(lines)
    assert seen[0] == seen[1]
