"""Reference files read into model values: the currencies' table and the tax rules, every fault named with its place."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from datetime import date, datetime
from typing import Any

from services.errors import Refused
from services.money import Money, NotAnAmount
from services.pricing.model import ANY_COUNTRY, Currency, TaxRule, TaxTreatment

_COUNTRY = re.compile(r"[A-Z]{2}")
_TEXTS = ("code", "title_en", "title_fr", "note_en", "note_fr")
_CURRENCY_HEADING = ["code", "minimum_top_up", "maximum_top_up"]


class WrongReference(Refused):
    """A reference file cannot be used as it is."""


def read_currencies(content: str) -> list[Currency]:
    """The currencies with their limits; raises `WrongReference` naming the line."""
    rows = list(csv.reader(io.StringIO(content, newline="")))
    if not rows or rows[0] != _CURRENCY_HEADING:
        raise WrongReference(f"The currencies' first line must be “{','.join(_CURRENCY_HEADING)}”.")
    found: dict[str, Currency] = {}
    for line, row in enumerate(rows[1:], start=2):
        try:
            code, least, most = row
            read = Currency(code, Money.parse(least, code), Money.parse(most, code))
        except (ValueError, NotAnAmount) as error:
            raise WrongReference(f"Line {line} of the currencies is wrong: {error}") from error
        if read.minimum_top_up.micros <= 0 or read.maximum_top_up < read.minimum_top_up:
            raise WrongReference(
                f"Line {line} of the currencies: the minimum must be positive and not above the maximum."
            )
        if code in found:
            raise WrongReference(f"Line {line} of the currencies repeats {code}; keep one line for each.")
        found[code] = read
    return list(found.values())


def read_tax_rules(content: str) -> list[TaxRule]:
    """The tax rules, one for each country named; raises `WrongReference` naming the rule."""
    try:
        rules = tomllib.loads(content).get("rule", [])
    except tomllib.TOMLDecodeError as error:
        raise WrongReference(f"The tax rules are not valid TOML: {error}.") from error
    found: dict[tuple[str, date], TaxRule] = {}
    for number, entry in enumerate(rules, start=1):
        for rule in _rules_of(f"Tax rule {number}", entry):
            if (rule.country, rule.valid_from) in found:
                raise WrongReference(f"Tax rule {number} repeats {rule.country} from {rule.valid_from}; keep one.")
            found[rule.country, rule.valid_from] = rule
    return list(found.values())


def _rules_of(name: str, entry: dict[str, Any]) -> list[TaxRule]:
    for field in _TEXTS:
        if not isinstance(entry.get(field), str) or not entry[field].strip():
            raise WrongReference(f"{name} lacks the text “{field}”.")
    countries = entry.get("countries")
    if not isinstance(countries, list) or not countries or not all(_is_country(each) for each in countries):
        raise WrongReference(f"{name} needs “countries”: a list of two-letter codes, or “*” for every other.")
    starts, ends = _day(entry.get("valid_from")), _day(entry.get("valid_before"))
    if starts is None or ("valid_before" in entry and (ends is None or ends <= starts)):
        raise WrongReference(f"{name} needs “valid_from” as a date, and “valid_before”, if any, after it.")
    treatment = _treatment(name, entry)
    return [TaxRule(country, starts, ends, treatment) for country in countries]


def _treatment(name: str, entry: dict[str, Any]) -> TaxTreatment:
    match entry.get("rate"):
        case [int(top), int(bottom)] if 0 <= top < bottom:
            rate = (top, bottom)
        case _:
            raise WrongReference(f"{name} needs “rate”: two whole numbers, such as [1, 11] of the gross.")
    shows_tax = entry.get("shows_tax")
    tax_name = entry.get("tax_name", "")
    if not isinstance(shows_tax, bool) or not isinstance(tax_name, str):
        raise WrongReference(f"{name} needs “shows_tax” as true or false, and “tax_name”, if any, as a text.")
    if (rate[0] > 0) != shows_tax or shows_tax != bool(tax_name):
        raise WrongReference(f"{name}: a tax has a rate, a name and is shown, or has none of the three.")
    texts = {field: entry[field].strip() for field in _TEXTS}
    return TaxTreatment(**texts, rate=rate, shows_tax=shows_tax, tax_name=tax_name)


def _is_country(value: object) -> bool:
    return isinstance(value, str) and (value == ANY_COUNTRY or _COUNTRY.fullmatch(value) is not None)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) and not isinstance(value, datetime) else None
