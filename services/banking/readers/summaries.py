"""Rows of a table that are no movements: balances a bank states above, below or among them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.banking.model import Unreadable
from services.banking.readers.columns import Columns, plain_name
from services.banking.readers.grid import Row, is_day

_BALANCE = re.compile(r"\b(?:balance|solde|saldo|kontostand)\b")
_OPENING = re.compile(
    r"\b(?:opening|beginning|start|starting|initial|inicial|iniziale|debut|ancien|anterior|previous|alter|alt|brought)\b"
)
_AVAILABLE = re.compile(r"\b(?:available|disponible|disponibile|verfugbar|minimum|average|limit)\b")
# A balance in a row that looks like a movement: the whole of what it says.
_SAID = re.compile(
    r"(?:opening|closing|beginning|ending|starting|previous) balance|balance (?:brought|carried) forward"
    r"|saldo (?:anterior|inicial|final|do dia|atual|iniziale|finale)|s a l d o|(?:ancien|nouveau) solde"
    r"|solde (?:initial|final|precedent)|(?:alter|neuer) (?:saldo|kontostand)|(?:ingaende|utgaende) saldo"
)
_HEADED = re.compile(
    r"(?:(?:opening|closing|beginning|ending|start|starting|end|final|current|available|alter|neuer|letzter) )?"
    r"(?:balance|solde|saldo|kontostand)\b.{0,40}"
)
_TOTAL = re.compile(r"(?:grand )?totals?|totaux|totale?s?|summe")
_DAYS = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}")
_FIGURE = re.compile(r"[+-]?[$€£]? ?\d[\d .,']*[.,]\d{2}(?!\d)")

_ACCOUNT = frozenset(
    (
        "account", "account number", "account no", "iban", "numero de compte", "numero compte", "compte", "cuenta",
        "numero de cuenta", "konto", "kontonummer", "rekening",
    )
)  # fmt: skip
_NUMBER = re.compile(r"(?=(?:[^\d]*\d){5})[A-Z0-9][A-Z0-9 -]{4,40}")
_LONGEST_TEXT = 2_000
_LONGEST = 500  # characters of a row that states a balance


@dataclass(slots=True)
class Stated:
    """The opening and closing balance as texts, and the account's number, where the file states them."""

    opening: str = ""
    closing: str = ""
    account: str = ""
    row: int | None = None  # of a balance that looked like a movement: the rest must add up to it

    def name(self, row: Row) -> None:
        """Take the account in that a row above the table names: “Account number : 123456” in one value or two."""
        parts = [part.strip() for cell in row.cells for part in cell.split(":", 1)]
        for said, number in itertools.pairwise(parts):
            if not self.account and plain_name(said) in _ACCOUNT and _NUMBER.fullmatch(number):
                self.account = number

    def take(self, row: Row) -> bool:
        """Take a row's balance in; whether it states one."""
        if sum(map(len, row.cells)) > _LONGEST:
            return False
        words = plain_name(_DAYS.sub(" ", " ".join(row.cells)))
        if not _BALANCE.search(words) or _AVAILABLE.search(words):
            return False
        figures = [found for cell in row.cells for found in _FIGURE.findall(_DAYS.sub(" ", cell))]
        if len(figures) != 1:
            return False
        if _OPENING.search(words):
            self.opening = self.opening or figures[0].strip()
        else:
            self.closing = self.closing or figures[0].strip()
        return True


def movements_of(above: Sequence[Row], body: Sequence[Row], columns: Columns) -> tuple[list[Row], Stated]:
    """The rows that are movements, and what the others state.

    Before the first and after the last movement, a row that begins with the word for a balance (or is a total) is no
    movement; nor is, anywhere, one with a day and a balance, a word for it, and no amount. Every other row stays and
    must be readable.
    """
    stated = Stated()
    for row in above:
        stated.take(row)
        stated.name(row)
    money = [columns.at[role] for role in ("amount", "debit", "credit") if role in columns.at]
    days = [place for place, row in enumerate(body) if _has_day(row, columns.at["day"])]
    first, last = (days[0], days[-1]) if days else (0, len(body))
    kept: list[Row] = []
    texts = frozenset(columns.texts)
    for place, row in enumerate(body):
        if kept and place > first and texts.issuperset(at for at, cell in enumerate(row.cells) if cell):
            kept[-1] = _with_text(kept[-1], row, columns)
        elif first <= place <= last:
            bare = len(row.cells) >= columns.width and not any(row.cells[each] for each in money)
            if not (bare and stated.take(row)):
                kept.append(row)
        elif not _stands_apart(row, stated, money):
            kept.append(row)
    return kept, stated


def _with_text(row: Row, more: Row, columns: Columns) -> Row:
    """The row with the text of the next, which holds nothing else: some banks wrap what a movement says."""
    cells = list(row.cells)
    for place in columns.texts:
        if place < min(len(cells), len(more.cells)) and more.cells[place]:
            cells[place] = f"{cells[place]} {more.cells[place]}".strip()[:_LONGEST_TEXT]
    return Row(row.number, tuple(cells))


def _stands_apart(row: Row, stated: Stated, money: Sequence[int]) -> bool:
    if not any(row.cells[1:]) and not any(map(str.isdigit, row.cells[0])):
        return True  # a line between the names and the movements: “Posted Transactions”
    beside = not any(map(str.isdigit, "".join(row.cells[place] for place in money if place < len(row.cells))))
    said = next((cell for cell in row.cells if cell), "") if beside else row.cells[0]
    head = plain_name(_DAYS.sub(" ", said[:_LONGEST]))
    if _TOTAL.fullmatch(head):
        return True
    return bool(_HEADED.fullmatch(head)) and (stated.take(row) or bool(_AVAILABLE.search(head)))


def without_balances(rows: list[Row], columns: Columns, stated: Stated) -> list[Row]:
    """The movements without a balance that stands first or last among them, with its amount where theirs are.

    Raises `Unreadable` for one that stands between them.
    """
    place = columns.at.get("amount")
    marked = [
        at for at, row in enumerate(rows) if any(_SAID.fullmatch(plain_name(row.cells[each])) for each in columns.texts)
    ]
    for at in marked:
        row = rows[at]
        if place is None or at not in {0, len(rows) - 1}:
            raise Unreadable("The row is a balance among movements; export again without balances.", row.number)
        words = plain_name(" ".join(row.cells[each] for each in columns.texts))
        if _OPENING.search(words):
            stated.opening = row.cells[place]
        else:
            stated.closing = row.cells[place]
        stated.row = row.number
    return [row for at, row in enumerate(rows) if at not in marked]


def _has_day(row: Row, place: int) -> bool:
    return place < len(row.cells) and is_day(row.cells[place])
