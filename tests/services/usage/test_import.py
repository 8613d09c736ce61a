"""Importing usage message by message: good rows in, bad rows named, nothing twice, and back out again."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM, Principal, Role
from services.access.tables import audit_event
from services.db.engine import Database
from services.errors import Forbidden, InvalidForm
from services.ledger.operations import close_period
from services.ledger.queries import credit_balance
from services.periods import Period
from services.usage.model import Product
from services.usage.operations import import_usage, reveal_recipient, undo_import
from services.usage.queries import (
    bad_rows,
    by_day,
    by_product,
    by_sub_account,
    complete_through,
    imports,
    number_traffic,
    records_page,
    sub_accounts,
    sub_accounts_page,
)
from services.usage.records import CannotUndo, RowsRefused, UsageImport
from services.usage.tables import usage_day, usage_import, usage_number_day, usage_record, usage_sub_day
from tests.builders import customers

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
ROW = {
    "external_id": "m1",
    "customer": "Customer 1",
    "sub_account": "shop",
    "product": "sms",
    "direction": "out",
    "sent_at": "2026-11-10T10:00:00+11:00",
    "country": "AU",
    "quantity": "1",
    "parts": "2",
    "unit_price": "0.0792",
    "price": "0.1584",
    "carrier_fee": "0",
    "currency": "AUD",
    "status": "delivered",
    "own_number": "+61480000001",
    "recipient": "+61412345123",
    "body": "Dear Ann",
}
HEADER = ",".join(ROW) + "\n"


def table(*rows: dict[str, str]) -> bytes:
    lines = [",".join({**ROW, **row}[name] for name in HEADER.strip().split(",")) for row in rows]
    return (HEADER + "\n".join(lines) + "\n").encode()


@pytest.fixture(autouse=True)
def _two_customers(database: Database) -> None:
    customers(database, 2)


def bring(database: Database, noon: datetime, content: bytes, **more: Any) -> UsageImport:
    with database.write(at=noon) as tx:
        return import_usage(tx, by=SYSTEM, file=content, name="usage.csv", **more)


def undo(database: Database, noon: datetime, import_id: int | None) -> int:
    with database.write(at=noon) as tx:
        return undo_import(tx, by=SYSTEM, import_id=import_id or 0, reason="wrong month")


def credit(database: Database, customer_id: int = 1) -> int:
    with database.read() as conn:
        return credit_balance(conn, customer_id, "AUD").micros


def count(database: Database, counted: Any) -> int:
    with database.read() as conn:
        return conn.execute(select(func.count()).select_from(counted)).scalar_one()


def test_a_file_is_kept_rolled_up_and_posted(database: Database, noon: datetime) -> None:
    rows = [{}, {"external_id": "m2", "sub_account": ""}, {"external_id": "m3", "country": "NZ", "customer": "10002"}]
    done = bring(database, noon, table(*rows))
    assert (done.rows_good, done.rows_bad, done.entries) == (3, 0, 2)
    assert credit(database) == -2 * 158_400
    with database.read() as conn:
        page = records_page(conn, period=NOVEMBER)
        assert page.total == 3
        first = page.rows.iloc[-1]
        assert (first["external_id"], first["sub_account"], first["recipient"]) == ("m1", "shop", "+61 4•• ••• 123")
        assert first["sent_at"].isoformat() == "2026-11-09T23:00:00+00:00"
        assert first["day"] == date(2026, 11, 10)
        assert page.rows["entry_id"].notna().all()
        assert by_product(conn, period=NOVEMBER)["messages"].sum() == 3
        assert list(by_sub_account(conn, period=NOVEMBER, customer_id=1)["micros"]) == [158_400, 158_400]
        assert sub_accounts(conn, customer_id=1) == ["shop"]
        assert number_traffic(conn, period=NOVEMBER)["messages"].sum() == 3
        assert complete_through(conn) == date(2026, 11, 10)
        assert imports(conn)["rows_good"].iloc[0] == 3


def test_what_a_message_said_is_never_stored(database: Database, noon: datetime) -> None:
    done = bring(database, noon, table({}))
    assert done.notes == ("Ignored columns: body. What a message says is never stored.",)
    with database.read() as conn:
        assert "Dear Ann" not in str(conn.execute(select(usage_record)).one())


def test_the_same_file_again_changes_nothing(database: Database, noon: datetime) -> None:
    content = table({}, {"external_id": "m2"})
    bring(database, noon, content)
    again = bring(database, noon, content)
    reordered = bring(database, noon, table({"external_id": "m2"}, {}))
    for done in (again, reordered):
        assert (done.import_id, done.rows_good, done.rows_repeated, done.rows_bad) == (None, 0, 2, 0)
    assert count(database, usage_import) == 1
    assert credit(database) == -2 * 158_400


def test_a_file_that_overlaps_brings_only_what_is_new(database: Database, noon: datetime) -> None:
    bring(database, noon, table({}, {"external_id": "m2"}))
    done = bring(database, noon, table({"external_id": "m2"}, {"external_id": "m3"}))
    assert (done.rows_good, done.rows_repeated) == (1, 1)
    assert credit(database) == -3 * 158_400


def test_an_id_that_comes_back_with_other_figures_is_a_bad_row(database: Database, noon: datetime) -> None:
    bring(database, noon, table({}))
    done = bring(
        database, noon, table({"price": "0.16"}, {"external_id": "m2"}, {"external_id": "m2", "country": "NZ"})
    )
    assert [(bad.line, bad.external_id) for bad in done.bad_rows] == [(2, "m1"), (4, "m2")]
    assert "an earlier import" in done.bad_rows[0].reason
    assert "line 3" in done.bad_rows[1].reason


def test_a_status_that_changed_later_is_no_contradiction(database: Database, noon: datetime) -> None:
    bring(database, noon, table({}))
    assert bring(database, noon, table({"status": "undelivered"})).rows_repeated == 1


def test_bad_rows_stay_out_and_are_listed_with_line_and_reason(database: Database, noon: datetime) -> None:
    done = bring(database, noon, table({}, {"external_id": "m2", "product": "telex"}, {"external_id": "m3"}))
    assert (done.rows_good, done.rows_bad) == (2, 1)
    with database.read() as conn:
        kept = bad_rows(conn, done.import_id or 0)
    assert (kept["line"].iloc[0], kept["external_id"].iloc[0]) == (3, "m2")
    assert kept["reason"].iloc[0].startswith("There is no product “telex”")


def test_all_or_nothing_refuses_the_whole_file(database: Database, noon: datetime) -> None:
    with pytest.raises(RowsRefused, match="line 3") as refused:
        bring(database, noon, table({}, {"external_id": "m2", "price": "-1"}), all_or_nothing=True)
    assert len(refused.value.rows) == 1
    assert count(database, usage_record) == 0
    assert credit(database) == 0


def test_mended_rows_of_the_same_file_come_in_later(database: Database, noon: datetime) -> None:
    content = table({}, {"external_id": "m2", "customer": "Customer 3"})
    assert bring(database, noon, content).rows_bad == 1
    customers(database, 1)
    done = bring(database, noon, content)
    assert (done.rows_good, done.rows_repeated, done.rows_bad) == (1, 1, 0)


def test_an_undone_import_leaves_no_trace_in_any_sum_and_may_come_again(database: Database, noon: datetime) -> None:
    bring(database, noon, table({"external_id": "m0"}))
    before = credit(database), count(database, usage_sub_day), count(database, usage_number_day)
    content = table({}, {"external_id": "m2", "country": "NZ"}, {"external_id": "m3", "price": "0", "product": "fax"})
    done = bring(database, noon, content)
    assert undo(database, noon, done.import_id) == 3
    assert (credit(database), count(database, usage_sub_day), count(database, usage_number_day)) == before
    with database.read() as conn:
        assert records_page(conn, period=NOVEMBER).total == 1
        assert records_page(conn, period=NOVEMBER, customer_id=1).total == 1
        assert list(by_product(conn, period=NOVEMBER)["messages"]) == [1]
        assert list(by_day(conn, period=NOVEMBER)["micros"]) == [158_400]
    with pytest.raises(CannotUndo):
        undo(database, noon, done.import_id)
    assert bring(database, noon, content).rows_good == 3


def test_free_messages_are_kept_without_an_entry(database: Database, noon: datetime) -> None:
    done = bring(database, noon, table({"price": "0", "direction": "in"}))
    assert (done.rows_good, done.entries) == (1, 0)
    with database.read() as conn:
        assert records_page(conn, period=NOVEMBER).rows["entry_id"].isna().all()


def test_usage_of_a_closed_month_takes_effect_on_the_first_open_day_and_says_so(
    database: Database, noon: datetime
) -> None:
    bring(database, noon, table({"external_id": "m0", "sent_at": "2026-10-05T00:00:00Z"}))
    with database.write(at=noon) as tx:
        close_period(tx, by=SYSTEM, period=202610)
    done = bring(database, noon, table({"sent_at": "2026-10-06T00:00:00Z"}, {"external_id": "m2"}))
    assert done.rows_late == 1
    assert "took effect on the first open day" in " ".join(done.notes)
    with database.read() as conn:
        late = conn.execute(select(usage_day.c.day, usage_day.c.posted_on).where(usage_day.c.day == date(2026, 10, 6)))
        assert late.one() == (date(2026, 10, 6), date(2026, 11, 1))
    undo(database, noon, done.import_id)
    assert credit(database) == -158_400


def test_a_recipient_is_revealed_with_a_reason_that_is_audited(database: Database, noon: datetime) -> None:
    bring(database, noon, table({}))
    support = Principal(None, "Sam", Role.SUPPORT)
    with database.write(at=noon) as tx:
        assert reveal_recipient(tx, by=support, record_id=1, reason="ticket 9") == "+61412345123"
        event = tx.conn.execute(select(audit_event).order_by(audit_event.c.id.desc()).limit(1)).one()
        assert (event.act, event.reason, event.person_name) == ("usage.reveal_recipient", "ticket 9", "Sam")
        assert "123" not in str(event.after)
        with pytest.raises(InvalidForm):
            reveal_recipient(tx, by=support, record_id=1, reason=" ")


def test_support_may_not_import(database: Database, noon: datetime) -> None:
    with database.write(at=noon) as tx, pytest.raises(Forbidden):
        import_usage(tx, by=Principal(7, "Sam", Role.SUPPORT), file=b"", name="")


def test_records_are_never_changed_or_deleted(database: Database, noon: datetime) -> None:
    bring(database, noon, table({}))
    for attack in ("UPDATE usage_record SET price_micros = 0", "DELETE FROM usage_record", "DELETE FROM usage_import"):
        with pytest.raises(DBAPIError), database.write(at=noon) as tx:
            tx.conn.exec_driver_sql(attack)


def test_csv_gzip_parquet_and_json_bring_the_same(database: Database, noon: datetime) -> None:
    rows = [{**ROW, "external_id": f"m{number}"} for number in range(5)]
    columns = {name: [row[name] for row in rows] for name in ROW}
    native = columns | {
        "price": [Decimal(price) for price in columns["price"]],
        "sent_at": [datetime.fromisoformat(moment) for moment in columns["sent_at"]],
        "quantity": [1] * 5,
        "product": pa.array(columns["product"]).dictionary_encode(),
    }
    out = io.BytesIO()
    parquet.write_table(pa.table(native), out)
    files = [
        table(*rows),
        gzip.compress(table(*rows)),
        out.getvalue(),
        json.dumps(rows).encode(),
        json.dumps({"http_code": 200, "data": {"total": 5, "data": rows}}).encode(),
        json.dumps({"messages": rows}).encode(),
        "\n".join(json.dumps(row) for row in rows).encode(),
        gzip.compress(json.dumps({"data": rows}, indent=1).encode()),
    ]
    done = [bring(database, noon, content) for content in files]
    assert done[0].rows_good == 5
    assert [each.rows_repeated for each in done[1:]] == [5] * 7, [each.bad_rows[:1] for each in done]
    assert {each.format for each in done} == {"csv", "csv.gz", "parquet", "json"}


PAGED = {
    "after each other": lambda pages: b"".join(json.dumps(each).encode() for each in pages),
    "one a line": lambda pages: b"\n".join(json.dumps(each).encode() for each in pages),
    "in a list": lambda pages: json.dumps(pages).encode(),
    "bare lists": lambda pages: b"\n".join(json.dumps(each["data"]["data"]).encode() for each in pages),
    "one deep": lambda pages: b"\n".join(json.dumps({"ok": [1], **each["data"]}).encode() for each in pages),
}


@pytest.mark.parametrize("how", PAGED)
def test_no_page_of_a_history_is_lost(database: Database, noon: datetime, how: str) -> None:
    rows = [{**ROW, "external_id": f"m{number}"} for number in range(7)]
    parts = [rows[:3], [], rows[3:6], rows[6:]]
    pages = [
        {"code": 200, "data": {"total": 7, "data": part, "next": {"data": None}}, "message": "]}"} for part in parts
    ]
    done = bring(database, noon, PAGED[how](pages))
    assert (done.rows_good, done.rows_bad, done.entries) == (7, 0, 1)


def test_what_an_import_of_json_ignored_is_named_rightly(database: Database, noon: datetime) -> None:
    row = {"from": "+61480000001", "status_code": "201", **ROW, "body": "Dear Ann"}
    (note,) = bring(database, noon, json.dumps([row]).encode()).notes
    assert note == "Ignored columns: status_code, body. What a message says is never stored."


def test_a_message_history_is_read_as_its_api_gives_it(database: Database, noon: datetime) -> None:
    out = {
        "message_id": "AA-1",
        "date": 1_794_268_800,
        "message_price": 0.0792,
        "message_parts": 1,
        "country": "AU",
        "direction": "out",
        "status": "Delivered",
        "from": "+61480000001",
        "to": "+61412345123",
        "body": "Dear Ann",
        "custom_string": "spring",
    }
    back = {**out, "message_id": "AA-2", "direction": "in", "message_price": "0", "from": "+61412345123"}
    back |= {"to": "+61480000001"}
    brand = {**out, "message_id": "AA-3", "from": "ACME"}
    content = json.dumps({"data": [out, back, brand]}).encode()
    assert bring(database, noon, content, customer="customer 2").rows_good == 3
    with database.read() as conn:
        rows = records_page(conn, period=NOVEMBER).rows.iloc[::-1]
    assert list(rows["own_number"].fillna("")) == ["+61480000001", "+61480000001", ""]
    assert set(rows["recipient"]) == {"+61 4•• ••• 123"}
    assert set(rows["sub_account"]) == {"spring"}
    assert credit(database, 2) == -158_400


def test_progress_is_told_while_reading_and_while_posting(database: Database, noon: datetime) -> None:
    told: list[tuple[int, int, str]] = []
    content = table({})
    bring(database, noon, content, progress=lambda *what: told.append(what))
    assert told[0] == (800, 1_000, "1 rows read")
    assert told[-1] == (1_000, 1_000, "1 journal entries posted")


def test_pages_filter_and_count_from_the_rollups(database: Database, noon: datetime) -> None:
    rows = [
        {"external_id": f"m{n}", "sent_at": f"2026-11-{n % 5 + 1:02d}T02:00:00Z", "country": ("AU", "NZ")[n % 2]}
        for n in range(20)
    ]
    bring(database, noon, table(*rows))
    with database.read() as conn:
        pages = [records_page(conn, period=NOVEMBER, page=number, size=7).rows for number in (1, 2, 3, 4)]
        assert [len(page) for page in pages] == [7, 7, 6, 0]
        days = [day for page in pages for day in page["day"]]
        assert days == sorted(days, reverse=True)
        found = records_page(conn, period=NOVEMBER, product=Product.SMS, country="NZ", sub_account="shop", size=3)
        assert (found.total, len(found.rows)) == (10, 3)
        assert records_page(conn, period=NOVEMBER, product=Product.FAX).rows.empty


def test_sub_accounts_over_any_days_are_the_sum_of_their_records(database: Database, noon: datetime) -> None:
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 15), date(2026, 11, 2)]
    rows = [{"external_id": f"m{n}", "sent_at": f"{day}T10:00:00+10:00"} for n, day in enumerate(days)]
    bring(database, noon, table(*rows))
    ends = [day for month in (9, 10, 11) for day in (date(2026, month, 1), date(2026, month, 2), date(2026, month, 28))]
    for first, before in combinations(sorted({*days, *ends, date(2026, 12, 1)}), 2):
        with database.read() as conn:
            found = sub_accounts_page(conn, period=Period(first, before))
        inside = sum(first <= day < before for day in days)
        told = [["shop", inside, inside * 158_400]] if inside else []
        assert found.rows[["sub_account", "records", "micros"]].values.tolist() == told
        assert found.total == len(told)
