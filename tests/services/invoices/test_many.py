"""Many invoices at once: filters of the list, their papers in one ZIP, and sending them all."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from services.access.model import SYSTEM
from services.customers.model import Customer
from services.db.engine import Database
from services.errors import InvalidForm
from services.invoices import queries
from services.invoices.model import Invoice
from services.invoices.pdf import invoice_pdf
from services.invoices.sending import MOST_AT_ONCE, TooManyMails, send_many
from services.mail.queries import mails_of_invoice
from services.reporting.bundle import MOST_PAPERS, TooManyPapers, zipped
from tests.invoicing import AT, issue, open_shop


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def made(database: Database, shop: dict[str, Customer]) -> list[Invoice]:
    amounts = {"AU": "220", "GB": "250", "FR": "300"}
    return [issue(database, shop[country], amount, nonce=country) for country, amount in amounts.items()]


def test_overdue_are_open_ones_after_their_last_day(database: Database, made: list[Invoice]) -> None:
    due = made[0].due_on
    with database.read() as conn:
        assert queries.page(conn, overdue_on=due).total == 0
        assert queries.page(conn, overdue_on=due + timedelta(days=1)).total == len(made)
        assert queries.page(conn, changed_only=True).total == 0


def test_every_paper_and_the_index_are_in_the_zip(database: Database, made: list[Invoice]) -> None:
    said: list[tuple[int, int]] = []
    ids = [each.id for each in made]

    def draw() -> bytes:
        return zipped(database, ids, index=b"Number\n", tell=lambda done, total, _: said.append((done, total)))

    content = draw()
    with zipfile.ZipFile(BytesIO(content)) as file:
        assert file.namelist() == ["index.csv", *(f"Invoice_{each.number}.pdf" for each in made)]
        with database.read() as conn:
            assert file.read(file.namelist()[1]) == invoice_pdf(queries.document(conn, made[0].id))
    assert said == [(3, 3)]
    assert draw() == content


def test_a_zip_has_a_limit(database: Database) -> None:
    with pytest.raises(TooManyPapers, match="1,000 papers"):
        zipped(database, range(MOST_PAPERS + 1), index=b"", tell=lambda *_: None)


def test_what_was_never_sent_goes_and_what_waits_is_left_alone(database: Database, made: list[Invoice]) -> None:
    ids = [each.id for each in made]

    def send(nonce: str) -> int:
        done = database.act(
            lambda tx: send_many(tx, by=SYSTEM, invoice_ids=ids, reason="Asked for again", nonce=nonce), at=AT
        )
        assert done.refused == ()
        return done.queued

    assert send("one") == len(made)
    assert send("two") == 0
    with database.read() as conn:
        assert [len(mails_of_invoice(conn, each)) for each in ids] == [1, 1, 1]


def test_sending_many_needs_a_reason_and_has_a_limit(database: Database, made: list[Invoice]) -> None:
    with pytest.raises(InvalidForm, match="Say why"):
        database.act(lambda tx: send_many(tx, by=SYSTEM, invoice_ids=[made[0].id], reason=" ", nonce="n"), at=AT)
    with pytest.raises(TooManyMails, match="narrow"):
        database.act(
            lambda tx: send_many(tx, by=SYSTEM, invoice_ids=range(MOST_AT_ONCE + 1), reason="x", nonce="n"), at=AT
        )
