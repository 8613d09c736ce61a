"""What a customer's forms must hold, and how typed text is compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.customers.finding import comparable
from services.customers.model import InvoiceDetails, NewCustomer, is_account_id, tidy

DETAILS = InvoiceDetails("Acme Pty Ltd", "1 Road\nSydney", "", "pay@acme.example", "Ann", "+61 2 5550 1234")
TYPED = NewCustomer("acme", "Acme", "a@acme.example", "AU", "AUD", "02 5550 1234", "Ann")


def test_complete_details_have_no_fault():
    assert DETAILS.faults() == {}
    assert replace(DETAILS, address="", business_id="51 824 753 556", language="fr").faults() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company_name", " "), ("email", ""), ("email", "a@b"), ("email", "a b@c.example"), ("contact_name", ""),
        ("contact_phone", ""), ("contact_phone", "call me"), ("address", " "), ("language", "de"),
        ("company_name", "x" * 201), ("address", "x" * 501), ("business_id", "1\x07"), ("contact_name", "a\ud800"),
    ],
)  # fmt: skip
def test_each_wrong_detail_has_its_own_sentence(field, value):
    assert list(replace(DETAILS, **{field: value}).faults()) == [field]


def test_all_missing_details_are_told_at_once():
    assert set(InvoiceDetails("").faults()) == {"company_name", "email", "contact_name", "contact_phone", "address"}


def test_details_are_tidied():
    typed = replace(DETAILS, address=" 1  Road \r\n\r\n Sydney ", contact_name="E\u0301va")
    assert typed.tidied() == replace(DETAILS, contact_name="\u00c9va")


def test_a_complete_customer_has_no_fault():
    assert TYPED.faults() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", ""), ("username", "a"), ("username", "a b"), ("name", ""), ("email", "x"), ("country", ""),
     ("country", "UK"),
     ("country", "Australia"), ("currency", ""), ("phone", "none"), ("contact_name", "x" * 201)],
)  # fmt: skip
def test_each_wrong_field_of_a_customer_has_its_own_sentence(field, value):
    assert list(replace(TYPED, **{field: value}).faults()) == [field]


@pytest.mark.parametrize(("text", "right"), [("10001", True), ("9999", False), ("01234", False), ("1000x", False)])
def test_an_account_id_has_five_digits_or_more(text, right):
    assert is_account_id(text) is right


def test_text_is_compared_without_case_accents_or_spaces():
    assert comparable("  Éléonore\tSTRASSE ") == comparable("eleonore  straße")
    assert comparable(" ACME  Pty ") == "acme pty"
    assert tidy("a  b\t") == "a b"
