"""A whole class accepted at once: what was looked at and nothing else, each by itself, what fails is named."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from services.access.model import NotAllowed, Principal, Role
from services.access.tables import audit_event
from services.invoices.queries import invoice as invoice_by_id
from services.payments.queries import allocations_of_line
from services.reconciliation.bulk import accept_class
from services.reconciliation.inbox import InboxState
from services.reconciliation.operations import accept, accept_ready, undo
from services.reconciliation.queries import sheet
from tests.invoicing import issue, open_shop
from tests.receiving import arrive, line

CLERK = Principal(None, "Ada", Role.ACCOUNTING)


@pytest.fixture
def shop(database):
    return open_shop(database)


def looked_at(database):
    with database.read() as conn:
        return sheet(conn)


def told():
    heard = []
    return heard, lambda done, total, what: heard.append((done, total, what))


def three(database, shop):
    made = [issue(database, shop["AU"], amount, nonce=amount) for amount in ("220.00", "330.00", "440.00")]
    lines = arrive(database, *(line(each.gross.plain(), text=each.reference) for each in made))
    return made, lines


def test_classes_say_why_how_many_and_how_much(database, shop):
    three(database, shop)
    gb = issue(database, shop["GB"], "300.00", nonce="gb")
    arrive(database, line("285.00", "GBP", text=gb.reference))
    found = looked_at(database).classes()
    assert [(each.label, len(each.lines), each.total.text()) for each in found] == [
        ("Reference, exact amount", 3, "990.00 AUD"),
        ("Reference, short by a bank fee", 1, "285.00 GBP"),
    ]


def test_what_needs_a_person_stands_first(database, shop):
    three(database, shop)
    arrive(database, line("9.00", text="lunch"), line("220.00", payer="WATTLE AND DAUGHTERS", text="order 7777"))
    assert [each.proposal.automatic for each in looked_at(database).lines] == [False, False, True, True, True]
    page = looked_at(database).page(InboxState.READY, page=2, size=2)
    assert (page.total, len(page.lines)) == (3, 1)


def test_a_class_is_accepted_each_receipt_by_itself_and_can_be_taken_back(database, shop):
    made, lines = three(database, shop)
    (kind,) = looked_at(database).classes()
    heard, tell = told()
    done = accept_class(database, CLERK, tell, seen=kind.seen, nonce="form")
    assert (done.receipts, done.left, heard[0][:2]) == (3, (), (0, 3))
    again = accept_class(database, CLERK, tell, seen=kind.seen, nonce="form")
    assert again.receipts == 0
    with database.read() as conn:
        assert [invoice_by_id(conn, each.id).status.value for each in made] == ["paid"] * 3
        given = [allocations_of_line(conn, each.id)[0] for each in lines]
        acts = select(func.count()).where(audit_event.c.act == "payments.allocate")
        assert conn.execute(acts).scalar_one() == 3
    assert [each.evidence.automatic for each in given] == [True] * 3
    database.act(lambda tx: undo(tx, by=CLERK, line_id=lines[0].id, reason="wrong customer"))
    assert [len(each.lines) for each in looked_at(database).classes()] == [1]


def test_one_that_fails_does_not_stop_the_rest_and_is_named(database, shop):
    made, lines = three(database, shop)
    (kind,) = looked_at(database).classes()
    database.act(lambda tx: accept(tx, by=CLERK, line_id=lines[1].id, invoice_ids=[made[0].id], nonce="by hand"))
    done = accept_class(database, CLERK, lambda *_: None, seen=kind.seen, nonce="form")
    assert done.receipts == 1
    assert sorted(each.line_id for each in done.left) == sorted([lines[0].id, lines[1].id])
    assert all("changed meanwhile" in each.why for each in done.left)
    with database.read() as conn:
        assert invoice_by_id(conn, made[2].id).status.value == "paid"


def test_what_a_person_chose_against_the_proposal_is_not_automatic(database, shop):
    made, lines = three(database, shop)
    [given] = database.act(
        lambda tx: accept(tx, by=CLERK, line_id=lines[1].id, invoice_ids=[made[0].id], nonce="by hand")
    )
    assert given.evidence.automatic is False
    [given] = database.act(lambda tx: accept(tx, by=CLERK, line_id=lines[2].id, invoice_ids=[made[2].id], nonce="x"))
    assert given.evidence.automatic is True


def test_only_accounting_may(database, shop):
    three(database, shop)
    (kind,) = looked_at(database).classes()
    support = Principal(None, "Sam", Role.SUPPORT)
    with pytest.raises(NotAllowed):
        accept_class(database, support, lambda *_: None, seen=kind.seen, nonce="form")
    with pytest.raises(NotAllowed):
        database.act(lambda tx: accept_ready(tx, by=support, each=kind.lines[0], nonce="form"))
