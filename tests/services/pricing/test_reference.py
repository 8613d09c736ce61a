"""Reference files: the shipped ones are right, and every fault is named."""

from __future__ import annotations

from datetime import date

import pytest

from services.money import Money
from services.pricing.reference import WrongReference, read_currencies, read_tax_rules
from services.settings import ROOT

HEADING = "code,minimum_top_up,maximum_top_up\n"
RULE = {
    "code": '"x"', "countries": '["AU"]', "valid_from": "2020-01-01", "title_en": '"t"', "title_fr": '"t"',
    "rate": "[1, 11]",
    "shows_tax": "true", "tax_name": '"GST"', "note_en": '"n"', "note_fr": '"n"',
}  # fmt: skip


def rule(**changes: str) -> str:
    return "[[rule]]\n" + "\n".join(f"{name} = {value}" for name, value in (RULE | changes).items() if value) + "\n"


def test_dollar_currencies_have_a_minimum_of_twenty():
    found = {each.code: each for each in read_currencies((ROOT / "data" / "currencies.csv").read_text())}
    for code in ("AUD", "CAD", "HKD", "NZD", "SGD", "USD"):
        assert found[code].minimum_top_up == Money.of("20", code)
    assert found["JPY"].minimum_top_up == Money.of("3000", "JPY")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [("AUD,20", "Line 2"), ("AUD,20,x", "Line 2"), ("AUD,20.001,30", "Line 2"), ("AUD,30,20", "not above the maximum"),
     ("AUD,0,20", "must be positive"), ("AUD,20,30\nAUD,20,30", "Line 3 of the currencies repeats AUD")],
)  # fmt: skip
def test_a_wrong_currency_is_named_with_its_line(rows, reason):
    with pytest.raises(WrongReference, match=reason):
        read_currencies(HEADING + rows)


@pytest.mark.parametrize("content", ["", "code,min\n"])
def test_currencies_need_their_heading(content):
    with pytest.raises(WrongReference, match="first line"):
        read_currencies(content)


def test_only_australia_is_taxed_and_the_united_kingdom_never_reads_of_vat():
    rules = {each.country: each.treatment for each in read_tax_rules((ROOT / "data" / "tax_rules.toml").read_text())}
    assert [country for country, treatment in rules.items() if treatment.shows_tax] == ["AU"]
    assert [country for country, treatment in rules.items() if "Tax invoice" in treatment.title_en] == ["AU"]
    assert (rules["GB"].note_en, rules["GB"].tax_name) == ("The total includes no tax.", "")
    assert not any("0 %" in treatment.note_en for country, treatment in rules.items() if country != "AU")


def test_a_rule_may_end():
    (found,) = read_tax_rules(rule(valid_before="2021-01-01"))
    assert (found.valid_from, found.valid_before) == (date(2020, 1, 1), date(2021, 1, 1))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[[rule", "not valid TOML"),
        (rule(note_fr=""), "lacks the text “note_fr”"),
        (rule(note_fr='" "'), "lacks the text “note_fr”"),
        (rule(countries="[]"), "needs “countries”"),
        (rule(countries='"AU"'), "needs “countries”"),
        (rule(countries='["Australia"]'), "needs “countries”"),
        (rule(countries="[1]"), "needs “countries”"),
        (rule(valid_from='"2020"'), "“valid_from” as a date"),
        (rule(valid_from="2020-01-01T00:00:00"), "“valid_from” as a date"),
        (rule(valid_before="2020-01-01"), "“valid_before”, if any, after it"),
        (rule(valid_before="5"), "“valid_before”, if any, after it"),
        (rule(rate="0.1"), "two whole numbers"),
        (rule(rate="[11, 1]"), "two whole numbers"),
        (rule(shows_tax="1"), "true or false"),
        (rule(tax_name="5"), "as a text"),
        (rule(tax_name=""), "has none of the three"),
        (rule(shows_tax="false"), "has none of the three"),
        (rule() + rule(), "Tax rule 2 repeats AU from 2020-01-01"),
    ],
)
def test_a_wrong_tax_rule_is_named(content, reason):
    with pytest.raises(WrongReference, match=reason):
        read_tax_rules(content)
