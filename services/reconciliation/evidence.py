"""What speaks for a receipt paying an invoice without a valid reference: points, and a phrase for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from operator import itemgetter

from services.reconciliation.certainty import is_sure
from services.reconciliation.model import FRESH_DAYS, LEAST_SCORE, Candidate, Claim, Fit, Receipt, Rule, fit_of
from services.reconciliation.names import SURE
from services.reconciliation.references import Mention, Naming, numbers

ACCOUNT_POINTS = 35  # banking.md, 3.3 D
LEARNED_ACCOUNT_POINTS = 32
LEARNED_NAME_POINTS = 28
NAME_POINTS = 25
LIKELY_NAME_POINTS = 12
FIT_POINTS = {Fit.EXACT: 35, Fit.FEE: 24, Fit.PART: 0, Fit.OVER: 0}
NEARNESS = 5  # a part or too much counts so many times the smaller over the larger amount
FIT_REASONS = {
    Fit.EXACT: "the amount is exactly what is open",
    Fit.FEE: "the amount is short by no more than a bank fee",
    Fit.PART: "the amount is part of what is open",
    Fit.OVER: "the amount is more than what is open",
}
GROUP_SCORE, GROUP_ACCOUNT_SCORE, GROUP_FEE_LESS = 58, 66, 16
LARGEST_GROUP = 3
GROUPED_CLAIMS = 12  # a payer with more open invoices needs a reference or a person


@dataclass(frozen=True, slots=True)
class Payer:
    """Why a customer may be who paid: points and the reason in words."""

    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Learned:
    """Who paid from an account, or under a name, by a valid reference elsewhere in the same batch."""

    accounts: Mapping[str, frozenset[int]]
    names: Mapping[str, frozenset[int]]


def payers(
    receipt: Receipt, alike: Mapping[int, int], known: frozenset[int], learned: Learned, *, name: str
) -> dict[int, Payer]:
    """For each customer who may have paid, why: an account or a name they paid with before, or a name like theirs.

    `known` are the customers remembered for the receipt's account, `name` is the payer's name made plain.
    """
    found = {}
    for customer_id, likeness in alike.items():
        points = NAME_POINTS if likeness >= SURE else LIKELY_NAME_POINTS
        found[customer_id] = Payer(points, f"“{receipt.payer}” is {likeness} % like the customer's name")
    for customer_id in learned.names.get(name, frozenset()):
        found[customer_id] = Payer(LEARNED_NAME_POINTS, "another receipt under this name pays this customer's invoice")
    for customer_id in learned.accounts.get(receipt.account, frozenset()):
        reason = "another receipt from this account pays this customer's invoice"
        found[customer_id] = Payer(LEARNED_ACCOUNT_POINTS, reason)
    for customer_id in known:
        found[customer_id] = Payer(ACCOUNT_POINTS, "this customer paid from this account before")
    return found


class Ranking:
    """Every answer worth showing to one receipt, best first; what names nothing is put together when it is looked at.

    Of an amount and a name that thousands share only the first few ever are.
    """

    def __init__(self, receipt: Receipt, who: Mapping[int, Payer] | None = None) -> None:
        """Start without any; `who` says of customers why they may have paid."""
        self._receipt, self._who = receipt, who or {}
        self._ordered: list[tuple[tuple[int, date, tuple[int, ...]], Candidate | Claim]] = []

    @property
    def score(self) -> int:
        """The best one's score, 0 without one."""
        return -self._ordered[0][0][0] if self._ordered else 0

    def __iter__(self) -> Iterator[Candidate]:
        """Each candidate, the best first."""
        for place, (order, found) in enumerate(self._ordered):
            if isinstance(found, Claim):
                found = _single(self._receipt, found, None, self._who.get(found.customer_id))  # noqa: PLW2901 - put together
                self._ordered[place] = order, found
            yield found

    def add(self, candidates: Iterable[Candidate], claims: Iterable[Claim]) -> Ranking:
        """Add candidates, and claims that nothing names, as far as they are worth showing."""
        self._ordered += [((-each.score, each.oldest_on, each.invoice_ids), each) for each in candidates]
        known: dict[tuple[int, int, int, date], int] = {}  # many invoices are of one amount and one day
        for claim in claims:
            alike = claim.open, claim.fee_limit, claim.largest_fee, claim.issued_on
            if alike not in known:
                fit = fit_of(self._receipt.open, (claim,), instructed=self._receipt.instructed)
                known[alike] = _fitness(self._receipt, (claim,), fit)
            payer = self._who.get(claim.customer_id)
            score = known[alike] + (payer.points if payer else 0)
            if score >= LEAST_SCORE:
                self._ordered.append(((-score, claim.issued_on, (claim.id,)), claim))
        self._ordered.sort(key=itemgetter(0))
        return self


def ranking(
    receipt: Receipt, claims: Sequence[Claim], mentions: Sequence[Mention], who: Mapping[int, Payer]
) -> Ranking:
    """Every answer worth showing, best first; the weights are those of banking.md, 3.3 D."""
    named: dict[int, Mention] = {}
    for mention in mentions:
        if mention.claim.id not in named or named[mention.claim.id].points < mention.points:
            named[mention.claim.id] = mention
    found = [
        _single(receipt, claim, named[claim.id], who.get(claim.customer_id)) for claim in claims if claim.id in named
    ]
    found += _named_groups(receipt, claims, named, who)
    found += _payer_groups(receipt, claims, named, who)
    worth = [each for each in sorted(found, key=lambda each: each.score) if each.score >= LEAST_SCORE]
    shown = {each.invoice_ids: _cautious(each, receipt, claims, mentions) for each in worth}
    return Ranking(receipt, who).add(shown.values(), (claim for claim in claims if claim.id not in named))


def _cautious(
    candidate: Candidate, receipt: Receipt, claims: Sequence[Claim], mentions: Sequence[Mention]
) -> Candidate:
    """The candidate, sure no longer where the text may mean more than its invoices."""
    if not candidate.is_sure:
        return candidate
    ours = [each for each in mentions if each.claim.id in candidate.invoice_ids]
    covered = {each.place for each in ours}
    customers = {claim.customer_id for claim in candidate.claims}
    full = [each for each in mentions if each.naming not in {Naming.CUT, Naming.HINT}]
    more = any(each.claim.customer_id in customers and each.place not in covered for each in full)
    if more or (candidate.fit is not Fit.EXACT and numbers(receipt.text) - covered):
        return replace(candidate, is_sure=False)
    if len(candidate.claims) == 1 and not any(each in full for each in ours):
        # what was cut off may have named a second invoice, and half of two equal ones is one of them
        like = [each for each in claims if each.customer_id in customers and each.open == candidate.claims[0].open]
        return replace(candidate, is_sure=len(like) == 1)
    return candidate


def _single(receipt: Receipt, claim: Claim, mention: Mention | None, payer: Payer | None) -> Candidate:
    return _weighed(receipt, (claim,), [mention] if mention else [], payer)


def _weighed(
    receipt: Receipt, claims: tuple[Claim, ...], mentions: Sequence[Mention], payer: Payer | None
) -> Candidate:
    fit = fit_of(receipt.open, claims, instructed=receipt.instructed)
    named = min((mention.points for mention in mentions), default=0)
    late = _age_penalty(receipt, claims)
    score = named + (payer.points if payer else 0) + _fitness(receipt, claims, fit)
    reasons = [mention.reason for mention in mentions] + ([payer.reason] if payer else []) + [FIT_REASONS[fit]]
    if late:
        reasons.append("it was issued long before")
    sure = is_sure([each.naming for each in mentions], payer.points if payer else 0, fit)
    return Candidate(claims, Rule.EVIDENCE, fit, score, tuple(reasons), is_sure=sure)


def _fitness(receipt: Receipt, claims: tuple[Claim, ...], fit: Fit) -> int:
    """The points of the amount and the age."""
    score = FIT_POINTS[fit] - _age_penalty(receipt, claims)
    if fit in {Fit.PART, Fit.OVER}:
        asked = sum(claim.open for claim in claims)
        score += NEARNESS * min(asked, receipt.open) // max(asked, receipt.open)
    return score


def _age_penalty(receipt: Receipt, claims: tuple[Claim, ...]) -> int:
    """Invoices expire after 30 days: later payments are rarer, so older invoices are less likely meant."""
    days = (receipt.booked_on - min(claim.issued_on for claim in claims)).days
    return 0 if days <= FRESH_DAYS else min(12, 4 + (days - FRESH_DAYS) // 10)


def _named_groups(
    receipt: Receipt, claims: Sequence[Claim], named: Mapping[int, Mention], who: Mapping[int, Payer]
) -> Iterator[Candidate]:
    """Invoices of one customer named together, each at its own place in the text."""
    together: defaultdict[int, list[tuple[Claim, Mention]]] = defaultdict(list)
    for claim in claims:
        if claim.id in named and named[claim.id].naming not in {Naming.CUT, Naming.HINT}:
            together[claim.customer_id].append((claim, named[claim.id]))
    for customer_id, pairs in together.items():
        places = [mention.place for _, mention in pairs]
        if 1 < len(pairs) == len(set(places)):
            group = tuple(claim for claim, _ in pairs)
            yield _weighed(receipt, group, [mention for _, mention in pairs], who.get(customer_id))


def _payer_groups(
    receipt: Receipt, claims: Sequence[Claim], named: Mapping[int, Mention], who: Mapping[int, Payer]
) -> Iterator[Candidate]:
    """Two or three invoices of one likely payer that sum to the amount, or to a bank fee more."""
    owned: defaultdict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        payer = who.get(claim.customer_id)
        if payer and payer.points >= NAME_POINTS and claim.open < receipt.open + claim.largest_fee:
            owned[claim.customer_id].append(claim)
    for customer_id, some in owned.items():
        recent = sorted(some, key=lambda claim: (claim.issued_on, claim.id))[-GROUPED_CLAIMS:]
        for size in range(2, LARGEST_GROUP + 1):
            for group in combinations(recent, size):
                if sum(claim.open for claim in group) >= receipt.open:
                    fit = fit_of(receipt.open, group, instructed=receipt.instructed)
                    if fit in {Fit.EXACT, Fit.FEE}:
                        yield _grouped(receipt, group, fit, who[customer_id], named)


def _grouped(
    receipt: Receipt, group: tuple[Claim, ...], fit: Fit, payer: Payer, named: Mapping[int, Mention]
) -> Candidate:
    base = GROUP_ACCOUNT_SCORE if payer.points >= LEARNED_ACCOUNT_POINTS else GROUP_SCORE
    mentions = [named[claim.id] for claim in group if claim.id in named]
    points = max((mention.points for mention in mentions), default=0)
    score = base + points - (len(group) - 2) * 3 - _age_penalty(receipt, group) - GROUP_FEE_LESS * (fit is Fit.FEE)
    summed = f"{len(group)} open invoices of this customer sum exactly to the amount"
    if fit is Fit.FEE:
        summed = f"{len(group)} open invoices of this customer sum to a bank fee more than the amount"
    reasons = (*(mention.reason for mention in mentions), payer.reason, summed)
    # never sure: the sum alone speaks for the members that are not named
    return Candidate(group, Rule.GROUP, fit, score, reasons)
