"""Golden papers by situation: their words, that they add up, PDF/A without a finding, every font inside.

`make golden` writes the files anew; read what changed before it is committed.
"""

import os
import re
from decimal import Decimal
from functools import cache
from io import BytesIO

import pikepdf
import pytest

from services.customers import business_id
from services.invoices.credit_note_document import NoteDocument
from services.invoices.credit_note_pdf import note_pdf
from services.invoices.document import Document, DoesNotAddUp
from services.invoices.pdf import invoice_pdf
from services.money import digits
from services.papers.archive import findings
from services.settings import ROOT
from tests.drawing import accessibility, copied, printed
from tests.services.invoices.situations import BUYERS, all_papers, invoice, sixty_lines

GOLDEN = ROOT / "tests" / "golden" / "papers"
PAPERS = all_papers()
OF_OTHER_ROOMS = ("letter_", "commitment_", "owed_")  # their own tests read them


def drawn(paper: Document | NoteDocument) -> bytes:
    return note_pdf(paper) if isinstance(paper, NoteDocument) else invoice_pdf(paper)


@cache
def file_of(name: str) -> bytes:
    return drawn(PAPERS[name])


def amounts_after(label: str, words: str) -> list[Decimal]:
    """The numbers printed at the end of lines that begin with a label, English or French."""
    found = re.findall(rf"^{re.escape(label)}[^\n]*?((?:\d[\d, ]*)(?:[.,]\d+)?)(?: [A-Z]{{3}})?$", words, re.MULTILINE)
    return [Decimal(re.sub(r"[ ,](?=\d{3})", "", number).replace(",", ".")) for number in found]


@pytest.mark.parametrize("name", PAPERS)
def test_the_words_of_a_paper_are_those_of_its_golden_file(name):
    found, golden = printed(file_of(name)), GOLDEN / f"{name}.txt"
    if os.environ.get("LEDGERDESK_UPDATE_GOLDEN"):
        golden.write_text(found)
    assert found == golden.read_text()


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_pdf_a_with_every_font_inside_the_same_twice_and_read_aloud(name):
    content = file_of(name)
    assert findings(content) == []
    assert drawn(PAPERS[name]) == content
    assert accessibility(content) == []
    with pikepdf.open(BytesIO(content)) as pdf:
        described = [
            thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/FontDescriptor")
        ]
        assert described
        assert all("/FontFile2" in font.FontDescriptor for font in described)
        fonts = [
            thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font"
        ]
        assert len(fonts) == len(described)


@pytest.mark.parametrize("name", [name for name, paper in PAPERS.items() if isinstance(paper, Document)])
def test_what_a_paper_prints_adds_up(name):
    paper, words = PAPERS[name], printed(file_of(name))
    french = paper.language == "fr"
    total = paper.gross.amount
    assert total in amounts_after("Total", words)
    if paper.shows_tax:
        net = amounts_after("Montant hors taxe" if french else "Net", words)
        tax = amounts_after("GST 10 %", words)
        assert [net[0] + tax[0], tax[0]] == [total, paper.tax.amount]
    else:
        assert "GST 10" not in words
    if not digits(paper.gross.currency):
        assert f"{paper.gross.amount:,.0f}" in words
        assert f"{paper.gross.amount:,.0f}." not in words


def test_there_are_at_least_twenty_situations_and_no_file_without_one():
    assert len(PAPERS) >= 20
    found = {path.stem for path in GOLDEN.glob("*.txt") if not path.name.startswith(OF_OTHER_ROOMS)}
    assert found == set(PAPERS)


@pytest.mark.parametrize(("name", "country"), [("jp_in_yen", "JP"), ("cn_name", "CN"), ("ae_arabic_name", "AE")])
def test_a_name_in_any_script_can_be_copied_out_again(name, country):
    words = copied(file_of(name))
    assert set(BUYERS[country].company_name.split()) <= set(words.split())


@pytest.mark.parametrize("country", BUYERS)
def test_the_id_of_a_golden_buyer_is_one_the_form_takes(country):
    assert business_id.fault(BUYERS[country].business_id, country=country) is None


def test_sixty_lines_run_over_pages_with_headings_and_the_sum_so_far_on_each():
    words = printed(file_of("sixty_lines"))
    pages = int(re.findall(r"Page 1 of (\d)", words)[0])
    assert pages > 1
    assert words.count("Description Quantity Amount (AUD)") == pages
    assert words.count("Brought forward") == pages - 1
    assert len(re.findall(r",\s+week\s", words)) == 60
    carried = amounts_after("Brought forward", words)
    assert carried[0] == Decimal(11) * len(re.findall(r",\s+week\s", words.split("Brought forward")[0]))


def test_lines_that_do_not_come_to_the_total_cannot_be_printed():
    with pytest.raises(DoesNotAddUp, match="the lines do not come to"):
        invoice("AU", "AUD", "725.99", lines=sixty_lines())


def test_a_paper_that_a_card_has_paid_says_so_and_asks_for_nothing():
    words = " ".join(printed(file_of("au_paid_by_card")).split())
    assert "Paid by card Card Visa ending 4242 Charged on 18 November 2026" in words
    for asking in ("transfer", "Pay by", "reference", "CS123456789", "BSB"):
        assert asking not in words
    french = " ".join(printed(file_of("fr_paid_by_card")).split())
    assert "Visa se terminant par 4242" in french
    assert "virement" not in french


def test_only_an_invoice_in_euro_has_a_code_to_scan():
    scanned = {
        name for name in PAPERS if "Scan to pay" in printed(file_of(name)) or "Scanner pour" in printed(file_of(name))
    }
    assert scanned == {"eu_business_fr", "eu_business_de", "version_2_fr", "fr_with_logo_version_2"}


@pytest.mark.parametrize("name", PAPERS)
def test_only_a_taxed_paper_of_australia_speaks_of_a_tax_invoice(name):
    words, paper = printed(file_of(name)).lower(), PAPERS[name]
    assert (
        ("tax invoice" in words.replace("not a tax invoice", ""))
        == bool(paper.tax)
        == (paper.country == "AU" and "taxed_on_use" not in name)
    )


@pytest.mark.parametrize("name", [name for name in PAPERS if "taxed_on_use" in name])
def test_a_paper_of_credit_taxed_on_use_shows_no_tax_and_is_called_no_tax_invoice(name):
    words, paper = printed(file_of(name)), PAPERS[name]
    assert "GST" not in words
    assert not isinstance(paper, Document) or "(not a tax invoice)" in words


def test_a_later_version_says_which_copy_it_replaces():
    words = " ".join(printed(file_of("version_2")).split())
    assert "Version 2, issued 3 December 2026, replaces the copy of 20 November 2026." in words
    assert "Version 2 du 3 décembre 2026" in " ".join(printed(file_of("version_2_fr")).split())
