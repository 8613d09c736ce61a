"""Laws of stops: in any order of dunning, paying, taking back and lifting, a customer is stopped iff a cause holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access.model import SYSTEM
from services.customers.model import Customer
from services.customers.stopping import UNPAID, past_stops, stops_of
from services.db.engine import Database
from services.dunning import queries
from services.dunning.operations import lift_stop
from services.dunning.reminding import remind_due
from services.invoices.model import Invoice
from services.invoices.queries import invoice as invoice_by_id
from services.money import Money
from services.payments.operations import undo_allocation
from services.postpaid.billing import turn_commitments
from services.postpaid.commitment import AtLimit
from services.postpaid.limits import watch_limits
from services.postpaid.queries.limits import CAUSE
from tests.debts import debt, noon
from tests.laws.test_receivable_laws import FIRST, newcomer
from tests.people import person
from tests.postpaid import Role, committed, uses
from tests.receiving import receive

LIMIT = 3_000
_serial = count(1)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["remind", "remind", "remind", "remind", "pay", "pay", "undo", "lift", "use"]),
        st.integers(0, 1),
        st.sampled_from([300, 1_100]),
    ),
    min_size=6,
    max_size=16,
)


class Told:
    """What happened to two debts of one customer, kept apart from the books: stages, what is open, what was lifted."""

    def __init__(self, database: Database, owes: Customer, debts: Sequence[Invoice], commitment_id: int) -> None:
        """Two debts of 1,000 net each; both are used and so owed."""
        self.database, self.owes, self.debts, self.commitment_id = database, owes, debts, commitment_id
        self.day = FIRST + timedelta(days=14)
        self.stages, self.open, self.lifted = [0, 0], [1_100, 1_100], [False, False]
        self.paid: list[tuple[int, int, int]] = []
        self.used = 2_000

    def remind(self, one: int, _amount: int) -> None:
        """A month later the next letter of a debt is due, if it is open and had not the last."""
        self.day += timedelta(days=35)
        ids = [self.debts[one].id]
        sent = self.database.act(
            lambda tx: remind_due(tx, by=SYSTEM, on=self.day, invoice_ids=ids), at=noon(self.day)
        )  # fmt: skip
        assert sent == int(self.open[one] > 0 and self.stages[one] < 4)
        self.stages[one] += sent

    def pay(self, one: int, amount: int) -> None:
        """A part or all of a debt arrives."""
        amount = min(amount, self.open[one])
        if amount:
            given_ = receive(
                self.database, self.debts[one], f"{amount}.00", key=f"s{next(_serial)}", at=noon(self.day)
            )  # fmt: skip
            self.paid.append((given_.id, one, amount))
            self.open[one] -= amount

    def undo(self, _one: int, _amount: int) -> None:
        """The latest receipt is taken back."""
        if self.paid:
            number, one, amount = self.paid.pop()
            self.database.act(
                lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=number, reason="not theirs"), at=noon(self.day)
            )
            self.open[one] += amount

    def lift(self, one: int, _amount: int) -> None:
        """A person lifts the stop of a debt, where there is one."""
        with self.database.read() as conn:
            mine = [each for each in queries.stops_of(conn) if each.invoice_id == self.debts[one].id]
        for stop in mine:
            self.database.act(
                lambda tx, stop=stop: lift_stop(tx, by=SYSTEM, stop_id=stop.id, reason="agreed"), at=noon(self.day)
            )
            self.lifted[one] = True

    def use(self, _one: int, amount: int) -> None:
        """So much more is used and owed."""
        uses(self.database, self.owes, f"{amount + 1}.00", self.day, by=SYSTEM, key=f"s{next(_serial)}")
        self.used += amount + 1  # so that nothing is ever owed to the micro of the limit

    def causes(self) -> list[str]:
        """Which causes hold, said without the books: debts at the last stage, open and not lifted; the limit."""
        held = [self.stages[one] == 4 and self.open[one] > 0 and not self.lifted[one] for one in (0, 1)]
        received = sum(amount for *_, amount in self.paid)
        owed = self.used - received / 1.1  # what arrives covers tax too, which the limit does not hold
        return [CAUSE] * (owed >= LIMIT) + [UNPAID] * sum(held)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_customer_is_stopped_iff_a_cause_holds(database: Database, steps: list[tuple[str, int, int]]) -> None:
    owes = newcomer(database, "AU")
    people = {
        name: person(database, f"{name}{next(_serial)}", role)
        for name, role in {"Sue": Role.SUPPORT, "Ann": Role.ACCOUNTING, "Max": Role.MANAGER}.items()
    }
    found = committed(database, people, owes, FIRST, at_limit=AtLimit.STOP)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[found.id]), at=noon(FIRST))
    debts = [debt(database, owes, "1000.00", issued=FIRST, nonce=f"stop {next(_serial)}") for _ in (0, 1)]
    told = Told(database, owes, debts, found.id)
    for step, one, amount in steps:
        getattr(told, step)(one, amount)
        database.act(lambda tx: watch_limits(tx, by=SYSTEM, commitment_ids=[found.id]), at=noon(told.day))
        with database.read() as conn:
            assert sorted(each.cause for each in stops_of(conn, owes.id)) == told.causes()
            for made, open_ in zip(debts, told.open, strict=True):  # and no payment was held off
                assert invoice_by_id(conn, made.id).open == Money.of(f"{open_}", "AUD")
    with database.read() as conn:
        assert all(each.ended_why for each in past_stops(conn, owes.id) if each.ended_at)
