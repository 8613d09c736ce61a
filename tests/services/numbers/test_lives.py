"""A number's life beyond renting: set-up, prices from a month on, registration, ends found late, refunds, grace."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from services.access import people
from services.access.approvals import approve
from services.access.model import SYSTEM, Principal, Role
from services.company.operations import change_rental_grace, set_up
from services.company.profile import read_profile
from services.db.engine import Database
from services.errors import Forbidden, InvalidForm, Stale
from services.integrity.queries import CHECKS, run
from services.ledger.balances import entry
from services.ledger.chart import Kind
from services.ledger.queries import credit_balance
from services.money import Money
from services.numbers.charging import charge_rental
from services.numbers.model import (
    CannotCancel,
    CannotRefund,
    Capability,
    DedicatedNumber,
    NumberStatus,
    NumberType,
    WrongRentalPrice,
)
from services.numbers.operations import (
    add_number,
    cancel_number,
    change_price,
    change_registration,
    keep_number,
    record_cancellation,
    refund_after_end,
    release_number,
    release_unpaid,
    warn_customer,
)
from services.numbers.queries import charges, monthly_fees, number, page, registrations
from services.numbers.queries.due import due_by_customer
from services.numbers.queries.overcharged import overcharged
from services.numbers.queries.unpaid import GraceState, unpaid_rentals
from services.numbers.refunding import SamePerson
from services.numbers.registration import CannotRegister, Registration
from services.pricing.operations import load_reference
from services.settings import settings
from services.wiring.approvals import ACTS
from tests import builders

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


def at(year: int, month: int, day: int) -> datetime:
    """Noon in Sydney."""
    return datetime(year, month, day, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _company(database: Database) -> None:
    folder = settings().reference_data
    with database.write(at=at(2026, 10, 31)) as tx:
        load_reference(tx, by=SYSTEM, folder=folder)
        set_up(tx, by=SYSTEM, profile=read_profile((folder / "demo_company.toml").read_bytes()))
    builders.customers(database, 2)


def add(database: Database, moment: datetime, e164: str = "+61491570001", price: str = "30", **more: object) -> int:
    facts = {"customer_id": 1, "country": "AU", "type": NumberType.MOBILE, "monthly_price": Money.of(price, "AUD")}
    return database.act(lambda tx: add_number(tx, by=SYSTEM, e164=e164, **(facts | more)), at=moment).id


def charge(database: Database, month: date) -> int:
    return database.act(lambda tx: charge_rental(tx, by=SYSTEM, month=month), at=at(month.year, month.month, 1))


def ended(database: Database, number_id: int, since: date, moment: datetime) -> DedicatedNumber:
    return database.act(
        lambda tx: record_cancellation(tx, by=SYSTEM, number_id=number_id, since=since, reason="carrier's notice"),
        at=moment,
    )


def credit(database: Database, customer_id: int = 1) -> str:
    with database.read() as conn:
        return credit_balance(conn, customer_id, "AUD").plain()


def assert_whole(database: Database) -> None:
    """Every check of the books is green; but no bank knows of the credit these tests give away."""
    names = [check.name for check in CHECKS if check.name != "receipts_unallocated"]
    with database.read() as conn:
        assert [found.detail for found in run(conn, names=names) if not found.ok] == []


def test_set_up_is_charged_once_by_an_entry_of_its_own(database: Database) -> None:
    added = add(database, at(2026, 11, 16), setup_price=Money.of(20, "AUD"))
    charge(database, DECEMBER)
    with database.read() as conn:
        found = charges(conn, added)
        assert list(zip(found["what"], found["micros"] // 10_000, strict=True)) == [
            ("rental", 3_000),
            ("rental", 1_500),
            ("set-up", 2_000),
        ]
        posted = entry(conn, int(found["entry_id"].iloc[-1]))
    assert (posted.kind, posted.source, posted.memo) == (Kind.RENTAL, "number-setup", "+61491570001 set-up")
    assert credit(database) == "-65.00"
    assert_whole(database)


def test_a_price_holds_from_its_month_on_and_never_before(database: Database) -> None:
    added = add(database, at(2026, 11, 16))

    def price(amount: str, month: date) -> DedicatedNumber:
        return database.act(
            lambda tx: change_price(
                tx, by=SYSTEM, number_id=added, monthly_price=Money.of(amount, "AUD"), month=month, reason="new list"
            ),
            at=at(2026, 11, 20),
        )

    with pytest.raises(WrongRentalPrice, match="charged already"):
        price("40", NOVEMBER)
    assert price("40", date(2026, 12, 15)).price_in(NOVEMBER) == Money.of(30, "AUD")
    price("45", DECEMBER)  # a second thought before it takes effect
    with pytest.raises(WrongRentalPrice, match="already"):
        price("45", DECEMBER)
    charge(database, DECEMBER)
    with database.read() as conn:
        found = number(conn, added)
        assert found.price_change_after(NOVEMBER) == found.prices[1]
        assert found.price_change_after(DECEMBER) is None
        assert int(charges(conn, added)["micros"].iloc[0]) == 45_000_000
        assert page(conn, on=date(2026, 11, 20)).rows["monthly_micros"].tolist() == [30_000_000]
        assert monthly_fees(conn, on=DECEMBER)["micros"].tolist() == [45_000_000]
    with pytest.raises(WrongRentalPrice, match="above 0"):
        price("0", JANUARY)


def test_a_registration_moves_by_its_steps_and_keeps_them(database: Database) -> None:
    added = add(database, at(2026, 11, 16))

    def move(before: Registration, after: Registration, reason: str = "carrier's portal") -> DedicatedNumber:
        change = {"number_id": added, "expected": before, "to": after, "reason": reason}
        return database.act(lambda tx: change_registration(tx, by=SYSTEM, **change), at=at(2026, 11, 17))

    move(Registration.REQUESTED, Registration.SUBMITTED)
    with pytest.raises(Stale, match="by now"):
        move(Registration.REQUESTED, Registration.SUBMITTED)
    with pytest.raises(CannotRegister, match="may become"):
        move(Registration.SUBMITTED, Registration.REQUESTED)
    with pytest.raises(InvalidForm):
        move(Registration.SUBMITTED, Registration.REGISTERED, "")
    assert move(Registration.SUBMITTED, Registration.REGISTERED).registration is Registration.REGISTERED
    with database.read() as conn:
        assert registrations(conn, added)["state"].tolist() == ["registered", "submitted", "requested"]
        assert page(conn, on=NOVEMBER, registration=Registration.REGISTERED).total == 1
        assert page(conn, on=NOVEMBER, registration=Registration.REJECTED).total == 0


def test_what_a_number_carries_is_kept_and_wrong_facts_are_refused(database: Database) -> None:
    both = (Capability.VOICE, Capability.TWO_WAY)
    added = add(database, at(2026, 11, 16), capabilities=both)
    with database.read() as conn:
        assert number(conn, added).capabilities == frozenset(both)
        assert page(conn, on=NOVEMBER).rows["capabilities"].tolist() == ["voice, two-way"]
    with pytest.raises(InvalidForm, match="SMS, MMS, voice or fax"):
        add(database, at(2026, 11, 16), "+61491570002", capabilities=(Capability.TWO_WAY,))
    with pytest.raises(InvalidForm, match="no country"):
        add(database, at(2026, 11, 16), "+61491570002", country="XX")


def test_rental_after_an_end_found_late_is_flagged_and_given_back_once(database: Database) -> None:
    added = add(database, at(2026, 11, 1))
    charge(database, DECEMBER)
    found = ended(database, added, date(2026, 11, 21), at(2026, 12, 5))
    assert (found.status, found.cancels_on, found.cancelled_on) == (
        NumberStatus.CANCELLED,
        date(2026, 11, 21),
        date(2026, 11, 21),
    )
    with database.read() as conn:
        flagged = overcharged(conn)
        assert [(one.days.starts_on, one.refund.plain()) for one in flagged] == [
            (date(2026, 11, 21), "10.00"),  # ten of thirty days
            (DECEMBER, "30.00"),
        ]
    give = lambda tx: refund_after_end(tx, by=SYSTEM, number_id=added, reason="ticket 4711")  # noqa: E731
    assert database.act(give, at=at(2026, 12, 5)).amount == Money.of(40, "AUD")
    with pytest.raises(CannotRefund, match="left to give back"):
        database.act(give, at=at(2026, 12, 6))
    assert credit(database) == "-20.00"
    with database.read() as conn:
        assert overcharged(conn) == []
        assert charges(conn, added)["what"].tolist() == ["refund", "refund", "rental", "rental"]
    assert charge(database, JANUARY) == 0
    assert_whole(database)


def test_what_comes_back_outside_aud_is_carried_as_the_rental_took_it(database: Database) -> None:
    with database.write(at=at(2026, 11, 1)) as tx:
        tx.conn.exec_driver_sql("UPDATE customer SET currency = 'USD' WHERE id = 2")
    builders.post(database, builders.bought(2, 100 * builders.ONE, key="b", currency="USD", rate="1.5"))
    dollars = {"customer_id": 2, "country": "US", "monthly_price": Money.of(10, "USD")}
    added = add(database, at(2026, 11, 20), "+12025550100", **dollars)
    charge(database, DECEMBER)
    before = _carried(database)
    ended(database, added, date(2026, 12, 1), at(2026, 12, 5))
    database.act(lambda tx: refund_after_end(tx, by=SYSTEM, number_id=added, reason="ended"), at=at(2026, 12, 5))
    assert _carried(database) - before == 15 * builders.ONE  # 10 USD at the 1.5 they were bought at
    assert_whole(database)


def _carried(database: Database) -> int:
    query = "SELECT -b.base_balance FROM account_balance b JOIN account a ON a.id = b.account_id WHERE a.code LIKE '%s'"
    with database.read() as conn:
        return int(conn.exec_driver_sql(query % "liabilities:credit:USD:2").scalar_one())


def test_a_large_refund_takes_two_people(database: Database) -> None:
    added = add(database, at(2026, 11, 1), price="600")
    charge(database, DECEMBER)
    ended(database, added, DECEMBER, at(2026, 12, 5))
    with database.write(at=at(2026, 12, 5)) as tx:
        by = [
            Principal(
                people.create_person(tx, by=SYSTEM, name=name, email=f"{name}@x.example", role=role).person_id,
                name,
                role,
            )
            for name, role in (("Ann", Role.ACCOUNTING), ("Mia", Role.MANAGER))
        ]
    give = lambda tx: refund_after_end(tx, by=by[0], number_id=added, reason="ticket 4711")  # noqa: E731
    asked = database.act(give, at=at(2026, 12, 5)).approval_id
    assert asked is not None
    assert credit(database) == "-1200.00"
    with pytest.raises(CannotRefund, match="waits"):
        database.act(give, at=at(2026, 12, 5))
    with pytest.raises(Forbidden):
        database.act(lambda tx: approve(tx, by=by[0], approval_id=asked, acts=ACTS), at=at(2026, 12, 6))
    payload = {"number_id": added, "micros": 600_000_000, "requested_by_id": by[1].person_id}
    with pytest.raises(SamePerson):
        database.act(lambda tx: ACTS["numbers.rental_refund"].run(tx, by[1], payload), at=at(2026, 12, 6))
    changed = payload | {"micros": 1, "requested_by_id": by[0].person_id}
    with pytest.raises(Stale, match="has changed"):
        database.act(lambda tx: ACTS["numbers.rental_refund"].run(tx, by[1], changed), at=at(2026, 12, 6))
    database.act(lambda tx: approve(tx, by=by[1], approval_id=asked, acts=ACTS), at=at(2026, 12, 6))
    assert credit(database) == "-600.00"
    assert_whole(database)


def test_an_end_can_only_be_recorded_where_it_can_be_true(database: Database) -> None:
    added = add(database, at(2026, 11, 16))
    for since, said in (
        (date(2026, 12, 24), "still to come"),
        (date(2026, 11, 1), "rented from"),
    ):
        with pytest.raises(CannotCancel, match=said):
            ended(database, added, since, at(2026, 12, 5))
    database.act(lambda tx: cancel_number(tx, by=SYSTEM, number_id=added), at=at(2026, 11, 20))
    with pytest.raises(CannotCancel, match="ends on"):
        ended(database, added, date(2026, 12, 4), at(2026, 12, 5))
    assert ended(database, added, date(2026, 11, 25), at(2026, 12, 5)).cancellation_requested_on == date(2026, 11, 20)
    with pytest.raises(CannotCancel, match="released already"):
        ended(database, added, date(2026, 11, 24), at(2026, 12, 5))


def test_a_cancellation_is_taken_back_before_it_takes_effect(database: Database) -> None:
    added = add(database, at(2026, 11, 16))
    cancel = lambda tx: cancel_number(tx, by=SYSTEM, number_id=added)  # noqa: E731
    keep = lambda tx: keep_number(tx, by=SYSTEM, number_id=added, reason="ticket 12")  # noqa: E731
    with pytest.raises(CannotCancel, match="no cancellation"):
        database.act(keep, at=at(2026, 11, 17))
    database.act(cancel, at=at(2026, 11, 20))
    assert database.act(keep, at=at(2026, 11, 21)).status is NumberStatus.ACTIVE
    assert charge(database, DECEMBER) == 1
    part = lambda tx: cancel_number(tx, by=SYSTEM, number_id=added, effective_on=date(2027, 1, 11))  # noqa: E731
    database.act(part, at=at(2026, 12, 5))
    charge(database, JANUARY)
    with pytest.raises(CannotCancel, match="charged already"):
        database.act(keep, at=at(2027, 1, 2))
    assert_whole(database)


def test_unpaid_rental_is_warned_about_then_in_grace_then_released_by_a_person(database: Database) -> None:
    builders.post(database, builders.bought(1, 20 * builders.ONE, key="b"), at=at(2026, 11, 20))
    added = add(database, at(2026, 11, 20), price="30")  # eleven days, 11.00, are covered
    with database.read() as conn:
        assert unpaid_rentals(conn) == []
    charge(database, DECEMBER)

    def state(day: date) -> list[GraceState]:
        with database.read() as conn:
            return [each.state(day) for each in unpaid_rentals(conn)]

    release = lambda tx: release_unpaid(tx, by=SYSTEM, number_id=added, reason="no answer")  # noqa: E731
    warn = lambda tx: warn_customer(tx, by=SYSTEM, customer_id=1, how="by e-mail")  # noqa: E731
    assert state(DECEMBER) == [GraceState.TO_WARN]
    with pytest.raises(CannotCancel, match="not warned"):
        database.act(release, at=at(2026, 12, 2))
    told = database.act(warn, at=at(2026, 12, 2))
    assert (told.since, told.until, told.credit) == (DECEMBER, date(2026, 12, 16), Money.of(-21, "AUD"))
    with pytest.raises(CannotCancel, match="already"):
        database.act(warn, at=at(2026, 12, 3))
    assert state(date(2026, 12, 15)) == [GraceState.IN_GRACE]
    with pytest.raises(CannotCancel, match="in grace until 2026-12-16"):
        database.act(release, at=at(2026, 12, 15))
    assert state(date(2026, 12, 16)) == [GraceState.PAST]
    released = database.act(release, at=at(2026, 12, 17))
    assert (released.status, released.cancels_on) == (NumberStatus.CANCELLED, date(2026, 12, 17))
    with database.read() as conn:
        assert [one.days.days for one in overcharged(conn)] == [15]  # what is left of December, prepared
        assert unpaid_rentals(conn) == []
    assert_whole(database)


def test_who_pays_is_not_warned_and_a_later_rental_starts_anew(database: Database) -> None:
    add(database, at(2026, 11, 20), price="30")
    with database.read() as conn:
        assert [each.since for each in unpaid_rentals(conn)] == [date(2026, 11, 20)]
    builders.post(database, builders.bought(1, 11 * builders.ONE, key="b"), at=at(2026, 11, 25))
    with database.read() as conn:
        assert unpaid_rentals(conn) == []
    with pytest.raises(CannotCancel, match="covered"):
        database.act(lambda tx: warn_customer(tx, by=SYSTEM, customer_id=1, how="x"), at=at(2026, 11, 26))
    charge(database, DECEMBER)
    with database.read() as conn:
        assert [(each.customer, each.since) for each in unpaid_rentals(conn, customer_id=1)] == [
            ("Customer 1", DECEMBER)
        ]


def test_the_grace_is_a_setting_of_the_company(database: Database) -> None:
    change = lambda days: lambda tx: change_rental_grace(tx, by=SYSTEM, days=days, reason="new terms")  # noqa: E731
    with pytest.raises(InvalidForm, match="0 to 90"):
        database.act(change(91), at=at(2026, 11, 1))
    assert database.act(change(7), at=at(2026, 11, 1)).rental_grace_days == 7
    add(database, at(2026, 11, 20))
    warned = database.act(lambda tx: warn_customer(tx, by=SYSTEM, customer_id=1, how="post"), at=at(2026, 11, 20))
    assert warned.until == date(2026, 11, 20) + timedelta(days=7)


def test_what_is_due_by_customer_is_what_is_then_charged(database: Database) -> None:
    add(database, at(2026, 11, 16))
    add(database, at(2026, 11, 16), "+61491570002", price="0.10")
    part, past = add(database, at(2026, 11, 16), "+61491570003"), add(database, at(2026, 11, 16), "+61491570004")
    ends = {part: date(2026, 12, 11), past: DECEMBER}
    for number_id, day in ends.items():
        end = {"number_id": number_id, "effective_on": day}
        database.act(lambda tx, end=end: cancel_number(tx, by=SYSTEM, **end), at=at(2026, 11, 20))
    with database.read() as conn:
        due = [tuple(row) for row in conn.execute(due_by_customer(conn, month=DECEMBER))]
    assert due == [(1, "AUD", 3, 39_780_000)]  # 30.00 + 0.10 + 10 of 31 days of 30.00
    before = credit(database)
    charge(database, DECEMBER)
    assert float(before) - float(credit(database)) == pytest.approx(39.78)
    with database.read() as conn:
        assert conn.execute(due_by_customer(conn, month=DECEMBER)).all() == []
    database.act(lambda tx: release_number(tx, by=SYSTEM, number_id=past), at=at(2026, 12, 1))


@pytest.mark.parametrize("table", ["number_price", "number_registration", "number_setup", "number_refund"])
def test_facts_about_numbers_are_never_changed(database: Database, table: str) -> None:
    added = add(database, at(2026, 11, 1), setup_price=Money.of(5, "AUD"))
    price = {"monthly_price": Money.of(40, "AUD"), "month": DECEMBER, "reason": "new list"}
    database.act(lambda tx: change_price(tx, by=SYSTEM, number_id=added, **price), at=at(2026, 11, 2))
    ended(database, added, date(2026, 11, 11), at(2026, 11, 20))
    database.act(lambda tx: refund_after_end(tx, by=SYSTEM, number_id=added, reason="x"), at=at(2026, 11, 20))
    for attack in (f"UPDATE {table} SET number_id = number_id", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="never"), database.write(at=at(2026, 11, 21)) as tx:
            tx.conn.exec_driver_sql(attack)
