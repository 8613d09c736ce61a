"""A whole class of ready receipts accepted: each by itself, so that one that cannot be does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from services.access.model import Principal, require
from services.banking.model import BankLine
from services.db.engine import Database
from services.errors import LedgerdeskError
from services.money import Money
from services.reconciliation.inbox import Changed
from services.reconciliation.model import ACCEPT
from services.reconciliation.operations import accept_ready
from services.reconciliation.queries import sheet

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
    """Accept the receipts that were looked at (`Confidence.seen`), each in a transaction with its own audit.

    `tell` hears how many of how many are done. The same nonce again accepts nothing twice. Raises `NotAllowed`.
    """
    require(by, ACCEPT)
    with database.read() as conn:
        waiting = {each.line.id: each for each in sheet(conn).lines}
    credit: dict[str, int] = {}
    left: list[Left] = []
    done = 0
    for place, (line_id, stamped) in enumerate(seen.items()):
        tell(place, len(seen), f"{place:,} of {len(seen):,} receipts")
        each = waiting.get(line_id)
        try:
            if each is None or each.proposal.best is None or each.stamp(each.proposal.best) != stamped:
                raise Changed
            for made in database.act(partial(accept_ready, by=by, each=each, nonce=nonce)):
                credit[made.net.currency] = credit.get(made.net.currency, 0) + made.net.micros
            done += 1
        except LedgerdeskError as refusal:
            left.append(Left(line_id, each.line if each else None, str(refusal)))
    return Accepted(done, tuple(Money(micros, code) for code, micros in sorted(credit.items())), tuple(left))
