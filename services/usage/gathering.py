"""Adding up what an import kept, column by column as the batches pass, and writing the sums to the roll-ups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from services.db.engine import Transaction
from services.usage.model import Product, UsageDay

_KEY = ("day", "customer_id", "product", "country", "sub_account", "currency")
_NUMBER_KEY = ("own_number", "customer_id", "day")
_FOLD_FROM = 200_000  # rows of sums after which equal keys are added up again
_AT_ONCE = 10_000
_SLICE = 5_000  # rows of usage posted at once
_APART = 8  # a power of two

_ADD_SUB = """INSERT INTO usage_sub_{grain}
 ({grain}, customer_id, product, country, sub_account, currency, records, messages, parts, micros)
VALUES ({marks}) ON CONFLICT (customer_id, {grain}, sub_account, product, country, currency) DO UPDATE SET
 records = usage_sub_{grain}.records + excluded.records, messages = usage_sub_{grain}.messages + excluded.messages,
 parts = usage_sub_{grain}.parts + excluded.parts, micros = usage_sub_{grain}.micros + excluded.micros"""
_ADD_NUMBER_DAY = """INSERT INTO usage_number_day (e164, customer_id, day, records, messages, micros)
VALUES ({marks}) ON CONFLICT (e164, customer_id, day) DO UPDATE SET
 records = usage_number_day.records + excluded.records, messages = usage_number_day.messages + excluded.messages,
 micros = usage_number_day.micros + excluded.micros"""


@dataclass
class _Sums:
    """Sums by key in Arrow tables, folded before they grow large."""

    key: tuple[str, ...]
    figures: tuple[str, ...]
    tables: list[Any] = field(default_factory=list)
    unfolded: int = 0  # rows counted since the sums were last added up
    in_order: bool = False

    def add(self, columns: dict[str, Any]) -> None:
        """Count rows in; `columns` holds the key, the figures and nothing else."""
        table = _grouped(pa.table(columns), self.key, self.figures)
        self.tables.append(table)
        self.unfolded += table.num_rows
        self.in_order = False
        if self.unfolded > max(_FOLD_FROM, self.tables[0].num_rows):  # sums of many keys double before it is worth it
            self._fold()

    def table(self) -> Any:
        """All sums, by key in order; None where nothing was counted."""
        if not self.tables:
            return None
        if not self.in_order:
            self._fold()
            self.tables = [self.tables[0].sort_by([(name, "ascending") for name in self.key])]
            self.in_order = True
        return self.tables[0]

    def _fold(self) -> None:
        self.tables = [_grouped(pa.concat_tables(self.tables), self.key, self.figures)]
        self.unfolded = 0


def _grouped(table: Any, key: tuple[str, ...], figures: tuple[str, ...]) -> Any:
    """Sums by key, in no order; a large table a part at a time, because adding up holds several times its part."""
    if table.num_rows <= _FOLD_FROM:
        return _sums_of(table, key, figures)
    part = pc.bit_wise_and(table["customer_id"], _APART - 1)
    parts = (table.filter(pc.equal(part, number)) for number in range(_APART))
    return pa.concat_tables([_sums_of(each, key, figures) for each in parts])


def _sums_of(table: Any, key: tuple[str, ...], figures: tuple[str, ...]) -> Any:
    sums = table.group_by(list(key), use_threads=False).aggregate([(name, "sum") for name in figures])
    return sums.select([*key, *(f"{name}_sum" for name in figures)]).rename_columns([*key, *figures])


class Gathered:
    """What an import kept: sums by day, customer, product, country and sub-account, and by own number and day."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.size = 0  # rows to post, known once they are asked for
        self._days = _Sums(_KEY, ("records", "quantity", "parts", "price"))
        self._numbers = _Sums(_NUMBER_KEY, ("records", "quantity", "price"))

    def add(self, rows: dict[str, Any]) -> None:
        """Count checked rows in."""
        ones = {"records": pa.repeat(1, len(rows["day"]))}
        self._days.add({name: rows[name] for name in (*_KEY, "quantity", "parts", "price")} | ones)
        own = rows["own_number"].is_valid()
        if own.true_count:
            wanted = (*_NUMBER_KEY, "quantity", "price")
            self._numbers.add(
                {name: column.filter(own) for name, column in ({n: rows[n] for n in wanted} | ones).items()}
            )

    def usage_days(self) -> Iterator[UsageDay]:
        """The rows to post, by day, customer and product, sub-accounts added up."""
        table = self._days.table()
        if table is None:
            return
        key = ("day", "customer_id", "product", "country", "currency")
        sums = _grouped(table, key, self._days.figures).sort_by([(name, "ascending") for name in key])
        self.size = sums.num_rows
        of_day, of_product = cache(date.fromisoformat), {product.value: product for product in Product}
        for row in _rows(sums):
            day, customer_id, product, country, currency, records, messages, parts, micros = row
            what = (of_day(day), customer_id, of_product[product], country, currency)
            yield UsageDay(*what, messages, parts, micros, records)

    def slices(self) -> Iterator[list[UsageDay]]:
        """The rows to post in slices of whole journal entries, cut between days where they can be.

        Posting asks what of a slice's days was there before.
        """
        part: list[UsageDay] = []
        for usage in self.usage_days():
            enough = len(part) >= _SLICE and part[-1].entry != usage.entry
            if enough or (len(part) > _SLICE // 2 and part[-1].day != usage.day):
                yield part
                part = []
            part.append(usage)
        if part:
            yield part

    def write(self, tx: Transaction) -> None:
        """Add the sums to the roll-ups by sub-account and by own number, in the order of their keys."""
        _write(tx, _ADD_SUB, "day", self._days.table())
        _write(tx, _ADD_SUB, "month", self._months())
        _write(tx, _ADD_NUMBER_DAY, "day", self._numbers.table())

    def _months(self) -> Any:
        days = self._days.table()
        if days is None:
            return None
        first = pc.binary_join_element_wise(pc.utf8_slice_codeunits(days["day"], 0, 7), "01", "-")
        months = days.set_column(days.column_names.index("day"), "day", first)
        key = self._days.key
        return _grouped(months, key, self._days.figures).sort_by([(name, "ascending") for name in key])


def _write(tx: Transaction, statement: str, grain: str, table: Any) -> None:
    if table is None:
        return
    marks = ", ".join(["?" if tx.dialect == "sqlite" else "%s"] * len(table.column_names))
    sql = statement.format(marks=marks, grain=grain)
    for start in range(0, table.num_rows, _AT_ONCE):
        tx.conn.exec_driver_sql(sql, list(_rows(table.slice(start, _AT_ONCE))))


def _rows(table: Any) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=_AT_ONCE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
