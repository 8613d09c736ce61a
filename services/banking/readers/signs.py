"""Which way the money of a table's rows went, decided for the whole file and never for one row."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from services.banking.model import Line, Unreadable
from services.banking.readers.columns import Columns
from services.banking.readers.grid import FINEST, Row, amount_of
from services.money import Money, zero

_DEBITS = frozenset({"debit", "debet", "dr", "dbit", "debe", "cargo"})
_CREDITS = frozenset({"credit", "kredit", "cr", "crdt", "haber", "abono"})
_SHORT_DEBITS = _DEBITS | {"d", "af", "s", "soll", "withdrawal"}
_SHORT_CREDITS = _CREDITS | {"c", "bij", "h", "haben", "deposit"}

_THANKED = re.compile(r"\bpayment\b.*\bthank you\b|\bthank you\b.*\bpayment\b", re.IGNORECASE)
_OF_CARDS = frozenset({"trans date", "transaction date"})
_PAID_OFF = frozenset({"payments and credits", "payment", "payments"})


class Signs:
    """How this file signs its amounts: found once from all rows."""

    def __init__(self, rows: Sequence[Row], columns: Columns, mark: str) -> None:
        """Find it out; raises `Unreadable` for a mix."""
        self._at, self._mark = columns.at, mark
        self._spent = _spent(rows, columns.at.get("debit"), mark)
        self._says = columns.texts
        self._told = _unsigned(rows, columns, mark)
        self._spends = _spends(rows, columns, mark, is_told=self._told is not None)
        self._pays = "member name" in columns.names and _are_negative(rows, columns.at.get("credit"), mark)

    def amount(self, row: Row, currency: str) -> Money:
        """The row's amount, positive for money that came in; raises `Unreadable` with row and column."""
        at = self._at
        if "amount" not in at:
            return self._of_two(row, currency)
        written = row.cells[at["amount"]]
        if not written:
            raise Unreadable(f"Column {at['amount'] + 1}: the amount is missing.", row.number)
        money = amount_of(written, currency, row.number, mark=self._mark)
        if self._spends:
            return _received(row, money)
        if self._told is not None:
            money = -money if row.cells[self._told].casefold() in _SHORT_DEBITS and money.micros else money
        self._hold_against(row, money)
        if self._told is not None:
            return money
        if money.micros > 0 and any(row.cells[place].casefold() in _DEBITS for place in self._says):
            raise Unreadable("The row says debit, but its amount is positive.", row.number)
        fee = row.cells[at["fee"]] if "fee" in at else ""
        return money - amount_of(fee, currency, row.number, mark=self._mark) if fee else money

    def _hold_against(self, row: Row, money: Money) -> None:
        """Refuse an amount that a column of debits or credits beside it contradicts."""
        for role, sign in (("same debit", -1), ("same credit", 1)):
            place = self._at.get(role)
            if place is None or not (written := row.cells[place]):
                continue
            said = amount_of(written, money.currency, row.number, mark=self._mark).micros
            if said and money.micros != sign * abs(said):
                raise Unreadable(f"Column {place + 1}: “{written[:20]}” is not the amount of the row.", row.number)

    def _of_two(self, row: Row, currency: str) -> Money:
        debit, credit = (row.cells[self._at[role]] for role in ("debit", "credit"))
        if not debit and not credit:
            raise Unreadable("The row has neither a debit nor a credit.", row.number)
        out = amount_of(debit, currency, row.number, mark=self._mark) if debit else zero(currency)
        into = amount_of(credit, currency, row.number, mark=self._mark) if credit else zero(currency)
        if out.micros and into.micros:
            raise Unreadable("The row has both a debit and a credit.", row.number)
        into = -into if self._pays and into.micros else into
        if into.micros < 0:
            raise Unreadable(f"Column {self._at['credit'] + 1}: a credit is negative.", row.number)
        return Money(into.micros + self._spent * out.micros, currency)


def _spends(rows: Sequence[Row], columns: Columns, mark: str, *, is_told: bool) -> bool:
    """Whether what was spent is positive: by the dialect, or because every payment that is thanked for is negative.

    Raises `Unreadable` for a card's table in which no amount has a sign and no payment tells.
    """
    if "amount" not in columns.at or "balance" in columns.at or is_told:
        return columns.spends
    place = columns.at["amount"]
    amounts = [
        amount_of(row.cells[place], FINEST, row.number, mark=mark).micros if row.cells[place] else 0 for row in rows
    ]
    thanked = {
        micros < 0: row.number
        for row, micros in zip(rows, amounts, strict=True)
        if micros and any(_THANKED.search(row.cells[each]) for each in columns.texts)
    }
    names = set(columns.names)
    if columns.spends or set(thanked) == {True}:
        if set(thanked) == {False}:
            raise Unreadable(
                "A payment is positive, as what was spent should be: the signs were turned round.", thanked[False]
            )
        return True
    if not thanked and min(amounts) >= 0 and "post date" in names and names & _OF_CARDS and "type" not in names:
        raise Unreadable(
            "A card's amounts have no sign, and nothing says what was spent and what was paid.", rows[0].number
        )
    return False


def _received(row: Row, money: Money) -> Money:
    """The amount of a card that counts what was spent as positive; raises `Unreadable` for a payment to it that is."""
    if money.micros > 0 and any(cell.casefold() in _PAID_OFF for cell in row.cells):
        raise Unreadable("The row says payment, but its amount is positive as what was spent is.", row.number)
    return -money if money.micros else money


def refuse_unsigned(pairs: Sequence[tuple[Line, Money | None]]) -> None:
    """Refuse amounts without any sign beside a balance that rises and falls by each: the first one's way is not told.

    Raises `Unreadable` with the row of the first amount that went out.
    """
    for way in (pairs, pairs[::-1]):
        falls = []
        for (_, before), (line, after) in itertools.pairwise(way):
            step = after.micros - before.micros if before is not None and after is not None else 0
            if line.amount.micros <= 0 or abs(step) != line.amount.micros:
                break
            falls += [line.row] if step < 0 else []
        else:
            if falls and way[0][0].amount.micros > 0:
                reason = "Amounts have no sign and the balance falls: a column must say debit or credit of every row."
                raise Unreadable(reason, falls[0])


def _spent(rows: Sequence[Row], place: int | None, mark: str) -> int:
    """-1 where the debit column holds positive figures, 1 where they are negative already; a mix is refused."""
    if place is None:
        return 1
    signs: dict[bool, int] = {}
    for row in rows:
        if row.cells[place] and (money := amount_of(row.cells[place], FINEST, row.number, mark=mark)):
            signs.setdefault(money.micros > 0, row.number)
    if len(signs) > 1:
        reason = f"Column {place + 1}: debits are positive in some rows and negative in others."
        raise Unreadable(reason, max(signs.values()))
    return -1 if True in signs else 1


def _are_negative(rows: Sequence[Row], place: int | None, mark: str) -> bool:
    """Whether every credit is negative: a card (Citi) that counts what was paid to it so."""
    found = [row.cells[place] for row in rows if place is not None and row.cells[place]]
    return all(amount_of(each, FINEST, None, mark=mark).micros <= 0 for each in found)


def _unsigned(rows: Sequence[Row], columns: Columns, mark: str) -> int | None:
    """The column that says debit or credit of amounts that carry no sign; None where they carry their own.

    A column named for it must say so on every row, and one of signed amounts must agree; raises `Unreadable`.
    """
    if "amount" not in columns.at:
        return None
    named = columns.at.get("direction")
    debits, credits_ = (_DEBITS, _CREDITS) if named is None else (_SHORT_DEBITS, _SHORT_CREDITS)
    for place in columns.kinds if named is None else [named]:
        words = [row.cells[place].casefold() for row in rows]
        odd = next((row for row, word in zip(rows, words, strict=True) if word not in debits | credits_), None)
        if odd is None and debits.intersection(words):
            return place if _agrees(rows, words, columns.at["amount"], mark, debits) else None
        if odd is not None and named is not None:
            said = odd.cells[place][:20]
            raise Unreadable(f"Column {place + 1}: “{said}” says neither debit nor credit.", odd.number)
    return _told_anywhere(rows, columns, mark)


def _told_anywhere(rows: Sequence[Row], columns: Columns, mark: str) -> int | None:
    """A column of nobody's name that says debit or credit of every row, where no amount has a sign.

    Raises `Unreadable` where it is one letter on every row, which may say it or anything.
    """
    for place in range(columns.width):
        words = {row.cells[place].casefold() for row in rows}
        if place in columns.at.values() or not words & _SHORT_DEBITS or not words <= _SHORT_DEBITS | _SHORT_CREDITS:
            continue
        amounts = [row.cells[columns.at["amount"]] for row in rows]
        if any(amount_of(each, FINEST, None, mark=mark).micros < 0 for each in amounts if each):
            return None
        if len(words) == 1 and len(rows[0].cells[place]) == 1:
            reason = (
                f"Column {place + 1}: “{rows[0].cells[place]}” may say that the money went out; give the column a name."
            )
            raise Unreadable(reason, rows[0].number)
        return place
    return None


def _agrees(rows: Sequence[Row], words: Sequence[str], place: int, mark: str, debits: frozenset[str]) -> bool:
    """Whether no amount has a sign, so that the words give it; False where all signs agree with the words already."""
    amounts = [
        amount_of(row.cells[place], FINEST, row.number, mark=mark).micros if row.cells[place] else 0 for row in rows
    ]
    if not any(micros < 0 for micros in amounts):
        return True
    for row, word, micros in zip(rows, words, amounts, strict=True):
        if micros and (micros < 0) is not (word in debits):
            told = "debit" if word in debits else "credit"
            raise Unreadable(
                f"The row says {told}, but its amount is {'positive' if micros > 0 else 'negative'}.", row.number
            )
    return False
