"""Credit limits: each mark heard of once, a stop as the contract says, and what a stop never refuses."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from services.access.model import SYSTEM, Principal
from services.customers.model import Customer
from services.customers.stopping import Stopped, past_stops, stops_of
from services.db.engine import Database
from services.errors import InvalidForm
from services.fees.model import FeeKind, WantedFee
from services.fees.operations import set_fee
from services.integrity import queries as integrity
from services.invoices.queries import invoice
from services.jobs.running import job_named, run_due
from services.ledger.queries import credit_balance
from services.mail.model import MailKind
from services.mail.queries import mail
from services.mail.tables import mail_message
from services.money import Money
from services.numbers.model import NumberType
from services.numbers.operations import add_number
from services.postpaid.billing import bill_months, turn_commitments
from services.postpaid.commitment import AtLimit
from services.postpaid.limits import lift_stop, watch_limits
from services.postpaid.model import Commitment, NotReady
from services.postpaid.queries import months_billed
from services.postpaid.queries.limits import Alert, alerts, moved, near_limit
from services.wiring.jobs import JOBS
from tests.invoicing import AT, open_shop
from tests.postpaid import at, committed, staff, uses
from tests.receiving import receive

START = date(2026, 9, 1)
LIMITS = job_named(JOBS, "limits")


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def people(database: Database) -> dict[str, Principal]:
    return staff(database)


def begun(
    database: Database, people: dict[str, Principal], customer: Customer, *, at_limit: AtLimit = AtLimit.ALERT
) -> Commitment:
    """A commitment with a credit limit of 3,000 that runs since September began."""
    found = committed(database, people, customer, START, at_limit=at_limit)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[found.id]), at=at(2026, 9, 1))
    return found


def watch(database: Database, day: int, *, hour: int = 2) -> int:
    """One look of the scheduled work in September; gives how many moved."""
    when = datetime(2026, 9, day, hour, tzinfo=at(2026, 9, 1).tzinfo)
    ended = [one for one in run_due(database, by=SYSTEM, jobs=[LIMITS], on=date(2026, 9, day), at=when) if one.outcome]
    return sum(one.done for one in ended)


def told(database: Database, found: Commitment) -> list[Alert]:
    with database.read() as conn:
        return list(reversed(alerts(conn, commitment_id=found.id)))


def letters(database: Database) -> list[tuple[str, str, str]]:
    """What was written about limits: the mark, the language and the subject."""
    kind = mail_message.c.kind == MailKind.CREDIT_LIMIT.value
    with database.read() as conn:
        ids = list(conn.execute(select(mail_message.c.id).where(kind).order_by(mail_message.c.id)).scalars())
        found = [mail(conn, each) for each in ids]
    assert all(each.invoice_id is None and each.to == "pay@buyer.example" for each in found)
    return [(each.number, each.language, each.subject) for each in found]


def test_each_mark_is_heard_of_once_and_again_after_it_fell(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle, by = shop["AU"], people["Ann"]
    found = begun(database, people, wattle)
    uses(database, wattle, "1499.99", date(2026, 9, 2), by=by)
    assert watch(database, 2) == 0  # one cent below half
    uses(database, wattle, "0.01", date(2026, 9, 2), by=by, key="the cent")
    assert watch(database, 2) == 1
    assert watch(database, 2, hour=3) == 0
    uses(database, wattle, "900", date(2026, 9, 2), by=by, key="past 80 on the same day")
    assert watch(database, 2, hour=4) == 1
    assert [(one.mark, one.owed.text(), one.fell_at) for one in told(database, found)] == [
        (50, "1,500.00 AUD", None),
        (80, "2,400.00 AUD", None),
    ]
    with database.read() as conn:
        assert near_limit(conn) == 1
    uses(database, wattle, "-1000", date(2026, 9, 3), by=by)  # 1,400 is owed: below half again
    assert watch(database, 3) == 1
    assert all(one.fell_at for one in told(database, found))
    uses(database, wattle, "1000", date(2026, 9, 4), by=by, key="again")
    assert watch(database, 4) == 1
    assert [one.mark for one in told(database, found) if one.fell_at is None] == [50, 80]
    assert [number for number, *_ in letters(database)] == ["50 %", "80 %", "80 %"]
    assert letters_of_a_mark(database)
    with database.write(at=AT) as tx:
        tx.conn.execute(update(mail_message).values(number="60 %"))
    assert not letters_of_a_mark(database)


def letters_of_a_mark(database: Database) -> bool:
    """Whether the check of the books finds the mark that each letter tells of."""
    with database.read() as conn:
        return next(iter(integrity.run(conn, names=["mail_of_its_paper"]))).ok


def test_a_leap_over_all_marks_is_one_letter_in_the_customers_language(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    societe = shop["FR"]
    found = begun_in_october(database, people, societe)
    uses(database, societe, "3000", date(2026, 10, 30), by=people["Ann"])
    assert database.act(lambda tx: watch_limits(tx, by=SYSTEM, commitment_ids=[found.id]), at=at(2026, 10, 30)) == 1
    assert [one.mark for one in told(database, found)] == [50, 80, 100]
    [(number, language, subject)] = letters(database)
    assert (number, language) == ("100 %", "fr")
    assert subject.startswith("Votre plafond de crédit de")
    with database.read() as conn:
        assert stops_of(conn, societe.id) == []  # its contract says to tell, not to stop


def begun_in_october(database: Database, people: dict[str, Principal], customer: Customer) -> Commitment:
    """The same in another currency, whose rates begin in October."""
    found = committed(database, people, customer, date(2026, 10, 30))
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[found.id]), at=at(2026, 10, 30))
    return found


def rents(database: Database, people: dict[str, Principal], customer: Customer, number: str, day: int) -> None:
    price = Money.of("20", customer.currency)
    database.act(
        lambda tx: add_number(
            tx, by=people["Ann"], e164=number, customer_id=customer.id, country="AU", type=NumberType.MOBILE,
            monthly_price=price, setup_price=Money.of("3", customer.currency),
        ),
        at=at(2026, 9, day),
    )  # fmt: skip


def charges(database: Database, people: dict[str, Principal], customer: Customer, nonce: str, day: int) -> None:
    price, words = Money.of("5", "AUD"), "Keyword BEACH"
    wanted = WantedFee(customer.id, FeeKind.KEYWORD, False, price, words, words, True, "Asked for")
    database.act(lambda tx: set_fee(tx, by=people["Ann"], nonce=nonce, wanted=wanted), at=at(2026, 9, day))


def test_a_stop_refuses_what_is_new_and_never_a_fact_an_invoice_or_a_payment(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle, by = shop["AU"], people["Ann"]
    found = begun(database, people, wattle, at_limit=AtLimit.STOP)
    rents(database, people, wattle, "+61480000001", 1)
    charges(database, people, wattle, "before", 1)  # owed, like everything: no credit is asked for
    uses(database, wattle, "3000", date(2026, 9, 2), by=by)
    assert watch(database, 2) == 1
    with database.read() as conn:
        [stop] = stops_of(conn, wattle.id)
    assert "owed of a credit limit of 3,000.00 AUD" in stop.why
    with pytest.raises(Stopped, match=r"No new number for Wattle .* its contract says to stop"):
        rents(database, people, wattle, "+61480000002", 3)
    with pytest.raises(Stopped, match="No new fee"):
        charges(database, people, wattle, "fee", 3)
    uses(database, wattle, "40", date(2026, 9, 4), by=by)  # what was sent is posted
    database.act(lambda tx: bill_months(tx, by=SYSTEM, month=START, commitment_ids=[found.id]), at=at(2026, 10, 1))
    with database.read() as conn:
        [month] = months_billed(conn, found.id)
        assert month.invoice_id
        made = invoice(conn, month.invoice_id)
    receive(database, made, made.gross.plain(), at=AT)  # and the payment is taken
    with database.read() as conn:
        assert credit_balance(conn, wattle.id, "AUD") == Money(0, "AUD")
    database.act(lambda tx: watch_limits(tx, by=SYSTEM, commitment_ids=[found.id]), at=AT)
    with database.read() as conn:
        assert stops_of(conn, wattle.id) == []
        [past] = past_stops(conn, wattle.id)
    assert past.ended_why == "0.00 AUD is owed of a credit limit of 3,000.00 AUD."


def test_a_manager_lifts_a_stop_with_a_reason_until_it_fell_once(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle, by = shop["AU"], people["Ann"]
    found = begun(database, people, wattle, at_limit=AtLimit.STOP)
    with pytest.raises(NotReady, match="does not stop"):
        lift(database, people, found, "Too early", 1)
    uses(database, wattle, "3100", date(2026, 9, 2), by=by)
    with pytest.raises(InvalidForm):
        lift(database, people, found, " ", 2)
    lift(database, people, found, "Promised to pay on Friday", 2)  # nobody had looked yet: it is stopped and let go on
    assert watch(database, 3) == 0
    rents(database, people, wattle, "+61480000003", 3)
    [full] = [one for one in told(database, found) if one.mark == 100]
    assert (full.lifted_by, full.lifted_why) == ("Max", "Promised to pay on Friday")
    uses(database, wattle, "-1000", date(2026, 9, 4), by=by)
    uses(database, wattle, "1000", date(2026, 9, 6), by=by, key="beyond again")
    database.act(lambda tx: watch_limits(tx, by=SYSTEM, commitment_ids=[found.id]), at=at(2026, 9, 6))
    with database.read() as conn:
        assert stops_of(conn, wattle.id) == []  # nobody looked while it was below, so the word given still holds
    uses(database, wattle, "-1000", date(2026, 9, 7), by=by)
    assert watch(database, 7) == 1
    uses(database, wattle, "1000", date(2026, 9, 8), by=by, key="and again")
    assert watch(database, 8) == 1
    with database.read() as conn:
        assert len(stops_of(conn, wattle.id)) == 1


def lift(database: Database, people: dict[str, Principal], found: Commitment, reason: str, day: int) -> None:
    database.act(lambda tx: lift_stop(tx, by=people["Max"], commitment_id=found.id, reason=reason), at=at(2026, 9, day))


def test_whoever_looks_first_writes_and_nobody_writes_twice(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    found = begun(database, people, shop["AU"])
    uses(database, shop["AU"], "2500", date(2026, 9, 2), by=people["Ann"])
    look = at(2026, 9, 2) + timedelta(minutes=1)
    for _ in range(2):
        database.act(lambda tx: watch_limits(tx, by=SYSTEM, commitment_ids=[found.id]), at=look)
    assert len(letters(database)) == 1
    with database.read() as conn:
        assert moved(conn, on=date(2026, 9, 2)) == []
