"""Laws of usage message by message: whatever was added up for the screens is the sum of the records that count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from services.integrity.model import Check
from services.integrity.searching import by_sql, rows_of

_DAYS = """
SELECT day, customer_id, product, country, currency, CAST(SUM(records) AS BIGINT) AS records_apart,
       CAST(SUM(messages) AS BIGINT) AS messages_apart, CAST(SUM(parts) AS BIGINT) AS parts_apart,
       CAST(SUM(micros) AS BIGINT) AS micros_apart
  FROM (SELECT day, customer_id, product, country, currency, records, messages, parts, micros FROM usage_sub_day
        UNION ALL
        SELECT day, customer_id, product, country, currency, -records, -messages, -parts, -micros FROM usage_day
         WHERE source LIKE 'import:%' OR source LIKE 'undo:%') AS both_sides
 GROUP BY day, customer_id, product, country, currency
HAVING SUM(records) <> 0 OR SUM(messages) <> 0 OR SUM(parts) <> 0 OR SUM(micros) <> 0
"""
_RECORDS = """
SELECT day, customer_id, sub_account, product, country, currency, CAST(SUM(records) AS BIGINT) AS records_apart,
       CAST(SUM(messages) AS BIGINT) AS messages_apart, CAST(SUM(parts) AS BIGINT) AS parts_apart,
       CAST(SUM(micros) AS BIGINT) AS micros_apart
  FROM (SELECT day, customer_id, sub_account, product, country, currency, records, messages, parts, micros
          FROM usage_sub_day
        UNION ALL
        SELECT day, customer_id, sub_account, product, country, currency, -COUNT(*), -SUM(quantity), -SUM(parts),
               -SUM(price_micros)
          FROM usage_record WHERE {live} GROUP BY day, customer_id, sub_account, product, country, currency
       ) AS both_sides
 GROUP BY day, customer_id, sub_account, product, country, currency
HAVING SUM(records) <> 0 OR SUM(messages) <> 0 OR SUM(parts) <> 0 OR SUM(micros) <> 0
"""
_NUMBERS = """
SELECT e164, customer_id, day, CAST(SUM(records) AS BIGINT) AS records_apart,
       CAST(SUM(messages) AS BIGINT) AS messages_apart, CAST(SUM(micros) AS BIGINT) AS micros_apart
  FROM (SELECT e164, customer_id, day, records, messages, micros FROM usage_number_day
        UNION ALL
        SELECT own_number, customer_id, day, -COUNT(*), -SUM(quantity), -SUM(price_micros)
          FROM usage_record WHERE {live} AND own_number IS NOT NULL GROUP BY own_number, customer_id, day) AS both_sides
 GROUP BY e164, customer_id, day HAVING SUM(records) <> 0 OR SUM(messages) <> 0 OR SUM(micros) <> 0
"""
_TOTALS = """
SELECT {grain}, product, country, currency, CAST(SUM(row_count) AS BIGINT) AS rows_apart,
       CAST(SUM(records) AS BIGINT) AS records_apart, CAST(SUM(messages) AS BIGINT) AS messages_apart,
       CAST(SUM(parts) AS BIGINT) AS parts_apart, CAST(SUM(micros) AS BIGINT) AS micros_apart
  FROM (SELECT {grain}, product, country, currency, row_count, records, messages, parts, micros FROM {roll_up}
        UNION ALL
        SELECT {of_day}, product, country, currency, {sums} FROM {below} GROUP BY 1, 2, 3, 4) AS both_sides
 GROUP BY {grain}, product, country, currency
HAVING SUM(row_count) <> 0 OR SUM(records) <> 0 OR SUM(messages) <> 0 OR SUM(parts) <> 0 OR SUM(micros) <> 0
"""
_SUB_MONTHS = """
SELECT month, customer_id, sub_account, product, country, currency, CAST(SUM(records) AS BIGINT) AS records_apart,
       CAST(SUM(messages) AS BIGINT) AS messages_apart, CAST(SUM(parts) AS BIGINT) AS parts_apart,
       CAST(SUM(micros) AS BIGINT) AS micros_apart
  FROM (SELECT month, customer_id, sub_account, product, country, currency, records, messages, parts, micros
          FROM usage_sub_month
        UNION ALL
        SELECT {of_day}, customer_id, sub_account, product, country, currency, -records, -messages, -parts, -micros
          FROM usage_sub_day) AS both_sides
 GROUP BY month, customer_id, sub_account, product, country, currency
HAVING SUM(records) <> 0 OR SUM(messages) <> 0 OR SUM(parts) <> 0 OR SUM(micros) <> 0
"""
_IMPORTS = """
SELECT i.id AS import_id, i.rows_good, COALESCE(r.kept, 0) AS records_kept, COALESCE(d.posted, 0) AS records_posted
  FROM usage_import i
  LEFT JOIN (SELECT import_id, COUNT(*) AS kept FROM usage_record GROUP BY import_id) AS r ON r.import_id = i.id
  LEFT JOIN (SELECT source, CAST(SUM(records) AS BIGINT) AS posted FROM usage_day WHERE source LIKE 'import:%'
              GROUP BY source) AS d ON d.source = 'import:' || CAST(i.id AS TEXT)
 WHERE i.rows_good <> COALESCE(r.kept, 0) OR i.rows_good <> COALESCE(d.posted, 0)
"""


def _of_records(query: str) -> Callable[[Connection], list[dict[str, Any]]]:
    """A search that says in each database's words which records count."""

    def search(conn: Connection) -> list[dict[str, Any]]:
        return rows_of(conn, query.format(live="NOT undone" if conn.dialect.name == "postgresql" else "undone = 0"))

    return search


def _first_of_month(conn: Connection) -> str:
    """The month of a day in each database's words."""
    postgresql = conn.dialect.name == "postgresql"
    return "CAST(date_trunc('month', day) AS DATE)" if postgresql else "substr(day, 1, 7) || '-01'"


def _months(conn: Connection) -> list[dict[str, Any]]:
    """The monthly roll-up against the daily one."""
    sums = "-SUM(row_count), -SUM(records), -SUM(messages), -SUM(parts), -SUM(micros)"
    below = {"of_day": _first_of_month(conn), "sums": sums, "below": "usage_total_day"}
    return rows_of(conn, _TOTALS.format(grain="month", roll_up="usage_total_month", **below))


def _sub_months(conn: Connection) -> list[dict[str, Any]]:
    """The monthly roll-up by sub-account against the daily one."""
    return rows_of(conn, _SUB_MONTHS.format(of_day=_first_of_month(conn)))


_SUMS_OF_ROWS = "-COUNT(*), -SUM(records), -SUM(messages), -SUM(parts), -SUM(micros)"

CHECKS = (
    Check(
        "usage_records",
        "Usage by day and sub-account is the sum of the message records that count.",
        _of_records(_RECORDS),
    ),
    Check("usage_days", "Usage posted by imports is what their message records add up to.", by_sql(_DAYS)),
    Check(
        "usage_totals",
        "Usage by day of all customers is the sum of the rows of usage.",
        by_sql(
            _TOTALS.format(grain="day", roll_up="usage_total_day", of_day="day", sums=_SUMS_OF_ROWS, below="usage_day")
        ),
    ),
    Check("usage_months", "Usage by month is the sum of its days.", _months),
    Check("usage_sub_months", "Usage by month and sub-account is the sum of its days.", _sub_months),
    Check("usage_imports", "Every import kept and posted as many records as it says.", by_sql(_IMPORTS)),
    Check(
        "usage_numbers",
        "The traffic of every own number is the sum of its message records.",
        _of_records(_NUMBERS),
    ),
)
