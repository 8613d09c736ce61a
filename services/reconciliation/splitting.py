"""One receipt over several invoices, of one customer or many, by amounts a person gives: all of them or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from services.access.model import Principal, require
from services.banking.queries import line as line_by_id
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.errors import InvalidForm
from services.money import Money
from services.payments.model import Allocation, Evidence, Short
from services.payments.operations import NonceReused, allocate
from services.payments.queries import allocation_by_nonce
from services.reconciliation.inbox import Changed
from services.reconciliation.model import ACCEPT

FEWEST, MOST = 2, 20  # invoices: one is given as a whole, more than that are entered as several receipts


def split_receipt(
    tx: Transaction, *, by: Principal, line_id: int, parts: Mapping[int, Money], nonce: str, left: Money | None = None
) -> list[Allocation]:
    """Give each invoice (by id) its amount of the receipt; what no part takes stays unallocated.

    A part less than its invoice asks for leaves the rest open. `left` is what the person saw of the receipt. The same
    nonce again returns what it made. Raises `InvalidForm` (parts), `Changed`, and what `allocate` refuses; the
    sentence names the amount that does not fit.
    """
    require(by, ACCEPT)
    wait_for_turn(tx, f"split:{nonce}", f"bank_line:{line_id}")
    nonces = {invoice_id: f"{nonce}:{invoice_id}" for invoice_id in parts}
    if made := [each for each in (allocation_by_nonce(tx.conn, one) for one in nonces.values()) if each is not None]:
        if any(each.bank_line_id != line_id for each in made) or len(made) != len(parts):
            raise NonceReused("This form was already sent with other content; open this receipt again.")
        return made
    line = line_by_id(tx.conn, line_id)
    if left is not None and left != line.unallocated:
        raise Changed
    if wrong := fault(line.unallocated, list(parts.values())):
        raise InvalidForm({"parts": wrong})
    evidence = Evidence(
        rule="split by hand", reasons=(f"split over {len(parts)} invoices by {by.name}",), automatic=False
    )
    return [
        allocate(
            tx,
            by=by,
            bank_line_id=line_id,
            invoice_id=invoice_id,
            nonce=nonces[invoice_id],
            amount=amount,
            short=Short.PART,
            evidence=evidence,
        )
        for invoice_id, amount in sorted(parts.items())
    ]


def fault(left: Money, parts: list[Money]) -> str:
    """Why a receipt with so much left cannot be split so; empty where it can."""
    if not FEWEST <= len(parts) <= MOST:
        return f"Choose {FEWEST} to {MOST} invoices; one alone is given the receipt without splitting."
    if others := Counter(each.currency for each in parts).keys() - {left.currency}:
        return f"The receipt is in {left.currency}, not in {', '.join(sorted(others))}."
    if any(each.micros <= 0 for each in parts):
        return "Give every invoice an amount above zero, or leave it out."
    total = sum((each.micros for each in parts), 0)
    if left.micros < total:
        return f"The parts come to {Money(total, left.currency).text()}; only {left.text()} of this receipt is left."
    return ""
