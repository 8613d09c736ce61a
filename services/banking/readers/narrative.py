"""Who paid and what for, out of the free text of MT940: German ?20 subfields, /NAME/ words, plain lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

_FULL_WIDTH = 65  # SWIFT wraps at 65 characters in the middle of a word
_LONGEST = 4_000  # of a text; SWIFT allows 390 characters, German banks write some hundreds more
_FULL_SUBFIELD = 25  # subfields are cut at 27 characters, by some banks at 25
_CODED = re.compile(r"\s*\d{3}([?<>~^@+|])(?=\d\d)")
_NUMBERED = re.compile(r"\s*([?<>~^@+|])(?=\d\d)")
_REMITTANCE = frozenset([*range(20, 30), *range(60, 64)])
_NAMES = frozenset((32, 33))
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|IBAN|BIC)\+")
_WORDS = (
    "TRTP IBAN BIC NAME REMI EREF MARF CSID ISDT BENM ORDP ID ADDR PREF CNTP RTRN RETN PURP CHGS OCMT "
    "ULTD ULTB ULTC ULDB KREF SVCL ORD BENF ACCW EXCH INIT PT FT PY"
)
_SLASHED = re.compile("/(" + "|".join(_WORDS.split()) + ")/")
_ACCOUNT_FIRST = re.compile(r"([A-Z]{2}\d{2}[A-Z0-9]{10,30}|\d{7,12}) +(\S.*)")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
_NOTHING = frozenset(("", "NOTPROVIDED", "NONREF", "NOREF"))


@dataclass(frozen=True, slots=True)
class Narrative:
    """What the free text of one movement says."""

    counterparty: str = ""
    account: str = ""
    remittance: str = ""
    end_to_end: str = ""


def narrative_of(lines: Sequence[str], supplementary: Sequence[str]) -> Narrative:
    """Read the lines of :86:, and what it leaves out from the supplementary lines of :61:."""
    found = _narrative(lines, supplementary)
    if not found.account and supplementary and _IBAN.fullmatch(supplementary[0]):
        return replace(found, account=supplementary[0])
    return found


def is_account(text: str) -> bool:
    """Whether a reference is really the other party's IBAN, as ASN and SNS write it."""
    return bool(_IBAN.fullmatch(text))


def _narrative(lines: Sequence[str], supplementary: Sequence[str]) -> Narrative:
    whole = "".join(lines)[:_LONGEST]
    if coded := _CODED.match(whole) or _NUMBERED.match(whole):
        return _subfields(whole, coded[1])
    if len(_SLASHED.findall(whole)) >= 2 or whole.lstrip().startswith(("/NAME/", "/REMI/", "/CNTP/")):  # noqa: PLR2004 - one alone may be part of a text
        return _slashed(whole)
    if not whole.strip():
        return Narrative(remittance=_squeezed(" ".join(supplementary)[:_LONGEST]))
    return _plain(lines, supplementary)


def _subfields(whole: str, mark: str) -> Narrative:
    parts = re.split(re.escape(mark) + r"(\d\d)", whole)
    pieces: dict[int, list[str]] = {}
    for code, value in zip(parts[1::2], parts[2::2], strict=True):
        pieces.setdefault(int(code), []).append(value)
    found = {code: "".join(values) for code, values in sorted(pieces.items())}
    text = _joined((value for code, value in found.items() if code in _REMITTANCE), _FULL_SUBFIELD)
    purpose, end_to_end = _sepa(text)
    return Narrative(
        counterparty=_squeezed(_joined((value for code, value in found.items() if code in _NAMES), _FULL_SUBFIELD)),
        account=_squeezed(found.get(38) or found.get(31, "")).replace(" ", ""),
        remittance=_squeezed(purpose) or _squeezed(found.get(0, "")),
        end_to_end=end_to_end,
    )


def _sepa(text: str) -> tuple[str, str]:
    """Split a SEPA text into its purpose (SVWZ+) and the payer's reference (EREF+)."""
    parts = _SEPA.split(text)
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    end_to_end = _reference(said.get("EREF", ""))
    return said.get("SVWZ", text), end_to_end


def _slashed(whole: str) -> Narrative:
    parts = _SLASHED.split(whole)
    said: dict[str, str] = {}
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        said.setdefault(word, value.strip("/ ") if word != "CNTP" else value)
    account, _, rest = said.get("CNTP", "").partition("/")
    other = rest.split("/")
    name = said.get("NAME") or (other[1] if len(other) > 1 else "")
    remittance = re.sub(r"^(USTD/+|STRD/(CUR|ISO)?/?)", "", said.get("REMI", ""))
    return Narrative(
        counterparty=_squeezed(name),
        account=(said.get("IBAN") or account).replace(" ", ""),
        remittance=_squeezed(remittance) or ("" if said.keys() & {"REMI", "NAME", "CNTP"} else _squeezed(whole)),
        end_to_end=_reference(said.get("EREF", "")),
    )


def _plain(lines: Sequence[str], supplementary: Sequence[str]) -> Narrative:
    first = _ACCOUNT_FIRST.fullmatch(lines[0].strip())  # ASN and SNS: "IBAN name", the name again, then the text
    if first and (is_account(first[1]) or first[2] in supplementary):
        return Narrative(_squeezed(first[2]), first[1], _squeezed(_joined(lines[1:])))
    text = _squeezed(_joined(lines)[:_LONGEST])
    name, title = _after(text, "OD: "), _after(text, "TYT.: ")  # mBank: from whom, what for, and its account
    if name and title:
        account = re.match(r"\d*", _after(text, "Z RACH.: "))
        return Narrative(name, account[0] if account else "", title)
    return Narrative(remittance=text)


def _after(text: str, word: str) -> str:
    """What stands between a word and the next semicolon."""
    found, _, _ = f" {text}".partition(f" {word}")[2].partition(";")
    return found.strip()


def sberbank_of(lines: Sequence[str]) -> Narrative:
    """Read the numbered lines of :NS: (15, 16 the other party; 34 its account; the rest is text)."""
    said = list(_numbered(lines))
    return Narrative(
        counterparty=_squeezed(" ".join(text for code, text in said if code in {"15", "16"})),
        account="".join(text for code, text in said if code == "34"),
        remittance=_squeezed(" ".join(text for code, text in said if code not in {"15", "16", "33", "34"})),
    )


def _numbered(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if re.match(r"\d\d", line):
            yield line[:2], line[2:].strip()


def _joined(lines: Iterable[str], full: int = _FULL_WIDTH) -> str:
    """Lines as one text: a full line was cut inside a word, a shorter one ended there."""
    return "".join(line if len(line) >= full else line + " " for line in lines)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _reference(text: str) -> str:
    return "" if text.strip("/ ") in _NOTHING else _squeezed(text.strip("/ "))
