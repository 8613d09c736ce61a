"""What a customer's movement is about, by the name the customer knows: an invoice, a card, a dedicated number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from services.cards.queries.payments import paid_invoices
from services.fees import queries as fees
from services.ledger.model import Kind
from services.numbers import queries as numbers
from services.papers.wording import say as printed
from services.payments import queries as payments
from services.reporting.words import say

_OF_NUMBERS = (Kind.RENTAL, Kind.RENTAL_REFUND)


def references(
    conn: Connection, sources: Sequence[tuple[str, Any]], language: str
) -> dict[tuple[Kind, int | None], str]:
    """What a movement is about, where a customer knows it by a name: the invoice's number, the dedicated number."""

    def ids(kind: Kind) -> list[int]:
        return sorted({known for name, given in sources if name == kind and (known := whole(given))})

    paid = payments.invoice_numbers(conn, ids(Kind.BANK_TOP_UP))
    agreed = {key: fees.fee(conn, key).wording for key in ids(Kind.CUSTOM_FEE)}
    rented = numbers.e164_of(conn, [key for kind in _OF_NUMBERS for key in ids(kind)])
    found: dict[tuple[Kind, int | None], str] = {}
    found |= {(Kind.BANK_TOP_UP, key): say("invoice_no", language, number=number) for key, number in paid.items()}
    for key, (number, brand, last_four) in paid_invoices(conn, ids(Kind.CARD_TOP_UP)).items():
        card = printed("card_ending", language, brand=brand, last_four=last_four)
        found[Kind.CARD_TOP_UP, key] = f"{card}, {say('invoice_no', language, number=number)}"
    found |= {(Kind.CUSTOM_FEE, key): wording for key, wording in agreed.items() if wording}
    return found | {(kind, key): e164 for kind in _OF_NUMBERS for key, e164 in rented.items()}


def whole(value: Any) -> int | None:
    """A whole number of a frame, where a column with gaps holds floats and NaN, the one value unlike itself."""
    return None if value is None or value != value else int(value)  # noqa: PLR0124
