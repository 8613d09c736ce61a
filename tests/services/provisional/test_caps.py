"""How much credit may be ahead is a dated setting: in force from its day, never changed afterwards, with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from services.access.model import NotAllowed, Principal, Role
from services.access.tables import audit_event
from services.errors import InvalidForm
from services.money import Money
from services.provisional import queries
from services.provisional.caps import change_caps
from services.provisional.model import AT_FIRST, OverTheCap
from services.provisional.operations import request_provisional
from services.provisional.tables import provisional_cap
from tests.invoicing import AT, issue, open_shop
from tests.people import person

TODAY = date(2026, 11, 20)
MAX = Principal(None, "Max", Role.MANAGER)


def change(database, *, by=MAX, one="800", every="8000", usual=5, most=10, reason="The board agreed", **more):
    amounts = {"for_one": Money.of(one, "AUD"), "in_all": Money.of(every, "AUD")}
    days = {"usual_days": usual, "most_days": most}
    return database.act(lambda tx: change_caps(tx, by=by, reason=reason, **amounts, **days, **more), at=AT)


def in_force(database, on=TODAY):
    with database.read() as conn:
        return queries.caps(conn, on=on)


def test_what_is_allowed_changes_on_its_day_and_stays_what_it_was_before(database):
    assert in_force(database) == AT_FIRST
    change(database)
    change(database, one="0", every="0", valid_from=TODAY + timedelta(days=10), reason="Audit")
    now, later = in_force(database), in_force(database, TODAY + timedelta(days=10))
    assert (now.for_one.plain(), now.in_all.plain(), now.changed_by) == ("800.00", "8000.00", "Max")
    assert (later.for_one.plain(), later.reason) == ("0.00", "Audit")
    assert in_force(database, TODAY - timedelta(days=1)) == AT_FIRST
    with database.read() as conn:
        assert [each.valid_from.day for each in queries.cap_changes(conn)] == [30, 20]
        acts = conn.execute(select(audit_event.c.reason).where(audit_event.c.act == "provisional.change_caps"))
        assert acts.scalars().all() == ["The board agreed", "Audit"]


def test_the_same_again_changes_nothing_and_the_last_of_a_day_counts(database):
    first = change(database)
    assert change(database) == first
    assert change(database, one="900").for_one.plain() == "900.00"
    with database.read() as conn:
        assert len(queries.cap_changes(conn)) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"one": "-1"}, "for_one"),
        ({"one": "0.005"}, "for_one"),
        ({"one": "9000"}, "in_all"),
        ({"most": 31}, "most_days"),
        ({"usual": 11}, "usual_days"),
        ({"reason": " "}, "reason"),
        ({"valid_from": TODAY - timedelta(days=1)}, "valid_from"),
    ],
)
def test_each_wrong_field_has_its_sentence(database, wrong, field):
    with pytest.raises(InvalidForm) as refused:
        change(database, **wrong)
    assert list(refused.value.fields) == [field]
    assert in_force(database) == AT_FIRST


def test_accounting_asks_within_the_caps_and_does_not_set_them(database):
    shop = open_shop(database)
    ada = person(database, "Ada", Role.ACCOUNTING)
    with pytest.raises(NotAllowed):
        change(database, by=ada)
    made = issue(database, shop["AU"], "1100.00", nonce="a")
    proof = {"proof_name": "p.pdf", "proof": b"%PDF-1.7", "reason": "Sends tonight"}
    facts = {"invoice_id": made.id, "amount": Money.of("700", "AUD")} | proof
    with pytest.raises(OverTheCap, match=r"At most 500\.00 AUD"):
        database.act(lambda tx: request_provisional(tx, by=ada, nonce="n", **facts), at=AT)
    change(database, usual=3)
    number = database.act(lambda tx: request_provisional(tx, by=ada, nonce="n", **facts), at=AT)
    with database.read() as conn:
        assert queries.provisional(conn, provisional_id=number).expires_on == TODAY + timedelta(days=3)


def test_the_database_itself_keeps_what_was_allowed(database):
    made = change(database)
    for attack in (update(provisional_cap).values(in_all_micros=1), delete(provisional_cap)):
        with pytest.raises(DBAPIError), database.write() as tx:
            tx.conn.execute(attack)
    assert in_force(database) == replace(made)
