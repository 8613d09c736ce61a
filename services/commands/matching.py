"""The command that answers a file of matching cases, without a database, by the code the inbox of receipts uses."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from services.commands.console import REFUSED, answer, stop
from services.reconciliation.matching import propose
from services.reconciliation.model import Claim, Proposal, Receipt

HOME = "AU"
MICROS = 10_000  # cases are in hundredths
LEAST_FEE, LARGEST_FEE, FEE_PERCENT = 2_500, 6_000, 6  # a bank's fee, where the cases know no rate: at par


def match(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Cases: customers, invoices, lines (JSON).")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answers as JSON.")] = False,
) -> None:
    """Say which invoices each line of a cases file pays, and which answers need no person; nothing is written."""
    try:
        answers = answers_of(json.loads(file.read_bytes()))
    except (ValueError, KeyError, TypeError) as error:
        stop(f"{file.name} is not a file of cases with customers, invoices and lines ({error!r}).", REFUSED)
    if as_json:
        answer(answers)
        return
    for each in answers:
        best = each["candidates"][0] if each["candidates"] else []
        state = "automatic" if each["automatic"] else "suggested" if best else "unknown"
        typer.echo(f"{each['line']:>6}  {state:<9}  {', '.join(map(str, best))}".rstrip())


def answers_of(cases: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For each line its id, the invoice ids that need no person (or null), and up to three candidates, best first.

    Amounts are in hundredths; a customer has an id, name, country and perhaps an account it paid from before.
    Raises KeyError, TypeError or ValueError where the cases lack something.
    """
    customers = {each["id"]: each for each in cases["customers"]}
    known: defaultdict[str, frozenset[int]] = defaultdict(frozenset)
    for each in customers.values():
        if each.get("known_account"):
            known[each["known_account"]] |= {each["id"]}
    claims = [_claim(each, customers[each["customer"]]) for each in cases["invoices"]]
    return [_answer(each) for each in propose([_receipt(each) for each in cases["lines"]], claims, known=known)]


def _claim(invoice: Mapping[str, Any], customer: Mapping[str, Any]) -> Claim:
    foreign = customer["country"] != HOME  # transfers at home lose nothing on the way
    limit = min(LARGEST_FEE, max(LEAST_FEE, invoice["amount"] * FEE_PERCENT // 100))
    return Claim(
        id=invoice["id"],
        number=invoice["number"],
        reference=invoice["reference"],
        customer_id=invoice["customer"],
        names=(customer["name"],),
        currency=invoice["currency"],
        open=invoice["amount"] * MICROS,
        issued_on=date.fromisoformat(invoice["issued_on"]),
        fee_limit=limit * MICROS if foreign else 0,
        largest_fee=LARGEST_FEE * MICROS if foreign else 0,
    )


def _receipt(line: Mapping[str, Any]) -> Receipt:
    return Receipt(
        id=line["id"],
        currency=line["currency"],
        amount=line["amount"] * MICROS,
        booked_on=date.fromisoformat(line["booked_on"]),
        payer=line.get("counterparty") or "",
        text=line.get("remittance") or "",
        account=line.get("account") or "",
    )


def _answer(found: Proposal) -> dict[str, Any]:
    return {
        "line": found.receipt_id,
        "automatic": list(found.candidates[0].invoice_ids) if found.automatic else None,
        "candidates": [list(each.invoice_ids) for each in found.candidates],
        "score": found.score,
        "reasons": list(found.reasons),
        "warnings": list(found.warnings),
    }
