"""Changes and renewals of a commitment: signed, asked for by accounting, agreed by a manager, kept as a new version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from services.access.approvals import approve, decline
from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.customers.model import Customer
from services.db.engine import Database
from services.errors import InvalidForm, Stale
from services.money import Money
from services.postpaid import queries
from services.postpaid.applying import keep_file
from services.postpaid.billing import bill_months, turn_commitments
from services.postpaid.changing import (
    AlreadyAsked,
    Change,
    change_now,
    change_waits,
    differences,
    first_days,
    request_change,
    with_change,
)
from services.postpaid.commitment import AtLimit, TrueUp
from services.postpaid.model import Commitment, NotReady
from services.postpaid.outlook import exit_on, outlook
from services.postpaid.signing import leave_commitment
from services.postpaid.standing import history
from services.pricing.tables import exchange_rate
from services.wiring.approvals import ACTS
from tests.invoicing import open_shop
from tests.postpaid import at, committed, staff

START = date(2026, 7, 1)
NOW = at(2026, 10, 16)


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def people(database: Database) -> dict[str, Principal]:
    return staff(database)


def running(
    database: Database,
    people: dict[str, Principal],
    customer: Customer,
    *,
    months: int = 3,
    true_up: TrueUp = TrueUp.MONTHLY,
) -> Commitment:
    """A commitment since July of which so many months are billed."""
    made = committed(database, people, customer, START, minimum="1100", true_up=true_up)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[made.id]), at=at(2026, 7, 1))
    for month in range(7, 7 + months):
        bill(database, made, date(2026, month, 1), at(2026, month + 1, 1))
    return again(database, made)


def bill(database: Database, made: Commitment, month: date, when: Any) -> None:
    database.act(lambda tx: bill_months(tx, by=SYSTEM, month=month, commitment_ids=[made.id]), at=when)


def again(database: Database, made: Commitment) -> Commitment:
    with database.read() as conn:
        return queries.commitment(conn, made.id)


def ask(database: Database, by: Principal, found: Commitment, change: Change, *, when: datetime = NOW) -> int:
    """Upload the signed change and ask for it."""
    file_id = database.act(
        lambda tx: keep_file(
            tx, by=by, application_id=found.application_id, kind="contract", name="change.pdf", content=b"signed change"
        ),
        at=when,
    )
    return database.act(
        lambda tx: request_change(
            tx, by=by, commitment_id=found.id, expected_version=found.version, change=change, file_id=file_id,
            reason="Agreed by phone",
        ),
        at=when,
    )  # fmt: skip


def agree(database: Database, by: Principal, request: int, *, when: datetime = NOW) -> object:
    return database.act(lambda tx: approve(tx, by=by, approval_id=request, acts=ACTS), at=when)


def other(found: Commitment, on: date = date(2026, 11, 1), **terms: object) -> Change:
    """The terms as they are but for those named."""
    now = change_now(found, on)
    agreed = {name: value for name, value in terms.items() if name in {"minimum", "limit", "months"}}
    wanted = {name: value for name, value in terms.items() if name not in agreed}
    return replace(now, agreed=replace(now.agreed, **agreed), wanted=replace(now.wanted, **wanted))  # type: ignore[arg-type]


AUD = lambda amount: Money.of(amount, "AUD")  # noqa: E731


def test_a_change_is_signed_asked_for_and_agreed_by_somebody_else(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    found = running(database, people, shop["AU"])
    request = ask(database, people["Ann"], found, other(found, minimum=AUD("1500"), payment_days=30))
    assert again(database, found).version == 1
    with database.read() as conn:
        assert [number for number, _ in change_waits(conn, found.id)] == [request]
    agree(database, people["Max"], request)
    changed = again(database, found)
    assert (changed.version, changed.contract.now.minimum, changed.contract.now.payment_days) == (2, AUD("1500"), 30)
    with database.read() as conn:
        kept = queries.versions_kept(conn, found.id)[1]
        assert change_waits(conn, found.id) == []
    assert (kept.made_by, kept.agreed_by, kept.reason) == ("Ann", "Max", "Agreed by phone")


def test_the_new_minimum_is_billed_from_its_month_on_and_no_earlier(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    found = running(database, people, shop["AU"])
    agree(database, people["Max"], ask(database, people["Ann"], found, other(found, minimum=AUD("1500"))))
    for month in (10, 11):
        bill(database, found, date(2026, month, 1), at(2026, month + 1, 1))
    with database.read() as conn:
        billed = queries.months_billed(conn, found.id)
    assert [each.true_up.text() for each in billed] == ["1,100.00 AUD"] * 4 + ["1,500.00 AUD"]


def test_nobody_agrees_to_what_they_asked_and_support_asks_for_nothing(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    found = running(database, people, shop["AU"])
    with pytest.raises(NotAllowed):
        database.act(
            lambda tx: request_change(
                tx, by=people["Max"], commitment_id=found.id, expected_version=1, change=other(found), file_id=1,
                reason="x",
            ),
            at=NOW,
        )  # fmt: skip
    request = ask(database, people["Ann"], found, other(found, minimum=AUD("1500")))
    turned = Principal(people["Ann"].person_id, "Ann", Role.MANAGER)  # her role changed meanwhile
    with pytest.raises(Exception, match="requested this yourself"):
        agree(database, turned, request)


def test_one_change_waits_at_a_time_and_a_declined_one_makes_room(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    found = running(database, people, shop["AU"])
    request = ask(database, people["Ann"], found, other(found, minimum=AUD("1500")))
    with pytest.raises(AlreadyAsked, match="waits for a manager"):
        ask(database, people["Ann"], found, other(found, minimum=AUD("1600")))
    database.act(lambda tx: decline(tx, by=people["Max"], approval_id=request, acts=ACTS, reason="Too much"), at=NOW)
    ask(database, people["Ann"], found, other(found, minimum=AUD("1600")))


def test_a_month_billed_meanwhile_or_another_version_stops_the_approval(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    found = running(database, people, shop["AU"])
    request = ask(database, people["Ann"], found, other(found, minimum=AUD("1500")))
    for month in (10, 11):
        bill(database, found, date(2026, month, 1), at(2026, month + 1, 1))
    with pytest.raises(InvalidForm, match="billed already"):
        agree(database, people["Max"], request)
    with pytest.raises(Stale):
        database.act(
            lambda tx: request_change(
                tx, by=people["Ann"], commitment_id=found.id, expected_version=7, change=other(found), file_id=1,
                reason="x",
            ),
            at=NOW,
        )  # fmt: skip


WRONG: dict[str, tuple[Callable[[Commitment], Change], str, str]] = {
    "mid-month": (lambda found: other(found, date(2026, 11, 2), minimum=AUD("1500")), "effective_on", "the 1st"),
    "billed": (lambda found: other(found, date(2026, 9, 1), minimum=AUD("1500")), "effective_on", "billed already"),
    "limit": (lambda found: other(found, limit=AUD("3000.01")), "limit", "needs a new application"),
    "least": (lambda found: other(found, minimum=AUD("999.99")), "minimum", "at least 1,000.00 AUD"),
    "short": (lambda found: other(found, months=11), "months", "12 to 60 months"),
    "over": (lambda found: other(found, date(2027, 7, 1), minimum=AUD("1500")), "months", "before the change begins"),
    "true-up": (lambda found: other(found, true_up=TrueUp.TERM), "true_up", "sign a new commitment"),
    "nothing": (other, "reason", "Nothing would change"),
}


@pytest.mark.parametrize("wrong", list(WRONG))
def test_what_cannot_be_changed(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal], wrong: str
) -> None:
    change, field, sentence = WRONG[wrong]
    found = running(database, people, shop["AU"])
    with pytest.raises(InvalidForm) as refused:
        ask(database, people["Ann"], found, change(found))
    assert sentence in refused.value.fields[field]


def test_a_renewal_is_a_longer_term_and_a_contract_left_early_has_none(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    found = running(database, people, shop["AU"])
    with database.read() as conn:
        days = first_days(conn, found, today=date(2026, 10, 16))
    assert (days[0], days[-1]) == (date(2026, 11, 1), date(2027, 7, 1))
    agree(database, people["Max"], ask(database, people["Ann"], found, other(found, days[-1], months=24)))
    renewed = again(database, found)
    assert renewed.contract.term.ends_before == date(2028, 7, 1)
    assert renewed.contract.committed == AUD("26400")
    database.act(
        lambda tx: leave_commitment(
            tx, by=people["Max"], commitment_id=found.id, left_before=date(2027, 1, 1), charges_rest=False, reason="x"
        ),
        at=NOW,
    )
    with pytest.raises(NotReady, match="ends early"):
        ask(database, people["Ann"], renewed, other(renewed, minimum=AUD("1500")))


def test_a_minimum_that_stays_keeps_its_worth_whatever_the_rate_does(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    found = committed(database, people, shop["FR"], date(2026, 11, 20))
    before, later = found.contract.now, at(2026, 11, 25)
    with database.write(at=later) as tx:  # a euro is worth so little by now that 1,100 of them were no commitment
        row = {"currency": "EUR", "rate_on": date(2026, 11, 25), "aud_per_unit_nano": 800_000_000, "source": "a test"}
        tx.conn.execute(insert(exchange_rate), row)
    stays = other(found, date(2026, 12, 1), at_limit=AtLimit.STOP)
    agree(database, people["Max"], ask(database, people["Ann"], found, stays, when=later), when=later)
    after = again(database, found).contract.now
    assert (after.aud, after.rate, after.rate_on) == (before.aud, before.rate, before.rate_on)
    assert differences(before, after) == {
        "from": ("2026-11-20", "2026-12-01"),
        "at the credit limit": (AtLimit.ALERT.label, AtLimit.STOP.label),
    }


def test_the_preview_is_what_then_comes(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    found = running(database, people, shop["AU"])
    change = other(found, minimum=AUD("1500"))
    with database.read() as conn:
        seen = history(conn, found, today=date(2026, 10, 16))
        previewed = outlook(replace(seen, contract=with_change(found.contract, change)))
    agree(database, people["Max"], ask(database, people["Ann"], found, change))
    changed = again(database, found)
    assert with_change(found.contract, change).committed == changed.contract.committed == AUD("16400")
    with database.read() as conn:
        assert outlook(history(conn, changed, today=date(2026, 10, 16))) == previewed


def test_what_would_be_left_by_an_early_exit(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    found = running(database, people, shop["AU"])
    with database.read() as conn:
        told = exit_on(history(conn, found, today=date(2026, 10, 16)), date(2027, 1, 1))
    assert (told.remaining, told.whole_months) == (AUD("6600"), 6)
