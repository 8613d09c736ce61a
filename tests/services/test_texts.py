"""Whatever is typed into whatever field: a sentence, never a failure of the database, and nothing kept of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.access import approvals, people
from services.access.model import SYSTEM, Principal, Role
from services.company.operations import request_bank_account_change
from services.customers.model import InvoiceDetails
from services.customers.operations import add_note, change_invoice_details, create_customer
from services.db.engine import Database
from services.errors import InvalidForm
from services.money import Money, NotAnAmount
from services.texts import checked_reason, seen, text_fault
from tests.bank_books import company_with_accounts
from tests.builders import AT, customers

LONG, NUL, TURNED = "x" * 10_000, "a\0b", "a\u202eb"
DETAILS = {
    "company_name": "Fern", "address": "1 Way", "business_id": "1", "email": "a@fern.example", "contact_name": "Ann",
    "contact_phone": "+61 2 5550 1234",
}  # fmt: skip
NEW = {
    "username": "fern", "name": "Fern", "email": "a@fern.example", "country": "AU", "currency": "AUD", "phone": "",
    "contact_name": "",
}  # fmt: skip
CHANGE = {"holder": "Test", "bank": "Bank", "number": "082-999 1234", "lines": [("BSB", "082-999")]}


def _create(tx: Any, **typed: Any) -> object:
    return create_customer(tx, by=SYSTEM, **(NEW | typed))


def _details(tx: Any, **typed: Any) -> object:
    return change_invoice_details(tx, by=SYSTEM, customer_id=1, details=InvoiceDetails(**(DETAILS | typed)))


def _why(tx: Any, **typed: Any) -> object:
    return change_invoice_details(tx, by=SYSTEM, customer_id=1, details=InvoiceDetails(**DETAILS), **typed)


def _note(tx: Any, **typed: Any) -> object:
    return add_note(tx, by=SYSTEM, customer_id=1, **({"body": "words"} | typed))


def _person(tx: Any, **typed: Any) -> object:
    return people.create_person(tx, by=SYSTEM, role=Role.SUPPORT, **({"name": "Ann", "email": "a@b.example"} | typed))


def _request(tx: Any, **typed: Any) -> object:
    by = Principal(1, "Ann", Role.ACCOUNTING)
    return approvals.request_approval(tx, by=by, act="x", subject="x", payload={}, summary="x", **typed)


def _account(tx: Any, **typed: Any) -> object:
    if isinstance(lines := typed.get("lines"), str):
        typed["lines"] = [("BSB", lines)]
    return request_bank_account_change(tx, by=SYSTEM, code="aud", changes=CHANGE | typed, reason="moved")


FIELDS = [
    *((_create, field) for field in NEW),
    *((_details, field) for field in DETAILS),
    (_why, "reason"), (_note, "body"), (_note, "ticket_id"), (_person, "name"), (_person, "email"),
    (_request, "reason"),
    *((_account, field) for field in ("holder", "bank", "number", "lines", "iban", "bic")),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "field"), FIELDS, ids=lambda each: getattr(each, "__name__", each))
def test_ten_thousand_characters_and_unseen_ones_get_a_sentence_at_their_field(
    database: Database, operation: Callable[..., object], field: str
) -> None:
    if operation is _account:
        company_with_accounts(database, AT)
    else:
        customers(database, 1)
    for typed in (LONG, NUL, TURNED):
        if operation is _account and field in {"iban", "bic"} and typed != LONG:
            continue  # only their letters and digits are kept
        with pytest.raises(InvalidForm) as refused:
            database.act(lambda tx, typed=typed: operation(tx, **{field: typed}), at=AT)
        assert set(refused.value.fields) == {field}
        assert len(refused.value.fields[field]) < 400


def test_a_text_of_lines_may_have_them_and_a_line_may_not() -> None:
    assert text_fault("a\nb", lines=True) is None
    assert text_fault("a\nb") == "This holds a character that cannot be printed; type it again."
    assert text_fault("x" * 201) == "This is 201 characters long; shorten it to 200."


def test_a_reason_is_asked_for_where_it_is_needed() -> None:
    assert checked_reason(" why ", ask="Say why.") == "why"
    assert checked_reason("") == ""
    with pytest.raises(InvalidForm, match="Say why"):
        checked_reason(" ", ask="Say why.")


def test_a_file_name_keeps_what_can_be_seen() -> None:
    assert seen("state\0ment\u202e\n.sta") == "statement.sta"


@pytest.mark.parametrize("typed", ["9" * 40, "9" * 10_000, "9" * 22 + ".00", "1" + ",000" * 12])
def test_an_amount_nobody_can_pay_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(NotAnAmount) as refused:
        Money.parse(typed, "AUD")
    assert "more than this ledger can hold" in str(refused.value)
    assert len(str(refused.value)) < 120
