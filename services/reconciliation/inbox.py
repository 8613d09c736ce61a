"""What the inbox of receipts shows: lines with what matching proposes, and a stamp that notices a change meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.banking.model import BankLine
from services.errors import Stale
from services.reconciliation.model import Candidate, Proposal


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


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of waiting receipts, how many are in this state, and how many in each."""

    lines: tuple[InboxLine, ...]
    total: int
    counts: dict[InboxState, int]


def stamp(line: BankLine, opens: Sequence[tuple[int, int]]) -> str:
    """The receipt's unallocated micros and each invoice's open micros as one text."""
    return "|".join([f"{line.id}:{line.unallocated.micros}", *(f"{each}:{micros}" for each, micros in sorted(opens))])
