"""Laws of commitments in the books, by the services that bill them: however time is split, the same is owed, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access.approvals import approve
from services.access.model import SYSTEM, Principal, Role
from services.customers.model import Customer
from services.db.engine import Database
from services.invoices.queries import invoice as invoice_by_id
from services.money import Money
from services.periods import Period, add_months, month_of
from services.postpaid import queries
from services.postpaid.applying import keep_file
from services.postpaid.billing import bill_months, turn_commitments
from services.postpaid.changing import Change, change_now, request_change
from services.postpaid.commitment import TrueUp
from services.postpaid.consuming import consumed
from services.postpaid.model import Commitment
from services.pricing.model import ExchangeRate
from services.pricing.operations import import_rates
from services.wiring.approvals import ACTS
from tests.debts import noon
from tests.laws.test_receivable_laws import newcomer
from tests.people import person
from tests.postpaid import committed, uses

FIRST, SIGNED = date(2026, 9, 1), date(2026, 10, 30)  # rates of other currencies begin in October
_serial = count(1)
_IN_BOOKS = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
USES = st.lists(st.tuples(st.integers(0, 364), st.integers(1, 250_000)), max_size=8)  # days since the start, cents


def staff(database: Database) -> dict[str, Principal]:
    """Three people of their own for each example."""
    roles = {"Sue": Role.SUPPORT, "Ann": Role.ACCOUNTING, "Max": Role.MANAGER}
    return {name: person(database, f"{name}{next(_serial)}", role) for name, role in roles.items()}


@dataclass(frozen=True)
class Run:
    """A commitment of twelve months that began, with its customer and people."""

    database: Database
    people: dict[str, Principal]
    customer: Customer
    found: Commitment

    @classmethod
    def begun(cls, database: Database, country: str, starts_on: date, true_up: TrueUp = TrueUp.MONTHLY) -> Run:
        """Signed and begun on its first day."""
        people, customer = staff(database), newcomer(database, country)
        found = committed(database, people, customer, starts_on, true_up=true_up)
        database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[found.id]), at=noon(starts_on))
        return cls(database, people, customer, found)

    def use(self, used: Sequence[tuple[int, int]]) -> None:
        """The customer sends for so many cents on those days."""
        for after, cents in used:
            day, amount = self.found.contract.starts_on + timedelta(days=after), f"{cents / 100:.2f}"
            uses(self.database, self.customer, amount, day, by=SYSTEM, key=f"law {next(_serial)}")

    def bill(self, month: date, on: date) -> None:
        """The monthly run of one month."""
        self.database.act(
            lambda tx: bill_months(tx, by=SYSTEM, month=month, commitment_ids=[self.found.id]), at=noon(on)
        )

    def months(self) -> list[date]:
        """The first day of each month of the contract."""
        return [each.month for each in self.found.contract.due_months()]

    def billed(self) -> list[tuple[date, str, str, str, str]]:
        """Each month as it was billed: consumed, minimum, true-up and the net its invoice asks for."""
        with self.database.read() as conn:
            return [
                (
                    each.month, each.consumed.text(), each.minimum.text(), each.true_up.text(),
                    invoice_by_id(conn, each.invoice_id).net.text() if each.invoice_id else "none",
                )
                for each in queries.months_billed(conn, self.found.id)
            ]  # fmt: skip

    def change(self, on: date, effective_on: date, **terms: object) -> None:
        """A signed change that accounting asks for and a manager agrees to."""
        with self.database.read() as conn:
            found = queries.commitment(conn, self.found.id)
        now = change_now(found, effective_on)
        asked = {name: value for name, value in terms.items() if name in {"minimum", "months"}}
        wanted = {name: value for name, value in terms.items() if name not in asked}
        to = Change(effective_on, _with(now.agreed, asked), _with(now.wanted, wanted))
        ann, max_, when = self.people["Ann"], self.people["Max"], noon(on)
        file_id = self.database.act(
            lambda tx: keep_file(
                tx, by=ann, application_id=found.application_id, kind="contract", name="c.pdf",
                content=f"%PDF-1.7 {next(_serial)}".encode(),
            ),
            at=when,
        )  # fmt: skip
        request = self.database.act(
            lambda tx: request_change(
                tx, by=ann, commitment_id=found.id, expected_version=found.version, change=to, file_id=file_id,
                reason="Agreed",
            ),
            at=when,
        )  # fmt: skip
        self.database.act(lambda tx: approve(tx, by=max_, approval_id=request, acts=ACTS), at=when)


def _with(terms: object, changed: dict[str, object]) -> object:
    return replace(terms, **changed)  # type: ignore[type-var]


def on_each_first(run: Run) -> None:
    """Every month is billed on the 1st after it."""
    for month in run.months():
        run.bill(month, add_months(month, 1))


def micros(run: Run) -> list[tuple[int, int, int]]:
    """Consumed, minimum and true-up of each month billed."""
    with run.database.read() as conn:
        billed = queries.months_billed(conn, run.found.id)
    return [(each.consumed.micros, each.minimum.micros, each.true_up.micros) for each in billed]


@settings(max_examples=3, **_IN_BOOKS)
@given(starts=st.integers(0, 29), used=USES, true_up=st.sampled_from(TrueUp), late=st.sets(st.integers(1, 13)))
def test_when_the_run_comes_changes_nothing(
    database: Database, starts: int, used: list[tuple[int, int]], true_up: TrueUp, late: set[int]
) -> None:
    first = FIRST + timedelta(days=starts)
    prompt, lazy = (Run.begun(database, "AU", first, true_up) for _ in range(2))
    for run in (prompt, lazy):
        run.use(used)
    on_each_first(prompt)
    months = lazy.months()
    cuts = sorted({each for each in late if each < len(months)} | {len(months)})
    for begin, end in pairwise([0, *cuts]):  # the run stood still for some months and did them all at once
        for month in months[begin:end]:
            lazy.bill(month, add_months(months[end - 1], 1))
    assert lazy.billed() == prompt.billed()

    minimum = prompt.found.contract.now.minimum.micros
    rows = micros(prompt)
    whole = [each for each, due in zip(rows, prompt.found.contract.due_months(), strict=True) if due.is_whole]
    assert sum(each for each, *_ in rows) == 10_000 * sum(cents for _, cents in used)  # each cent once, none lost
    assert sum(due for _, due, _ in rows) == 12 * minimum
    if true_up is TrueUp.MONTHLY:
        assert all(consumed_ + owed == max(consumed_, due) for consumed_, due, owed in rows)
        assert all(consumed_ + owed >= minimum for consumed_, _, owed in whole)
    assert sum(consumed_ + owed for consumed_, _, owed in rows) >= 12 * minimum


@settings(max_examples=3, **_IN_BOOKS)
@given(used=USES, cuts=st.sets(st.integers(1, 364), max_size=6))
def test_what_is_consumed_in_parts_of_a_period_is_what_is_consumed_in_it(
    database: Database, used: list[tuple[int, int]], cuts: set[int]
) -> None:
    run = Run.begun(database, "AU", FIRST)
    run.use(used)
    whole = run.found.contract.term
    days = [whole.starts_on, *(whole.starts_on + timedelta(days=each) for each in sorted(cuts)), whole.ends_before]
    with run.database.read() as conn:
        parts = [
            consumed(conn, customer_id=run.customer.id, currency="AUD", days=Period(*each)) for each in pairwise(days)
        ]
        together = consumed(conn, customer_id=run.customer.id, currency="AUD", days=whole)
    assert sum(parts, Money(0, "AUD")) == together == Money(10_000 * sum(cents for _, cents in used), "AUD")


@settings(max_examples=3, **_IN_BOOKS)
@given(used=USES, at=st.integers(1, 10), more=st.sampled_from(["0.00", "250.00"]), days=st.sampled_from([30, 45]))
def test_a_new_version_within_the_term_moves_nothing_it_does_not_change(
    database: Database, used: list[tuple[int, int]], at: int, more: str, days: int
) -> None:
    plain, changed = (Run.begun(database, "AU", FIRST) for _ in range(2))
    minimum = plain.found.contract.now.minimum
    for run in (plain, changed):
        run.use(used)
    on_each_first(plain)
    effective_on = add_months(FIRST, at)
    for month in changed.months():
        if month == add_months(effective_on, -1):  # in the month before it, when the one before that is billed
            terms = {"payment_days": days, "minimum": minimum + Money.of(more, "AUD")}
            changed.change(month_of(month).last_day, effective_on, **terms)
        changed.bill(month, add_months(month, 1))
    for before, now, month in zip(micros(plain), micros(changed), plain.months(), strict=True):
        raised = Money.of(more, "AUD").micros if month >= effective_on else 0
        assert (now[0], now[1]) == (before[0], before[1] + raised)
        assert now[2] == max(now[1] - now[0], 0)
    assert sum(due for _, due, _ in micros(changed)) == 12 * minimum.micros + (12 - at) * Money.of(more, "AUD").micros


RATES = st.lists(
    st.tuples(st.integers(-3, 60), st.decimals("0.2", "9", places=6)), min_size=1, max_size=6, unique_by=lambda x: x[0]
)


@settings(max_examples=4, **_IN_BOOKS)
@given(rates=RATES, used=st.integers(0, 150_000))
def test_no_rate_that_comes_later_moves_what_was_signed(
    database: Database, rates: list[tuple[int, ExchangeRate]], used: int
) -> None:
    run = Run.begun(database, "FR", SIGNED)
    signed = run.found.contract.now
    before = [each.minimum for each in run.found.contract.due_months()]
    lines = [f"EUR,{SIGNED + timedelta(days=after)},{rate}" for after, rate in rates]
    content = "\n".join(["currency,date,aud_per_unit", *lines]).encode()
    later = SIGNED + timedelta(days=62)
    database.act(lambda tx: import_rates(tx, by=SYSTEM, content=content, source="a test"), at=noon(later))
    run.use([(2, used)] if used else [])  # 1 November
    for month in run.months()[:2]:
        run.bill(month, later)
    run.change(later, month_of(later).ends_before, months=24)

    with database.read() as conn:
        now = queries.commitment(conn, run.found.id).contract
        billed = queries.months_billed(conn, run.found.id)
    assert now.versions[0] == signed
    assert [each.minimum for each in now.due_months()][: len(before) - 1] == before[:-1]  # the last closes no term now
    renewed = now.versions[1]  # judged by what the minimum was worth at signature, not by what it is worth by now
    frozen = (signed.minimum, signed.aud, signed.rate, signed.rate_on, signed.rate_source)
    assert (renewed.minimum, renewed.aud, renewed.rate, renewed.rate_on, renewed.rate_source) == frozen
    assert [each.minimum for each in billed] == before[:2]
    assert [each.true_up.micros for each in billed] == [
        before[0].micros,
        max(before[1].micros - used * 10_000, 0),
    ]
