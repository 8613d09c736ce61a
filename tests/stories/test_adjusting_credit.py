"""Credit given and taken by decision, told as an accountant would post it; amounts in the customer's currency."""

from __future__ import annotations

from datetime import date

from services.access.model import Role
from services.adjustments.model import State
from services.db.engine import Database
from services.ledger.queries import trial_balance
from services.money import Money
from tests.adjusting import ask, buys, decide, refund, sends, standing, team, undo
from tests.invoicing import open_shop


def books(database: Database) -> dict[str, str]:
    """Every account that is not zero, debit positive, by purpose."""
    with database.read() as conn:
        frame = trial_balance(conn)
    found: dict[str, int] = {}
    for code, micros in zip(frame["account"], frame["balance_micros"], strict=True):
        purpose = code.split(":")[1]
        found[purpose] = found.get(purpose, 0) + int(micros)
    return {purpose: Money(micros, "AUD").plain() for purpose, micros in found.items() if micros}


def test_promotional_credit_touches_no_profit_until_it_is_used_and_then_nets_to_nothing(
    sqlite_database: Database,
) -> None:
    database, shop, people = sqlite_database, open_shop(sqlite_database), team(sqlite_database)
    wattle = shop["AU"]
    buys(database, wattle, "100.00")
    assert books(database) == {"unallocated": "100.00", "credit": "-100.00"}
    ask(database, "grant_promotion", wattle, "30.00", people[Role.ACCOUNTING])
    assert books(database) == {"unallocated": "100.00", "credit": "-130.00", "promo_deferred": "30.00"}
    sends(database, wattle, ("delivered", "20.00"))
    # revenue of 20.00 met by a discount of 20.00: nothing is earned of what was given
    assert books(database) == {
        "unallocated": "100.00",
        "credit": "-110.00",
        "promo_deferred": "10.00",
        "revenue_sms": "-20.00",
        "promo_discount": "20.00",
    }
    sends(database, wattle, ("delivered", "25.00"), on=date(2026, 11, 11))
    # the last 10.00 of the promotion, then 15.00 that were paid for: 45.00 less 30.00 is what was earned
    assert books(database) == {
        "unallocated": "100.00",
        "credit": "-85.00",
        "revenue_sms": "-45.00",
        "promo_discount": "30.00",
    }


def test_goodwill_is_our_cost_and_a_refund_of_undelivered_messages_lowers_revenue(sqlite_database: Database) -> None:
    database, shop, people = sqlite_database, open_shop(sqlite_database), team(sqlite_database)
    wattle = shop["AU"]
    buys(database, wattle, "100.00")
    sends(database, wattle, ("delivered", "30.00"), ("undelivered", "10.00"))
    refund(database, wattle, "10.00", people[Role.SUPPORT])
    given = ask(database, "give_goodwill", wattle, "60.00", people[Role.SUPPORT])
    assert given.state is State.WAITING
    decide(database, given, people[Role.MANAGER])
    assert books(database) == {
        "unallocated": "100.00",
        "credit": "-130.00",
        "revenue_sms": "-40.00",
        "price_adjust": "10.00",
        "goodwill": "60.00",
    }
    undo(database, given, people[Role.ACCOUNTING])
    assert standing(database, wattle) == ("70.00", "0.00")
    assert "goodwill" not in books(database)
