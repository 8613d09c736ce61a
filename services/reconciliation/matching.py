"""Which invoice each receipt pays: references first, then evidence; every answer says why, and no invoice twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, islice

from services.reconciliation import evidence
from services.reconciliation.certainty import AGREES, says_nothing, settles_all
from services.reconciliation.model import SHOWN, Candidate, Claim, Fit, Proposal, Receipt, Rule, fit_of
from services.reconciliation.names import Payers, plain
from services.reconciliation.offering import contested, leads, spread
from services.reconciliation.open_claims import OpenClaims, Owed
from services.reconciliation.references import Mention, References, fragments
from services.reconciliation.repeats import REPEATED, repeats, twins

_REFERENCE_RULES = {Fit.EXACT: Rule.REFERENCE_EXACT, Fit.FEE: Rule.REFERENCE_FEE}
_REFERENCE_SCORES = {Fit.EXACT: 100, Fit.FEE: 95, Fit.PART: 90, Fit.OVER: 90}
_COMPLETED = 60  # score of invoices named and others of the same customer that make the amount exact
_PAID = "The reference in the text belongs to no invoice that is open."
_UNLIKE = "The amount does not fit what the reference names, and something else about the receipt speaks against it."


def propose(
    receipts: Sequence[Receipt],
    claims: Sequence[Claim],
    *,
    known: Mapping[str, frozenset[int]] | None = None,
    earlier: Iterable[Receipt] = (),
) -> list[Proposal]:
    """What each receipt pays, in the order given; pure, money in whole micros, currencies never mixed.

    `known` maps a payer's account to the customers it paid for before; `earlier` are receipts matched already, by
    which a repeated line is noticed. Rules and weights: banking.md, 3.3, and decision 0008. Automatic means a person
    need not look; a batch never gives one invoice to two receipts.
    """
    ordered = sorted(receipts, key=lambda receipt: (receipt.booked_on, receipt.id))
    before = list(earlier)
    batch = _Batch(claims, known or {}, repeated=repeats(ordered, before), twins=twins(ordered, before))
    found: dict[int, Proposal] = {}
    waiting = []
    for receipt in ordered:
        answer = batch.by_reference(receipt)
        if answer is None:
            waiting.append(receipt)
        else:
            found[receipt.id] = answer
    found |= batch.by_evidence(waiting)
    return [found[receipt.id] for receipt in receipts]


class _Batch:
    """Open claims while a batch is matched: what an automatic match takes is not offered again."""

    def __init__(
        self,
        claims: Sequence[Claim],
        known: Mapping[str, frozenset[int]],
        *,
        repeated: set[int],
        twins: set[int],
    ) -> None:
        self.open = OpenClaims(claims)
        self.known = known
        self.repeated, self.twins = repeated, twins
        self.accounts: defaultdict[str, frozenset[int]] = defaultdict(frozenset)
        self.names: defaultdict[str, frozenset[int]] = defaultdict(frozenset)
        by_currency: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            by_currency[claim.currency].append(claim)
        self.references = {code: References(some) for code, some in by_currency.items()}
        self.payers = {
            code: Payers((claim.customer_id, name) for claim in some for name in claim.names)
            for code, some in by_currency.items()
        }

    def by_reference(self, receipt: Receipt) -> Proposal | None:
        """Rules A, B and C; None where no valid reference names an open claim."""
        if receipt.currency not in self.references:
            return None
        named, unknown = self.references[receipt.currency].valid(receipt.text)
        hits = tuple(claim for each in named if (claim := self.open.named(receipt, each.id)))
        if not hits:
            return None
        fit = fit_of(receipt.open, hits, instructed=receipt.instructed)
        reasons = (*(f"names {claim.number} by its reference {claim.reference}" for claim in hits),)
        warnings = tuple(f"The reference {each} belongs to no open invoice in {receipt.currency}." for each in unknown)
        gone = [claim for claim in named if claim.id not in self.open.left]
        warnings += tuple(f"{claim.number} is named but not open." for claim in gone)
        others = [] if fit is Fit.EXACT else self._otherwise(receipt, hits)
        if others or (fit is not Fit.EXACT and self._speaks_against(receipt, hits, fit)):
            warnings += (_UNLIKE,)
        if receipt.id in self.repeated:
            warnings += (REPEATED,)
        rule = _REFERENCE_RULES.get(fit, Rule.REFERENCE_OTHER)
        score, why = _REFERENCE_SCORES[fit], (*reasons, evidence.FIT_REASONS[fit])
        best = Candidate(hits, rule, fit, score, why, is_sure=not warnings)
        if best.is_sure:
            self.open.take(receipt, best)
            self._learn(receipt, best)
        return Proposal(receipt.id, (best, *others)[:SHOWN], automatic=best.is_sure, warnings=warnings)

    def _otherwise(self, receipt: Receipt, hits: tuple[Claim, ...]) -> list[Candidate]:
        """What else of the customers named makes the amount exact: another invoice alone, or one or two more."""
        owed = [
            claim
            for each in sorted({hit.customer_id for hit in hits})
            for claim in self.open.of_customer(receipt, each)
        ]
        rest = [claim for claim in owed if claim not in hits][: evidence.GROUPED_CLAIMS]
        groups = [(each,) for each in rest] + [(*hits, *more) for size in (1, 2) for more in combinations(rest, size)]
        reason = "of the same customer, and the amount is exactly what is open of it"
        return [
            Candidate(group, Rule.GROUP, Fit.EXACT, _COMPLETED, (reason,))
            for group in groups
            if sum(claim.open for claim in group) == receipt.open
        ]

    def _speaks_against(self, receipt: Receipt, hits: tuple[Claim, ...], fit: Fit) -> bool:
        """Whether a shortfall or an excess goes with another sign that the reference is not all that is meant."""
        if fragments(receipt.text) or len({claim.customer_id for claim in hits}) > 1:
            return True
        if fit is Fit.FEE:
            return False
        if fit is Fit.OVER and self.open.covers_another(receipt, hits):
            return True
        who = self._who(receipt)
        return max((each.points for each in who.values()), default=0) >= AGREES and hits[0].customer_id not in who

    def _learn(self, receipt: Receipt, best: Candidate) -> None:
        customers = frozenset(claim.customer_id for claim in best.claims)
        if len(customers) == 1 and best.fit in {Fit.EXACT, Fit.FEE}:
            if receipt.account:
                self.accounts[receipt.account] |= customers
            if receipt.payer:
                self.names[plain(receipt.payer)] |= customers

    def by_evidence(self, receipts: Sequence[Receipt]) -> dict[int, Proposal]:
        """Rule D for the rest: the surest first, so that what they take is not offered to the others; then F."""
        ranked = self._all_ranked(receipts)
        by_id = {receipt.id: receipt for receipt in receipts}
        barred = {each.id for each in receipts if self._names_another(each)} | self.repeated
        automatic: dict[int, Candidate] = {}
        for receipt_id in sorted(ranked, key=lambda each: -ranked[each].score):
            standing = self._standing(ranked[receipt_id])
            if receipt_id not in barred and leads(standing) and standing[0].is_sure:
                automatic[receipt_id] = standing[0]
                self.open.take(by_id[receipt_id], standing[0])
        rest = {each: self._standing(found) for each, found in ranked.items() if each not in automatic}
        disputed = contested(rest, self.repeated)
        for receipt_id, found in rest.items():
            if receipt_id not in barred and leads(found) and self._settles(by_id[receipt_id], found[0], disputed):
                best = found[0]
                automatic[receipt_id] = replace(best, rule=Rule.ACCOUNT, reasons=(*best.reasons, _ONLY))
        for receipt_id in automatic.keys() & rest.keys():
            self.open.take(by_id[receipt_id], automatic[receipt_id])
        rest = {each: self._standing(ranked[each]) for each in rest if each not in automatic}
        shown = {each: (best,) for each, best in automatic.items()} | spread(rest)
        return {
            each: Proposal(each, shown[each], automatic=each in automatic, warnings=self._warnings(by_id[each]))
            for each in ranked
        }

    def _warnings(self, receipt: Receipt) -> tuple[str, ...]:
        repeated = (REPEATED,) if receipt.id in self.repeated else ()
        return repeated + ((_PAID,) if self._names_another(receipt) else ())

    def _names_another(self, receipt: Receipt) -> bool:
        """Whether a valid reference names what is not open: then nothing else is meant without a person."""
        references = self.references.get(receipt.currency)
        return references is not None and references.valid(receipt.text) != ([], [])

    def _settles(self, receipt: Receipt, best: Candidate, disputed: set[int]) -> bool:
        """Rule F: from the known account of one customer, exactly all that customer owes, and no other sign."""
        customers = self.known.get(receipt.account, frozenset()) if receipt.account else frozenset()
        claim = best.claims[0]
        if len(best.claims) > 1 or customers != {claim.customer_id}:
            return False  # two round amounts easily add up to another round one
        if self.accounts.get(receipt.account, customers) != customers or receipt.id in self.twins:
            return False
        owed = self.open.of_customer(receipt, claim.customer_id)
        return claim.id not in disputed and says_nothing(receipt) and settles_all(receipt, claim, owed)

    def _who(self, receipt: Receipt) -> dict[int, evidence.Payer]:
        alike = self.payers[receipt.currency].alike(receipt.payer)
        known = self.known.get(receipt.account, frozenset())
        learned = evidence.Learned(self.accounts, self.names)
        return evidence.payers(receipt, alike, known, learned, name=plain(receipt.payer))

    def _all_ranked(self, receipts: Sequence[Receipt]) -> dict[int, evidence.Ranking]:
        """Every receipt's candidates; who paid and what they owe is found once for each payer.

        Receipts that say the same of payer, amount and day, and name nothing, share theirs.
        """
        found: dict[int, evidence.Ranking] = {}
        alike: dict[tuple[object, ...], evidence.Ranking] = {}
        payers: dict[tuple[str, str, str], tuple[dict[int, evidence.Payer], Owed]] = {}
        for receipt in receipts:
            references = self.references.get(receipt.currency)
            if references is None:
                found[receipt.id] = evidence.Ranking(receipt)
                continue
            payer = receipt.currency, receipt.payer, receipt.account
            if payer not in payers:
                who = self._who(receipt)
                payers[payer] = who, self.open.owed_by(receipt.currency, who)
            mentions = references.mentions(receipt.text)
            same = (*payer, receipt.open, receipt.instructed, receipt.booked_on)
            if mentions:
                found[receipt.id] = self._ranked(receipt, mentions, *payers[payer])
                continue
            if same not in alike:
                alike[same] = self._ranked(receipt, mentions, *payers[payer])
            found[receipt.id] = alike[same]
        return found

    def _ranked(
        self,
        receipt: Receipt,
        mentions: Sequence[Mention],
        who: Mapping[int, evidence.Payer],
        owed: Owed,
    ) -> evidence.Ranking:
        worth = {claim.id: claim for claim in self.open.of_amount(receipt)}
        worth |= self.open.of_payers(receipt, owed)
        named = (self.open.named(receipt, mention.claim.id) for mention in mentions)
        worth |= {claim.id: claim for claim in named if claim}
        return evidence.ranking(receipt, list(worth.values()), mentions, who)

    def _standing(self, found: Iterable[Candidate]) -> list[Candidate]:
        """The first few whose claims are as open as they were: no more are ever looked at."""
        return list(islice(filter(self.open.stand, found), 2 * SHOWN))


_ONLY = "it is all this customer owes, and the text says nothing else"
