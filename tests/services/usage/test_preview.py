"""A usage file is looked at before it is imported, and what is claimed of it is checked; totals of one sub-account."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import func, select

from services.access.model import SYSTEM
from services.db.engine import Database
from services.errors import InvalidForm
from services.periods import Period
from services.usage.operations import import_usage, undo_import
from services.usage.queries import (
    Preview,
    bad_rows,
    by_country,
    by_day,
    by_month,
    by_product,
    complete_through,
    countries,
    history,
    imports_page,
    preview,
    sub_accounts_page,
)
from services.usage.records import CustomerMissing, ImportStatus, Unreadable
from services.usage.tables import usage_record
from tests.builders import customers
from tests.conftest import SYDNEY

HEADER = "message_id,customer,sub_account,product,date,country,price,currency,to,body\n"
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture(autouse=True)
def _customers(database: Database) -> None:
    customers(database, 2)


def row(number: int, *, who: str = "Customer 1", sub: str = "shop", product: str = "sms", country: str = "AU") -> str:
    day = f"2026-11-{number % 9 + 1:02d}T02:00:00Z"
    return f"m{number},{who},{sub},{product},{day},{country},0.1,AUD,+61412345678,Hello\n"


def look(database: Database, noon: datetime, content: bytes, **more: Any) -> Preview:
    with database.read() as conn:
        return preview(conn, file=content, at=noon, timezone=SYDNEY, **more)


def bring(database: Database, noon: datetime, content: str, **more: Any) -> int:
    with database.write(at=noon) as tx:
        return import_usage(tx, by=SYSTEM, file=(HEADER + content).encode(), name="usage.csv", **more).import_id or 0


def test_a_preview_says_what_was_understood_and_writes_nothing(database: Database, noon: datetime) -> None:
    content = (HEADER + row(1) + row(2, product="telex") + row(3, who="Nobody") + "too,short\n").encode()
    seen = look(database, noon, content)
    assert (seen.form, seen.looked_at, seen.bad, seen.is_whole) == ("csv", 4, 3, True)
    assert seen.understood["external_id"] == "message_id"
    assert seen.notes == ("Ignored columns: body. What a message says is never stored.",)
    first = seen.rows.iloc[0]
    assert (first["line"], first["customer"], first["recipient"]) == (2, "Customer 1", "+61 4•• ••• 678")
    assert (first["price_micros"], first["day"]) == (100_000, "2026-11-02")
    assert [bad.line for bad in seen.bad_rows] == [3, 4, 5]
    assert "Hello" not in str(seen)
    with database.read() as conn:
        assert conn.execute(select(func.count()).select_from(usage_record)).scalar_one() == 0


def test_a_preview_reads_only_the_beginning(database: Database, noon: datetime) -> None:
    rows = [{"message_id": f"m{n}", "customer": "10001", "date": 1_794_000_000, "price": 0, "country": "AU"} for n in
            range(20_001)]  # fmt: skip
    seen = look(database, noon, json.dumps(rows).encode())
    assert (seen.form, seen.looked_at, len(seen.rows), seen.is_whole) == ("json", 20_000, 50, False)


def test_a_preview_knows_a_file_that_was_imported(database: Database, noon: datetime) -> None:
    import_id = bring(database, noon, row(1))
    assert look(database, noon, (HEADER + row(1)).encode()).imported_before == import_id
    assert look(database, noon, (HEADER + row(2)).encode()).imported_before is None


def test_a_file_that_names_no_customer_may_be_given_one(database: Database, noon: datetime) -> None:
    content = (HEADER + row(1)).replace("customer", "colour").encode()
    with pytest.raises(CustomerMissing, match="no column “customer”"):
        look(database, noon, content)
    assert look(database, noon, content, customer="10002").rows["customer"].iloc[0] == "Customer 2"


def test_parquet_without_rows_is_refused(database: Database, noon: datetime) -> None:
    out = io.BytesIO()
    names = ("external_id", "customer", "product", "sent_at", "country", "price", "currency")
    parquet.write_table(pa.table({name: pa.array([], pa.string()) for name in names}), out)
    with pytest.raises(Unreadable, match="no rows"):
        look(database, noon, out.getvalue())


@pytest.mark.parametrize("days", [0, 30])
def test_nothing_is_complete_before_it_is_over(database: Database, noon: datetime, days: int) -> None:
    claimed = noon.date() + timedelta(days=days)
    with pytest.raises(InvalidForm, match="which is not over"):
        bring(database, noon, row(1), complete_through=claimed)
    assert bring(database, noon, row(1), complete_through=noon.date() - timedelta(days=1))


def test_one_customers_file_says_nothing_about_all_usage(database: Database, noon: datetime) -> None:
    bring(database, noon, row(1))
    bring(database, noon, row(8), customer="10002")
    with database.read() as conn:
        assert complete_through(conn) == date(2026, 11, 2)


def test_totals_of_a_sub_account_are_its_own(database: Database, noon: datetime) -> None:
    bring(database, noon, row(1) + row(2, sub="") + row(3, country="NZ") + row(4, who="Customer 2"))
    asked: dict[str, Any] = {"period": NOVEMBER, "customer_id": 1, "sub_account": "shop"}
    with database.read() as conn:
        assert int(by_product(conn, **asked)["messages"].sum()) == 2
        assert list(by_country(conn, **asked)["country"]) == ["AU", "NZ"]
        assert list(by_day(conn, **asked)["day"]) == [date(2026, 11, 2), date(2026, 11, 4)]
        assert list(by_month(conn, **asked)["micros"]) == [200_000]
        assert list(history(conn, **asked)["messages"]) == [1, 1]
        assert int(by_product(conn, **asked | {"sub_account": ""})["messages"].sum()) == 1
        assert list(history(conn, period=NOVEMBER)["micros"]) == [100_000] * 4
        assert countries(conn) == ["AU", "NZ"]


def test_sub_accounts_come_in_pages_the_dearest_first(database: Database, noon: datetime) -> None:
    bring(database, noon, "".join(row(n, sub=f"s{n % 3}") for n in range(7)))
    with database.read() as conn:
        pages = [sub_accounts_page(conn, period=NOVEMBER, page=number, size=2) for number in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [2, 1, 0]
    assert list(pages[0].rows["sub_account"]) == ["s0", "s1"]
    assert pages[0].total == 3


def test_imports_come_in_pages_by_status_and_their_bad_rows_too(database: Database, noon: datetime) -> None:
    first = bring(database, noon, row(1))
    second = bring(database, noon, row(2) + "".join(row(n, product="telex") for n in range(3, 6)))
    with database.write(at=noon) as tx:
        undo_import(tx, by=SYSTEM, import_id=first, reason="a test")
    with database.read() as conn:
        assert list(imports_page(conn, status=ImportStatus.UNDONE).rows["id"]) == [first]
        assert list(imports_page(conn, with_bad_rows=True).rows["id"]) == [second]
        page = imports_page(conn, page=2, size=1)
        assert (list(page.rows["id"]), page.total) == ([first], 2)
        assert list(bad_rows(conn, second, page=2, size=2)["line"]) == [5]


def test_undoing_tells_how_far_it_is(database: Database, noon: datetime) -> None:
    import_id = bring(database, noon, row(1))
    told: list[tuple[int, int, str]] = []
    with database.write(at=noon) as tx:
        undo_import(tx, by=SYSTEM, import_id=import_id, reason="a test", progress=lambda *step: told.append(step))
    assert told == [
        (600, 1_000, "1 of 1 journal entries reversed"),
        (600, 1_000, "taking its records out of the sums"),
    ]


def test_a_file_of_rows_of_another_width_is_not_held_in_memory(database: Database, noon: datetime) -> None:
    content = row(1) + "too,short\n" * 30_000 + row(2)
    with database.write(at=noon) as tx:
        done = import_usage(tx, by=SYSTEM, file=(HEADER + content).encode(), name="usage.csv")
    assert (done.rows_good, done.rows_bad, len(done.bad_rows)) == (2, 30_000, 10_000)
    assert [bad.line for bad in done.bad_rows[:2]] == [3, 4]
    with database.read() as conn:
        assert list(conn.execute(select(usage_record.c.line).order_by(usage_record.c.id)).scalars()) == [2, 30_003]
