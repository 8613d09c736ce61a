"""Which invoices a payer's text names: by a valid reference, by a bare number, by a mistyped or a cut-off reference."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from services.invoices.reference import find_references
from services.reconciliation.model import Claim

NUMBER_POINTS = 35  # banking.md, 3.3 D
EDIT_POINTS = 30
CUT_POINTS = 8

_GAP = r"[\s.\-/_:]{0,3}"
_ALMOST = re.compile(rf"\bCS{_GAP}((?:\d{_GAP}){{7,9}}\d)(?!\d)", re.IGNORECASE)
_CUT = re.compile(r"\bCS(\d{4,8})(?!\d)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d.,])(?<!CS)(?<!CS-)\d{4,7}(?![\d.,]*\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the text that may name a claim: how strongly, which place, and the reason in words."""

    claim: Claim
    points: int
    place: str
    reason: str


class References:
    """The claims by everything a text can call them."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        """Index claims by reference, by its serial number and by the invoice number's own digits."""
        self._by_reference: dict[str, Claim] = {}
        self._by_number: defaultdict[str, list[Claim]] = defaultdict(list)
        self._by_prefix: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            self._by_reference[claim.reference] = claim
            serial = claim.reference[2:9].lstrip("0")
            own = claim.number.rsplit("-", 1)[-1].lstrip("0")
            for number in {serial, own}:
                self._by_number[number].append(claim)
            for length in range(4, 9):
                self._by_prefix[claim.reference[2 : 2 + length]].append(claim)

    def valid(self, text: str) -> tuple[list[Claim], list[str]]:
        """The claims named by valid references, in the text's order, and valid references that name no open claim."""
        found = find_references(text)
        return (
            [self._by_reference[each] for each in found if each in self._by_reference],
            [each for each in found if each not in self._by_reference],
        )

    def mentions(self, text: str) -> list[Mention]:
        """Everything weaker than a valid reference: bare numbers, one mistyped character, a cut-off reference."""
        found = [
            Mention(claim, NUMBER_POINTS, number, f"names {claim.number} by its number {number}")
            for number in dict.fromkeys(_NUMBER.findall(text))
            for claim in self._by_number.get(number.lstrip("0"), ())
        ]
        for hit in _ALMOST.finditer(text):
            typed = re.sub(r"\D", "", hit[1])
            found += [
                Mention(claim, EDIT_POINTS, typed, f"CS{typed} is one keystroke from {reference}")
                for reference, claim in self._by_reference.items()
                if OSA.distance(typed, reference[2:], score_cutoff=1) == 1
            ]
        for hit in _CUT.finditer(text):
            begun = hit[1]
            reason = f"CS{begun} is the beginning of its reference"
            found += [Mention(claim, CUT_POINTS, begun, reason) for claim in self._by_prefix.get(begun, ())]
        return found
