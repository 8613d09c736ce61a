"""How fast an invoice is drawn beside the same words and figures drawn by WeasyPrint from HTML, before the PDF/A step.

WeasyPrint is installed by `make pdf-bench` only (tests/benchmarks/requirements.txt); it needs Pango on the machine.
"""

from __future__ import annotations

import argparse
import html
import statistics
import time
from collections.abc import Callable
from unittest.mock import patch

import weasyprint

from services.invoices import pdf
from services.invoices.document import Document
from services.papers import fonts
from services.papers.wording import bank_label, date_text, money_text, number_text, say
from tests.drawing import printed
from tests.services.invoices.situations import invoice, sixty_lines

AT_LEAST = 3.0
FOLDER = fonts.__file__.removesuffix("fonts.py") + "fonts"
STYLE = f"""
@font-face {{ font-family: Paper; src: url(file://{FOLDER}/NotoSans-Regular.ttf) }}
@font-face {{ font-family: Paper; font-weight: bold; src: url(file://{FOLDER}/NotoSans-Bold.ttf) }}
@page {{ size: A4; margin: 48pt;
  @bottom-right {{ content: "Page " counter(page) " of " counter(pages); font: 7.5pt Paper }} }}
body {{ font: 9pt Paper; color: #16202e }} h1 {{ color: #0b5c63; text-align: right }}
table {{ width: 100%; border-collapse: collapse }} td, th {{ text-align: left; border-bottom: .6pt solid #cfd6df }}
thead th {{ background: #16202e; color: #f2f5f8 }} .figure {{ text-align: right }} .band {{ background: #f2f5f8 }}
"""


def page(document: Document) -> str:
    """The invoice as HTML: the same facts, lines, totals, bank details and notes."""
    language = document.language
    facts = [
        ("number", document.number or ""), ("issued_on", date_text(document.issued_on, language)),
        ("due_on", date_text(document.due_on, language)), ("username", document.username),
        ("account_id", document.account_id), ("po_number", document.po_number),
    ]  # fmt: skip
    buyer = document.buyer
    parties = [buyer.company_name, *buyer.address.split("\n"), buyer.business_id]
    contact = [buyer.contact_name, buyer.contact_phone, buyer.email]
    lines = [[line.words, line.quantity, number_text(line.amount, language)] for line in document.printed_lines]
    totals = [
        [say("net", language), number_text(document.net, language)],
        [document.tax_label, number_text(document.tax, language)],
    ]
    totals.append([say("total", language), money_text(document.gross, language)])
    bank = [[bank_label(label, language), value] for label, value in document.pay_to.lines]
    heads = [say(words, language) for words in ("description", "quantity", "amount")]
    reference = [
        [say("reference", language), document.reference or ""],
        [say("total_to_pay", language), money_text(document.gross, language)],
    ]
    seller = document.seller
    return "".join([
        f"<html lang={language}><style>{STYLE}</style><h2>{_safe(seller.name)}</h2>",
        _paragraphs([*seller.address, seller.abn, seller.email, seller.phone, seller.website]),
        f"<h1>{_safe(document.title)}</h1>", _table([[say(words, language), value] for words, value in facts if value]),
        f"<h2>{say('bill_to', language)}</h2>", _paragraphs(parties), f"<h2>{say('contact', language)}</h2>",
        _paragraphs(contact), _table(lines, heads), _table(totals), _paragraphs([document.tax_note]),
        f"<div class=band><h2>{say('pay_by_transfer', language)}</h2>", _table(bank), _table(reference),
        _paragraphs([say("reference_hint", language)]), "</div>", _paragraphs([say("credited", language)]), "</html>",
    ])  # fmt: skip


def drawn_by_us(document: Document) -> bytes:
    """The pages before they are made PDF/A."""
    with patch.object(pdf, "archived", lambda drawn, on: drawn):  # noqa: ARG005
        return pdf.invoice_pdf(document)


def drawn_by_weasyprint(document: Document) -> bytes:
    """The same from HTML, tagged as ours is."""
    content = weasyprint.HTML(string=page(document)).write_pdf(pdf_tags=True)
    assert isinstance(content, bytes)
    return content


def seconds(draw: Callable[[Document], bytes], document: Document, times: int) -> float:
    """The median processor time of one drawing, after one that warms caches up."""
    draw(document)
    taken = []
    for _ in range(times):
        began = time.process_time()
        draw(document)
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def _safe(text: str) -> str:
    return html.escape(text)


def _paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{_safe(text)}</p>" for text in texts if text)


def _table(rows: list[list[str]], heads: list[str] | None = None) -> str:
    head = "".join(f"<th>{_safe(each)}</th>" for each in heads or [])
    body = "".join(f"<tr>{''.join(f'<td>{_safe(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if head else ''}{body}</table>"


def main() -> int:
    """Print both times and their ratio for one line and for sixty; 1 where ours is not three times as fast."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=20)
    times = asked.parse_args().times
    papers = {"1 line": invoice("AU", "AUD", "1100.00", po_number="PO 1")}
    papers["60 lines"] = invoice("AU", "AUD", "726.00", lines=sixty_lines())
    ratios = []
    print("| invoice | ours, ms | WeasyPrint, ms | times as fast |\n|---|---|---|---|")
    for name, paper in papers.items():
        for draw in (drawn_by_us, drawn_by_weasyprint):
            assert paper.buyer.company_name in printed(draw(paper))
        ours, theirs = (seconds(draw, paper, times) for draw in (drawn_by_us, drawn_by_weasyprint))
        ratios.append(theirs / ours)
        print(f"| {name} | {1000 * ours:.1f} | {1000 * theirs:.1f} | {ratios[-1]:.1f} |")
    return int(min(ratios) < AT_LEAST)


if __name__ == "__main__":
    raise SystemExit(main())
