"""Whose a customer of the processor's is, said by a person: refused in one sentence, and what waits is then taken."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from services.access.model import SYSTEM, Principal
from services.access.tables import audit_event
from services.cards.importing import CardImport
from services.cards.linking import NotLinked
from services.cards.objects import WrongObject
from services.cards.operations import import_card_payments, link_by_hand
from services.cards.owners import links_of
from services.cards.queries.strangers import strangers_of
from services.cards.reading import Unreadable
from services.db.engine import Database
from services.errors import InvalidForm
from tests.builders import AT, customers
from tests.stripe import as_list, failed_charge, payment_method, processor_customer

WAITING = as_list(
    processor_customer("cus_8", "", metadata={}, name="Quoll \u202eLtd", email="pay@quoll.example"),
    payment_method("pm_8", customer="cus_8"),
    failed_charge("ch_8", customer="cus_8"),
    failed_charge("ch_9", customer="cus_8"),
    payment_method("pm_9", customer=processor_customer("cus_9", "", metadata={}, name="Wombat")),
    processor_customer("cus_1", "10001"),
    payment_method("pm_1", customer="cus_1"),
    payment_method("pm_2", customer="cus_2"),
)


@pytest.fixture
def books(database: Database) -> Database:
    """Three customers, accounts 10001 to 10003; cus_2 is the second."""
    customers(database, 3)
    bring(database, as_list(processor_customer("cus_2", "10002")))
    return database


def bring(books: Database, content: bytes) -> CardImport:
    return books.act(lambda tx: import_card_payments(tx, by=SYSTEM, content=content, name="cards.json"), at=AT)


def link(books: Database, external_id: str = "cus_8", customer_id: int = 3, *, by: Principal = SYSTEM, **facts: Any):
    given = {"livemode": False, "reason": "Same e-mail, ticket 4711"} | facts
    return books.act(
        lambda tx: link_by_hand(tx, by=by, external_id=external_id, customer_id=customer_id, **given), at=AT
    )


def test_a_file_says_what_waits_for_whom(books: Database) -> None:
    with books.read() as conn:
        first, second = strangers_of(conn, content=WAITING)
    assert (first.external_id, first.name, first.email) == ("cus_8", "Quoll Ltd", "pay@quoll.example")
    assert first.words == "1 card, 2 failed charges"
    assert (second.external_id, second.name, second.words) == ("cus_9", "Wombat", "1 card")


def test_a_file_that_is_none_has_its_own_sentence(books: Database) -> None:
    with books.read() as conn, pytest.raises(Unreadable, match="The file is empty"):
        strangers_of(conn, content=b" ")


def test_once_linked_what_waited_is_taken(books: Database) -> None:
    assert bring(books, WAITING).bad == 5
    assert link(books, "  cus_8 ") == "Customer 3"
    done = bring(books, WAITING)
    assert (done.bad, dict(done.kinds)) == (1, {"cards": 1, "failed charges": 2})
    with books.read() as conn:
        assert links_of(conn, 3) == ["cus_8"]
        assert [one.external_id for one in strangers_of(conn, content=WAITING)] == ["cus_9"]
        event = conn.execute(select(audit_event).where(audit_event.c.reason != "")).one()
    assert (event.act, event.subject_id, event.reason) == ("cards.import", "3", "Same e-mail, ticket 4711")


def test_a_link_is_refused_with_one_sentence(books: Database) -> None:
    with pytest.raises(WrongObject, match=r"cus_2 is Customer 2 \(account 10002\), not 10003\."):
        link(books, "cus_2")
    with pytest.raises(NotLinked, match=r"cus_2 is linked to Customer 2 already"):
        link(books, "cus_2", 2)
    with pytest.raises(NotLinked, match=r"cus_8 is of the processor's live mode, and these books hold test ones\."):
        link(books, livemode=True)


@pytest.mark.parametrize("external_id", ["", "8", "ch_8", "cus_", "cus_8; drop", "cus_\u0661", "cus_" + "8" * 252])
def test_only_an_id_of_a_customer_is_one(books: Database, external_id: str) -> None:
    with pytest.raises(InvalidForm, match="begins with cus_") as wrong:
        link(books, external_id)
    assert set(wrong.value.fields) == {"external_id"}


def test_nothing_is_linked_without_a_reason(books: Database) -> None:
    with pytest.raises(InvalidForm, match="Say how you know whose it is"):
        link(books, reason=" ")


def test_books_without_a_mode_take_the_one_that_is_said(database: Database) -> None:
    customers(database, 1)
    link(database, "cus_8", 1, livemode=True)
    with pytest.raises(Unreadable, match=r"test mode, and these books hold live"):
        bring(database, WAITING)
