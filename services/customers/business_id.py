"""What a buyer's business id is by its country and its look, and what is wrong with its digits.

Only what claims to be a number with check digits is checked: a registration of another kind is printed as it is typed.
"""

from __future__ import annotations

import re

from stdnum import ean
from stdnum.au import abn, acn
from stdnum.eu import vat as eu_vat
from stdnum.gb import vat as gb_vat
from stdnum.nz import ird
from stdnum.sg import uen
from stdnum.us import ein

_ABN_DIGITS, _ACN_DIGITS = 11, 9
_NZBN_DIGITS, _IRD_DIGITS = 13, (8, 9)
_EIN_DIGITS = 9
_GB_VAT_DIGITS = (9, 12)
_MOST_VAT_LETTERS = 3  # after the country's two
_SG_GST = re.compile(r"M[0-9R][0-9]{7}[A-Z]")  # registered for GST there without an entity number
_SAID = re.compile(r"^(ABN|ACN|NZBN|IRD|GST|VAT|TVA|UEN|EIN)\b[\s.:#]*(NO\.?|NUMBER)?[\s.:#]*", re.IGNORECASE)


def compact(given: str) -> str:
    """An id without spaces, dots, dashes and the word before it, in capitals: "ABN 51 824 753 556" -> "51824753556"."""
    return re.sub(r"[\s.\-/]", "", _SAID.sub("", given.strip())).upper()


def is_abn(given: str) -> bool:
    """Whether it is an Australian business number with the right check digits."""
    return bool(abn.is_valid(compact(given)))


def fault(given: str, *, country: str) -> str | None:
    """The sentence that says what is wrong with a typed id of a buyer in a country (two letters); None when well."""
    plain = compact(given)
    if not plain:
        return None
    judge = {"AU": _australian, "NZ": _new_zealand, "SG": _singaporean, "GB": _british, "US": _american}.get(country)
    if judge is None and country.lower() in eu_vat.MEMBER_STATES and _claims_vat(plain, country):
        judge = _european
    wrong = judge(plain) if judge else None
    return wrong.replace("{}", given.strip()) if wrong else None


def _australian(plain: str) -> str | None:
    if not plain.isdigit():
        return None
    if len(plain) == _ABN_DIGITS:
        return None if abn.is_valid(plain) else "{} is not a valid ABN; check its digits."
    if len(plain) == _ACN_DIGITS:
        return None if acn.is_valid(plain) else "{} is not a valid ACN; check its digits."
    return f"{{}} has {len(plain)} digits; an ABN has 11 and an ACN has 9."


def _new_zealand(plain: str) -> str | None:
    if not plain.isdigit():
        return None
    if len(plain) == _NZBN_DIGITS:
        return None if ean.is_valid(plain) else "{} is not a valid NZBN; check its digits."
    if len(plain) in _IRD_DIGITS:
        return None if ird.is_valid(plain) else "{} is not a valid IRD number; check its digits."
    return f"{{}} has {len(plain)} digits; an NZBN has 13 and an IRD number has 8 or 9."


def _singaporean(plain: str) -> str | None:
    if _SG_GST.fullmatch(plain) or uen.is_valid(plain):
        return None
    return "{} is not a valid UEN; it has 9 or 10 signs and ends with a check letter."


def _british(plain: str) -> str | None:
    claims = plain.startswith(("GB", "XI")) or (plain.isdigit() and len(plain) in _GB_VAT_DIGITS)
    if not claims or gb_vat.is_valid(plain.removeprefix("XI")):
        return None  # eight digits are a company number
    return "{} is not a valid GB VAT number; check its 9 digits."


def _american(plain: str) -> str | None:
    if not plain.isdigit() or len(plain) != _EIN_DIGITS:
        return None
    return None if ein.is_valid(plain) else "{} is not a valid EIN; check its first two digits."


def _claims_vat(plain: str, country: str) -> bool:
    """Whether an id begins with the letters of its country's VAT numbers; a register's own, as HRB 12345, does not."""
    prefixes = {"GR": ("EL", "GR")}.get(country, (country,))
    rest = plain[2:]
    letters = sum(sign.isalpha() for sign in rest)
    return plain.startswith(prefixes) and letters <= _MOST_VAT_LETTERS and letters < len(rest)


def _european(plain: str) -> str | None:
    if eu_vat.is_valid(plain):
        return None
    return f"{{}} is not a valid VAT number of {plain[:2]}; check its digits."
