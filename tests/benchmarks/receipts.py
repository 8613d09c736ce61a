"""A month of bank receipts from file to reviewed inbox: import, matching, the first look, a whole class accepted.

Every step is divided by what a bare batched insert of as many bank lines takes in this process on the same books, so
that the figure means the same on a slow machine. Prints one table.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from services.access.model import SYSTEM
from services.banking.model import Line
from services.banking.operations import import_statement
from services.banking.tables import bank_line
from services.banking.writer import write_camt053
from services.customers.operations import create_customer
from services.db.engine import Database
from services.invoices.model import Invoice
from services.invoices.operations import issue_invoice
from services.money import Money
from services.reconciliation.bulk import accept_class
from services.reconciliation.inbox import InboxState
from services.reconciliation.queries import sheet
from services.wiring.schema import upgrade
from tests.invoicing import AT, details, open_shop

T = TypeVar("T")
_WORDS = ("Harbour", "Wattle", "Granite", "Cedar", "Falcon", "Lantern", "Summit", "Orchid", "Copper", "Meridian")
_KINDS = ("Logistics", "Dental", "Motors", "Catering", "Plumbing", "Travel", "Optics", "Books", "Farms", "Studios")


def company(folder: Path, invoices: int) -> tuple[Database, list[Invoice]]:
    """Books with that many open invoices in AUD, five a customer."""
    database = Database(f"sqlite:///{folder / 'receipts.sqlite'}", timezone=ZoneInfo("Australia/Sydney"))
    upgrade(database)
    open_shop(database)
    rng = random.Random(7)  # noqa: S311 - a company, not a secret
    made: list[Invoice] = []
    with database.write(at=AT) as tx:
        for number in range(max(1, invoices // 5)):
            name = f"{rng.choice(_WORDS)} {rng.choice(_KINDS)} {number:04}"
            facts = {"username": f"bench{number}", "email": f"b{number}@buyer.example", "country": "AU"}
            customer = create_customer(tx, by=SYSTEM, name=name, currency="AUD", **facts)
            for place in range(5):
                gross = Money.of(str(rng.choice((200, 220, 250, 300, 500, rng.randint(201, 999)))), "AUD")
                said = details("AU", company_name=name)
                given = {"nonce": f"{number}-{place}", "customer_id": customer.id, "gross": gross, "details": said}
                made.append(issue_invoice(tx, by=SYSTEM, **given))
    return database, made


def month(invoices: Sequence[Invoice], lines: int) -> bytes:
    """A CAMT file of that many receipts: most name their invoice, some only the payer, a tenth nothing known."""
    rng = random.Random(11)  # noqa: S311 - a file to import, not a secret
    said = []
    for place, invoice in enumerate(rng.sample(list(invoices), lines)):
        kind, on = rng.random(), date(2026, 11, rng.randint(20, 27))
        amount = invoice.gross
        payer, words = invoice.details.company_name.upper(), f"INV {invoice.reference}"
        if kind > 0.9:
            payer, words, amount = f"STRANGER {place}", "thank you", Money.of(str(rng.randint(5, 150)), "AUD")
        elif kind > 0.7:
            words = "top up"
        said.append(Line(on, on, amount, payer, words, f"BENCH{place}", counterparty_account=f"062000{place:06}"))
    days = (date(2026, 11, 20), date(2026, 11, 27))
    facts: dict[str, Any] = {"account": "AUD 1", "holder": "Harbour", "number": "1", "written_at": AT, "on": days}
    return write_camt053(**facts, opening=Money(0, "AUD"), lines=said)


def bare(database: Database, lines: int) -> float:
    """Seconds a bare batched insert of as many lines takes; the last step, because it leaves its transaction behind."""
    with database.read() as conn:
        row = dict(conn.execute(select(bank_line).limit(1)).mappings().one())
    rows = [row | {"id": 10**6 + n, "fingerprint": f"{n:064}", "entry_id": None} for n in range(lines)]
    with database.write(at=AT) as tx:
        took, _ = measured(lambda: tx.conn.execute(insert(bank_line), rows))
        tx.conn.rollback()
    return took


def measured(what: Callable[[], T]) -> tuple[float, T]:
    """Seconds of this process's own work, and what came of it: other programs on the machine do not count."""
    began = time.process_time()
    found = what()
    return time.process_time() - began, found


def main() -> None:
    """Build, import, match, accept; print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000)
    parser.add_argument("--invoices", type=int, default=5_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        database, invoices = company(Path(name), asked.invoices)
        file = {"name": "month.xml", "content": month(invoices, asked.lines), "bank_account": "aud"}
        steps: dict[str, float] = {}
        took, _ = measured(lambda: database.act(lambda tx: import_statement(tx, by=SYSTEM, **file), at=AT))
        steps["read, check and post the file"] = took
        with database.read() as conn:
            steps["match every receipt"], found = measured(lambda: sheet(conn))
        ready = found.counts[InboxState.READY]
        steps["from file to inbox"] = sum(steps.values())
        seen = {line_id: stamp for each in found.classes() for line_id, stamp in each.seen.items()}
        took, done = measured(lambda: accept_class(database, SYSTEM, lambda *_: None, seen=seen, nonce="bench"))
        steps[f"accept the {ready:,} ready ones, each by itself"] = took
        floor = bare(database, asked.lines)
        print(f"{asked.lines:,} lines, {asked.invoices:,} open invoices; {done.receipts:,} of {ready:,} ready accepted")
        print("| Step | s of this process | times a bare insert of the lines |")
        print("| --- | --- | --- |")
        for step, seconds in steps.items():
            print(f"| {step} | {seconds:.2f} | {seconds / floor:.0f} |")
        database.close()


if __name__ == "__main__":
    main()
