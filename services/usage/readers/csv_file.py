"""Reading a table of values (CSV), plain or gzip, by Arrow's columnar reader: only the columns of the contract."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from typing import Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from services.usage.columns import as_written, chosen, ignored_note
from services.usage.readers import Batch, Reading
from services.usage.records import BadRow, Unreadable
from services.usage.sources import HEAD, Source, broken_gzip

_BLOCK = 1 << 20  # bytes read at once; a row must be shorter, and Arrow reads 32 of them ahead
_OTHER_MARKS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_LINE_OF_FIRST_ROW = 2


def read(source: Source, *, customer_given: bool) -> Reading:
    """Look at the header and give batches; raises `Unreadable`, also while the batches are read."""
    headers = _headers(source)
    places = chosen(headers, customer_given=customer_given)
    form = "csv.gz" if source.is_gzip else "csv"
    notes = ignored_note(headers, list(places.values()))
    return Reading(form, notes, _batches(source, len(headers), places), as_written(headers, places))


def _headers(source: Source) -> list[str]:
    with source.unpacked() as stream:
        first = stream.read(HEAD).removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").splitlines()[0]
    try:
        line = first.decode()
    except UnicodeDecodeError:
        raise Unreadable("The file is not text in UTF-8; save it as CSV in UTF-8.") from None
    for mark, name in _OTHER_MARKS.items():
        if "," not in line and mark in line:
            raise Unreadable(f"The values are parted by {name}; save the file with commas between them.")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        raise Unreadable("The header has a quotation mark without its other; correct the first line.") from None


def _batches(source: Source, width: int, places: dict[str, int]) -> Iterator[Batch]:
    unread: list[BadRow] = []
    counted = _LINE_OF_FIRST_ROW
    with source.opened() as stream:
        for columns in _columns(stream, source, width, places, unread):
            missing = {bad.line for bad in unread}
            lines, counted = _lines(counted, len(next(iter(columns.values()))), missing)
            passed = [bad for bad in unread if bad.line < counted]
            unread[:] = [bad for bad in unread if bad.line >= counted]  # of blocks that were read ahead
            yield Batch(columns if lines else {}, lines, passed)
    yield Batch({}, [], unread)


def _lines(first: int, count: int, missing: set[int]) -> tuple[list[int], int]:
    """The lines of `count` rows, the ones nobody could read left out, and the line that comes after them."""
    if not missing:
        return list(range(first, first + count)), first + count
    lines: list[int] = []
    line = first
    while len(lines) < count or line in missing:
        if line not in missing:
            lines.append(line)
        line += 1
    return lines, line


def _columns(
    stream: Any, source: Source, width: int, places: dict[str, int], unread: list[BadRow]
) -> Iterator[dict[str, Any]]:
    """Arrow arrays by column; a row of another width goes to `unread`."""

    def keep(row: Any) -> str:
        unread.append(BadRow(row.number or 0, "", _width_fault(row.actual_columns, width)))
        return "skip"

    names = [f"c{place}" for place in range(width)]
    wanted = {names[place]: name for name, place in places.items()}
    try:
        reader = arrow_csv.open_csv(
            pa.input_stream(stream, compression="gzip" if source.is_gzip else None),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names, skip_rows=1),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=keep),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(wanted), column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False
            ),
        )
        for batch in reader:
            if batch.num_rows or unread:
                yield {name: batch.column(place) for place, name in enumerate(wanted.values())}
    except (pa.ArrowInvalid, OSError) as error:
        raise Unreadable(_sentence(str(error))) from None


@cache
def _width_fault(found: int, width: int) -> str:
    said = "value" if found == 1 else "values"
    return f"The row has {found:,} {said}, but the header names {width:,} columns; correct it."


def _sentence(error: str) -> str:
    if "UTF8" in error:
        return "The file is not text in UTF-8; save it as CSV in UTF-8."
    if "straddling" in error:
        return "A row is longer than 1 MB; check that every quotation mark has its other."
    if "Empty CSV" in error:
        return "The file has a header but no rows; export it again."
    if "ompressed" in error or "inflate" in error:
        return broken_gzip()
    return "The file cannot be read as CSV; save it again with commas, in UTF-8."
