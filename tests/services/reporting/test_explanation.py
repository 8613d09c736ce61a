"""An explanation by class ties to 0.00, shows what was taken back, and without hidden fees misses exactly those."""

from __future__ import annotations

from datetime import date

import pytest

from services.db.engine import Database
from services.errors import BrokenInvariant
from services.ledger.classes import MovementClass
from services.ledger.model import Explanation, ExplanationLine, Kind
from services.money import Money
from services.periods import Period
from services.reporting.explanation import Hidden, why, why_of
from tests.builders import ONE, bought, customers, post, reverse, used

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def aud(amount: str) -> Money:
    return Money.of(amount, "AUD")


def line(kind: Kind, rows: int, raised: str, lowered: str = "0") -> ExplanationLine:
    return ExplanationLine(kind, rows, aud(raised), aud(lowered))


NOTHING = Hidden((), aud("0"), aud("0"))
TOLD = Explanation(
    aud("182.77"),
    (
        line(Kind.BANK_TOP_UP, 2, "440", "20"),
        line(Kind.USAGE_SMS, 9, "1.50", "247.62"),
        line(Kind.USAGE_MMS, 3, "0", "31.46"),
        line(Kind.CUSTOM_FEE, 3, "25", "75"),
        line(Kind.CREDIT_CORRECTION, 2, "5", "3"),
        line(Kind.GOODWILL, 1, "10"),
    ),
    aud("287.19"),
)


def test_each_class_is_one_line_and_usage_one_a_product() -> None:
    told = why(TOLD, period=NOVEMBER, hidden=NOTHING)
    assert [(each.label, each.rows, each.money.plain()) for each in told.lines] == [
        ("Bank transfers", 2, "420.00"),
        ("SMS", 9, "-246.12"),
        ("MMS", 3, "-31.46"),
        ("Custom fees", 3, "-50.00"),
        ("Adjustments", 3, "12.00"),
    ]
    assert not told.difference


def test_what_undid_earlier_movements_is_told_apart_but_not_where_both_ways_are_usual() -> None:
    told = why(TOLD, period=NOVEMBER, hidden=NOTHING)
    assert {each.label: each.taken_back.plain() for each in told.lines if each.taken_back} == {
        "Bank transfers": "20.00",
        "SMS": "1.50",
        "Custom fees": "25.00",
    }


def test_what_came_in_less_what_was_used_is_the_change() -> None:
    told = why(TOLD, period=NOVEMBER, hidden=NOTHING)
    assert (told.bought.plain(), told.used.plain()) == ("432.00", "327.58")
    assert told.bought - told.used == told.closing - told.opening


def test_without_hidden_fees_the_customers_sum_misses_exactly_those() -> None:
    hidden = Hidden((7, 8), aud("-25"), aud("25"))
    told = why(TOLD, period=NOVEMBER, hidden=hidden)
    seen = told.as_the_customer_sees_it()
    fees = next(each for each in seen.lines if each.of is MovementClass.FEES)
    assert (fees.rows, fees.money.plain(), fees.taken_back.plain()) == (1, "-25.00", "0.00")
    assert (seen.opening, seen.closing) == (told.opening, told.closing)
    assert seen.expected + hidden.money == told.closing
    assert seen.gap == hidden.money


def test_fees_that_are_all_hidden_leave_no_line() -> None:
    told = why(TOLD, period=NOVEMBER, hidden=Hidden((7, 8, 9), aud("-50"), aud("25")))
    seen = told.as_the_customer_sees_it()
    assert MovementClass.FEES not in {each.of for each in seen.lines}
    assert seen.gap.plain() == "-50.00"


def test_books_that_disagree_with_themselves_show_a_difference() -> None:
    wrong = Explanation(TOLD.opening, TOLD.lines, aud("287.20"))
    assert why(wrong, period=NOVEMBER, hidden=NOTHING).difference.plain() == "0.01"


def test_a_movement_of_no_class_is_refused_and_not_left_out() -> None:
    strange = Explanation(aud("0"), (line(Kind.BANK_RECEIPT, 1, "1"),), aud("1"))
    with pytest.raises(BrokenInvariant, match="does not move credit"):
        why(strange, period=NOVEMBER, hidden=NOTHING)


def test_a_reversal_in_the_period_of_what_was_before_it(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, 50 * ONE, key="a", on=date(2026, 10, 3)))
    old = post(database, used(one, 9 * ONE, key="b", on=date(2026, 10, 5)))
    post(database, used(one, 2 * ONE, key="c", on=date(2026, 11, 5)))
    database.act(lambda tx: reverse(tx, old.entry_id, on=date(2026, 11, 6)))
    with database.read() as conn:
        told = why_of(conn, customer_id=one, currency="AUD", period=NOVEMBER)
    assert (told.opening.plain(), told.closing.plain(), told.difference.plain()) == ("41.00", "48.00", "0.00")
    assert [(each.label, each.rows, each.money.plain(), each.taken_back.plain()) for each in told.lines] == [
        ("SMS", 2, "7.00", "9.00")
    ]
