"""Writing the letter of a decision or a question: in both languages, kept byte for byte as it was given out."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert

from services.company.logo import logo
from services.company.queries import company
from services.customers.queries import customer as customer_by_id
from services.customers.queries import invoice_details
from services.db.engine import Transaction
from services.invoices.document import Seller
from services.invoices.keeping import keep_paper
from services.papers import fonts
from services.postpaid.application import Application
from services.postpaid.letter import LANGUAGES, LetterKind, letter_paper
from services.postpaid.letter_pdf import letter_pdf
from services.postpaid.tables import postpaid_letter


def drawable_fault(words: str) -> str | None:
    """The sentence for typed words a letter cannot print, or None."""
    character = fonts.undrawable(words)
    return fonts.refusal(character) if character else None


def write_letters(
    tx: Transaction,
    *,
    found: Application,
    kind: LetterKind,
    said: str,
    signed_by: str,
    question_id: int | None = None,
) -> None:
    """Draw and keep the letter in English and French; a step of deciding and of asking for more.

    `said` are the conditions or the question, printed as they were typed. Raises `Undrawable`.
    """
    owner, details = customer_by_id(tx.conn, found.customer_id), invoice_details(tx.conn, found.customer_id)
    seller = Seller.of(company(tx.conn))
    facts: dict[str, Any] = {"seller": seller, "logo": logo(tx.conn, seller.logo), "said": said, "signed_by": signed_by}
    on: date = tx.today
    for language in LANGUAGES:
        paper = letter_paper(kind, found, owner, details, language=language, on=on, **facts)
        row = {
            "application_id": found.id, "kind": kind.value, "language": language, "question_id": question_id,
            "issued_on": on, "made_at": tx.at, "made_by": signed_by, "sha256": keep_paper(tx, letter_pdf(paper)),
        }  # fmt: skip
        tx.conn.execute(insert(postpaid_letter), row)
