"""What matching looks at (receipts and claims) and what it says (candidates with their reasons, and a proposal)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from services.access.model import Permission, Role

ACCEPT = Permission("reconciliation.accept", "accept a proposed match", frozenset({Role.ACCOUNTING}))

ALGORITHM = "matching 4"  # kept with every accepted match; raise it when a rule or a weight changes

AUTOMATIC_LEAD = 12  # banking.md, 3.3 D
LEAST_SCORE = 26
SHOWN = 3
FRESH_DAYS = 31  # invoices expire after 30 days
REPEATS_WITHIN = timedelta(days=14)


class Rule(StrEnum):
    """Which rule speaks for a candidate, strongest first (banking.md, 3.3)."""

    REFERENCE_EXACT = "A reference, exact"
    REFERENCE_FEE = "B reference, short by a bank fee"
    REFERENCE_OTHER = "C reference, part or over"
    EVIDENCE = "D evidence"
    GROUP = "D group of one payer"
    ACCOUNT = "F known account, only open invoice"


class Fit(StrEnum):
    """How the amount received compares to what is open."""

    EXACT = "exact"
    FEE = "fee"
    PART = "part"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A bank line with something left to allocate; amounts in micros of its currency.

    `amount` is what the bank booked, `left` what is unallocated of it, `instructed` what the payer sent where known.
    """

    id: int
    currency: str
    amount: int
    booked_on: date
    payer: str = ""
    text: str = ""
    account: str = ""
    left: int = -1
    instructed: int | None = None

    @property
    def open(self) -> int:
        """What there is to match: all of it unless part was allocated."""
        return self.amount if self.left < 0 else self.left


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice money is expected for; amounts in micros of its currency.

    `fee_limit` is what a payer's bank may keep without a person deciding, 0 where domestic payments lose nothing;
    `largest_fee` bounds it for several invoices paid at once. `received` is what arrived on it before, `minimum` the
    least a bank-transfer top-up may be, at the rate kept with the invoice (0 where there is none). What is missing of a
    `taxed` one stays open until its adjustment note.
    """

    id: int
    number: str
    reference: str
    customer_id: int
    names: tuple[str, ...]
    currency: str
    open: int
    issued_on: date
    fee_limit: int = 0
    largest_fee: int = 0
    received: int = 0
    minimum: int = 0
    taxed: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer for a receipt: the invoices it would pay, in the order they are paid, and why."""

    claims: tuple[Claim, ...]
    rule: Rule
    fit: Fit
    score: int
    reasons: tuple[str, ...]
    is_sure: bool = False  # enough by itself: a valid reference, or strong evidence of two kinds

    @property
    def invoice_ids(self) -> tuple[int, ...]:
        """The invoices' ids, in the order they are paid."""
        return tuple(claim.id for claim in self.claims)

    @property
    def oldest_on(self) -> date:
        """When the oldest of the invoices was issued."""
        return min(claim.issued_on for claim in self.claims)

    def under_minimum(self, left: int) -> list[tuple[Claim, int]]:
        """The invoices that would have less than the least top-up when given these micros, and how much they had.

        Credit is what arrives (product.md, rules 4 and 9), so a person is told before accepting.
        """
        found = []
        for claim in self.claims:
            part = min(left, claim.open)
            left -= part
            if part and claim.received + part < claim.minimum:
                found.append((claim, claim.received + part))
        return found


@dataclass(frozen=True, slots=True)
class Proposal:
    """What matching says about one receipt: candidates, best first, at most three, and whether a click is needed."""

    receipt_id: int
    candidates: tuple[Candidate, ...] = ()
    automatic: bool = False
    warnings: tuple[str, ...] = field(default=())

    @property
    def best(self) -> Candidate | None:
        """The first candidate, if there is any."""
        return self.candidates[0] if self.candidates else None

    @property
    def runner_up(self) -> Candidate | None:
        """The second candidate, to be shown beside the first."""
        return self.candidates[1] if len(self.candidates) > 1 else None

    @property
    def score(self) -> int:
        """The best candidate's score, 0 without one."""
        return self.candidates[0].score if self.candidates else 0

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the best candidate is the best."""
        return self.candidates[0].reasons if self.candidates else ()


def fit_of(received: int, claims: tuple[Claim, ...], *, instructed: int | None = None) -> Fit:
    """How an amount compares to what the claims ask for together; a shortfall within a bank's fee is `FEE`."""
    asked = sum(claim.open for claim in claims)
    if received == asked:
        return Fit.EXACT
    if received > asked:
        return Fit.OVER
    foreign = all(claim.fee_limit for claim in claims)
    limit = min(sum(claim.fee_limit for claim in claims), max(claim.largest_fee for claim in claims))
    stated = instructed is not None and instructed == asked
    return Fit.FEE if foreign and (stated or asked - received <= limit) else Fit.PART
