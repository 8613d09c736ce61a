"""Which invoice each receipt pays: references first, then evidence; every answer says why, and no invoice twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from services.reconciliation import evidence
from services.reconciliation.model import (
    AUTOMATIC_LEAD,
    REPEATS_WITHIN,
    SHOWN,
    Candidate,
    Claim,
    Fit,
    Proposal,
    Receipt,
    Rule,
    fit_of,
)
from services.reconciliation.names import Payers, plain
from services.reconciliation.references import References

_REFERENCE_RULES = {Fit.EXACT: Rule.REFERENCE_EXACT, Fit.FEE: Rule.REFERENCE_FEE}
_REFERENCE_SCORES = {Fit.EXACT: 100, Fit.FEE: 95, Fit.PART: 90, Fit.OVER: 90}


def propose(
    receipts: Sequence[Receipt],
    claims: Sequence[Claim],
    *,
    known: Mapping[str, frozenset[int]] | None = None,
    earlier: Iterable[Receipt] = (),
) -> list[Proposal]:
    """What each receipt pays, in the order given; pure, money in whole micros, currencies never mixed.

    `known` maps a payer's account to the customers it paid for before; `earlier` are receipts matched already, by
    which a repeated line is noticed. Rules and weights: banking.md, 3.3. Automatic means a person need not look; a
    batch never gives one invoice to two receipts.
    """
    batch = _Batch(claims, known or {})
    ordered = sorted(receipts, key=lambda receipt: (receipt.booked_on, receipt.id))
    repeats = _repeats(ordered, earlier)
    found: dict[int, Proposal] = {}
    waiting = []
    for receipt in ordered:
        answer = batch.by_reference(receipt, repeated=receipt.id in repeats)
        if answer is None:
            waiting.append(receipt)
        else:
            found[receipt.id] = answer
    found |= batch.by_evidence(waiting, repeats)
    return [found[receipt.id] for receipt in receipts]


class _Batch:
    """Open claims while a batch is matched: what an automatic match takes is not offered again."""

    def __init__(self, claims: Sequence[Claim], known: Mapping[str, frozenset[int]]) -> None:
        self.left = {claim.id: claim for claim in claims}
        self.known = known
        by_currency: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            by_currency[claim.currency].append(claim)
        self.references = {code: References(some) for code, some in by_currency.items()}
        self.payers = {
            code: Payers((claim.customer_id, name) for claim in some for name in claim.names)
            for code, some in by_currency.items()
        }

    def by_reference(self, receipt: Receipt, *, repeated: bool) -> Proposal | None:
        """Rules A, B and C; None where no valid reference names an open claim."""
        if receipt.currency not in self.references:
            return None
        named, unknown = self.references[receipt.currency].valid(receipt.text)
        hits = tuple(self.left[claim.id] for claim in named if self._may_pay(receipt, claim.id))
        if not hits:
            return None
        fit = fit_of(receipt.open, hits, instructed=receipt.instructed)
        reasons = (*(f"names {claim.number} by its reference {claim.reference}" for claim in hits),)
        warnings = tuple(f"The reference {each} belongs to no open invoice in {receipt.currency}." for each in unknown)
        warnings += tuple(f"{claim.number} is named but not open." for claim in named if claim.id not in self.left)
        sure = not warnings and not repeated
        warnings += (_REPEATED,) if repeated else ()
        rule = _REFERENCE_RULES.get(fit, Rule.REFERENCE_OTHER)
        best = Candidate(hits, rule, fit, _REFERENCE_SCORES[fit], (*reasons, evidence.FIT_REASONS[fit]), is_sure=sure)
        if sure:
            self._take(receipt, best)
        return Proposal(receipt.id, (best,), automatic=sure, warnings=warnings)

    def by_evidence(self, receipts: Sequence[Receipt], repeats: set[int]) -> dict[int, Proposal]:
        """Rule D for the rest: the surest first, so that what they take is not offered to the others."""
        ranked = {receipt.id: self._ranked(receipt) for receipt in receipts}
        by_id = {receipt.id: receipt for receipt in receipts}
        automatic: dict[int, Candidate] = {}
        for receipt_id in sorted(ranked, key=lambda each: -ranked[each][0].score if ranked[each] else 0):
            standing = self._standing(ranked[receipt_id])
            if receipt_id not in repeats and _leads(standing):
                automatic[receipt_id] = standing[0]
                self._take(by_id[receipt_id], standing[0])
        rest = {each: self._standing(found) for each, found in ranked.items() if each not in automatic}
        shown = {each: (best,) for each, best in automatic.items()} | _spread(rest)
        return {
            each: Proposal(
                each,
                shown[each],
                automatic=each in automatic,
                warnings=(_REPEATED,) if each in repeats else (),
            )
            for each in ranked
        }

    def _ranked(self, receipt: Receipt) -> list[Candidate]:
        if receipt.currency not in self.references:
            return []
        alike = self.payers[receipt.currency].alike(receipt.payer)
        who = evidence.payers(receipt.account, alike, self.known, name=receipt.payer)
        mentions = self.references[receipt.currency].mentions(receipt.text)
        named = {mention.claim.id for mention in mentions}
        worth = [
            claim
            for claim in self.left.values()
            if claim.currency == receipt.currency
            and claim.issued_on <= receipt.booked_on
            and (claim.customer_id in who or claim.id in named or claim.open == receipt.open)
        ]
        return evidence.candidates(receipt, worth, mentions, who)

    def _standing(self, found: Sequence[Candidate]) -> list[Candidate]:
        return [each for each in found if all(self.left.get(claim.id) == claim for claim in each.claims)]

    def _may_pay(self, receipt: Receipt, claim_id: int) -> bool:
        return claim_id in self.left and self.left[claim_id].issued_on <= receipt.booked_on

    def _take(self, receipt: Receipt, best: Candidate) -> None:
        left = receipt.open
        for claim in best.claims:
            paid = min(left, claim.open)
            left -= paid
            if best.fit is Fit.PART and paid < claim.open:
                self.left[claim.id] = replace(claim, open=claim.open - paid)
            else:
                del self.left[claim.id]


_REPEATED = "A line with the same payer, amount and text came shortly before: possibly a duplicate."


def _leads(found: Sequence[Candidate]) -> bool:
    """Whether the first may be taken without a person: sure in itself, and well before the second."""
    return bool(found) and found[0].is_sure and (len(found) == 1 or found[0].score - found[1].score >= AUTOMATIC_LEAD)


def _spread(found: Mapping[int, Sequence[Candidate]]) -> dict[int, tuple[Candidate, ...]]:
    """Offer each invoice first to one receipt only, best score first; where others stood first it comes later."""
    pool = sorted(
        ((each, receipt_id, rank) for receipt_id, some in found.items() for rank, each in enumerate(some[: 2 * SHOWN])),
        key=lambda entry: (-entry[0].score, entry[2], entry[1]),
    )
    taken: set[int] = set()
    first: dict[int, Candidate] = {}
    for candidate, receipt_id, _ in pool:
        if receipt_id not in first and not taken.intersection(candidate.invoice_ids):
            first[receipt_id] = candidate
            taken.update(candidate.invoice_ids)
    shown = {}
    for receipt_id, some in found.items():
        lead = [first[receipt_id]] if receipt_id in first else []
        shown[receipt_id] = tuple([*lead, *(each for each in some if each not in lead)][:SHOWN])
    return shown


def _repeats(ordered: Sequence[Receipt], earlier: Iterable[Receipt]) -> set[int]:
    """Receipts whose payer, amount and text came within a fortnight before."""
    seen: defaultdict[tuple[str, ...], list[Receipt]] = defaultdict(list)
    for receipt in earlier:
        seen[_likeness(receipt)].append(receipt)
    repeated = set()
    for receipt in ordered:
        before = seen[_likeness(receipt)]
        if any(each.id != receipt.id and receipt.booked_on - each.booked_on <= REPEATS_WITHIN for each in before):
            repeated.add(receipt.id)
        before.append(receipt)
    return repeated


def _likeness(receipt: Receipt) -> tuple[str, ...]:
    who = receipt.account or plain(receipt.payer)
    return (who, receipt.currency, str(receipt.amount), plain(receipt.text))
