"""Objects as the card processor gives them, taken from its own published fixtures and changed where a test says."""

from __future__ import annotations

import copy
import json
from typing import Any

AT = 1_795_000_000  # seconds: 18 November 2026

_PAYMENT_METHOD: dict[str, Any] = {
    "allow_redisplay": "unspecified",
    "billing_details": {
        "address": {"city": "San Francisco", "country": "US", "line1": "1234 Fake Street"},
        "email": "jenny@example.com",
        "name": None,
        "phone": "+15555555555",
        "tax_id": None,
    },
    "card": {
        "brand": "visa",
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": "visa",
        "exp_month": 8,
        "exp_year": 2030,
        "fingerprint": "AOB934RVNwzk6xtn",
        "funding": "credit",
        "generated_from": {"charge": None, "payment_method_details": {"type": "type"}, "setup_attempt": None},
        "last4": "4242",
        "networks": {"available": ["visa"], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": {"dynamic_last4": None, "type": "link"},
        "regulated_status": None,
    },
    "created": AT,
    "customer": "cus_1",
    "id": "pm_1",
    "livemode": False,
    "metadata": {"order_id": "123456789"},
    "object": "payment_method",
    "type": "card",
    "customer_account": None,
}
_CUSTOMER: dict[str, Any] = {
    "id": "cus_1",
    "object": "customer",
    "created": AT,
    "currency": "aud",
    "livemode": False,
    "metadata": {"account_id": "10001"},
    "name": None,
}


def processor_customer(external_id: str = "cus_1", account_id: str = "10001", **changes: Any) -> dict[str, Any]:
    """A `customer` whose metadata say whose it is."""
    return copy.deepcopy(_CUSTOMER) | {"id": external_id, "metadata": {"account_id": account_id}} | changes


def payment_method(external_id: str = "pm_1", *, card: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A `payment_method`: a Visa ending 4242 of cus_1, unless said."""
    made = copy.deepcopy(_PAYMENT_METHOD) | {"id": external_id} | changes
    if card:
        made["card"] = made["card"] | card
    return made


def as_list(*objects: Any) -> bytes:
    """As the processor's API lists them."""
    return json.dumps({"object": "list", "data": objects, "has_more": False}).encode()


def as_lines(*objects: Any) -> bytes:
    """One object a line."""
    return b"\n".join(json.dumps(each).encode() for each in objects) + b"\n"


_CHARGE: dict[str, Any] = {
    "id": "ch_1",
    "object": "charge",
    "amount": 11000,
    "amount_captured": 11000,
    "amount_refunded": 0,
    "balance_transaction": "txn_1",
    "billing_details": {"email": None, "name": "Jenny Rosen", "phone": None, "tax_id": None},
    "captured": True,
    "created": AT,
    "currency": "aud",
    "customer": "cus_1",
    "description": "Top-up",
    "disputed": False,
    "failure_balance_transaction": None,
    "failure_code": None,
    "failure_message": None,
    "fraud_details": {},
    "livemode": False,
    "metadata": {},
    "outcome": {"advice_code": None, "network_status": "approved_by_network", "reason": None, "type": "authorized"},
    "paid": True,
    "payment_intent": "pi_1",
    "payment_method": "pm_1",
    "payment_method_details": {
        "card": {
            "brand": "visa",
            "country": "AU",
            "exp_month": 8,
            "exp_year": 2030,
            "fingerprint": "AOB934RVNwzk6xtn",
            "funding": "credit",
            "last4": "4242",
            "network": "visa",
            "wallet": None,
        },
        "type": "card",
    },
    "receipt_email": None,
    "refunded": False,
    "refunds": {"data": [], "has_more": False, "object": "list"},
    "status": "succeeded",
}
_BALANCE: dict[str, Any] = {
    "id": "txn_1",
    "object": "balance_transaction",
    "amount": 11000,
    "available_on": AT + 2 * 86_400,
    "created": AT,
    "currency": "aud",
    "exchange_rate": None,
    "fee": 217,
    "fee_details": [{"amount": 217, "currency": "aud", "type": "stripe_fee"}],
    "net": 10783,
    "reporting_category": "charge",
    "source": "ch_1",
    "status": "pending",
    "type": "charge",
}


def charge(external_id: str = "ch_1", amount: int = 11000, **changes: Any) -> dict[str, Any]:
    """A captured `charge` of cus_1 on a Visa ending 4242, unless said; `card` changes what of the card is told."""
    made = copy.deepcopy(_CHARGE) | {"id": external_id, "amount": amount, "amount_captured": amount}
    card = changes.pop("card", None)
    if card:
        made["payment_method_details"]["card"] |= card
    return made | changes


def failed_charge(external_id: str = "ch_9", amount: int = 11000, **changes: Any) -> dict[str, Any]:
    """A charge that the bank declined."""
    declined = {"status": "failed", "paid": False, "captured": False, "amount_captured": 0}
    declined |= {"failure_code": "card_declined", "failure_message": "Your card has insufficient funds."}
    declined |= {"outcome": {"reason": "insufficient_funds", "type": "issuer_declined"}, "balance_transaction": None}
    return charge(external_id, amount) | declined | changes


def balance(source: str = "ch_1", amount: int = 11000, fee: int = 217, **changes: Any) -> dict[str, Any]:
    """The `balance_transaction` of a charge."""
    own = {"id": source.replace("ch_", "txn_"), "source": source, "amount": amount, "fee": fee, "net": amount - fee}
    return copy.deepcopy(_BALANCE) | own | changes


def refund(external_id: str = "re_1", source: str = "ch_1", amount: int = 5500, **changes: Any) -> dict[str, Any]:
    """A `refund` that reached the card, unless said."""
    made = {"id": external_id, "object": "refund", "amount": amount, "balance_transaction": "txn_9", "charge": source}
    made |= {"created": AT + 3600, "currency": "aud", "metadata": {}, "payment_intent": "pi_1", "reason": None}
    return made | {"receipt_number": None, "status": "succeeded"} | changes


def dispute(
    external_id: str = "dp_1", source: str = "ch_1", amount: int = 11000, *, fee: int = 0, **changes: Any
) -> dict[str, Any]:
    """A `dispute` that is open, unless said; `fee` is what the processor kept for it."""
    drawn = {"id": external_id.replace("dp_", "txn_d"), "object": "balance_transaction", "amount": -amount}
    drawn |= {"currency": changes.get("currency", "aud"), "fee": fee, "net": -amount - fee}
    made = {"id": external_id, "object": "dispute", "amount": amount, "balance_transactions": [drawn], "charge": source}
    made |= {"created": AT + 7200, "currency": "aud", "is_charge_refundable": False, "livemode": False, "metadata": {}}
    return made | {"payment_intent": "pi_1", "reason": "fraudulent", "status": "needs_response"} | changes
