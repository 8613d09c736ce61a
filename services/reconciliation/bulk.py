"""A whole class of ready receipts accepted: each by itself, so that one that cannot be does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from services.access.model import Principal, require
from services.banking.model import BankLine
from services.db.engine import Database, Transaction
from services.errors import LedgerdeskError
from services.money import Money
from services.payments.model import Allocation
from services.reconciliation.inbox import Changed, InboxLine
from services.reconciliation.model import ACCEPT
from services.reconciliation.operations import accept_ready
from services.reconciliation.queries import sheet

_AT_ONCE = 20  # receipts in a transaction: one a receipt took a fifth longer, and all in one lets nobody else save

Tell = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Left:
    """A receipt that was not accepted, and why in a sentence; `line` is None where it waits no more."""

    line_id: int
    line: BankLine | None
    why: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of a class: how many receipts were given to their invoices, the credit they bought, what was left."""

    receipts: int
    credit: tuple[Money, ...]
    left: tuple[Left, ...]


def accept_class(database: Database, by: Principal, tell: Tell, *, seen: Mapping[int, str], nonce: str) -> Accepted:
    """Accept the receipts that were looked at (`Confidence.seen`), each for itself with its own audit.

    `tell` hears how many of how many are done. The same nonce again accepts nothing twice. Raises `NotAllowed`.
    """
    require(by, ACCEPT)
    with database.read() as conn:
        waiting = {each.line.id: each for each in sheet(conn).lines}
    wanted = list(seen.items())
    given: list[list[Allocation]] = []
    left: list[Left] = []
    for place in range(0, len(wanted), _AT_ONCE):
        tell(place, len(wanted), f"{place:,} of {len(wanted):,} receipts")
        some = [(line_id, waiting.get(line_id), stamped) for line_id, stamped in wanted[place : place + _AT_ONCE]]
        made, refused = database.act(partial(_some, by=by, some=some, nonce=nonce))
        given += made
        left += refused
    credit: dict[str, int] = {}
    for one in (one for made in given for one in made):
        credit[one.net.currency] = credit.get(one.net.currency, 0) + one.net.micros
    return Accepted(len(given), tuple(Money(micros, code) for code, micros in sorted(credit.items())), tuple(left))


def _some(
    tx: Transaction, *, by: Principal, some: Sequence[tuple[int, InboxLine | None, str]], nonce: str
) -> tuple[list[list[Allocation]], list[Left]]:
    """A few receipts in one transaction; what one of them began before it was refused is undone, the others stand."""
    made: list[list[Allocation]] = []
    left: list[Left] = []
    for line_id, each, stamped in some:
        trace = tx.conn.begin_nested()
        try:
            if each is None or each.proposal.best is None or each.stamp(each.proposal.best) != stamped:
                raise Changed
            made.append(accept_ready(tx, by=by, each=each, nonce=nonce))
            trace.commit()
        except LedgerdeskError as refusal:
            trace.rollback()
            left.append(Left(line_id, each.line if each else None, str(refusal)))
    return made, left
