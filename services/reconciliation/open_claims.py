"""The claims still open while a batch is matched, found by customer and by amount, and what a match takes of them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.reconciliation.certainty import AGREES
from services.reconciliation.evidence import Payer
from services.reconciliation.model import FRESH_DAYS, Candidate, Claim, Fit, Receipt

SAME_AMOUNT = 12  # of all the invoices of a common amount so many are weighed when nothing else speaks for them
SHARED_NAME = 12  # so many customers may be meant by one name and yet all they owe be weighed


@dataclass(frozen=True, slots=True)
class Owed:
    """What a payer may owe: pairs of an open amount and a claim's id, and the customers all of whose claims count."""

    by_amount: list[tuple[int, int]]
    sure: list[int]


class OpenClaims:
    """Open claims of every currency; what is taken is not found again."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        """Index the claims."""
        self.left = {claim.id: claim for claim in claims}
        self._owned: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        self._amounts: defaultdict[tuple[str, int], list[tuple[date, int]]] = defaultdict(list)
        self._largest_fee: defaultdict[str, int] = defaultdict(int)
        for claim in sorted(self.left.values(), key=lambda each: (each.issued_on, each.id)):
            self._owned[claim.currency, claim.customer_id].append(claim.id)
            self._amounts[claim.currency, claim.open].append((claim.issued_on, claim.id))
            self._largest_fee[claim.currency] = max(self._largest_fee[claim.currency], claim.largest_fee)

    def named(self, receipt: Receipt, claim_id: int) -> Claim | None:
        """The claim with this id as far as the receipt may pay it: open, and issued on or before the receipt."""
        claim = self.left.get(claim_id)
        return claim if claim and claim.issued_on <= receipt.booked_on else None

    def of_customer(self, receipt: Receipt, customer_id: int) -> list[Claim]:
        """What of one customer the receipt may pay, oldest first."""
        found = (self.named(receipt, each) for each in self._owned.get((receipt.currency, customer_id), ()))
        return [claim for claim in found if claim]

    def covers_another(self, receipt: Receipt, paid: tuple[Claim, ...]) -> bool:
        """Whether what is more than these claims would pay another of their customer: its name may be unreadable."""
        excess = receipt.open - sum(claim.open for claim in paid)
        owed = self.of_customer(receipt, paid[0].customer_id)
        return any(claim.open - claim.largest_fee <= excess for claim in owed if claim not in paid)

    def of_amount(self, receipt: Receipt) -> list[Claim]:
        """A few claims of exactly the receipt's amount: the oldest of the last month first, then older ones."""
        dated = self._amounts.get((receipt.currency, receipt.open), [])
        fresh = bisect_left(dated, (receipt.booked_on - timedelta(FRESH_DAYS), -1))
        end = bisect_left(dated, (receipt.booked_on + timedelta(1), -1))
        found: list[Claim] = []
        for place in (*range(fresh, end), *range(fresh - 1, -1, -1)):
            claim = self.left.get(dated[place][1])
            if claim and claim.open == receipt.open:
                found.append(claim)
                if len(found) == SAME_AMOUNT:
                    break
        return found

    def owed_by(self, currency: str, who: Mapping[int, Payer]) -> Owed:
        """What the customers who may have paid owe, found once for all receipts of one payer."""
        owned = (self.left.get(each) for customer in who for each in self._owned.get((currency, customer), ()))
        agreeing = [customer_id for customer_id, each in who.items() if each.points >= AGREES]
        sure = agreeing if len(agreeing) <= SHARED_NAME else [each for each in agreeing if who[each].points > AGREES]
        return Owed(sorted((claim.open, claim.id) for claim in owned if claim), sure)

    def of_payers(self, receipt: Receipt, owed: Owed) -> dict[int, Claim]:
        """What of all that may be owed is worth weighing for the receipt, by id.

        All of it where few are meant; of a merely similar name, or a name that many share, only what fits the amount.
        """
        found = {claim.id: claim for claim in self._fitting(receipt, owed.by_amount)}
        for customer_id in owed.sure:
            found |= {claim.id: claim for claim in self.of_customer(receipt, customer_id)}
        return found

    def _fitting(self, receipt: Receipt, owed: Sequence[tuple[int, int]]) -> Iterator[Claim]:
        """What the receipt may pay whole, to the cent or short by no more than a bank fee."""
        least, most = receipt.open, receipt.open + self._largest_fee[receipt.currency]
        near = [*owed[bisect_left(owed, (least, -1)) : bisect_left(owed, (most + 1, -1))]]
        if (sent := receipt.instructed) is not None:
            near += owed[bisect_left(owed, (sent, -1)) : bisect_left(owed, (sent + 1, -1))]
        for _, claim_id in near:
            claim = self.named(receipt, claim_id)
            if claim and _near(receipt, claim):
                yield claim

    def stand(self, candidate: Candidate) -> bool:
        """Whether all a candidate pays is still as open as when it was weighed."""
        return all(self.left.get(claim.id) == claim for claim in candidate.claims)

    def take(self, receipt: Receipt, candidate: Candidate) -> None:
        """Give the receipt to the candidate's claims in their order; a part leaves the rest of the claim open."""
        money = receipt.open
        for claim in candidate.claims:
            paid = min(money, claim.open)
            money -= paid
            if candidate.fit is Fit.PART and paid < claim.open:
                rest = replace(claim, open=claim.open - paid)
                self.left[claim.id] = rest
                insort(self._amounts[rest.currency, rest.open], (rest.issued_on, rest.id))
            else:
                del self.left[claim.id]


def _near(receipt: Receipt, claim: Claim) -> bool:
    """Whether the amount is exact or may be short by a fee."""
    return receipt.open <= claim.open <= receipt.open + claim.largest_fee or claim.open == receipt.instructed
