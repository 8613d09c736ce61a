"""OFX's own markup, version 1 (SGML, elements left open) and 2 (XML) alike: aggregates with their elements' values."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.banking.model import Unreadable

# Only these hold other elements: an empty element an SGML file leaves open must not swallow what follows it.
_AGGREGATE = re.compile(
    r"""OFX|SONRS|STATUS|FI|PAYEE|BALLIST|BAL|IMAGEDATA|(?:SIGNON|BANK|CREDITCARD|INVSTMT)MSGSRSV1|(?:CC|INV)?STMTTRNRS
    |(?:CC|INV)?STMTRS|(?:BANK|CC)ACCT(?:FROM|TO)|BANKTRANLISTP?|STMTTRNP?|(?:ORIG)?CURRENCY|(?:LEDGER|AVAIL)BAL""",
    re.VERBOSE,
)
_TAG = re.compile(
    r"<(?P<end>/)?(?P<name>[A-Za-z0-9._]{1,64})(?:\s[^<>]{0,2000})?/?>(?P<text>(?:[^<]+|<!\[CDATA\[.*?\]\]>)*)",
    re.DOTALL,
)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_SINGLE = frozenset({"TRNAMT", "DTPOSTED", "BALAMT", "CURDEF", "ACCTID", "CURSYM"})
_OF_STATEMENTS = frozenset(
    (
        "STMTRS", "CCSTMTRS", "STMTTRN", "STMTTRNP", "LEDGERBAL", "BANKACCTFROM", "CCACCTFROM", "CURRENCY",
        "BANKTRANLIST",
    )
)  # fmt: skip
_LIST, _AFTER_LIST = "BANKTRANLIST", frozenset({"LEDGERBAL", "AVAILBAL", "STMTRS", "CCSTMTRS"})
_DEEPEST = 40
_MOST, _MOST_VALUES = 300_000, 200  # aggregates of a file, elements of one


@dataclass(slots=True)
class Aggregate:
    """An element that holds others: `values` its own texts by name, `parts` the aggregates inside, `row` its line."""

    name: str
    row: int
    values: dict[str, str] = field(default_factory=dict)
    parts: list[Aggregate] = field(default_factory=list)

    def part(self, *names: str) -> Aggregate:
        """The first aggregate inside of one of these names, or an empty one."""
        return next((each for each in self.parts if each.name in names), Aggregate(names[0], self.row))

    def each(self, *names: str) -> Iterator[Aggregate]:
        """Every aggregate of these names at any depth, in the file's order."""
        waiting = list(reversed(self.parts))
        while waiting:
            found = waiting.pop()
            if found.name in names:
                yield found
            waiting.extend(reversed(found.parts))


def parse(text: str) -> Aggregate:
    """The one `<OFX>` of the file; raises `Unreadable` for none, two, or one that is cut off."""
    starts = [each.start() for each in re.finditer(r"<OFX[\s>]", text, re.IGNORECASE)]
    if not starts:
        raise Unreadable("This looks like OFX, but its <OFX> element is missing; download it from the bank again.")
    if len(starts) > 1:
        row = text.count("\n", 0, starts[1]) + 1
        raise Unreadable("The file holds more than one document; split it and import each.", row)
    if text.rfind("<![CDATA[") > text.rfind("]]>"):
        raise Unreadable("A text of the file never ends (CDATA): it is cut off; download it again.")
    root = Aggregate("", 1)
    inside = [root]
    row, at, opened = 1, 0, 0
    for found in _TAG.finditer(text, starts[0]):
        name = found["name"].upper()
        row, at = row + text.count("\n", at, found.start()), found.start()
        if found["end"]:
            _close(name, inside, row)
        elif _AGGREGATE.fullmatch(name):
            opened += 1
            if opened > _MOST:
                raise Unreadable("The file has more parts than any bank's; ask the bank for a shorter period.", row)
            _open(name, inside, row)
        elif len(inside) > 1:
            _value(inside[-1], name, _plain(found["text"]), row)
    if len(inside) > 1:
        raise Unreadable(f"The file ends inside <{inside[-1].name}>: it is cut off; download it again.", inside[-1].row)
    return root.parts[0]


def _open(name: str, inside: list[Aggregate], row: int) -> None:
    if len(inside) > _DEEPEST:
        raise Unreadable("The elements of the file are nested deeper than any bank's.", row)
    _end_list(name, inside)
    found = Aggregate(name, row)
    inside[-1].parts.append(found)
    inside.append(found)


def _end_list(name: str, inside: list[Aggregate]) -> None:
    """End a list of movements that the bank leaves open: a balance, or the statement's own end, comes after it."""
    if name in _AFTER_LIST and inside[-1].name == _LIST:
        inside.pop()


def _close(name: str, inside: list[Aggregate], row: int) -> None:
    if not _AGGREGATE.fullmatch(name):
        return
    _end_list(name, inside)
    if inside[-1].name != name:
        said = f"</{name}> closes <{inside[-1].name}>" if len(inside) > 1 else f"</{name}> closes nothing"
        raise Unreadable(f"{said}: the file is damaged; download it from the bank again.", row)
    inside.pop()


def _value(aggregate: Aggregate, name: str, text: str, row: int) -> None:
    known = aggregate.values.get(name)
    if known and text and known != text and name in _SINGLE and aggregate.name in _OF_STATEMENTS:
        raise Unreadable(f"<{name}> stands twice in one <{aggregate.name}>, with two values.", row)
    if not known and len(aggregate.values) < _MOST_VALUES:
        aggregate.values[name] = text


def _plain(text: str) -> str:
    """Its words: CDATA opened, character references resolved once, white space at its ends and breaks gone."""
    if "<" in text:
        text = _CDATA.sub(r"\1", text)
    return " ".join((html.unescape(text) if "&" in text else text).split())
