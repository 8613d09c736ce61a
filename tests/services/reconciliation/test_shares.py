"""The automatic share by week and the undo rate by rule, from what was kept with each match."""

from __future__ import annotations

from datetime import date, timedelta

from services.access.model import SYSTEM
from services.payments.model import BY_HAND
from services.periods import Period
from services.reconciliation.operations import accept, accept_all_automatic, undo
from services.reconciliation.shares import RuleRecord, shares
from tests.invoicing import AT, issue, open_shop
from tests.receiving import arrive, line

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def test_shares_are_counted_by_week_and_undone_by_rule(database):
    shop = open_shop(database)
    made = [issue(database, shop["AU"], amount, nonce=amount) for amount in ("220.00", "330.00", "440.00")]
    first, second, third = arrive(
        database,
        *(line(each.gross.plain(), text=each.reference) for each in made[:2]),
        line("440.00", text="hello"),
    )
    database.act(lambda tx: accept_all_automatic(tx, by=SYSTEM, nonce="all"), at=AT)
    later = AT + timedelta(weeks=2)
    give = {"line_id": third.id, "invoice_ids": [made[2].id], "nonce": "hand"}
    database.act(lambda tx: accept(tx, by=SYSTEM, **give), at=later - timedelta(weeks=1))
    database.act(lambda tx: undo(tx, by=SYSTEM, line_id=second.id, reason="wrong"), at=later)
    with database.read() as conn:
        found = shares(conn, period=NOVEMBER)
        none = shares(conn, period=NOVEMBER.before())
    assert [(str(each.starts_on), each.automatic, each.by_person, each.share) for each in found.weeks] == [
        ("2026-11-16", 2, 0, 1.0),
        ("2026-11-23", 0, 1, 0.0),
    ]
    assert found.share == 2 / 3
    assert (found.rules[0], found.rules[0].is_alarming) == (RuleRecord("A reference, exact", 2, 1), True)
    assert {each.rule: each.is_alarming for each in found.rules if each.undone == 0}
    assert not RuleRecord(BY_HAND.rule, 10, 5).is_alarming
    assert (none.weeks, none.share, none.matches, first.id) == ((), None, 0, first.id)
