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
