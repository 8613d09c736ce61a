"""The statement of account: it adds up before it is drawn, says nothing internal, and is the same file every time."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta

import pypdf
import pytest
from openpyxl import load_workbook

from services.access.model import SYSTEM
from services.company.model import TaxPoint
from services.customers.operations import change_invoice_details
from services.db.engine import Database
from services.money import Money
from services.numbers.model import NumberType
from services.numbers.operations import add_number
from services.papers.archive import findings
from services.papers.fonts import Undrawable
from services.payments.operations import allocate, undo_allocation
from services.periods import Period
from services.reporting import exports
from services.reporting.statement import DoesNotAddUp, Line, Statement, places_for, statement
from services.reporting.statement_files import statement_pdf, statement_table
from services.usage.model import Product, UsageDay
from services.usage.operations import post_usage_days
from tests.builders import reverse
from tests.invoicing import AT, details, issue, open_shop
from tests.receiving import arrive, line

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture
def shop(database: Database):
    return open_shop(database)


def lived(database: Database, customer) -> None:
    """A month of everything: bought, sent on two days, rented, and a top-up taken back."""
    code, number = customer.currency, customer.id
    details_of = details(customer.country)
    database.act(
        lambda tx: change_invoice_details(
            tx, by=SYSTEM, customer_id=number, details=details_of, reason="new", expected_version=0
        ),
        at=AT,
    )
    bill = issue(database, customer, "500.00", nonce=f"s{number}")
    [receipt] = arrive(database, line("500.00", code))
    given = {"bank_line_id": receipt.id, "invoice_id": bill.id}
    first = database.act(lambda tx: allocate(tx, by=SYSTEM, nonce=f"1-{number}", **given), at=AT)
    database.act(lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=first.id, reason="Wrong customer!"), at=AT)
    database.act(lambda tx: allocate(tx, by=SYSTEM, nonce=f"2-{number}", **given), at=AT)
    days = [
        UsageDay(date(2026, 11, day), number, product, "AU", code, 10, 10, micros)
        for day, product, micros in (
            (3, Product.SMS, 792_000),
            (3, Product.VOICE, 1_234_500),
            (19, Product.SMS, 79_200),
        )
    ]
    database.act(lambda tx: post_usage_days(tx, by=SYSTEM, days=days, source="test"), at=AT)
    database.act(
        lambda tx: add_number(
            tx, by=SYSTEM, customer_id=number, e164="+61488811200", country="AU", type=NumberType.MOBILE,
            monthly_price=Money.of("25", code), activated_on=date(2026, 11, 1),
        ),
        at=AT,
    )  # fmt: skip


def read(database: Database, customer, period: Period = NOVEMBER, language: str = "") -> Statement:
    with database.read() as conn:
        return statement(conn, customer_id=customer.id, period=period, language=language)


def printed(content: bytes) -> str:
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    return "\n".join(pages).replace("\u202f", " ").replace("\u00a0", " ")


def test_usage_is_a_line_a_day_and_product_and_everything_else_its_own_line(database: Database, shop) -> None:
    lived(database, shop["AU"])
    found = read(database, shop["AU"])
    assert [(each.day.day, each.words, each.amount.micros, each.balance.micros) for each in found.lines] == [
        (1, "Number rental, +61488811200", -25_000_000, -25_000_000),
        (3, "SMS", -792_000, -25_792_000),
        (3, "Voice calls", -1_234_500, -27_026_500),
        (19, "SMS", -79_200, -27_105_700),
        (20, "Bank transfer, invoice INV-2026-000001", 454_550_000, 427_444_300),
        (20, "Bank transfer, invoice INV-2026-000001, taken back", -454_550_000, -27_105_700),
        (20, "Bank transfer, invoice INV-2026-000001", 454_550_000, 427_444_300),
    ]
    assert [(words, amount.plain()) for words, amount in found.totals] == [
        ("Bank transfers", "454.55"),
        ("SMS", "-0.87"),
        ("Voice calls", "-1.23"),
        ("Number rental", "-25.00"),
    ]
    assert (found.came_in.plain(), found.went_out.plain()) == ("909.10", "481.66")
    assert found.places == 4
    assert found.complete_through == date(2026, 11, 19)


def test_a_french_customer_reads_french(database: Database, shop) -> None:
    lived(database, shop["FR"])
    words = printed(statement_pdf(read(database, shop["FR"])))
    for said in ("Relevé de compte", "du 1er novembre 2026 au 30 novembre 2026", "Appels vocaux", "Page 1 sur 1"):
        assert said in words
    assert "facture INV-2026-000001, annulation" in words.replace("\n", " ")
    assert "Statement of account" in printed(statement_pdf(read(database, shop["FR"], language="en")))


def test_reasons_payers_and_people_stay_inside(database: Database, shop) -> None:
    lived(database, shop["AU"])
    found = read(database, shop["AU"])
    everything = printed(statement_pdf(found)) + exports.csv(statement_table(found)).decode("utf-8-sig")
    for internal in ("Wrong customer", "received from", "hidden", "Exported by"):
        assert internal not in everything


def test_the_same_statement_is_the_same_file_and_an_archive_would_take_it(database: Database, shop) -> None:
    lived(database, shop["AU"])
    once, again = (read(database, shop["AU"]) for _ in range(2))
    content = statement_pdf(once)
    assert content == statement_pdf(again)
    assert findings(content) == []
    assert exports.csv(statement_table(once)) == exports.csv(statement_table(again))
    assert exports.xlsx(statement_table(once)) == exports.xlsx(statement_table(again))


def test_the_csv_ties_from_opening_to_closing_without_rounding(database: Database, shop) -> None:
    lived(database, shop["AU"])
    found = read(database, shop["AU"], Period(date(2026, 11, 2), date(2026, 11, 20)))
    rows = list(csv.reader(io.StringIO(exports.csv(statement_table(found)).decode("utf-8-sig"))))
    assert rows[0] == ["Date", "Movement", "In", "Out", "Balance"]
    assert rows[1] == ["2026-11-03", "SMS", "", "0.7920", "-25.7920"]
    said = {row[0]: row[1] for row in rows if len(row) == 3}
    assert (said["Opening balance"], said["Closing balance"]) == ("-25.00", "-27.1057")
    assert (said["SMS"], said["Voice calls"]) == ("-0.8712", "-1.2345")


def test_a_day_on_which_more_usage_was_taken_back_than_sent_says_so(database: Database, shop) -> None:
    lived(database, shop["AU"])
    sent = "SELECT id FROM journal_entry WHERE kind = 'usage_voice'"
    with database.write(at=AT) as tx:
        reverse(tx, tx.conn.exec_driver_sql(sent).scalar_one(), on=date(2026, 11, 20))
    found = read(database, shop["AU"], Period(date(2026, 11, 20), date(2026, 11, 21)))
    assert ("Voice calls, taken back", 1_234_500) in [(each.words, each.amount.micros) for each in found.lines]


@pytest.mark.parametrize(("language", "said"), [("en", "paid by monthly invoice"), ("fr", "facture mensuelle")])
def test_who_pays_afterwards_reads_what_a_balance_below_zero_is(
    database: Database, shop, language: str, said: str
) -> None:
    with database.write(at=AT) as tx:
        tx.conn.exec_driver_sql("UPDATE customer SET billing_mode = 'postpaid'")
    note = read(database, shop["AU"], language=language).note
    assert said in note
    assert not {"prepaid", "prépayés"} & set(note.replace(",", "").split())


def test_no_movement_is_said_and_no_usage_at_all(database: Database, shop) -> None:
    found = read(database, shop["GB"], Period(date(2026, 2, 1), date(2026, 2, 1) + timedelta(days=28)))
    words = printed(statement_pdf(found))
    assert "Nothing moved in this period." in words
    assert "no usage yet" in words
    assert (found.lines, found.totals, found.complete_through) == ((), (), None)


def test_a_long_statement_carries_its_balance_over_every_page(sqlite_database: Database) -> None:
    shop = open_shop(sqlite_database)
    short = read(sqlite_database, shop["AU"])
    one = Money.of("0.0792", "AUD")
    lines = tuple(
        Line(date(2026, 1, 1) + timedelta(days=n // 2), f"SMS {n}", -one, Money(-one.micros * (n + 1), "AUD"))
        for n in range(140)
    )
    spent = Money(-one.micros * 140, "AUD")
    content = statement_pdf(replace(short, lines=lines, totals=(("SMS", spent),), closing=spent))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    assert len(pages) == 4
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of 4" in page
        assert ("Balance brought forward" in page) == (number > 1)
    for n in range(140):
        assert sum(bool(re.search(rf"SMS {n}\b", page)) for page in pages) == 1
    assert "-11.0880" in pages[-1]


def test_a_statement_that_does_not_add_up_is_never_made(sqlite_database: Database) -> None:
    shop = open_shop(sqlite_database)
    good = read(sqlite_database, shop["AU"])
    with pytest.raises(DoesNotAddUp, match=r"buyer-au closes at 1\.00 AUD"):
        replace(good, closing=Money.of("1", "AUD"))


@pytest.mark.parametrize("name", ["=cmd()|'/c calc'!A1", "<b>Bold</b> & Söhne\N{WORD JOINER}", "Ελληνική ΑΕ"])
def test_a_name_is_only_ever_text(database: Database, shop, name: str) -> None:
    found = read(database, shop["AU"])
    named = replace(found, details=replace(found.details, company_name=name))
    assert printed(statement_pdf(named)).count(name.replace("\N{WORD JOINER}", "")) == 1
    cells = [cell for row in csv.reader(io.StringIO(exports.csv(statement_table(named)).decode())) for cell in row]
    assert not any(cell.startswith("=") for cell in cells)


def test_a_name_no_font_has_is_refused_by_its_character(database: Database, shop) -> None:
    found = read(database, shop["JP"])
    with pytest.raises(Undrawable, match="क"):
        statement_pdf(replace(found, details=replace(found.details, company_name="कृष्ण")))


@pytest.mark.parametrize(
    ("amounts", "places"),
    [((), 0), (("1", "2.50"), 2), (("0.0792",), 4), (("0.000001",), 6), (("1.5",), 2)],
)
def test_amounts_are_written_with_the_fewest_decimals_that_are_exact(amounts, places: int) -> None:
    assert places_for(Money.of(each, "AUD") for each in amounts) == places
    assert places_for([Money.of("15000", "JPY")]) == 0


@pytest.mark.parametrize(
    ("language", "included", "says"),
    [
        ("en", "GST included in what was used", "Credit is taxed when it is used"),
        ("fr", "GST comprise dans la consommation", "Le crédit est taxé à l’usage"),
    ],
)
def test_where_use_is_taxed_it_says_how_much_of_it_is_tax(
    database: Database, language: str, included: str, says: str
) -> None:
    wattle = open_shop(database, tax_point=TaxPoint.REDEMPTION)["AU"]
    lived(database, wattle)
    found = read(database, wattle, language=language)
    # an eleventh of 27.1057, to the cent
    assert found.tax == ("GST", Money.of("2.46", "AUD"))
    words = printed(statement_pdf(found))
    assert re.search(rf"{included} 2[.,]46\n", words)
    assert says in " ".join(words.split())
    made = statement_table(found)
    assert included in exports.csv(made).decode("utf-8-sig")
    cells = [cell.value for row in load_workbook(io.BytesIO(exports.xlsx(made))).active.rows for cell in row]
    assert included in cells


def test_a_customer_abroad_reads_nothing_of_a_tax_on_use(database: Database) -> None:
    maple = open_shop(database, tax_point=TaxPoint.REDEMPTION)["US"]
    lived(database, maple)
    assert "GST" not in printed(statement_pdf(read(database, maple)))
