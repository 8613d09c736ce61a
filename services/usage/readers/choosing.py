"""The reader of a file by its content, whatever it is called."""

from __future__ import annotations

from services.usage.readers import Reading, csv_file, json_file, parquet_file
from services.usage.sources import Source

_READERS = {"csv": csv_file.read, "parquet": parquet_file.read, "json": json_file.read}
NO_ROWS = "The file has a header but no rows; export it again."


def reading_of(source: Source, *, customer_given: bool) -> Reading:
    """Look at the beginning of a file; raises `Unreadable` for what is no table of usage.

    `customer_given`: whoever imports said whose file it is, so that it needs no column for that.
    """
    return _READERS[source.form()](source, customer_given=customer_given)
