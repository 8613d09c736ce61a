"""What the inbox of receipts shows: lines with what matching proposes, and a stamp that notices a change meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.banking.model import BankLine
from services.errors import Stale
from services.money import Money
from services.reconciliation.model import Candidate, Fit, Proposal, Rule


class InboxState(StrEnum):
    """Which receipts to look at."""

    WAITING = "waiting"
    READY = "ready"
    SUGGESTED = "suggested"
    UNKNOWN = "unknown"

    def includes(self, proposal: Proposal) -> bool:
        """Whether a receipt with this proposal belongs to it; every receipt is waiting."""
        if self is InboxState.WAITING:
            return True
        if proposal.automatic:
            return self is InboxState.READY
        return self is (InboxState.SUGGESTED if proposal.candidates else InboxState.UNKNOWN)


class Changed(Stale):
    """The receipt or an invoice is not any more what the person saw when accepting."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("The receipt or the invoice changed meanwhile; look at it again before accepting.")


@dataclass(frozen=True, slots=True)
class InboxLine:
    """A receipt with something left, and what matching proposes for it."""

    line: BankLine
    proposal: Proposal

    def stamp(self, candidate: Candidate) -> str:
        """What the person sees of both sides; hand it to `accept`, which refuses when it has changed."""
        return stamp(self.line, [(claim.id, claim.open) for claim in candidate.claims])

    @property
    def order(self) -> tuple[int, date, int]:
        """What needs a person comes first; oldest first in each.

        Doubts, then suggestions, then what nobody knows, then the rests of receipts that paid, then what is ready.
        """
        if self.proposal.automatic:
            need = 4
        elif self.proposal.warnings:
            need = 0
        elif self.proposal.candidates:
            need = 1
        else:
            need = 3 if self.line.allocated else 2
        return need, self.line.booked_on, self.line.id


@dataclass(frozen=True, slots=True)
class Confidence:
    """A class of receipts that are ready for one and the same reason, in one currency: what may be accepted at once."""

    rule: Rule
    fit: Fit
    currency: str
    lines: tuple[InboxLine, ...]

    @property
    def key(self) -> str:
        """Its name in code."""
        return f"{self.rule.name}-{self.fit.value}-{self.currency}".lower()

    @property
    def label(self) -> str:
        """The words on screen."""
        return f"{_RULES[self.rule]}, {_FITS[self.fit]}"

    @property
    def total(self) -> Money:
        """What arrived with its receipts and is not given to an invoice yet."""
        return Money(sum(each.line.unallocated.micros for each in self.lines), self.currency)

    @property
    def seen(self) -> dict[int, str]:
        """The stamp of each receipt, to hand back when they are accepted."""
        return {each.line.id: each.stamp(each.proposal.candidates[0]) for each in self.lines}


_RULES = {
    Rule.REFERENCE_EXACT: "Reference",
    Rule.REFERENCE_FEE: "Reference",
    Rule.REFERENCE_OTHER: "Reference",
    Rule.EVIDENCE: "Number and payer",
    Rule.GROUP: "Several invoices of one payer",
    Rule.ACCOUNT: "Known account, all it owes",
}
_FITS = {
    Fit.EXACT: "exact amount",
    Fit.FEE: "short by a bank fee",
    Fit.PART: "part payment",
    Fit.OVER: "more than is open",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every waiting receipt with its proposal, those that need a person first, matched together once."""

    lines: tuple[InboxLine, ...]
    counts: dict[InboxState, int]

    def page(self, state: InboxState = InboxState.WAITING, *, page: int = 1, size: int = 50) -> Inbox:
        """One page (the first is 1) of the receipts in a state."""
        shown = [each for each in self.lines if state.includes(each.proposal)]
        return Inbox(tuple(shown[(page - 1) * size : page * size]), len(shown), self.counts)

    def classes(self) -> list[Confidence]:
        """The ready receipts by why they are ready and by currency, the strongest reason first."""
        found: dict[tuple[Rule, Fit, str], list[InboxLine]] = {}
        for each in self.lines:
            if each.proposal.automatic:
                best = each.proposal.candidates[0]
                found.setdefault((best.rule, best.fit, each.line.amount.currency), []).append(each)
        order, fits = list(Rule), list(Fit)
        keys = sorted(found, key=lambda key: (order.index(key[0]), fits.index(key[1]), key[2]))
        return [Confidence(*key, tuple(found[key])) for key in keys]


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of waiting receipts, how many are in this state, and how many in each."""

    lines: tuple[InboxLine, ...]
    total: int
    counts: dict[InboxState, int]


def stamp(line: BankLine, opens: Sequence[tuple[int, int]]) -> str:
    """The receipt's unallocated micros and each invoice's open micros as one text."""
    return "|".join([f"{line.id}:{line.unallocated.micros}", *(f"{each}:{micros}" for each, micros in sorted(opens))])
