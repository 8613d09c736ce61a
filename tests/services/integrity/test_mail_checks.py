"""Checks of the e-mail on books with a sale: green while everything is told, red when a receipt's message is lost."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from services.access.model import SYSTEM
from services.db.engine import Database
from services.integrity import queries as integrity
from services.invoices.mailing import queue_invoice
from services.mail.operations import choose_receipts
from tests.invoicing import AT, issue, open_shop
from tests.receiving import receive

NAMES = ("mail_leases", "mail_of_its_paper", "mail_of_receipts", "mail_once")


def broken(database: Database) -> list[str]:
    with database.read() as conn:
        return [each.check for each in integrity.run(conn, names=NAMES) if not each.ok]


def test_a_receipt_whose_message_is_lost_is_seen_and_one_before_the_choice_is_not(database: Database) -> None:
    shop = open_shop(database)
    made = [issue(database, shop[country], "400", nonce=country) for country in ("AU", "GB")]
    database.act(lambda tx: queue_invoice(tx, by=SYSTEM, invoice=made[0]), at=AT)
    receive(database, made[0], "400", at=AT + timedelta(minutes=1))
    assert broken(database) == []
    database.act(lambda tx: choose_receipts(tx, by=SYSTEM, on=True, reason="Rule 26"), at=AT + timedelta(minutes=2))
    receive(database, made[1], "400", at=AT + timedelta(minutes=3))
    assert broken(database) == []
    with database.write(at=AT) as tx:
        tx.conn.execute(text("DELETE FROM mail_message WHERE about = 'allocation'"))
    assert broken(database) == ["mail_of_receipts"]


def test_a_message_under_another_number_is_seen(database: Database) -> None:
    made = issue(database, open_shop(database)["AU"], "400", nonce="n")
    database.act(lambda tx: queue_invoice(tx, by=SYSTEM, invoice=made), at=AT)
    assert broken(database) == []
    with database.write(at=AT) as tx:
        tx.conn.execute(text("UPDATE mail_message SET number = 'INV-0'"))
    assert broken(database) == ["mail_of_its_paper"]
