"""Custom fees: charged as agreed and once a month, from credit there is when a person decides, two people from 250."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.db.engine import Database
from services.errors import InvalidForm, Stale
from services.fees.charging import due_fees
from services.fees.deciding import SamePerson
from services.fees.model import (
    CannotChange,
    CannotEnd,
    CannotReverse,
    FeeKind,
    NoSuchFee,
    NotEnoughCredit,
    WaitsAlready,
)
from services.fees.operations import approve_fee, change_fee, charge_fees, end_fee, reverse_charge
from services.fees.queries import fee, hidden_entries, hidden_register, hidden_total
from services.ledger.operations import close_period
from services.ledger.queries import trial_balance
from services.money import Money
from services.periods import Period
from services.wiring.jobs import JOBS
from tests.builders import post, used
from tests.fees import KEYWORD, ONCE, Shop, at, open_shop

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
YEAR = Period(date(2026, 8, 1), date(2027, 8, 1))


def aud(amount: str | int) -> Money:
    return Money.of(amount, "AUD")


@pytest.fixture
def shop(database: Database) -> Shop:
    return open_shop(database)


def charge(shop: Shop, month: date, *, on: date | None = None) -> int:
    day = on or month
    return shop.act(at(day.year, day.month, day.day), charge_fees, by=SYSTEM, month=month)


def charges(shop: Shop) -> list[tuple[str, str]]:
    with shop.database.read() as conn:
        rows = conn.exec_driver_sql("SELECT month, micros FROM custom_fee_charge ORDER BY id").all()
    return [(str(month)[:7], Money(micros, "AUD").plain()) for month, micros in rows]


def test_the_first_month_is_charged_at_once_for_its_days_and_each_further_one_once(shop: Shop) -> None:
    done = shop.set(KEYWORD, at(2026, 11, 16))
    assert (done.waits, charges(shop)) == (False, [("2026-11", "30.00")])  # 15 of 30 days of 60.00
    assert [charge(shop, DECEMBER), charge(shop, DECEMBER, on=date(2026, 12, 9)), charge(shop, NOVEMBER)] == [1, 0, 0]
    assert shop.credit() == "910.00"


def test_a_one_off_fee_is_charged_today_and_never_by_the_run(shop: Shop) -> None:
    shop.set(ONCE, at(2026, 11, 16))
    assert charge(shop, NOVEMBER, on=date(2026, 11, 20)) + charge(shop, DECEMBER) == 0
    assert shop.credit() == "920.00"


def test_a_double_press_sets_one_fee(shop: Shop) -> None:
    first, second = (shop.set(ONCE, at(2026, 11, 16), nonce="pressed") for _ in range(2))
    assert first == second
    assert len(charges(shop)) == 1


def test_a_fee_of_a_later_month_begins_there_and_is_due_there(shop: Shop) -> None:
    shop.set(replace(KEYWORD, starts_on=date(2026, 12, 16)), at(2026, 11, 16))
    with shop.database.read() as conn:
        assert due_fees(conn, month=NOVEMBER) == []
        (due,) = due_fees(conn, month=DECEMBER)
    assert (due.customer, due.days.days, due.amount) == ("Customer 1", 16, aud("30.97"))  # 16 of 31 days
    assert charge(shop, DECEMBER) == 1


def test_what_falls_due_as_agreed_posts_below_zero_but_what_a_person_decides_does_not(database: Database) -> None:
    shop = open_shop(database, credit=0)
    with pytest.raises(NotEnoughCredit, match=r"80.00 AUD is more than the credit of 0.00 AUD"):
        shop.set(ONCE, at(2026, 11, 16))
    with pytest.raises(NotEnoughCredit, match="1st of next month"):
        shop.set(KEYWORD, at(2026, 11, 16))
    shop.set(replace(KEYWORD, starts_on=DECEMBER), at(2026, 11, 16))
    charge(shop, DECEMBER)
    assert shop.credit() == "-60.00"
    assert len(charges(shop)) == 1


def test_a_fee_of_a_month_that_is_closed_by_now_is_posted_on_the_first_open_day(shop: Shop) -> None:
    shop.set(replace(KEYWORD, starts_on=date(2026, 10, 1)), at(2026, 9, 16))
    moment = at(2026, 11, 3)
    for period in (202608, 202609, 202610):
        post(shop.database, used(1, 1_000_000, key=str(period), on=date(2026, period % 100, 5)), at=moment)
    for period in (202608, 202609, 202610):
        shop.act(moment, close_period, by=shop.ada, period=period)
    assert charge(shop, date(2026, 10, 1), on=date(2026, 11, 3)) == 1
    with shop.database.read() as conn:
        assert hidden_entries(conn, customer_id=1, period=YEAR)["day"].tolist() == [NOVEMBER]
        assert due_fees(conn, month=date(2026, 10, 1)) == []


def test_the_job_knows_since_when_which_and_runs_some(shop: Shop) -> None:
    (job,) = (one for one in JOBS if one.name == "fees")
    with shop.database.read() as conn:
        assert job.since(conn) is None
    for customer_id in (1, 2):
        shop.set(replace(KEYWORD, customer_id=customer_id, starts_on=DECEMBER), at(2026, 11, 16))
    with shop.database.read() as conn:
        assert job.since(conn) == DECEMBER
        assert [(one.id, one.customer, one.amount) for one in job.due(conn, DECEMBER, [2])] == [
            (2, "Customer 2", aud(60))
        ]
        assert len(job.due(conn, DECEMBER)) == 2
    assert shop.act(at(2026, 12, 1), job.run, by=SYSTEM, period=DECEMBER, ids=[2]) == 1


def test_a_foreign_fee_leaves_at_what_the_credit_is_carried_at(shop: Shop) -> None:
    shop.set(replace(ONCE, customer_id=3, amount=Money.of(100, "USD")), at(2026, 11, 16))
    with shop.database.read() as conn:
        rows = trial_balance(conn).set_index("account")
    assert rows.loc["income:custom_fee:USD", "base_balance_micros"] == -140_000_000  # bought at 1.40, not today's 1.50
    assert rows.loc["income:custom_fee:USD", "balance_micros"] == -100_000_000


def test_from_250_a_second_person_agrees_and_only_then_is_it_charged(shop: Shop) -> None:
    asked = shop.set(replace(ONCE, amount=aud(250)), at(2026, 11, 16))
    assert asked.waits
    assert shop.credit() == "1000.00"
    with pytest.raises(SamePerson):
        shop.act(at(2026, 11, 17), approve_fee, by=shop.ada, payload={"requested_by_id": shop.ada.person_id})
    set_now = shop.approve(at(2026, 11, 17), asked.approval_id, by=shop.max)
    assert (set_now.starts_on, shop.credit()) == (date(2026, 11, 17), "750.00")
    again = shop.set(replace(ONCE, amount=aud(250)), at(2026, 11, 16))
    assert (again.waits, shop.credit()) == (False, "750.00")


def test_the_limit_is_the_equivalent_at_the_stored_rate_which_is_kept(shop: Shop) -> None:
    usd = replace(ONCE, customer_id=3, amount=Money.of(170, "USD"))
    assert shop.set(usd, at(2026, 11, 16)).waits  # 255 AUD
    shop.set(replace(usd, amount=Money.of(160, "USD")), at(2026, 11, 18))  # 240 AUD
    with shop.database.read() as conn:
        kept = conn.exec_driver_sql("SELECT aud_micros, rate_nano, rate_on FROM custom_fee_version").one()
        summary = conn.exec_driver_sql("SELECT summary FROM approval").scalar_one()
    assert (kept[0], kept[1], str(kept[2])) == (240_000_000, 1_500_000_000, "2026-08-03")
    assert "(255.00 AUD at 1.5 of 2026-08-03)" in summary


def test_small_fees_of_one_day_for_one_customer_count_together(shop: Shop) -> None:
    small = replace(ONCE, amount=aud("124.99"))
    assert not shop.set(small, at(2026, 11, 16), nonce="a").waits
    assert not shop.set(small, at(2026, 11, 16), nonce="b", by=shop.ben).waits
    assert shop.set(replace(small, amount=aud("0.02")), at(2026, 11, 16), nonce="c").waits
    assert not shop.set(replace(small, customer_id=2), at(2026, 11, 16), nonce="d").waits
    assert not shop.set(small, at(2026, 11, 17), nonce="e").waits


def test_a_fee_asked_for_begins_when_it_is_agreed_to_if_its_day_has_passed(shop: Shop) -> None:
    asked = shop.set(replace(KEYWORD, amount=aud(310), starts_on=date(2026, 11, 28)), at(2026, 11, 16))
    assert shop.approve(at(2026, 12, 22), asked.approval_id).starts_on == date(2026, 12, 22)
    assert charges(shop) == [("2026-12", "100.00")]  # 10 of 31 days


def test_an_agreed_fee_without_credit_still_waits(database: Database) -> None:
    shop = open_shop(database, credit=0)
    asked = shop.set(replace(ONCE, amount=aud(300)), at(2026, 11, 16))
    with pytest.raises(NotEnoughCredit):
        shop.approve(at(2026, 11, 17), asked.approval_id)
    with database.read() as conn:
        assert conn.exec_driver_sql("SELECT decision FROM approval").scalar_one() is None


def change(shop: Shop, amount: str, month: date, version: int = 1, **facts: object) -> Any:
    facts = {"by": shop.ada, "fee_id": 1, "reason": "New price list"} | facts
    return shop.act(
        at(2026, 11, 20), change_fee, amount=aud(amount), from_month=month, expected_version=version, **facts
    )


def test_another_amount_holds_from_its_month_on_and_the_past_stays(shop: Shop) -> None:
    shop.set(KEYWORD, at(2026, 11, 16))
    change(shop, "90", date(2027, 1, 1))
    for month in (DECEMBER, date(2027, 1, 1), date(2027, 2, 1)):
        charge(shop, month)
    assert charges(shop) == [("2026-11", "30.00"), ("2026-12", "60.00"), ("2027-01", "90.00"), ("2027-02", "90.00")]


def test_the_latest_decision_holds_from_its_month_whatever_was_planned(shop: Shop) -> None:
    shop.set(KEYWORD, at(2026, 11, 16))
    change(shop, "90", date(2027, 2, 1))
    change(shop, "70", DECEMBER, 2)
    with shop.database.read() as conn:
        found = fee(conn, 1)
    assert [found.amount_in(day).plain() for day in (NOVEMBER, DECEMBER, date(2027, 2, 1))] == [
        "60.00",
        "70.00",
        "70.00",
    ]


def test_a_change_of_what_is_past_charged_same_or_seen_too_late_is_refused(shop: Shop) -> None:
    shop.set(KEYWORD, at(2026, 11, 16))
    shop.set(ONCE, at(2026, 11, 16))
    with pytest.raises(CannotChange, match="from December 2026 on"):
        change(shop, "90", NOVEMBER)
    with pytest.raises(CannotChange, match="is what is agreed"):
        change(shop, "60", DECEMBER)
    with pytest.raises(CannotChange, match="one-off"):
        change(shop, "90", DECEMBER, fee_id=2)
    with pytest.raises(Stale):
        change(shop, "90", DECEMBER, version=2)
    with pytest.raises(InvalidForm) as wrong:
        change(shop, "0", DECEMBER, reason=" ")
    assert set(wrong.value.fields) == {"amount", "reason"}


def test_a_rise_to_the_limit_takes_two_people_and_lowering_one(shop: Shop) -> None:
    shop.set(KEYWORD, at(2026, 11, 16))
    asked = change(shop, "300", DECEMBER)
    assert asked.waits
    with pytest.raises(WaitsAlready):
        change(shop, "310", DECEMBER)
    shop.approve(at(2026, 11, 21), asked.approval_id)
    assert not change(shop, "280", date(2027, 1, 1), 2).waits
    charge(shop, DECEMBER)
    assert charges(shop)[-1] == ("2026-12", "300.00")


def test_an_approved_change_whose_month_has_begun_must_be_asked_for_again(shop: Shop) -> None:
    shop.set(KEYWORD, at(2026, 11, 16))
    asked = change(shop, "300", DECEMBER)
    with pytest.raises(CannotChange, match="January 2027"):
        shop.approve(at(2026, 12, 1), asked.approval_id)


def test_a_fee_ends_with_what_is_charged_and_is_never_charged_after(shop: Shop) -> None:
    shop.set(KEYWORD, at(2026, 11, 16))
    shop.act(at(2026, 11, 20), end_fee, by=shop.ada, fee_id=1, reason="Keyword given back")
    assert charge(shop, DECEMBER) == 0
    with pytest.raises(CannotEnd, match="ends after 2026-11-30 already"):
        shop.act(at(2026, 11, 21), end_fee, by=shop.ada, fee_id=1, reason="Again")


def test_a_last_month_costs_its_days_and_a_charged_day_cannot_be_ended(shop: Shop) -> None:
    shop.set(replace(KEYWORD, ends_before=date(2026, 12, 11)), at(2026, 11, 16))
    charge(shop, DECEMBER)
    assert charges(shop)[-1] == ("2026-12", "19.35")  # 10 of 31 days
    with pytest.raises(CannotEnd, match="charged up to 2026-12-11"):
        shop.act(at(2026, 12, 2), end_fee, by=shop.ada, fee_id=1, ends_before=date(2026, 12, 5), reason="x")
    shop.set(ONCE, at(2026, 12, 2))
    with pytest.raises(CannotEnd, match="one-off"):
        shop.act(at(2026, 12, 2), end_fee, by=shop.ada, fee_id=2, reason="x")


def test_a_wrong_charge_is_taken_back_once_with_a_reason_and_not_charged_again(shop: Shop) -> None:
    shop.set(KEYWORD, at(2026, 11, 16))
    with pytest.raises(InvalidForm, match="what was wrong"):
        shop.act(at(2026, 11, 20), reverse_charge, by=shop.ada, charge_id=1, reason=" ")
    shop.act(at(2026, 12, 2), reverse_charge, by=shop.ada, charge_id=1, reason="Wrong customer")
    assert shop.credit() == "1000.00"
    assert charge(shop, NOVEMBER, on=date(2026, 12, 2)) == 0
    for charge_id, why in ((1, "already"), (2, "reversal itself")):
        with pytest.raises(CannotReverse, match=why):
            shop.act(at(2026, 12, 2), reverse_charge, by=shop.ada, charge_id=charge_id, reason="x")
    with pytest.raises(NoSuchFee):
        shop.act(at(2026, 12, 2), reverse_charge, by=shop.ada, charge_id=9, reason="x")


def test_taking_back_250_in_a_day_needs_two_people_too(shop: Shop) -> None:
    for number, amount in enumerate(("200", "49", "60")):
        shop.set(replace(ONCE, amount=aud(amount)), at(2026, 11, 10 + number))
    moment = at(2026, 11, 20)
    first, second, third = (
        shop.act(moment, reverse_charge, by=shop.ada, charge_id=number, reason="Not ordered") for number in (1, 2, 3)
    )
    assert [first.waits, second.waits, third.waits] == [False, False, True]
    with pytest.raises(WaitsAlready):
        shop.act(moment, reverse_charge, by=shop.ada, charge_id=3, reason="Not ordered")
    shop.approve(moment, third.approval_id)
    assert shop.credit() == "1000.00"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": aud(0)}, "amount"),
        ({"amount": aud("-5")}, "amount"),
        ({"amount": Money.of(5, "USD")}, "amount"),
        ({"amount": aud("1.005")}, "amount"),
        ({"amount": aud(1_000_001)}, "amount"),
        ({"description": " "}, "description"),
        ({"description": "x" * 201}, "description"),
        ({"wording": "a\x00b"}, "wording"),
        ({"visible": True}, "wording"),
        ({"reason": ""}, "reason"),
        ({"starts_on": date(2026, 11, 15)}, "starts_on"),
        ({"starts_on": date(2029, 11, 15)}, "starts_on"),
        ({"ends_before": date(2026, 11, 16)}, "ends_before"),
        ({"recurring": False, "ends_before": date(2026, 12, 16)}, "ends_before"),
        ({"recurring": False, "starts_on": date(2026, 11, 17)}, "starts_on"),
    ],
)
def test_a_wrong_form_names_its_field_and_leaves_nothing(shop: Shop, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        shop.set(replace(KEYWORD, **wrong), at(2026, 11, 16))
    assert set(refused.value.fields) == {field}
    assert charges(shop) == []


def test_only_accounting_sets_and_nobody_runs_a_fee_of_a_month_that_has_not_begun(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        shop.set(KEYWORD, at(2026, 11, 16), by=Principal(9, "Sue", Role.SUPPORT))
    shop.set(replace(KEYWORD, starts_on=DECEMBER), at(2026, 11, 16))
    with pytest.raises(Exception, match="December 2026 has not begun"):
        charge(shop, DECEMBER, on=NOVEMBER)


def test_the_register_is_what_is_hidden_and_its_share_of_what_was_spent(shop: Shop) -> None:
    shop.set(KEYWORD, at(2026, 11, 16))
    shop.set(replace(ONCE, visible=True, wording="Set-up"), at(2026, 11, 16))
    post(shop.database, used(1, 40_000_000, key="u", on=date(2026, 11, 18)))
    charge(shop, DECEMBER)
    with shop.database.read() as conn:
        found = hidden_register(conn, period=YEAR)
        entries = hidden_entries(conn, customer_id=1, period=YEAR)
        assert hidden_total(conn, customer_id=1, period=YEAR) == aud(-90)
        assert hidden_total(conn, customer_id=2, period=YEAR) == aud(0)
    assert (found.total, found.sums, found.customers) == (2, {"AUD": 90_000_000}, 1)
    rows = found.rows.to_dict("records")
    assert [(row["month"], row["hidden_micros"], row["spend_micros"], row["share_bp"]) for row in rows] == [
        (DECEMBER, 60_000_000, 60_000_000, 10_000),
        (NOVEMBER, 30_000_000, 150_000_000, 2_000),
    ]
    assert entries["micros"].tolist() == [-30_000_000, -60_000_000]
    assert entries["description"].tolist() == ["Keyword BLUE"] * 2


def test_the_database_keeps_what_was_agreed_and_charged(shop: Shop) -> None:
    shop.set(KEYWORD, at(2026, 11, 16))
    attacks = [f"DELETE FROM {table}" for table in ("custom_fee", "custom_fee_version", "custom_fee_charge")]
    attacks += ["UPDATE custom_fee SET description = 'x'", "UPDATE custom_fee_version SET micros = 1"]
    attacks += ["UPDATE custom_fee_charge SET micros = 1"]
    for attack in attacks:
        with pytest.raises(DBAPIError, match="never"), shop.database.write(at=at(2026, 11, 17)) as tx:
            tx.conn.exec_driver_sql(attack)


def test_kinds_have_words() -> None:
    assert [kind.label for kind in FeeKind] == ["Keyword", "Short code", "Set-up", "Other"]
