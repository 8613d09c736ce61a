"""What accounting makes of money that leaves the bank: said by hand at first, then known by the rules it learned."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from services.access.model import Principal
from services.banking.model import BankLine
from services.banking.sorting.model import Sort
from services.banking.sorting.operations import sort_by_rules, sort_line
from services.banking.sorting.queries import proposed_rules, waiting, waiting_lines
from services.banking.sorting.ruling import make_rule
from services.db.engine import Database

_SAID = {"ACCOUNT FEE": Sort.BANK_FEE, "CARRIER SETTLEMENT": Sort.SUPPLIER}
_MANY = 200
PAYOUT = "CARD PAYOUT"  # how a statement calls what the card processor paid out


def sort_costs(database: Database, *, by: Principal, at: datetime) -> None:
    """Sort what left the accounts and what the card processor paid out; make what is proposed a rule.

    What rules know is sorted by one click, the rest by hand.
    """
    with database.read() as conn:
        found = waiting(conn, size=_MANY).lines
    known = [each.line.id for each in found if each.rule]
    if known:
        database.act(partial(sort_by_rules, by=by, line_ids=known), at=at)
    with database.read() as conn:
        paid_out = [line for line in waiting_lines(conn, incoming=True) if line.remittance.startswith(PAYOUT)]
    for line in paid_out:
        if line.id not in known:
            database.act(partial(sort_line, by=by, line_id=line.id, sort=Sort.CARD_PAYOUT), at=at)
    for each in found:
        sort = _told(each.line)
        if each.rule is None and sort is not None:
            database.act(partial(sort_line, by=by, line_id=each.line.id, sort=sort), at=at)
    with database.read() as conn:
        proposals = proposed_rules(conn)
    for proposal in proposals:
        automatic = proposal.pattern.may_be_automatic
        making = partial(make_rule, by=by, pattern=proposal.pattern, learned=True, automatic=automatic)
        database.act(making, at=at)


def _told(line: BankLine) -> Sort | None:
    return next((sort for words, sort in _SAID.items() if line.remittance.startswith(words)), None)
