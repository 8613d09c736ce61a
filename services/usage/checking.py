"""Checking rows of usage by the column: each distinct value is read once, sound rows come out typed, others named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from services.errors import Refused
from services.usage import values
from services.usage.readers import Batch
from services.usage.records import BadRow
from services.usage.values import said

_REMEMBERED = 50_000  # distinct values of a column whose reading is kept
_LONGEST_ID = 200
_LONGEST_RECIPIENT = 200
_QUARTER = 15 * 60  # no time zone begins a day elsewhere
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_SHORTENED = r"^\d(\.\d+)?E\+\d+$"  # what a spreadsheet makes of long digits: several ids become one
_UNSEEN = r"[\x00-\x1f\x7f]"
_ISO = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
_CENT = 10_000  # a price may be rounded to the cent

Payer = tuple[int, str, str]  # the customer's id, currency and country
Read = tuple[Any, str | None]  # what a text means, or the sentence why it means nothing


@dataclass(frozen=True, slots=True)
class Checked:
    """Sound rows by column, with their lines, and the rows that are not."""

    rows: dict[str, Any]
    lines: list[int]
    bad: list[BadRow]


@dataclass
class Checker:
    """Checks batch after batch of one import.

    `customers` finds customers by what a file calls them; `now` is the moment of the import, `timezone` what a day is.
    """

    customers: Callable[[list[str]], dict[str, Payer]]
    now: datetime
    timezone: tzinfo
    customer: str | None = None
    _known: dict[str, dict[str, Read]] = field(default_factory=dict)
    _days: dict[int, str] = field(default_factory=dict)

    def check(self, batch: Batch) -> Checked:
        """Part a batch into rows that can be kept and rows that cannot, each with its first reason."""
        faults: list[Any] = []
        rows = self._read(batch, faults)
        if not any(fault.null_count < len(fault) for fault in faults):
            return Checked(rows, batch.lines, batch.bad)
        reasons = pc.coalesce(*faults)
        sound = pc.is_null(reasons)
        keep = sound.to_pylist()
        written = zip(batch.lines, rows["external_id"].to_pylist(), reasons.to_pylist(), strict=True)
        bad = [BadRow(line, name[:_LONGEST_ID], reason) for line, name, reason in written if reason]
        lines = [line for line, good in zip(batch.lines, keep, strict=True) if good]
        return Checked({name: column.filter(sound) for name, column in rows.items()}, lines, [*batch.bad, *bad])

    def _read(self, batch: Batch, faults: list[Any]) -> dict[str, Any]:
        given, count = batch.columns, len(batch.lines)
        blank = pa.repeat("", count)
        rows = {"external_id": _plain_text(given["external_id"], "The id", _LONGEST_ID, faults, needed=True)}
        shortened = pc.match_substring_regex(rows["external_id"], _SHORTENED)
        _fault(shortened, "The id was shortened by a spreadsheet; export it as text.", faults)
        rows |= self._customers(given.get("customer"), count, faults)
        for name, (read, kind) in _READERS.items():
            rows[name] = self._encoded(name, given.get(name, blank), read, kind, faults)
        moments = self._moments(given.get("sent_at", blank), faults)
        rows["sent_at"], rows["day"] = _instants(moments), self._local_days(moments)
        rows["recipient"] = _plain_text(given.get("recipient", blank), "The recipient", _LONGEST_RECIPIENT, faults)
        rows["parts"] = pc.fill_null(rows["parts"], rows["quantity"])
        _country(rows, faults)
        _currency(rows, faults)
        _prices(rows, faults)
        return rows

    def _encoded(self, name: str, column: Any, read: Callable[[str], Any], kind: Any, faults: list[Any]) -> Any:
        """Read a column of few distinct values; what was read before is remembered."""
        encoded = column.dictionary_encode()
        known = self._known.setdefault(name, {})
        if len(known) > _REMEMBERED:
            known.clear()
        texts = encoded.dictionary.to_pylist()
        for text in texts:
            if text not in known:
                known[text] = _attempt(read, text)
        meant = [known[text] for text in texts]
        if any(fault for _value, fault in meant):
            faults.append(pa.array([fault for _value, fault in meant], pa.string()).take(encoded.indices))
        return pa.array([value for value, _fault in meant], kind).take(encoded.indices)

    def _customers(self, column: Any, count: int, faults: list[Any]) -> dict[str, Any]:
        """Who each row is charged to, and that customer's currency and country."""
        if column is None or self.customer is not None:
            column = pa.repeat(self.customer or "", count)
        encoded = column.dictionary_encode()
        texts = [text.strip() for text in encoded.dictionary.to_pylist()]
        known = self._known.setdefault("customer", {})
        unseen = [text for text in texts if text not in known]
        found = self.customers(unseen) if unseen else {}
        for text in unseen:
            sentence = f"There is no customer {said(text)}; use a username or an account id." if text else None
            known[text] = (
                found.get(text),
                None if text in found else sentence or "The row names no customer; name one.",
            )
        meant = [known[text] for text in texts]
        if any(fault for _payer, fault in meant):
            faults.append(pa.array([fault for _payer, fault in meant], pa.string()).take(encoded.indices))
        payers = [payer or (0, "", "") for payer, _fault in meant]
        kinds = (("customer_id", pa.int64()), ("billed_in", pa.string()), ("home", pa.string()))
        return {
            name: pa.array([payer[place] for payer in payers], kind).take(encoded.indices)
            for place, (name, kind) in enumerate(kinds)
        }

    def _moments(self, column: Any, faults: list[Any]) -> Any:
        """Moments in UTC; a wrong one is null and has its fault."""
        moments = column if pa.types.is_timestamp(column.type) else _parsed(column)
        if moments is None:
            meant = [_attempt(values.moment_of, text) for text in column.to_pylist()]
            faults.append(pa.array([fault for _value, fault in meant], pa.string()))
            moments = pa.array([value for value, _fault in meant], pa.timestamp("us", "UTC"))
        latest = self.now + timedelta(days=1)
        _fault(pc.is_null(moments), "The moment it was sent is missing; add it.", faults)
        _fault(pc.greater(moments, pa.scalar(latest, moments.type)), "It was sent in the future; correct it.", faults)
        early = pc.less(moments, pa.scalar(_EARLIEST, moments.type))
        _fault(early, "It was sent before 2000; correct the year.", faults)
        wrong = pc.or_kleene(early, pc.is_null(moments))
        return pc.if_else(wrong, pa.scalar(_EARLIEST, moments.type), moments)

    def _local_days(self, moments: Any) -> Any:
        """The company's day of each moment, as text."""
        quarters = pc.divide(pc.cast(moments, pa.int64()), _QUARTER * 1_000_000).dictionary_encode()
        found = quarters.dictionary.to_pylist()
        for quarter in found:
            if quarter not in self._days:
                moment = datetime.fromtimestamp(quarter * _QUARTER, UTC).astimezone(self.timezone)
                self._days[quarter] = moment.date().isoformat()
        return pa.array([self._days[quarter] for quarter in found], pa.string()).take(quarters.indices)


_READERS: dict[str, tuple[Callable[[str], Any], Any]] = {
    "sub_account": (values.sub_account_of, pa.string()),
    "product": (values.product_of, pa.string()),
    "direction": (values.direction_of, pa.string()),
    "country": (values.country_of, pa.string()),
    "quantity": (values.quantity_of, pa.int64()),
    "parts": (values.parts_of, pa.int64()),
    "unit_price": (values.unit_price_of, pa.int64()),
    "price": (values.price_of, pa.int64()),
    "carrier_fee": (values.fee_of, pa.int64()),
    "currency": (values.currency_of, pa.string()),
    "status": (values.status_of, pa.string()),
    "own_number": (values.own_number_of, pa.string()),
}


def _attempt(read: Callable[[str], Any], text: str) -> Read:
    try:
        return read(text), None
    except Refused as wrong:
        return None, str(wrong)


def _fault(wrong: Any, sentence: str, faults: list[Any]) -> None:
    """Give every row where `wrong` is true that sentence."""
    if pc.any(wrong).as_py():
        faults.append(pc.if_else(pc.fill_null(wrong, False), sentence, pa.scalar(None, pa.string())))


def _plain_text(column: Any, what: str, longest: int, faults: list[Any], *, needed: bool = False) -> Any:
    """A column of many distinct texts, trimmed."""
    plain = pc.utf8_trim_whitespace(column)
    if needed:
        _fault(pc.equal(plain, ""), f"{what} is missing; every row needs its own.", faults)
    _fault(pc.greater(pc.utf8_length(plain), longest), f"{what} is longer than {longest} characters.", faults)
    unseen = pc.match_substring_regex(plain, _UNSEEN)
    _fault(unseen, f"{what} holds a character that cannot be printed.", faults)
    return plain


def _parsed(column: Any) -> Any:
    """All moments at once where every one is ISO 8601 of the same form; None where one needs a closer look."""
    for ending, kind in ((r"(Z|[+-]\d\d:?\d\d)$", pa.timestamp("us", "UTC")), ("$", pa.timestamp("us"))):
        if pc.all(pc.match_substring_regex(column, _ISO + ending)).as_py():
            try:
                return pc.cast(pc.cast(column, kind), pa.timestamp("us", "UTC"))
            except pa.ArrowInvalid:
                return None
    return None


def _instants(moments: Any) -> Any:
    """Moments as the books write them: 2026-11-20T01:30:00.000000Z."""
    text = pc.cast(pc.cast(moments, pa.timestamp("us")), pa.string())
    return pc.binary_join_element_wise(pc.binary_replace_slice(text, 10, 11, "T"), "Z", "")


def _country(rows: dict[str, Any], faults: list[Any]) -> None:
    """Email goes to no country: without one it counts for the customer's."""
    missing = pc.equal(pc.fill_null(rows["country"], "-"), "")
    nowhere = pc.and_(missing, pc.starts_with(pc.fill_null(rows["product"], "-"), "email"))
    _fault(pc.and_not(missing, nowhere), "The country is missing; use its two letters, such as AU.", faults)
    rows["country"] = pc.if_else(missing, rows["home"], rows["country"])


def _currency(rows: dict[str, Any], faults: list[Any]) -> None:
    """Credit is one balance in the customer's own currency: usage in another would deduct from nothing."""
    own, named = rows["billed_in"], rows["currency"]
    wrong = pc.and_(pc.not_equal(named, ""), pc.and_(pc.not_equal(named, own), pc.not_equal(own, "")))
    if pc.any(wrong).as_py():
        sentence = pc.binary_join_element_wise("The customer is billed in ", own, ", not ", named, "; convert it.", "")
        faults.append(pc.if_else(wrong, sentence, pa.scalar(None, pa.string())))
    rows["currency"] = own


def _prices(rows: dict[str, Any], faults: list[Any]) -> None:
    """No unit costs more than 10,000, and a price is what its own unit price says, to the cent; or nothing."""
    price, unit = pc.fill_null(rows["price"], 0), rows["unit_price"]
    fee = pc.fill_null(rows["carrier_fee"], 0)
    quantity, parts = pc.fill_null(rows["quantity"], 1), pc.fill_null(rows["parts"], 1)
    highest = pc.multiply(pc.max_element_wise(quantity, parts, 1), values.HIGHEST_UNIT_PRICE)
    _fault(pc.greater(price, highest), "The price is more than 10,000 a unit; correct it.", faults)
    fits = pc.or_(pc.is_null(unit), pc.equal(price, 0))
    for units in (parts, quantity):
        product = pc.multiply(pc.fill_null(unit, 0), units)
        for said_price in (product, pc.add(product, fee)):
            fits = pc.or_(fits, pc.less_equal(pc.abs(pc.subtract(price, said_price)), _CENT))
    _fault(pc.invert(fits), "The price is not the unit price times quantity or parts; correct one of them.", faults)
