"""The payment reference: "CS", seven digits and two check digits (ISO 7064 mod 97-10) that a payer can retype."""

from __future__ import annotations

import re

from services.errors import BrokenInvariant

LARGEST_SERIAL = 9_999_999

_GAP = r"[\s.\-/_:]*"
_FOUND = re.compile(rf"C{_GAP}S{_GAP}((?:\d{_GAP}){{8}}\d)(?!\d)", re.IGNORECASE)


class ReferencesExhausted(BrokenInvariant):
    """More references were asked for than seven digits can hold."""


def reference_for(serial: int) -> str:
    """The reference of the n-th invoice, e.g. 12345 -> "CS0012345" and its check digits, eleven characters."""
    if not 1 <= serial <= LARGEST_SERIAL:
        raise ReferencesExhausted(f"reference number {serial} does not fit seven digits")
    return f"CS{serial:07d}{_check_digits(serial):02d}"


def is_valid(reference: str) -> bool:
    """Whether it is a reference written as we print it, with the right check digits."""
    return re.fullmatch(r"CS\d{9}", reference) is not None and int(reference[2:]) % 97 == 1


def find_references(text: str) -> list[str]:
    """Every valid reference in a bank's narrative, in order, once each.

    Small letters, blanks, dots, dashes and line breaks inside are forgiven, because banks and people add them; one
    wrong or two swapped digits are not, because that is what the check digits are for.
    """
    found = ("CS" + re.sub(r"\D", "", hit[1]) for hit in _FOUND.finditer(text))
    return list(dict.fromkeys(reference for reference in found if is_valid(reference)))


def _check_digits(serial: int) -> int:
    return 98 - serial * 100 % 97
