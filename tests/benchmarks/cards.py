"""What a charge of a card costs to import: the paid invoice it becomes, its fee, and its place in the audit trail.

Half of an import's objects are charges and half what the processor settled for each, by one transaction on fresh books
of SQLite. Prints one row of a table.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from services.access.model import SYSTEM
from services.cards.operations import import_card_payments
from services.db.engine import Database
from services.wiring.schema import upgrade
from tests.invoicing import AT, open_shop
from tests.stripe import AT as NOW
from tests.stripe import as_list, balance, charge, processor_customer

MONTH = 30 * 86_400  # seconds ago that the first was charged: nobody waits for the invoice by e-mail


def file_of(charges: int, account_id: str) -> bytes:
    """A file of so many charges of one customer, of different amounts, each with what was settled for it."""
    told = [processor_customer("cus_1", account_id)]
    for number in range(charges):
        amount = 11_000 + number % 500
        told += [charge(f"ch_{number}", amount, created=NOW - MONTH + number), balance(f"ch_{number}", amount)]
    return as_list(*told)


def main() -> None:
    """Import them all and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--charges", type=int, default=3_000)
    charges = parser.parse_args().charges
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'books.sqlite'}", timezone=ZoneInfo("Australia/Sydney"))
        upgrade(database)
        content = file_of(charges, open_shop(database)["AU"].account_id)
        clock, own = time.perf_counter(), time.process_time()
        done = database.act(lambda tx: import_card_payments(tx, by=SYSTEM, content=content, name="cards.json"), at=AT)
        clock, own = time.perf_counter() - clock, time.process_time() - own
        database.close()
    assert (done.added, done.bad) == (2 * charges + 1, 0), done.bad_objects[:3]
    print("| card import | charges | s | s of this process | ms of it a charge |\n| --- | --- | --- | --- | --- |")
    print(f"| SQLite | {charges:,} | {clock:.1f} | {own:.1f} | {1000 * own / charges:.1f} |")


if __name__ == "__main__":
    main()
