"""The trial balance on any day: customers' accounts from their days, all others from the control totals."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from services.ledger.model import Purpose
from services.ledger.rollup import tail_totals

_CUSTOMERS = """
SELECT a.code, a.currency,
       CAST(SUM(d.debit) AS BIGINT), CAST(SUM(d.credit) AS BIGINT),
       CAST(SUM(d.base_debit) AS BIGINT), CAST(SUM(d.base_credit) AS BIGINT)
  FROM account AS a JOIN account_day AS d ON d.account_id = a.id
 WHERE d.day <= :day
 GROUP BY a.code, a.currency
"""

_SYSTEM = """
SELECT purpose, currency, detail,
       CAST(SUM(debit) AS BIGINT), CAST(SUM(credit) AS BIGINT),
       CAST(SUM(base_debit) AS BIGINT), CAST(SUM(base_credit) AS BIGINT)
  FROM control_day
 WHERE day <= :day
 GROUP BY purpose, currency, detail
"""


def trial_balance_rows(
    conn: Connection, day: date, *, each_customer: bool = True
) -> list[tuple[str, str, int, int, int, int]]:
    """Every account that ever moved up to a day: code, currency, debit, credit, base debit, base credit (micros).

    Without `each_customer` the customers' accounts come as one sum a purpose and currency, "liabilities:credit:AUD",
    from the control totals alone, which do not grow with the customers.
    """
    bound: Any = day.isoformat() if conn.dialect.name == "sqlite" else day
    rows: dict[str, tuple[str, list[int]]] = {}
    for code, currency, *totals in conn.execute(text(_CUSTOMERS), {"day": bound}) if each_customer else ():
        rows[code] = (currency, [int(total) for total in totals])
    kept = [tuple(row) for row in conn.execute(text(_SYSTEM), {"day": bound})]
    tail = [
        (row.purpose, row.currency, row.detail, row.debit, row.credit, row.base_debit, row.base_credit)
        for row in tail_totals(conn)
        if date.fromisoformat(str(row.day)) <= day
    ]
    for word, currency, detail, *totals in kept + tail:
        purpose = Purpose(word)
        if purpose.of_customers and each_customer:
            continue
        code = f"{purpose.section}:{purpose}:{currency}" + (f":{detail}" if detail else "")
        _, before = rows.setdefault(code, (currency, [0, 0, 0, 0]))
        rows[code] = (currency, [int(old) + int(new) for old, new in zip(before, totals, strict=True)])
    return [(code, currency, *_four(totals)) for code, (currency, totals) in sorted(rows.items())]


def _four(totals: list[int]) -> tuple[int, int, int, int]:
    debit, credit, base_debit, base_credit = totals
    return debit, credit, base_debit, base_credit
