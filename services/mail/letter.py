"""A letter before it is posted: its subject and its parts in English or French, as plain text and as small HTML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from services.company.model import Company
from services.errors import BrokenInvariant
from services.mail.model import MailKind
from services.texts import seen

LANGUAGES = ("en", "fr")
_BREAKS = re.compile(r"[\r\n\t ]+")
_FOLDER = Path(__file__).resolve().parent / "letters"
_LONGEST_SUBJECT = 200
_COLON = {"en": ": ", "fr": " : "}
_OPTIONAL = {"lowered", "returned", "lapse"}  # sentences of a letter that stand only where their fact does

_HTML = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{subject}</title>
</head>
<body style="margin:0;padding:24px;font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:15px;\
line-height:1.5">
<div style="max-width:560px">
{body}
</div>
</body>
</html>
"""
_TABLE = '<table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse">'


class NoSuchLetter(BrokenInvariant):
    """A message asks for a letter, or a letter for a fact, that is not there."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a letter in their order, every blank filled in."""

    language: str
    subject: str
    greeting: str
    before: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    after: tuple[str, ...]
    closing: str
    signature: tuple[str, ...]
    foot: str

    @property
    def text(self) -> str:
        """The letter as plain text."""
        colon = _COLON[self.language]
        facts = "\n".join(f"  {label}{colon}{value}" for label, value in self.facts)
        signed = "\n".join((f"{self.closing},", *self.signature))
        parts = [self.greeting, *self.before, facts, *self.after, signed, f"-- \n{self.foot}"]
        return "\n\n".join(parts) + "\n"

    @property
    def html(self) -> str:
        """The letter as HTML without pictures, links or scripts; every value is escaped here."""
        rows = "\n".join(_row(label, value) for label, value in self.facts)
        signed = "<br>\n".join(escape(line) for line in (f"{self.closing},", *self.signature))
        parts = [
            *(f"<p>{escape(words)}</p>" for words in (self.greeting, *self.before)),
            f"{_TABLE}\n{rows}\n</table>",
            *(f"<p>{escape(words)}</p>" for words in self.after),
            f"<p>{signed}</p>",
            f'<p style="font-size:12px;opacity:0.7">{escape(self.foot)}</p>',
        ]
        return _HTML.format(language=self.language, subject=escape(self.subject), body="\n".join(parts))


def letter(kind: MailKind, language: str, facts: Mapping[str, str], *, company: Company) -> Letter:
    """The letter of a kind in "en" or "fr". Raises `NoSuchLetter` when a fact it names is missing."""
    words = _words(language)
    template, common = words[_section(kind, facts)], words["common"]
    known = dict(facts) | {"company": company.name}
    try:
        known |= {name: common[name].format_map(known) for name in ("bank", "transfer")}
        known |= {
            name: template[name].format(amount=known[name]) if known.get(name) else ""
            for name in _OPTIONAL & template.keys()
        }
        return Letter(
            language=language,
            subject=one_line(template["subject"].format_map(known))[:_LONGEST_SUBJECT],
            greeting=common["greeting"].format_map(known),
            before=_filled(template["before"], known),
            facts=tuple((label, value) for label, value in _rows(template["facts"], known) if value),
            after=_filled(template["after"], known),
            closing=common["closing"],
            signature=tuple(filter(None, (company.name, company.phone, company.email))),
            foot=common["foot"],
        )
    except KeyError as missing:
        raise NoSuchLetter(f"the letter “{kind}” in “{language}” asks for {missing}") from missing


def one_line(words: str) -> str:
    """A text fit for a header: on one line, without anything that cannot be seen."""
    return seen(_BREAKS.sub(" ", words)).strip()


def _section(kind: MailKind, facts: Mapping[str, str]) -> str:
    if kind is MailKind.SHORT_PAYMENT:
        return "short_payment_open" if facts.get("open") else "short_payment_settled"
    if kind is MailKind.INVOICE and (facts.get("settled") or facts.get("arrears")):
        return "invoice_copy" if facts.get("settled") else "invoice_arrears"
    if kind is MailKind.REMINDER and facts.get("stage"):
        return f"reminder_{facts['stage']}"  # of a debt, by its stage
    if kind is MailKind.POSTPAID_LETTER:
        return "postpaid_question" if facts.get("asks") else "postpaid_decision"
    if kind is MailKind.CREDIT_LIMIT and facts.get("at_limit"):
        return f"credit_limit_{facts['at_limit']}"
    return kind.name.lower()


def _filled(templates: list[str], known: Mapping[str, str]) -> tuple[str, ...]:
    filled = (each.format_map(known).strip() for each in templates)
    return tuple(each for each in filled if each)


def _rows(templates: list[list[str]], known: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(label, value.format_map(known)) for label, value in templates]


def _row(label: str, value: str) -> str:
    cell = "padding:2px 20px 2px 0;vertical-align:top"
    return f'<tr><td style="{cell};opacity:0.7">{escape(label)}</td><td style="{cell}"><b>{escape(value)}</b></td></tr>'


@cache
def _words(language: str) -> dict[str, Any]:
    if language not in LANGUAGES:
        raise NoSuchLetter(f"there are no letters in “{language}”")
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
