"""Reading Parquet batch by batch: only the columns of the contract, as text for the same checks as every file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from services.usage.columns import as_written, chosen, ignored_note
from services.usage.readers import Batch, Reading
from services.usage.records import Unreadable
from services.usage.sources import Source

_ROWS = 20_000
_DAMAGED = "The Parquet file is damaged or ends too early; send it again, whole."


def read(source: Source, *, customer_given: bool) -> Reading:
    """Look at the schema and give batches; raises `Unreadable`, also while the batches are read."""
    with source.opened() as stream:
        try:
            headers = list(parquet.ParquetFile(stream).schema_arrow.names)
        except (pa.ArrowInvalid, OSError):
            raise Unreadable(_DAMAGED) from None
    places = chosen(headers, customer_given=customer_given)
    notes = ignored_note(headers, list(places.values()))
    return Reading("parquet", notes, _batches(source, headers, places), as_written(headers, places))


def _batches(source: Source, headers: list[str], places: dict[str, int]) -> Iterator[Batch]:
    names = {headers[place]: name for name, place in places.items()}
    line = 1
    with source.opened() as stream:
        try:
            file = parquet.ParquetFile(stream, pre_buffer=False)
            for batch in file.iter_batches(batch_size=_ROWS, columns=list(names), use_threads=False):
                columns = {names[field.name]: _written(batch.column(field.name), field) for field in batch.schema}
                yield Batch(columns, list(range(line, line + batch.num_rows)))
                line += batch.num_rows
        except (pa.ArrowInvalid, OSError):
            raise Unreadable(_DAMAGED) from None


def _written(column: Any, field: Any) -> Any:
    """A column as text, what is missing as nothing; moments stay moments."""
    kind = field.type
    if pa.types.is_timestamp(kind):
        return pc.cast(column, pa.timestamp("us", "UTC"), safe=False)
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    plain = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_decimal)
    if not any(known(kind) for known in (*plain, pa.types.is_floating, pa.types.is_null)):
        raise Unreadable(f"The column “{field.name}” holds {kind}, which is no text or number; write it as text.")
    return pc.fill_null(pc.cast(column, pa.string()), "")
