"""The paper: golden texts of five countries, PDF/A without a finding, the same bytes twice, nothing injected."""

import dataclasses
import os
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import text

from services.invoices.document import DoesNotAddUp, tax_label
from services.invoices.pdf import invoice_pdf
from services.invoices.queries import document, preview_document
from services.money import Money
from services.papers.archive import findings
from services.papers.fonts import Undrawable
from services.pricing.model import TaxTreatment
from tests.invoicing import details, issue, open_shop

GOLDEN = Path(__file__).parent.parent.parent / "golden" / "invoices"
AMOUNTS = {"AU": "2200.00", "GB": "1000.00", "FR": "1250.50", "US": "500.00", "JP": "45000"}


@pytest.fixture
def shop(sqlite_database):
    return open_shop(sqlite_database)


def papers(database, shop, country):
    made = issue(database, shop[country], AMOUNTS[country], nonce=country)
    with database.read() as conn:
        return document(conn, made.id)


def printed(content: bytes) -> str:
    """The text of the pages, a line a line, thin spaces made plain."""
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages]
    return "\n".join(pages).replace("\u202f", " ").replace("\u00a0", " ").strip() + "\n"


@pytest.mark.parametrize("country", list(AMOUNTS))
def test_the_words_of_an_invoice_are_those_of_the_golden_file(sqlite_database, shop, country):
    found = printed(invoice_pdf(papers(sqlite_database, shop, country)))
    golden = GOLDEN / f"{country.lower()}.txt"
    if os.environ.get("LEDGERDESK_UPDATE_GOLDEN"):
        golden.write_text(found)
    assert found == golden.read_text()


@pytest.mark.parametrize("country", list(AMOUNTS))
def test_an_invoice_is_pdf_a_without_a_finding_and_the_same_bytes_twice(sqlite_database, shop, country):
    paper = papers(sqlite_database, shop, country)
    content = invoice_pdf(paper)
    assert findings(content) == []
    assert invoice_pdf(paper) == content


def test_an_invoice_to_the_united_kingdom_speaks_of_no_vat(sqlite_database, shop):
    words = printed(invoice_pdf(papers(sqlite_database, shop, "GB")))
    assert "VAT" not in words
    assert "%" not in words
    assert "The total includes no tax." in words


def test_only_an_australian_paper_is_a_tax_invoice(sqlite_database, shop):
    titles = {country: papers(sqlite_database, shop, country).title for country in AMOUNTS}
    assert titles == {"AU": "Tax invoice", "GB": "Invoice", "FR": "Facture", "US": "Invoice", "JP": "Invoice"}


def test_a_preview_is_marked_and_has_no_number(sqlite_database, shop):
    with sqlite_database.read() as conn:
        draft = preview_document(
            conn, customer_id=shop["AU"].id, gross=Money.of("220", "AUD"), details=details("AU"), on=date(2026, 11, 20)
        )
    content = invoice_pdf(draft)
    assert draft.is_draft
    assert "Draft – preview" in printed(content)
    assert "INV-" not in printed(content)
    assert findings(content) == []


def test_the_paper_is_what_was_copied_at_issue_whatever_changes_later(sqlite_database, shop):
    before = papers(sqlite_database, shop, "AU")
    with sqlite_database.write() as tx:
        tx.conn.execute(text("UPDATE customer SET username = 'renamed', country = 'GB'"))
    with sqlite_database.read() as conn:
        assert document(conn, 1) == before


def test_an_australian_invoice_in_us_dollars_states_its_gst_in_aud(sqlite_database, shop):
    with sqlite_database.read() as conn:
        draft = preview_document(
            conn, customer_id=shop["AU"].id, gross=Money.of("1100", "USD"), details=details("AU"), on=date(2026, 11, 20)
        )
    assert "GST 10 % in Australian dollars: AUD 142.36" in printed(invoice_pdf(draft))


@pytest.mark.parametrize(
    "name",
    [
        "Smith & Sons <b>bold</b>",
        "</para><img src='http://host.example/x.png'/>",
        "=1+1 | {0} %s ${HOME}",
        "(unbalanced \\ parenthesis",
        "Żółć Ωμέγα Жук № 5 → “quoted” — dash",
        "x" * 200,
    ],
)
def test_whatever_a_name_holds_is_printed_as_it_was_typed(sqlite_database, shop, name):
    paper = papers(sqlite_database, shop, "AU")
    content = invoice_pdf(dataclasses.replace(paper, buyer=details("AU", company_name=name)))
    assert name.replace(" ", "") in printed(content).replace(" ", "").replace("\n", "")
    assert findings(content) == []


def test_a_direction_override_in_a_name_draws_nothing(sqlite_database, shop):
    paper = papers(sqlite_database, shop, "AU")
    content = invoice_pdf(dataclasses.replace(paper, buyer=details("AU", company_name="Evil \u202egpj.exe")))
    assert "Evil gpj.exe" in printed(content)


def test_a_character_no_font_has_is_named_and_never_drawn_as_a_box(sqlite_database, shop):
    paper = papers(sqlite_database, shop, "AU")
    with pytest.raises(Undrawable, match=r"“क” \(U\+0915\) cannot be printed; use Latin"):
        invoice_pdf(dataclasses.replace(paper, buyer=details("AU", company_name="Ram कृष्ण")))


def test_the_longest_details_run_over_to_a_second_page_and_say_so(sqlite_database, shop):
    paper = papers(sqlite_database, shop, "US")
    address = "\n".join(["a line of an address that is long " * 2] * 7)
    long = details("US", company_name="Long Name " * 20, address=address, contact_name="Contact " * 25)
    content = invoice_pdf(dataclasses.replace(paper, buyer=long))
    assert "Page 2 of 2" in printed(content)


def test_the_widest_letters_in_every_field_stay_above_the_footer(sqlite_database, shop):
    paper = papers(sqlite_database, shop, "AU")
    wide = dict.fromkeys(("company_name", "business_id", "email", "contact_name", "contact_phone"), "W" * 200)
    content = invoice_pdf(dataclasses.replace(paper, buyer=details("AU", address="W" * 500, **wide)))
    lowest = []
    for page in pypdf.PdfReader(BytesIO(content)).pages:
        page.extract_text(visitor_text=lambda words, _cm, at, _font, _size: lowest.append((words, at[5])))
    assert min(height for words, height in lowest if "W" in words) > 60
    assert printed(content).count("W" * 10) >= 100


def test_bank_details_that_never_changed_only_warn(sqlite_database, shop):
    paper = papers(sqlite_database, shop, "AU")
    unchanged = dataclasses.replace(paper, pay_to=dataclasses.replace(paper.pay_to, changed_on=None))
    assert "We never announce new bank details by e-mail alone." in printed(invoice_pdf(unchanged))
    assert unchanged.file_name == "Invoice_INV-2026-000001.pdf"


def test_many_bank_lines_push_the_notes_to_the_next_page(sqlite_database, shop):
    paper = papers(sqlite_database, shop, "US")
    lines = tuple((f"Line {number}", f"value {number}") for number in range(17))
    content = invoice_pdf(dataclasses.replace(paper, pay_to=dataclasses.replace(paper.pay_to, lines=lines)))
    assert "Page 2 of 2" in printed(content)


def test_a_paper_that_does_not_add_up_cannot_be_made(sqlite_database, shop):
    paper = papers(sqlite_database, shop, "AU")
    with pytest.raises(DoesNotAddUp):
        dataclasses.replace(paper, net=paper.gross)
    with pytest.raises(DoesNotAddUp):
        dataclasses.replace(paper, shows_tax=False)
    with pytest.raises(DoesNotAddUp):
        dataclasses.replace(paper, reference=None)


def test_the_tax_line_names_the_rate_on_top_of_the_net():
    gst = TaxTreatment("x", "", "", (1, 11), "", "", shows_tax=True, tax_name="GST")
    assert tax_label(gst) == "GST 10 %"
    assert tax_label(dataclasses.replace(gst, rate=(0, 1), shows_tax=False)) == ""
