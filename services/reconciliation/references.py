"""Which invoices a payer's text names: by a valid reference, by its digits, by a mistyped or a cut-off reference."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from services.invoices.reference import find_references
from services.reconciliation.model import Claim


class Naming(Enum):
    """How a text names a claim, with its points, strongest first (banking.md, 3.3 D)."""

    DIGITS = 40  # all nine digits of the reference, without its letters
    NUMBER = 35  # the number without check digits
    EDIT = 30  # one keystroke from the reference
    CUT = 20  # its beginning, shared with few others
    HINT = 8  # its beginning, shared with many; or a number that may be a year or somebody's own


MOST_BEGINNINGS = 10  # one digit of the serial is missing: the last clue a cut reference may lack to count as one

_GAP = r"[\s.\-/_:]{0,3}"
_ALMOST = re.compile(rf"\bCS{_GAP}((?:\d{_GAP}){{7,9}}\d)(?!\d)", re.IGNORECASE)
_CUT = re.compile(rf"\bCS{_GAP}((?:\d{_GAP}){{3,7}}\d)(?!\d)", re.IGNORECASE)
_LIKE = re.compile(r"\bCS[ ./_-]?[\dOIL](?:[ ./_-]?[\dOIL]){3,}", re.IGNORECASE)  # letters or digits too many
_LETTERS = re.compile(r"\bCS([\dOIL]{9})\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d.,])(?<!CS)(?<!CS-)\d{4,9}(?![\d.,]*\d)", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:PO|P/O|ORDER|ORD|QUOTE|ACCT?|ACCOUNT|CUSTOMER|CUST|TEL|PHONE|CARD|DATED?)\W*(?:NO\W*)?$")
_YEAR = re.compile(r"20[1-4]\d")
_NINE = 9
_SERIAL_ALONE = 7
_AS_DIGITS = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the text that may name a claim: how, which place, and the reason in words."""

    claim: Claim
    naming: Naming
    place: str
    reason: str

    @property
    def points(self) -> int:
        """What it adds to a score."""
        return self.naming.value


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
            for number in sorted({serial, own}):
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
        """Everything weaker than a valid reference, each claim by its strongest naming at each place."""
        return [*self._numbers(text), *self._mistyped(text), *self._begun(text)]

    def _numbers(self, text: str) -> Iterator[Mention]:
        for hit in _NUMBER.finditer(text):
            number = hit[0]
            whole = self._by_reference.get("CS" + number.zfill(_NINE))
            if whole is not None and len(number) > len(whole.reference[2:].lstrip("0")) - 1:
                naming = Naming.DIGITS if len(number) == _NINE else Naming.NUMBER
                yield Mention(whole, naming, number, f"names {whole.number} by its reference's digits {number}")
            if len(number) > _SERIAL_ALONE:
                continue
            doubtful = _YEAR.fullmatch(number) or _OTHERS.search(text[: hit.start()].upper())
            for claim in self._by_number.get(number.lstrip("0"), ()):
                naming = Naming.HINT if doubtful else Naming.NUMBER
                yield Mention(claim, naming, number, f"names {claim.number} by its number {number}")

    def _mistyped(self, text: str) -> Iterator[Mention]:
        for hit in _ALMOST.finditer(text):
            typed = re.sub(r"\D", "", hit[1])
            if "CS" + typed in self._by_reference:
                continue
            for reference in dict.fromkeys(f"CS{each}" for each in _neighbours(typed)):
                if claim := self._by_reference.get(reference):
                    yield Mention(claim, Naming.EDIT, typed, f"CS{typed} is one keystroke from {reference}")
        for hit in _LETTERS.finditer(text):
            meant = "CS" + hit[1].upper().translate(_AS_DIGITS)
            if not hit[1].isdigit() and (claim := self._by_reference.get(meant)):
                yield Mention(claim, Naming.EDIT, hit[1], f"{hit[0]} is {meant} with letters for digits")

    def _begun(self, text: str) -> Iterator[Mention]:
        for hit in _CUT.finditer(text):
            begun = re.sub(r"\D", "", hit[1])
            some = self._by_prefix.get(begun, [])
            naming = Naming.CUT if len(some) <= MOST_BEGINNINGS else Naming.HINT
            for claim in some:
                yield Mention(claim, naming, begun, f"CS{begun} is the beginning of its reference")


def numbers(text: str) -> set[str]:
    """Every number and begun reference of a text, as the places of mentions are written."""
    begun = [*_ALMOST.finditer(text), *_CUT.finditer(text)]
    found = {re.sub(r"\D", "", hit[1]) for hit in begun} | {hit[1] for hit in _LETTERS.finditer(text)}
    return found | {hit[0] for hit in _NUMBER.finditer(text)}


def fragments(text: str) -> bool:
    """Whether a text holds, besides valid references, something that begins like one: cut off or mistyped."""
    valid = set(find_references(text))
    rest = _ALMOST.sub(lambda hit: " " if "CS" + re.sub(r"\D", "", hit[1]) in valid else hit[0], text)
    return bool(_ALMOST.search(rest) or _CUT.search(rest) or _LIKE.search(rest))


def _neighbours(typed: str) -> Iterator[str]:
    """Nine digits that are one keystroke away: one changed, two swapped, one too many, one left out."""
    if len(typed) == _NINE:
        for place in range(_NINE):
            yield from (typed[:place] + digit + typed[place + 1 :] for digit in "0123456789")
            yield typed[:place] + typed[place + 1 : place + 2] + typed[place] + typed[place + 2 :]
    elif len(typed) == _NINE + 1:
        yield from (typed[:place] + typed[place + 1 :] for place in range(_NINE + 1))
    elif len(typed) == _NINE - 1:
        yield from (typed[:place] + digit + typed[place:] for place in range(_NINE) for digit in "0123456789")
