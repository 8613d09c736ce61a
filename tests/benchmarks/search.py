"""How fast and how forgiving the search is: 200,000 customers, each with an invoice, a number and a card.

Prints what one answer takes and how often the right customer is among the ten, by what was typed: exactly, in part,
and with one slip (a sign left out, doubled, wrong or swapped with its neighbour); then what the index costs.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, text

from services.access.model import SYSTEM
from services.customers import operations
from services.customers.finding import comparable
from services.db.engine import Database
from services.db.types import Instant, metadata
from services.invoices.reference import reference_for
from services.search.indexing import catch_up
from services.search.model import Hit
from services.search.queries import find
from services.wiring.schema import upgrade
from tests.builders import customers as currencies_and_customers
from tests.conftest import SYDNEY
from tests.postgres import find_server

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_STARTS = "b br c cl d f g gr h j k l m n p r s st t tr v w"
SYLLABLES = [first + vowel for first in _STARTS.split() for vowel in "aeiou"]
ENDINGS = ("n", "r", "s", "l", "th", "ck", "ne", "", "m", "rd")
_TRADES = """
Clinics Travel Plumbing Dental Logistics Bakery Motors Health Legal Partners Design Digital Foods Fitness Homes
Media Services Solutions Systems Group Events Cleaning Electrical Accounting Realty Transport Studio Pharmacy
"""
TRADES = _TRADES.split()
LEGAL = ("Pty Ltd", "Pty Ltd", "Pty Ltd", "Ltd", "Limited", "GmbH", "SARL", "")
NOTED = (
    *((0, "customer", "id"), (1, "invoice", "customer_id")),
    *((2, "dedicated_number", "customer_id"), (3, "card", "customer_id")),
)
AT_ONCE = 20_000
Row = dict[str, Any]


def row_of(number: int, rng: random.Random, words: list[str], people: list[str]) -> Row:
    """One invented customer, with the number and the paper that go with it."""
    core = rng.choice(words) if rng.random() < 0.7 else f"{rng.choice(words)} {rng.choice(words)}"
    name = f"{core} {rng.choice(TRADES)} {rng.choice(LEGAL)}".strip()
    contact = f"{rng.choice(people[:400])} {rng.choice(people)}"
    slug = "".join(core.split()).lower()
    email = f"{contact.replace(' ', '.').lower()}@{slug}{number % 7}.example"
    return {
        "id": number, "account_id": str(10_000 + number), "username": f"{slug}{number}", "name": name,
        "username_key": f"{slug}{number}", "name_key": comparable(name), "email": email, "email_key": email,
        "phone": f"+614{rng.randrange(10**8):08d}", "contact_name": contact, "country": "AU", "currency": "AUD",
        "billing_mode": "prepaid", "created_on": AT.date(),
        "e164": f"+6148{number:07d}", "paper": f"INV-{2024 + number % 3}-{number // 3 + 1:06d}",
        "reference": reference_for(number), "last_four": f"{rng.randrange(10_000):04}",
    }  # fmt: skip


def invented(count: int) -> list[Row]:
    """The customers, the same every time."""
    rng = random.Random(1)  # noqa: S311 - names to search for, not secrets

    def word() -> str:
        return ("".join(rng.choice(SYLLABLES) for _ in range(rng.choice((2, 2, 3)))) + rng.choice(ENDINGS)).title()

    words, people = [word() for _ in range(40_000)], [word() for _ in range(8_000)]
    return [row_of(number, rng, words, people) for number in range(1, count + 1)]


def fill(database: Database, rows: list[Row]) -> float:
    """Write the rows, guards that need a whole ledger apart, and take them into the index; returns those seconds."""
    currencies_and_customers(database, 0)
    tables = metadata.tables
    with database.engine.connect() as conn:
        if database.is_sqlite:
            conn.exec_driver_sql("ROLLBACK")
            conn.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
            conn.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            conn.exec_driver_sql("SET session_replication_role = replica")
        shapes = {"customer": _customer, "invoice": _invoice, "dedicated_number": _number, "card": _card}
        for name, shaped in shapes.items():
            for start in range(0, len(rows), AT_ONCE):
                conn.execute(insert(tables[name]), [shaped(row) for row in rows[start : start + AT_ONCE]])
        if not database.is_sqlite:  # replica: without triggers, so this is noted as the step notes what was there
            for source, name, owner in NOTED:
                note = "INSERT INTO search_change (source, record_id, customer_id) SELECT"
                conn.exec_driver_sql(f"{note} {source}, id, {owner} FROM {name}")
                conn.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {len(rows)})")
            conn.exec_driver_sql("SET session_replication_role = DEFAULT")
        conn.commit()
    database.close()
    began = time.perf_counter()
    catch_up(database)
    return time.perf_counter() - began


def _customer(row: Row) -> Row:
    return {name: row[name] for name in row if name not in {"e164", "paper", "reference", "last_four"}}


def _number(row: Row) -> Row:
    known = {
        "id": row["id"], "e164": row["e164"], "customer_id": row["id"], "country": "AU", "type": "mobile",
        "currency": "AUD", "status": "active", "activated_on": AT.date(), "added_at": AT, "added_by": "bench",
        "monthly_price_micros": 10_000_000,
    }  # fmt: skip
    return known | _rest("dedicated_number", known)


def _card(row: Row) -> Row:
    known = {
        "id": row["id"], "external_id": f"pm_{row['id']}", "customer_id": row["id"], "brand": "visa",
        "last_four": row["last_four"], "exp_month": 8, "exp_year": 2030, "removed_at": None,
    }  # fmt: skip
    return known | _rest("card", known)


def _rest(table: str, known: Row) -> Row:
    """Something plain for every other column that must hold something and does not fill itself."""
    return {
        column.name: _plain(column)
        for column in metadata.tables[table].c
        if column.name not in known and not column.nullable and column.server_default is None
    }


def _plain(column: Any) -> Any:
    if isinstance(column.type, Instant):
        return AT
    kind = int if column.name.endswith("_micros") else column.type.python_type
    return {str: "", int: 0, bool: False, bytes: b""}.get(kind, AT.date())


def _invoice(row: Row) -> Row:
    known = {
        "id": row["id"], "nonce": f"n{row['id']}", "request_hash": b"", "series": row["paper"][:8],
        "serial_no": int(row["paper"][9:]), "number": row["paper"], "reference": row["reference"],
        "customer_id": row["id"], "account_id": row["account_id"], "username": row["username"], "country": "AU",
        "currency": "AUD", "gross_micros": 220_000_000, "net_micros": 200_000_000, "tax_micros": 20_000_000,
        "issued_on": AT.date(), "due_on": AT.date(), "issued_at": AT, "issued_by": "bench", "status": "issued",
        "allocated_micros": 0, "fee_micros": 0, "language": "en", "minimum_micros": 200_000_000, "rate": "1",
        "rate_on": AT.date(), "aud_equivalent_micros": 220_000_000, "entry_id": row["id"], "shows_tax": True,
    }  # fmt: skip
    return known | _rest("invoice", known)


def slipped(words: str, rng: random.Random) -> str:
    """The text with one slip in a letter or digit."""
    places = [place for place, sign in enumerate(words) if sign.isalnum()]
    place = rng.choice(places)
    sign = rng.choice("0123456789" if words[place].isdigit() else ALPHABET)
    kind = rng.randrange(4)
    if kind == 0:
        return words[:place] + words[place + 1 :]
    if kind == 1:
        return words[:place] + sign + words[place:]
    if kind == 2 or place + 1 >= len(words) or not words[place + 1].isalnum():
        return words[:place] + sign + words[place + 1 :]
    return words[:place] + words[place + 1] + words[place] + words[place + 2 :]


def swapped(words: str, rng: random.Random) -> str:
    """The text with two unlike digits or letters beside each other swapped, where there are any."""
    pairs = [p for p in range(len(words) - 1) if words[p : p + 2].isalnum() and words[p] != words[p + 1]]
    place = rng.choice(pairs) if pairs else 0
    return words[:place] + words[place + 1] + words[place] + words[place + 2 :] if pairs else words


def turned(words: str, rng: random.Random) -> str:
    """The words in another order."""
    parts = words.split()
    rng.shuffle(parts)
    return " ".join(parts)


_FORMS = " ".join(LEGAL)
Ask = Callable[[Row, random.Random], str]
EXACT: dict[str, Ask] = {
    "name": lambda row, _: row["name"],
    "name, words turned around": lambda row, rng: turned(row["name"], rng),
    "name without legal form": lambda row, _: " ".join(part for part in row["name"].split() if part not in _FORMS),
    "contact person": lambda row, _: row["contact_name"],
    "username": lambda row, _: row["username"],
    "account id": lambda row, _: row["account_id"],
    "e-mail": lambda row, _: row["email"],
    "phone, as at home": lambda row, _: f"0{row['phone'][3:6]} {row['phone'][6:9]} {row['phone'][9:]}",
    "dedicated number": lambda row, _: row["e164"],
    "invoice number": lambda row, _: row["paper"],
    "payment reference": lambda row, _: row["reference"],
}
CARD: dict[str, Ask] = {"card last four": lambda row, _: row["last_four"]}
SHORT: dict[str, Ask] = {
    "one letter": lambda row, _: row["name"][:1],
    "two letters": lambda row, _: row["name"][:2],
    "half the name": lambda row, _: row["name"][: len(row["name"]) // 2],
    "only “Pty Ltd”": lambda _row, _: "Pty Ltd",
    "a trade and “Pty Ltd”": lambda _row, rng: f"{rng.choice(TRADES)} pty ltd",
    "two trades": lambda _row, rng: " ".join(rng.sample(TRADES, 2)),
    "500 signs": lambda row, _: (row["name"] + " " + row["email"] + " ") * 20,
    "nonsense": lambda _row, rng: "".join(rng.choice(ALPHABET) for _ in range(12)),
}


def asked(database: Database, rows: list[Row], ask: Ask, times: int) -> tuple[list[float], float]:
    """Milliseconds of each answer, and the share in which the right customer was among the ten."""
    rng = random.Random(2)  # noqa: S311
    took, right = [], 0
    for row in rng.choices(rows, k=times):
        words = ask(row, rng)
        began = time.perf_counter()
        with database.read() as conn:
            hits = find(conn, words)
        took.append(1000 * (time.perf_counter() - began))
        right += any(_is_right(hit, row, words) for hit in hits)
    return took, right / times


def _is_right(hit: Hit, row: Row, words: str) -> bool:
    if words == row["last_four"]:  # many customers share them: an answer is right whose card ends so
        return hit.matched.text == words
    return bool(hit.record.customer_id == row["id"])


def line(cells: list[object]) -> None:
    """Print one row of a Markdown table."""
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def measure(name: str, database: Database, rows: list[Row], times: int) -> None:
    """Print the table of one database."""
    groups: list[tuple[str, dict[str, Ask], bool]] = [
        ("exactly", EXACT | CARD, True),
        ("two signs swapped", {key: _then(ask, swapped) for key, ask in EXACT.items()}, True),
        ("one slip", {key: _then(ask, slipped) for key, ask in EXACT.items()}, True),
        ("", SHORT, False),
    ]
    print(f"\n### {name}\n")
    line(["typed", "how", "p50 ms", "p95 ms", "most ms", "right customer in the ten"])
    line(["---"] * 6)
    everything: list[float] = []
    for how, asks, judged in groups:
        for what, ask in asks.items():
            took, right = asked(database, rows, ask, times)
            everything += took
            p95 = statistics.quantiles(took, n=20)[-1]
            share = f"{100 * right:.1f} %" if judged else ""
            line([what, how, f"{statistics.median(took):.1f}", f"{p95:.1f}", f"{max(took):.1f}", share])
    p95 = statistics.quantiles(everything, n=20)[-1]
    line(["all", "", f"{statistics.median(everything):.1f}", f"{p95:.1f}", f"{max(everything):.1f}", ""])


def _then(ask: Ask, change: Callable[[str, random.Random], str]) -> Ask:
    return lambda row, rng: change(ask(row, rng), rng)


def costs(database: Database, seconds: float, count: int) -> None:
    """Print the size of the index and what creating a customer takes."""
    if database.is_sqlite:
        size = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%search%'"
    else:
        size = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'search%'"
    with database.read() as conn:
        try:
            mib = f"{conn.execute(text(size)).scalar_one() / 2**20:.0f} MiB"
        except Exception:  # noqa: BLE001 - not every SQLite is built with dbstat
            mib = "(not measured: this SQLite has no dbstat)"
    took = []
    for number in range(200):
        began = time.perf_counter()
        database.act(
            lambda tx, number=number: operations.create_customer(
                tx, by=SYSTEM, username=f"bench-{number}", name=f"Bench {number}", email=f"b{number}@b.example",
                country="AU", currency="AUD", account_id=str(9_000_000 + number),
            )
        )  # fmt: skip
        took.append(1000 * (time.perf_counter() - began))
    began = time.perf_counter()
    taken = catch_up(database)
    each = 1000 * (time.perf_counter() - began) / taken
    print(f"\nIndex: {mib}; built in {seconds:.0f} s for {4 * count:,} records; creating a customer p50")
    print(f"{statistics.median(took):.2f} ms, then {each:.2f} ms in the background for each change taken in.")


@contextmanager
def books(folder: Path) -> Iterator[list[tuple[str, Database]]]:
    """Empty books on SQLite and, where a server can be had, on PostgreSQL."""
    found = [("SQLite", Database(f"sqlite:///{folder / 'search.sqlite'}", timezone=SYDNEY))]
    with find_server() as url:
        if url:
            address = f"{url}/postgres".replace("postgresql:", "postgresql+psycopg:")
            engine = create_engine(address, isolation_level="AUTOCOMMIT")
            with engine.connect() as conn:
                conn.exec_driver_sql("CREATE DATABASE search")
            engine.dispose()
            found.append(("PostgreSQL", Database(f"{url}/search", timezone=SYDNEY)))
        yield found
        for _, database in found:
            database.close()


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=100, help="answers asked for in each row")
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"])
    chosen = parser.parse_args()
    rows = invented(chosen.customers)
    gc.freeze()  # what is invented is no part of an answer's garbage
    with tempfile.TemporaryDirectory() as name, books(Path(name)) as found:
        for kind, database in found:
            if chosen.only in (None, kind):
                upgrade(database)
                seconds = fill(database, rows)
                if not database.is_sqlite:  # as the server does itself within a minute of so much writing
                    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
                        conn.exec_driver_sql("VACUUM ANALYZE")
                measure(kind, database, rows, chosen.times)
                costs(database, seconds, len(rows))


if __name__ == "__main__":
    main()
