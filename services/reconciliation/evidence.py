"""What speaks for a receipt paying an invoice without a valid reference: points, and a phrase for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from services.reconciliation.model import (
    AUTOMATIC_SCORE,
    LEAST_SCORE,
    Candidate,
    Claim,
    Fit,
    Receipt,
    Rule,
    fit_of,
)
from services.reconciliation.names import SURE
from services.reconciliation.references import CUT_POINTS, Mention

ACCOUNT_POINTS = 35  # banking.md, 3.3 D
NAME_POINTS = 25
LIKELY_NAME_POINTS = 12
FIT_POINTS = {Fit.EXACT: 35, Fit.FEE: 24, Fit.PART: -5, Fit.OVER: -5}
FIT_REASONS = {
    Fit.EXACT: "the amount is exactly what is open",
    Fit.FEE: "the amount is short by no more than a bank fee",
    Fit.PART: "the amount is part of what is open",
    Fit.OVER: "the amount is more than what is open",
}
GROUP_SCORE, GROUP_ACCOUNT_SCORE = 58, 66
LARGEST_GROUP = 3
GROUPED_CLAIMS = 12  # a payer with more open invoices needs a reference or a person
FRESH_DAYS = 31


@dataclass(frozen=True, slots=True)
class Payer:
    """Why a customer may be who paid: points and the reason in words."""

    points: int
    reason: str


def payers(
    account: str, alike: Mapping[int, int], known: Mapping[str, frozenset[int]], *, name: str
) -> dict[int, Payer]:
    """For each customer who may have paid, why: an account they paid from before, or a name like theirs."""
    found = {}
    for customer_id, likeness in alike.items():
        points = NAME_POINTS if likeness >= SURE else LIKELY_NAME_POINTS
        found[customer_id] = Payer(points, f"“{name}” is {likeness} % like the customer's name")
    for customer_id in known.get(account, frozenset()):
        found[customer_id] = Payer(ACCOUNT_POINTS, "this customer paid from this account before")
    return found


def candidates(
    receipt: Receipt, claims: Sequence[Claim], mentions: Sequence[Mention], who: Mapping[int, Payer]
) -> list[Candidate]:
    """Every answer worth showing, best first; the weights are those of banking.md, 3.3 D."""
    named: dict[int, Mention] = {}
    for mention in mentions:
        if mention.claim.id not in named or named[mention.claim.id].points < mention.points:
            named[mention.claim.id] = mention
    found = [_single(receipt, claim, named.get(claim.id), who.get(claim.customer_id)) for claim in claims]
    found += _named_groups(receipt, claims, named, who)
    found += _payer_groups(receipt, claims, who)
    shown = {each.invoice_ids: each for each in sorted(found, key=lambda each: each.score) if each.score >= LEAST_SCORE}
    return sorted(shown.values(), key=lambda each: (-each.score, each.oldest_on, each.invoice_ids))


def _single(receipt: Receipt, claim: Claim, mention: Mention | None, payer: Payer | None) -> Candidate:
    return _weighed(receipt, (claim,), [mention] if mention else [], payer)


def _weighed(
    receipt: Receipt, claims: tuple[Claim, ...], mentions: Sequence[Mention], payer: Payer | None
) -> Candidate:
    fit = fit_of(receipt.open, claims, instructed=receipt.instructed)
    named = min((mention.points for mention in mentions), default=0)
    late = _age_penalty(receipt, claims)
    score = named + (payer.points if payer else 0) + FIT_POINTS[fit] - late
    reasons = [mention.reason for mention in mentions] + ([payer.reason] if payer else []) + [FIT_REASONS[fit]]
    if late:
        reasons.append("it was issued long before")
    strong = named > CUT_POINTS and payer is not None and fit in {Fit.EXACT, Fit.FEE}
    return Candidate(claims, Rule.EVIDENCE, fit, score, tuple(reasons), is_sure=strong and score >= AUTOMATIC_SCORE)


def _age_penalty(receipt: Receipt, claims: tuple[Claim, ...]) -> int:
    """Invoices expire after 30 days: later payments are rarer, so older invoices are less likely meant."""
    days = (receipt.booked_on - min(claim.issued_on for claim in claims)).days
    return 0 if days <= FRESH_DAYS else min(12, 4 + (days - FRESH_DAYS) // 10)


def _named_groups(
    receipt: Receipt, claims: Sequence[Claim], named: Mapping[int, Mention], who: Mapping[int, Payer]
) -> list[Candidate]:
    """Invoices of one customer named together, each at its own place in the text."""
    together: defaultdict[int, list[tuple[Claim, Mention]]] = defaultdict(list)
    for claim in claims:
        if claim.id in named and named[claim.id].points > CUT_POINTS:
            together[claim.customer_id].append((claim, named[claim.id]))
    found = []
    for customer_id, pairs in together.items():
        places = [mention.place for _, mention in pairs]
        if 1 < len(pairs) == len(set(places)):
            group = tuple(claim for claim, _ in pairs)
            found.append(_weighed(receipt, group, [mention for _, mention in pairs], who.get(customer_id)))
    return found


def _payer_groups(receipt: Receipt, claims: Sequence[Claim], who: Mapping[int, Payer]) -> list[Candidate]:
    """Two or three invoices of one likely payer that sum exactly: worth offering, never automatic."""
    owned: defaultdict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        payer = who.get(claim.customer_id)
        if payer and payer.points >= NAME_POINTS and claim.open < receipt.open:
            owned[claim.customer_id].append(claim)
    found = []
    for customer_id, some in owned.items():
        recent = sorted(some, key=lambda claim: (claim.issued_on, claim.id))[-GROUPED_CLAIMS:]
        groups = (group for size in range(2, LARGEST_GROUP + 1) for group in combinations(recent, size))
        sums = (group for group in groups if sum(claim.open for claim in group) == receipt.open)
        found += [_grouped(receipt, group, who[customer_id]) for group in sums]
    return found


def _grouped(receipt: Receipt, group: tuple[Claim, ...], payer: Payer) -> Candidate:
    base = GROUP_ACCOUNT_SCORE if payer.points >= ACCOUNT_POINTS else GROUP_SCORE
    score = base - (len(group) - 2) * 3 - _age_penalty(receipt, group)
    reasons = (payer.reason, f"{len(group)} open invoices of this customer sum exactly to the amount")
    return Candidate(group, Rule.GROUP, Fit.EXACT, score, reasons)
