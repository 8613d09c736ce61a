"""The logo of papers: kept in versions, printed on what is issued from then on, never on what was issued before."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.company import queries
from services.company.logo import LogoLost, _held, change_logo, logo, logo_versions, remove_logo
from services.company.operations import NothingToChange
from services.customers.model import Customer
from services.db.engine import Database
from services.errors import InvalidForm
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.pdf import invoice_pdf
from services.invoices.queries import document
from services.invoices.queries.credit_notes import credit_notes_of, note_document
from services.periods import month_of
from services.pictures import NotAPicture
from services.reporting.statement import statement
from services.reporting.statement_files import statement_pdf
from tests.drawing import structure
from tests.invoicing import AT, issue, open_shop

ADMIN = Principal(None, "Ann", Role.ADMIN)


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


def png(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (120, 40), colour).save(out, "PNG")
    return out.getvalue()


RED, BLUE = png((200, 0, 0)), png((0, 0, 200))


def change(database: Database, file: bytes, *, days: int = 0) -> str:
    made = database.act(
        lambda tx: change_logo(tx, by=ADMIN, file=file, reason="New brand"), at=AT + timedelta(days=days)
    )
    _held.clear()  # so that what follows is read from the database, as another process would
    return made.sha256


def test_a_paper_keeps_the_logo_it_was_issued_with_to_the_byte(database: Database, shop: dict[str, Customer]) -> None:
    with database.read() as conn:
        assert logo(conn, queries.company(conn).logo) is None
    made = [issue(database, shop["AU"], "220", nonce="plain")]
    for name, file in (("red", RED), ("blue", BLUE)):
        change(database, file)
        made.append(issue(database, shop["FR"], "300", nonce=name))
    with database.read() as conn:
        before = [invoice_pdf(document(conn, each.id)) for each in made]
    database.act(lambda tx: remove_logo(tx, by=ADMIN, reason="Asked to"), at=AT)
    made.append(issue(database, shop["AU"], "220", nonce="plain again"))
    _held.clear()
    with database.read() as conn:
        papers = [document(conn, each.id) for each in made]
        assert [invoice_pdf(paper) for paper in papers[:3]] == before
    assert [bool(paper.logo) for paper in papers] == [False, True, True, False]
    assert papers[1].seller.logo != papers[2].seller.logo
    assert [any("Figure" in each for each in structure(content)[:2]) for content in before] == [False, True, True]


def test_credit_notes_and_statements_print_it_too(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "220", nonce="one")
    chosen = change(database, RED)
    database.act(
        lambda tx: credit_invoice(
            tx, by=SYSTEM, nonce="n", invoice_id=made.id, gross=made.gross, cause=Cause.CANCELLED, reason="Cancelled"
        ),
        at=AT,
    )
    with database.read() as conn:
        note = note_document(conn, credit_notes_of(conn, made.id)[0].id)
        told = statement(conn, customer_id=shop["AU"].id, period=month_of(AT.date()))
        assert (note.seller.logo, told.seller.logo, document(conn, made.id).seller.logo) == (chosen, chosen, "")
    assert "Document/Figure" in structure(statement_pdf(told))


def test_a_day_before_it_was_chosen_papers_had_another(database: Database, shop: dict[str, Customer]) -> None:
    assert shop
    first, second = change(database, RED), change(database, BLUE, days=3)
    with database.read() as conn:
        days = [queries.company(conn, on=AT.date() + timedelta(days=each)).logo for each in (-1, 0, 2, 3)]
        said = logo_versions(conn)
    assert days == ["", first, first, second]
    assert [(each.version, each.sha256, each.changed_by) for each in said] == [(2, second, "Ann"), (1, first, "Ann")]


def test_the_same_again_nothing_to_remove_no_reason_and_no_picture_are_refused(
    database: Database, shop: dict[str, Customer]
) -> None:
    assert shop
    with pytest.raises(NothingToChange, match="no logo"):
        database.act(lambda tx: remove_logo(tx, by=ADMIN, reason="x"), at=AT)
    change(database, RED)
    with pytest.raises(NothingToChange, match="present logo"):
        change(database, RED)
    with pytest.raises(InvalidForm, match="Say why"):
        database.act(lambda tx: change_logo(tx, by=ADMIN, file=BLUE, reason=" "), at=AT)
    with pytest.raises(NotAPicture):
        change(database, b"<svg/>")
    database.act(lambda tx: remove_logo(tx, by=ADMIN, reason="x"), at=AT)
    change(database, RED)  # the same picture once more is kept once
    with database.read() as conn:
        assert conn.execute(text("SELECT COUNT(*) FROM logo_picture")).scalar_one() == 1


def test_a_change_stands_in_the_audit_trail(database: Database, shop: dict[str, Customer]) -> None:
    assert shop
    chosen = change(database, RED)
    with database.read() as conn:
        row = conn.execute(
            text("SELECT person_name, reason, after FROM audit_event WHERE act = 'company.change_logo'")
        ).one()
    assert (row.person_name, row.reason) == ("Ann", "New brand")
    assert chosen in row.after


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ACCOUNTING, Role.MANAGER])
def test_only_an_administrator_changes_it(database: Database, shop: dict[str, Customer], role: Role) -> None:
    assert shop
    with pytest.raises(NotAllowed):
        database.act(lambda tx: change_logo(tx, by=Principal(1, "x", role), file=RED, reason="x"), at=AT)


def test_a_picture_that_is_not_there_is_a_bug(database: Database) -> None:
    with database.read() as conn, pytest.raises(LogoLost):
        logo(conn, "0" * 64)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE logo_version SET reason = 'x'",
        "DELETE FROM logo_version",
        "UPDATE logo_picture SET width = 1",
        "DELETE FROM logo_picture",
    ],
)
def test_the_database_keeps_every_logo(database: Database, shop: dict[str, Customer], statement: str) -> None:
    assert shop
    change(database, RED)
    with pytest.raises(DBAPIError), database.write(at=AT) as tx:
        tx.conn.execute(text(statement))
