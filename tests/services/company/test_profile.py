"""The company's file: the shipped one reads, and every fault gets its own sentence."""

from __future__ import annotations

import re

import pytest

from services.company.model import BankAccount, GstBasis, TaxPoint
from services.company.profile import NotAProfile, WrongProfile, account_faults, read_profile
from services.settings import ROOT

DEMO = (ROOT / "data" / "demo_company.toml").read_text()
SMALL = """
[company]
name = "A Pty Ltd"
abn = "51 824 753 556"
address = ["1 Road", "Sydney"]
email = "a@b.example"
phone = "+61 2 5550 1234"
website = "b.example"
country = "AU"
[[bank_account]]
code = "aud-main"
currency = "AUD"
holder = "A Pty Ltd"
bank = "A Bank"
number = "082-999 1"
lines = [["BSB", "082-999"], ["Account", "1"]]
"""
PRESENT = BankAccount("eur", "EUR", "A", "B", (("IBAN", "IE06 SCMB 9900 0012 3456 78"),), iban="IE06SCMB99000012345678")


def faults(content: str) -> dict[str, str]:
    with pytest.raises(WrongProfile) as caught:
        read_profile(content)
    return caught.value.fields


def test_the_demo_company_reads():
    profile = read_profile(DEMO.encode())
    assert profile.company.abn_text == "68 900 555 010"
    assert [each.currency for each in profile.bank_accounts] == ["AUD", "NZD", "GBP", "EUR", "USD", "SGD"]
    assert profile.bank_accounts[3].iban == "IE06SCMB99000012345678"


def test_what_is_left_out_takes_the_defaults():
    company = read_profile(SMALL).company
    assert (company.tax_point, company.gst_basis, company.valid_from) == (TaxPoint.TOP_UP, GstBasis.ACCRUAL, None)


def test_gst_is_accounted_for_on_a_cash_basis_where_the_file_says_so():
    company = read_profile(SMALL.replace('country = "AU"', 'country = "AU"\ngst_basis = "cash"')).company
    assert (company.gst_basis, company.gst_on_receipt) == (GstBasis.CASH, True)


def test_credit_may_be_taxed_when_it_is_used():
    content = DEMO.replace('tax_point = "topup"', 'tax_point = "redemption"')
    assert content != DEMO
    assert read_profile(content).company.tax_point is TaxPoint.REDEMPTION


@pytest.mark.parametrize("content", [b"[company", b"\xff"])
def test_a_file_that_is_not_toml_is_refused(content):
    with pytest.raises(NotAProfile):
        read_profile(content)


def test_both_tables_are_needed_and_no_others():
    assert set(faults("[owner]\n")) == {"owner", "company", "bank_account"}
    assert set(faults(SMALL.replace("[[bank_account]]", "[bank_account]"))) == {"bank_account"}


@pytest.mark.parametrize(
    ("was", "becomes", "place"),
    [
        ('name = "A Pty Ltd"\nabn', 'name = " "\nabn', "company.name"),
        ("51 824 753 556", "51 824 753 557", "company.abn"),
        ('"51 824 753 556"', "51824753556", "company.abn"),
        ("a@b.example", "a at b", "company.email"),
        ('country = "AU"', 'country = "Australia"', "company.country"),
        ('["1 Road", "Sydney"]', '"1 Road"', "company.address"),
        ('["1 Road", "Sydney"]', "[]", "company.address"),
        ('["1 Road", "Sydney"]', '["1 Road", " "]', "company.address"),
        ('country = "AU"', 'country = "AU"\ntax_point = "never"', "company.tax_point"),
        ('country = "AU"', 'country = "AU"\ngst_basis = "never"', "company.gst_basis"),
        ('country = "AU"', 'country = "AU"\nvalid_from = "today"', "company.valid_from"),
        ('country = "AU"', 'country = "AU"\nvalid_from = 2020-01-01T00:00:00', "company.valid_from"),
        ('country = "AU"', 'country = "AU"\ncolour = "red"', "company.colour"),
        ('code = "aud-main"', 'code = "AUD main"', "bank_account 1.code"),
        ('currency = "AUD"', 'currency = "dollars"', "bank_account 1.currency"),
        ('currency = "AUD"', "", "bank_account 1.currency"),
        ('bank = "A Bank"', "bank = 5", "bank_account 1.bank"),
        ('number = "082-999 1"', "number = 5", "bank_account 1.number"),
        ('number = "082-999 1"', "", "bank_account 1.number"),
        ('number = "082-999 1"', 'iban = "IE06SCMB99000012345679"', "bank_account 1.iban"),
        ('number = "082-999 1"', 'iban = "IE06SCMB99000012345678"', "bank_account 1.lines"),
        ('number = "082-999 1"', 'number = "1"\nbic = "NOT A BIC"', "bank_account 1.bic"),
        ('number = "082-999 1"', 'number = "1"\nactive = "yes"', "bank_account 1.active"),
        ('number = "082-999 1"', 'number = "1"\nsort = "x"', "bank_account 1.sort"),
        ('[["BSB", "082-999"], ["Account", "1"]]', '"BSB"', "bank_account 1.lines"),
        ('[["BSB", "082-999"], ["Account", "1"]]', "[]", "bank_account 1.lines"),
        ('[["BSB", "082-999"], ["Account", "1"]]', '[["BSB"]]', "bank_account 1.lines"),
        ('[["BSB", "082-999"], ["Account", "1"]]', '[["BSB", ""]]', "bank_account 1.lines"),
        ('[["BSB", "082-999"], ["Account", "1"]]', '["BS"]', "bank_account 1.lines"),
    ],
)
def test_one_fault_gets_one_sentence_at_its_place(was, becomes, place):
    assert was in SMALL
    found = faults(SMALL.replace(was, becomes, 1))
    assert list(found) == [place]
    assert re.match(rf"{place}: .+[.]$", found[place])


def test_all_faults_are_told_at_once():
    broken = SMALL.replace("51 824", "11 824").replace('"aud-main"', '"?"')
    assert set(faults(broken)) == {"company.abn", "bank_account 1.code"}


def test_a_code_is_used_once():
    twice = SMALL + SMALL[SMALL.index("[[bank_account]]") :]
    assert list(faults(twice)) == ["bank_account 2.code"]


def test_a_changed_account_is_tidied_and_checked():
    changed = PRESENT.changed({"iban": "ie06 scmb 9900 0012 3456 79", "bank": " C ", "active": False, "holder": " "})
    assert (changed.iban, changed.bank, changed.active) == ("IE06SCMB99000012345679", "C", False)
    assert set(account_faults(changed)) == {"holder", "iban"}
    assert set(account_faults(PRESENT.changed({"lines": []}))) == {"lines"}
    assert account_faults(PRESENT.changed({"lines": [["IBAN ", PRESENT.iban]]})) == {}


@pytest.mark.parametrize(
    ("named", "expected"),
    [("IE06 SCMB 9900 0012 3456 78", True), ("ie06-scmb99000012345678", True), ("IE06", False), ("", False)],
)
def test_a_statements_account_is_recognised_however_it_is_spaced(named, expected):
    assert PRESENT.is_named(named) is expected
