"""The whole journal in words other programs read: hledger's, or one posting a line as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from services.money import MICROS
from services.reporting.exports import harmless

BATCH = 10_000
FOREVER = date(9999, 12, 31)

_POSTINGS = """
SELECT e.id, e.effective_on, e.kind, e.source, e."key", e.memo, e.reversal_of_id, p.seq, a.code, p.currency, p.amount,
       p.base_amount
  FROM journal_entry AS e
  JOIN posting AS p ON p.entry_id = e.id
  JOIN account AS a ON a.id = p.account_id
 WHERE e.effective_on <= :until
 ORDER BY e.effective_on, e.id, p.seq
"""

CSV_COLUMNS = (
    "entry",
    "day",
    "kind",
    "source",
    "key",
    "memo",
    "reverses",
    "line",
    "account",
    "currency",
    "amount",
    "aud",
)


def hledger(conn: Connection, *, until: date | None = None) -> Iterator[str]:
    """The journal in hledger's format, a piece at a time: own currencies only, no AUD base.

    Amounts are exact to six decimals. A posting that moves only base has no amount in its currency and is written
    as 0, so that accounts and counts agree.
    """
    yield "; The journal of Ledgerdesk. Debit is positive. decimal-mark .\ndecimal-mark .\n"
    last = None
    for row in _rows(conn, until):
        lines = []
        if row.id != last:
            memo = " ".join(str(row.memo).split()).replace(";", ",")
            lines.append(
                f"\n{row.effective_on} ({row.id}) {row.kind} | {row.source} {_plain(row.key)} {memo}".rstrip() + "\n"
            )
            last = row.id
        lines.append(f"    {row.code}  {row.currency} {amount_text(row.amount)}\n")
        yield "".join(lines)


def as_csv(conn: Connection, *, until: date | None = None) -> Iterator[str]:
    """The journal as CSV, one posting a line, with the AUD base; text is never a formula."""
    yield ",".join(CSV_COLUMNS) + "\r\n"
    for row in _rows(conn, until):
        out = io.StringIO()
        words = [row.kind, row.source, row.key, row.memo]
        cells = [row.id, row.effective_on, *[harmless(str(word)) for word in words], row.reversal_of_id or "", row.seq]
        csv.writer(out).writerow(
            [*cells, row.code, row.currency, amount_text(row.amount), amount_text(row.base_amount)]
        )
        yield out.getvalue()


def amount_text(micros: int) -> str:
    """Micros as an exact decimal with two to six decimals."""
    whole = f"{Decimal(micros) / MICROS:.6f}"
    while whole.endswith("0") and len(whole.rpartition(".")[2]) > 2:  # noqa: PLR2004 - cents are always shown
        whole = whole[:-1]
    return whole


def _plain(key: str) -> str:
    return str(key).replace(";", ",").replace("\n", " ")


def _rows(conn: Connection, until: date | None) -> Any:
    last: Any = until or FOREVER
    bound = last.isoformat() if conn.dialect.name == "sqlite" else last
    return conn.execution_options(yield_per=BATCH).execute(text(_POSTINGS), {"until": bound})
