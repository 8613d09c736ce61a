"""What is wrong with a usage file is said in one clear sentence, of the file or the row; nothing of it gets in."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from services.access.model import SYSTEM
from services.db.engine import Database
from services.usage.operations import import_usage
from services.usage.records import Unreadable, UsageImport
from services.usage.tables import usage_import, usage_record
from services.usage.values import WrongValue, micros_of
from tests.builders import customers

NOON = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
ROW = {
    "external_id": "m1",
    "customer": "Customer 1",
    "product": "sms",
    "sent_at": "2026-11-10T10:00:00+11:00",
    "country": "AU",
    "price": "0.0792",
    "currency": "AUD",
}


def table(row: dict[str, str], mark: str = ",") -> bytes:
    values = [f'"{value}"' if mark in value else value for value in row.values()]
    return f"{mark.join(row)}\n{mark.join(values)}\n".encode()


@pytest.fixture
def books(sqlite_database: Database) -> Database:
    customers(sqlite_database, 2)
    return sqlite_database


def bring(database: Database, content: Any, **more: Any) -> UsageImport:
    with database.write(at=NOON) as tx:
        return import_usage(tx, by=SYSTEM, file=content, name="usage.csv", **more)


def nothing_in(database: Database) -> bool:
    with database.read() as conn:
        return not conn.execute(usage_record.select()).all() and not conn.execute(usage_import.select()).all()


def arrow_file(**columns: Any) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table({**{name: [value] for name, value in ROW.items()}, **columns}), out)
    return out.getvalue()


GOOD = table(ROW)
LONG = b"".join([GOOD, *(GOOD.splitlines()[1].replace(b"m1", b"x%d" % n) + b"\n" for n in range(9_999))])

FILES = {
    "empty": (b"", "The file is empty"),
    "blank": (b" \n\n", "The file is empty"),
    "a header only": (GOOD.splitlines()[0] + b"\n", "has a header but no rows"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "not text in UTF-8"),
    "Latin-1 in a value": (table({**ROW, "external_id": "é"}).decode().encode("latin-1"), "not text in UTF-8"),
    "Latin-1 in the header": (table({**ROW, "é": "x"}).decode().encode("latin-1"), "not text in UTF-8"),
    "semicolons": (table(ROW, ";"), "parted by semicolons; save the file with commas"),
    "tabs": (table(ROW, "\t"), "parted by tabs"),
    "a column missing": (table({k: v for k, v in ROW.items() if k != "price"}), "no column “price”; add it"),
    "two columns missing": (
        table({k: v for k, v in ROW.items() if k not in {"price", "product"}}),
        "“product” or “price”",
    ),
    "a column twice": (GOOD.replace(b"country", b"Price"), "The column “price” is there twice"),
    "no header": (GOOD.splitlines()[1] + b"\n" + GOOD.splitlines()[1], "holds none of the columns"),
    "ten thousand columns": (",".join(f"c{n}" for n in range(10_000)).encode() + b"\n1\n", "has 10,000 columns"),
    "an open quotation mark in the header": (b'external_id,"customer\nm1,x\n', "quotation mark"),
    "an endless row": (GOOD + b'm2,"' + b"x" * (9 << 20), "A row is longer than 1 MB"),
    "a truncated gzip": (gzip.compress(LONG)[:-2000], "ends too early or is damaged"),
    "a gzip without its end": (gzip.compress(LONG)[:-4], "ends too early or is damaged"),
    "a gzip of nothing": (gzip.compress(b""), "The file is empty"),
    "a workbook": (b"PK\x03\x04" + b"\x00" * 99, "a workbook or a ZIP archive"),
    "a PDF": (b"%PDF-1.7", "This is a PDF"),
    "truncated Parquet": (arrow_file()[:-20], "Parquet file is damaged"),
    "Parquet of lists": (arrow_file(price=[[1]]), "column “price” holds list"),
    "JSON cut off": (json.dumps([ROW, ROW]).encode()[:-9], "not whole or not valid"),
    "JSON without messages": (b'{"data": []}', "holds no messages"),
    "JSON of numbers": (b"[1, 2]", "holds no messages"),
    "JSON nested beyond reason": (b'{"data":' + b"[" * 100_000, "not whole or not valid"),
    "JSON cut off after its list": (json.dumps({"data": {"data": [ROW]}}).encode()[:-1], "not whole or not valid"),
    "JSON with something else after it": (json.dumps([ROW]).encode() + b"<html>", "not whole or not valid"),
    "JSON cut off in its second page": ((json.dumps({"data": [ROW]}).encode() * 2)[:-5], "not whole or not valid"),
    "JSON lines cut off": (json.dumps(ROW).encode() + b'\n{"external_id": ', "not whole or not valid"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_refused_whole(books: Database, name: str) -> None:
    content, sentence = FILES[name]
    with pytest.raises(Unreadable) as refused:
        bring(books, content)
    assert sentence in str(refused.value)
    assert str(refused.value).endswith(".")
    assert nothing_in(books)


ROWS = {
    "decimal comma": ({"price": "0,0792"}, "has a decimal comma; write 0.0792."),
    "negative price": ({"price": "-0.0792"}, "is negative"),
    "negative unit price": ({"unit_price": "-1"}, "is negative"),
    "absurd unit price": ({"unit_price": "10001", "price": "10001"}, "more than 10,000, which no message costs"),
    "absurd price": ({"price": "10001"}, "more than 10,000 a unit"),
    "price beyond counting": ({"price": "99999999999999999999"}, "is not an amount"),
    "no price": ({"price": ""}, "The price is missing"),
    "not a number": ({"price": "NaN"}, "is not an amount"),
    "five decimals a unit": ({"unit_price": "0.07921"}, "more than 4 decimals"),
    "seven decimals": ({"price": "0.0000001"}, "more than 6 decimals"),
    "price against unit price": ({"unit_price": "0.0792", "parts": "3", "quantity": "2"}, "not the unit price times"),
    "unknown customer": ({"customer": "Nobody"}, "There is no customer “Nobody”"),
    "no customer": ({"customer": ""}, "names no customer"),
    "unknown product": ({"product": "telex"}, "There is no product “telex”"),
    "another currency": ({"currency": "USD"}, "The customer is billed in AUD, not USD"),
    "the future": ({"sent_at": "2026-11-21T12:00:01+11:00"}, "in the future"),
    "long ago": ({"sent_at": "1970-01-01T00:00:00Z"}, "before 2000"),
    "no moment": ({"sent_at": ""}, "The moment it was sent is missing"),
    "no such day": ({"sent_at": "2026-02-30T00:00:00Z"}, "“2026-02-30T00:00:00Z” is not a moment"),
    "a day the other way round": ({"sent_at": "10/11/2026 10:00"}, "is not a moment"),
    "an id a spreadsheet shortened": ({"external_id": "6.14E+11"}, "shortened by a spreadsheet"),
    "no id": ({"external_id": " "}, "The id is missing"),
    "an endless id": ({"external_id": "x" * 201}, "longer than 200"),
    "unknown country": ({"country": "XX"}, "“XX” is not a country"),
    "no country": ({"country": ""}, "The country is missing"),
    "unknown direction": ({"direction": "up"}, "neither out nor in"),
    "half a message": ({"quantity": "0.5"}, "is not a whole number"),
    "no message": ({"quantity": "0"}, "not between 1 and"),
    "too many parts": ({"parts": "1000001"}, "not between 0 and"),
    "a brand as own number": ({"own_number": "ACME"}, "is not a number such as"),
    "a bell in the recipient": ({"recipient": "+61\x07412"}, "cannot be printed"),
    "a bell in the sub-account": ({"sub_account": "\x07"}, "cannot be printed"),
    "an endless status": ({"status": "x" * 41}, "shorten it to 40"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_stays_out_with_its_reason(books: Database, name: str) -> None:
    wrong, sentence = ROWS[name]
    done = bring(books, table({**ROW, **wrong}))
    assert (done.rows_good, done.rows_bad, done.bad_rows[0].line) == (0, 1, 2)
    assert sentence in done.bad_rows[0].reason
    assert done.bad_rows[0].reason.endswith(".")
    assert nothing_in(books)


def test_rows_of_another_width_are_bad_rows_and_lines_still_count(books: Database) -> None:
    good = GOOD.splitlines()[1]
    lines = [
        GOOD.splitlines()[0],
        good,
        b"m2,too,short",
        good.replace(b"m1", b"m3"),
        good.replace(b"m1", b"m4") + b",x",
    ]
    done = bring(books, b"\n".join([*lines, good.replace(b"m1", b"m5").replace(b"sms", b"telex")]))
    assert done.rows_good == 2
    assert [bad.line for bad in done.bad_rows] == [3, 5, 6]
    assert done.bad_rows[0].reason == "The row has 3 values, but the header names 7 columns; correct it."


def test_values_with_line_breaks_and_commas_are_one_value(books: Database) -> None:
    row = {**ROW, "body": "Dear Ann,\nhow are you"}
    content = table(row).decode().replace("Dear Ann,\nhow are you", '"Dear Ann,\nhow are you"').replace('""', '"')
    assert bring(books, content.encode()).rows_good == 1


@pytest.mark.parametrize(
    ("moment", "stored"),
    [
        ("2026-11-10T10:00:00+11:00", "2026-11-09 23:00:00+00:00"),
        ("2026-11-10T10:00:00Z", "2026-11-10 10:00:00+00:00"),
        ("2026-11-10 10:00", "2026-11-10 10:00:00+00:00"),
        ("2026-11-10T10:00:00.123456+0000", "2026-11-10 10:00:00.123456+00:00"),
        ("1794268800", "2026-11-10 00:00:00+00:00"),
        ("2026-11-10", "2026-11-10 00:00:00+00:00"),
    ],
)
def test_moments_are_read_as_written(books: Database, moment: str, stored: str) -> None:
    assert bring(books, table({**ROW, "sent_at": moment})).rows_good == 1
    with books.read() as conn:
        assert str(conn.execute(usage_record.select()).one().sent_at) == stored


def test_days_are_the_companys_own_also_when_clocks_change(books: Database) -> None:
    moments = ("2026-10-03T13:59:59Z", "2026-10-03T14:00:00Z", "2026-10-04T12:59:59Z", "2026-10-04T13:00:00Z")
    rows = [table({**ROW, "external_id": f"m{n}", "sent_at": at}).splitlines()[1] for n, at in enumerate(moments)]
    bring(books, b"\n".join([GOOD.splitlines()[0], *rows]))
    with books.read() as conn:
        days = [row.day for row in conn.execute(usage_record.select().order_by(usage_record.c.sent_at))]
    assert days == [date(2026, 10, 3), date(2026, 10, 4), date(2026, 10, 4), date(2026, 10, 5)]


def test_email_without_a_country_counts_for_the_customers(books: Database) -> None:
    assert bring(books, table({**ROW, "product": "email", "country": ""})).rows_good == 1


def test_an_upload_that_cannot_be_read_twice_is_read(books: Database) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: Any) -> int:
            raise io.UnsupportedOperation

    assert bring(books, Pipe(GOOD)).rows_good == 1


def test_random_bytes_are_refused_or_read_never_a_crash(books: Database) -> None:
    for content in _damaged():
        with suppress(Unreadable):
            bring(books, content)


def _damaged() -> Iterator[bytes]:
    for whole in (GOOD * 3, gzip.compress(GOOD), arrow_file(), json.dumps({"data": [ROW]}).encode()):
        for at in range(0, len(whole), max(len(whole) // 40, 1)):
            yield whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
            yield whole[:at]


@pytest.mark.parametrize(
    ("text", "micros"), [("0.0792", 79_200), ("12", 12_000_000), ("1.500000", 1_500_000), ("1.", 10**6)]
)
def test_amounts_are_exact(text: str, micros: int) -> None:
    assert micros_of(text, "It", decimals=4, most=10**12) == micros


def test_an_amount_is_never_rounded() -> None:
    with pytest.raises(WrongValue):
        micros_of("0.07925", "It", decimals=4, most=10**12)
