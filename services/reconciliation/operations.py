"""Accepting what matching proposes, or what a person chose instead, and undoing it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import text

from services.access.model import Principal, require
from services.banking.queries import line as line_by_id
from services.db.engine import Transaction
from services.errors import InvalidForm
from services.invoices.queries import invoice as invoice_by_id
from services.payments.model import BY_HAND, Allocation, Evidence, Short
from services.payments.operations import NonceReused, allocate, undo_allocation
from services.payments.queries import allocation_by_nonce, allocations_of_line
from services.reconciliation.inbox import Changed, InboxLine, InboxState, stamp
from services.reconciliation.model import ACCEPT, ALGORITHM, Candidate, Fit, fit_of
from services.reconciliation.queries import LARGEST_INBOX, claims_of, inbox, proposed_line

_LOCK = 0x4C_44_52_43  # PostgreSQL advisory lock


def accept(
    tx: Transaction,
    *,
    by: Principal,
    line_id: int,
    invoice_ids: Sequence[int],
    nonce: str,
    seen: str = "",
    short: Short | str | None = None,
) -> list[Allocation]:
    """Give a receipt to the invoices, in that order, as proposed or as chosen by hand; one allocation for each paid.

    What is short by no more than a bank fee counts as one unless `short` says "part"; what is over stays unallocated.
    `seen` is the `InboxLine.stamp` the person saw. The same nonce again returns what it made. Raises `Changed`, and
    whatever `payments.operations.allocate` refuses.
    """
    require(by, ACCEPT)
    if not invoice_ids:
        raise InvalidForm({"invoice": "Choose the invoice this receipt pays."})
    _wait_for_turn(tx)
    nonces = [f"{nonce}:{invoice_id}" for invoice_id in invoice_ids]
    if made := [each for each in (allocation_by_nonce(tx.conn, one) for one in nonces) if each is not None]:
        if any(each.bank_line_id != line_id for each in made):
            raise NonceReused("This form was already sent for another receipt; open this receipt again.")
        return made
    shown = proposed_line(tx.conn, line_id)
    invoices = [invoice_by_id(tx.conn, invoice_id) for invoice_id in invoice_ids]
    if seen and seen != stamp(shown.line, [(each.id, each.open.micros) for each in invoices]):
        raise Changed
    if not shown.line.unallocated or not all(each.open for each in invoices):
        raise Changed
    chosen = next((each for each in shown.proposal.candidates if set(each.invoice_ids) == set(invoice_ids)), None)
    if short is None:
        claims = tuple(claims_of(tx.conn, invoices))
        instructed = shown.line.instructed.micros if shown.line.instructed and not shown.line.allocated else None
        fit = chosen.fit if chosen else fit_of(shown.line.unallocated.micros, claims, instructed=instructed)
        short = Short.FEE if fit is Fit.FEE else Short.PART
    pairs = list(zip(invoice_ids, nonces, strict=True))
    sure = shown.proposal.automatic and chosen is shown.proposal.best
    return _give(tx, line_id, pairs, by=by, short=Short(short), chosen=chosen, automatic=sure)


def accept_all_automatic(
    tx: Transaction, *, by: Principal, nonce: str, bank_account: str | None = None
) -> list[Allocation]:
    """Accept every proposal that needs no person, with the rule that speaks for it; all of them or none."""
    require(by, ACCEPT)
    _wait_for_turn(tx)
    ready = inbox(tx.conn, bank_account=bank_account, state=InboxState.READY, size=LARGEST_INBOX)
    return [allocation for each in ready.lines for allocation in _give_ready(tx, each, by=by, nonce=nonce)]


def accept_ready(tx: Transaction, *, by: Principal, each: InboxLine, nonce: str) -> list[Allocation]:
    """Accept one receipt of a class that was looked at, as it was proposed then.

    The same nonce again returns what it made. Raises `Changed` where the receipt or an invoice is not as it was seen,
    and whatever `payments.operations.allocate` refuses.
    """
    require(by, ACCEPT)
    _wait_for_turn(tx)
    best = each.proposal.best
    if best is None or not each.proposal.automatic:
        raise Changed
    made = [allocation_by_nonce(tx.conn, f"{nonce}:{each.line.id}:{invoice_id}") for invoice_id in best.invoice_ids]
    if any(made):
        return [one for one in made if one is not None]
    invoices = [invoice_by_id(tx.conn, invoice_id) for invoice_id in best.invoice_ids]
    now = stamp(line_by_id(tx.conn, each.line.id), [(one.id, one.open.micros) for one in invoices])
    if now != each.stamp(best):
        raise Changed
    return _give_ready(tx, each, by=by, nonce=nonce)


def _give_ready(tx: Transaction, each: InboxLine, *, by: Principal, nonce: str) -> list[Allocation]:
    best = each.proposal.candidates[0]
    pairs = [(invoice_id, f"{nonce}:{each.line.id}:{invoice_id}") for invoice_id in best.invoice_ids]
    short = Short.FEE if best.fit is Fit.FEE else Short.PART
    return _give(tx, each.line.id, pairs, by=by, short=short, chosen=best, automatic=True)


def undo(
    tx: Transaction, *, by: Principal, line_id: int, reason: str, only: Collection[int] | None = None
) -> list[Allocation]:
    """Take a receipt back from every invoice it was given to, or from those by the allocations `only` names.

    Raises as `payments.undo_allocation`.
    """
    require(by, ACCEPT)
    newest_first = reversed(allocations_of_line(tx.conn, line_id))
    meant = [each.id for each in newest_first if only is None or each.id in only]
    return [undo_allocation(tx, by=by, allocation_id=each, reason=reason) for each in meant]


def _wait_for_turn(tx: Transaction) -> None:
    """Forms are accepted one after the other: the second browser finds what the first one made, and all of it.

    Only PostgreSQL needs it; SQLite has one writer.
    """
    if tx.dialect == "postgresql":
        tx.conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _give(
    tx: Transaction,
    line_id: int,
    pairs: Sequence[tuple[int, str]],
    *,
    by: Principal,
    short: Short,
    chosen: Candidate | None,
    automatic: bool,
) -> list[Allocation]:
    evidence = (
        Evidence(chosen.rule, chosen.score, chosen.reasons, ALGORITHM, automatic=automatic) if chosen else BY_HAND
    )
    made: list[Allocation] = []
    for invoice_id, nonce in pairs:
        if made and not line_by_id(tx.conn, line_id).unallocated:  # before the first somebody looked
            break
        made.append(
            allocate(
                tx,
                by=by,
                bank_line_id=line_id,
                invoice_id=invoice_id,
                nonce=nonce,
                short=short,
                evidence=evidence,
            )
        )
    return made
