"""Whatever is typed into a field of a paper is only ever text: no link, no picture, no action."""

from dataclasses import fields, replace
from functools import cache

import pytest

from services.customers.model import InvoiceDetails
from services.invoices.credit_note_pdf import note_pdf
from services.invoices.document import PrintedLine
from services.invoices.pdf import invoice_pdf
from services.papers import fonts
from services.papers.archive import findings
from services.papers.table import Column, table_pdf
from tests.drawing import accessibility, kinds, printed, structure
from tests.services.invoices.situations import invoice, note

CORPUS = {
    "markup": "<b>bold</b> <i/> </para> <font color='red' size='40'>x</font> &amp; &lt;",
    "a link": "<a href='http://host.example/'>click</a> http://host.example/ mailto:a@host.example javascript:alert(1)",
    "a picture": "<img src='http://host.example/x.png'/> <img src='file:///etc/hostname' width='999'/> data:image/png",
    "the language of PDF": ") Tj ET /Annots [1 0 R] << /S /URI /URI (http://host.example/) >> endobj EMC BDC (\\050\\",
    "templates": "{0} {name} {{7*7}} %s %(x)s ${HOME} $(id) `id` =1+1 @SUM(A1)",
    "metadata": "]]> <?xpacket end='w'?> <rdf:li>x</rdf:li> <!ENTITY x SYSTEM 'file:///etc/hostname'>",
    "direction marks": "Evil \u202egpj.exe\u202c \u200fA\u200e \u2066b\u2069 \ufeffc\u200bd",
    "many scripts": "Ω Ж שלום مرحبا 株式会社 한국 − \u202f№ €",
    "ten thousand characters": "A word and " * 909 + "x",
    "one endless word": "W" * 10_000,
}
REFUSED = {
    "a null": "a\x00b",
    "an escape": "a\x1b[31mb",
    "a tab": "a\tb",
    "a lone surrogate": "a\ud800b",
    "a private sign": "a\ue000b",
}
BUYER = [field.name for field in fields(InvoiceDetails) if field.name != "language"]
PAPER = invoice("AU", "AUD", "1100.00", po_number="PO 1")
FIELDS = [
    *(f"buyer.{name}" for name in BUYER),
    "username",
    "account_id",
    "po_number",
    "tax_note",
    "line",
    "seller.name",
    "pay_to.bank",
    "reason",
    "cell",
]


def paper_with(field: str, text: str) -> bytes:
    """The paper on which that field holds the text."""
    if field == "cell":
        return table_pdf("List", [Column("Name"), Column("Sum", is_number=True)], [[text, "1.00"]], [("Filter", text)])
    if field == "reason":
        return note_pdf(note(PAPER, "110.00", reason=text))
    part, _, name = field.rpartition(".")
    if field == "line":
        changes = {"lines": (PrintedLine(text, "1", PAPER.net),)}
    else:
        changes = {part: replace(getattr(PAPER, part), **{name: text})} if part else {name: text}
    return invoice_pdf(replace(PAPER, **changes))


@cache
def plain(field: str) -> set[str]:
    return set(kinds(paper_with(field, "Plain")))


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("attack", CORPUS)
def test_a_text_changes_nothing_but_text(field, attack):
    content = paper_with(field, CORPUS[attack])
    assert set(kinds(content)) == plain(field)
    if field != "cell":
        assert findings(content) == []
    shown = "".join(printed(content).split())
    for word in CORPUS[attack].split()[:12]:
        if word.isascii() and len(word) < 20:
            assert word in shown


@pytest.mark.parametrize("attack", REFUSED)
def test_a_character_that_cannot_be_drawn_is_refused_by_name_in_every_field(attack):
    for field in FIELDS:
        with pytest.raises(fonts.Undrawable, match=r"U\+"):
            paper_with(field, REFUSED[attack])


@pytest.mark.parametrize("field", ["buyer.company_name", "username", "po_number", "line", "reason", "cell"])
def test_ten_thousand_letters_are_all_on_the_pages_and_read_aloud(field):
    content = paper_with(field, CORPUS["one endless word"])
    assert printed(content).count("W") >= 10_000
    assert accessibility(content) == []
    assert structure(content)[0] == "Document"
