"""Papers read aloud: every word is an element, every ornament an artifact, tables are tables."""

import unicodedata
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from services.customers.model import InvoiceDetails
from services.invoices.credit_note_pdf import note_pdf
from services.invoices.pdf import invoice_pdf
from services.papers.table import Column, table_pdf
from tests.drawing import accessibility, copied, structure
from tests.services.invoices.einvoicing import NOTES, SITUATIONS

COLUMNS = [Column("Company"), Column("Total", is_number=True)]
LISTED = [[f"Company {number}", f"{number}.00"] for number in range(90)]
PAPERS = {
    "an invoice": lambda: invoice_pdf(SITUATIONS["Australia, taxed"]),
    "an invoice with a code to scan": lambda: invoice_pdf(SITUATIONS["France, in French"]),
    "an adjustment note": lambda: note_pdf(NOTES["adjustment note"]),
    "a list": lambda: table_pdf("Invoices", COLUMNS, LISTED, [("Rows", "90")], [["Total", "4,005.00"]]),
    "an empty list": lambda: table_pdf("Invoices", COLUMNS, []),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_keeps_a_paper_from_being_read_aloud(paper):
    content = PAPERS[paper]()
    assert accessibility(content) == []
    elements = structure(content)
    assert elements.count("Document/H1") == 1
    assert "Document/Table/TR/TH" in elements


@pytest.mark.parametrize("paper", PAPERS)
def test_every_word_on_a_page_stands_between_marks_and_every_mark_has_its_element(paper):
    with pikepdf.open(BytesIO(PAPERS[paper]())) as pdf:
        for page in pdf.pages:
            depth, numbers = 0, []
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) in {"BDC", "BMC"}:
                    depth += 1
                    numbers += [int(operands[1].MCID)] if str(operator) == "BDC" and "/MCID" in operands[1] else []
                elif str(operator) == "EMC":
                    depth -= 1
                elif str(operator) in {"Tj", "TJ", "f", "S", "f*", "B"}:
                    assert depth > 0
            assert depth == 0
            assert numbers == list(range(len(numbers)))
            parents = pdf.Root.StructTreeRoot.ParentTree.Nums
            assert len(parents[2 * int(page.StructParents) + 1]) == len(numbers)


def test_a_file_says_its_language_and_shows_its_title_in_the_window():
    with pikepdf.open(BytesIO(PAPERS["an invoice with a code to scan"]())) as pdf:
        assert str(pdf.Root.Lang) == "fr-FR"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
        assert pdf.Root.MarkInfo.Marked is True
        assert str(pdf.docinfo.Title) == "Invoice INV-2026-000001"


def test_headings_repeated_on_a_further_page_are_not_read_again():
    elements = structure(PAPERS["a list"]())
    headings = [name for name in elements if name.endswith("TR/TH")]
    assert len(headings) == 1 + len(COLUMNS)  # the fact's label, and each column once
    assert elements.count("Document/Table/TR/TD") == 1 + len(COLUMNS) * (len(LISTED) + 1)


def test_a_code_to_scan_says_what_it_is_for():
    with pikepdf.open(BytesIO(PAPERS["an invoice with a code to scan"]())) as pdf:
        figures = [
            thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Figure"
        ]
        assert [str(figure.Alt)[:10] for figure in figures] == ["Code QR de"]
        assert all(figure.A.BBox[2] > figure.A.BBox[0] for figure in figures)


def test_an_arabic_name_is_copied_and_read_as_it_was_typed():
    name = "شركة الخليج للاتصالات"
    paper = SITUATIONS["Japan, no decimals"]
    drawn = invoice_pdf(replace(paper, buyer=InvoiceDetails(name, "x")))
    with pikepdf.open(BytesIO(drawn)) as pdf:
        things = [
            thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Span"
        ]
        assert [str(thing.ActualText) for thing in things] == [name]
    assert set(name.split()) <= set(unicodedata.normalize("NFKC", copied(drawn)).split())
