"""Whether a line is what a rule speaks of, and what several lines have in common: pure, without a database."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.banking.fingerprint import normalised
from services.banking.model import BankLine
from services.banking.sorting.model import AS_OFTEN, LEARNED, Pattern, Proposal, Rule, Sort

_WORD = re.compile(r"[^\W\d_]{3,}")
_MONTHS = frozenset(name.casefold() for name in (*calendar.month_name, *calendar.month_abbr) if name)
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of one line."""

    line: BankLine
    sort: Sort


def words_of(text: str) -> tuple[str, ...]:
    """The words of a bank's text that may come again: letters only, no months, each once, in order."""
    return tuple(dict.fromkeys(word for word in _WORD.findall(text.casefold()) if word not in _MONTHS))


def fits(pattern: Pattern, line: BankLine) -> bool:
    """Whether the line is what the pattern speaks of."""
    if (line.amount.micros > 0) is not pattern.incoming or not line.amount:
        return False
    if pattern.bank_account and pattern.bank_account != line.bank_account:
        return False
    if pattern.counterparty and normalised(pattern.counterparty) != normalised(line.counterparty):
        return False
    spoken = set(spoken_words(f"{line.counterparty} {line.remittance}"))
    return all(word.casefold() in spoken for word in pattern.words)


def spoken_words(text: str) -> list[str]:
    """The words of a text as rules compare them: small, without what stands between them."""
    return re.findall(r"\w+", text.casefold())


def first_that_fits(rules: Sequence[Rule], line: BankLine) -> Rule | None:
    """The rule that knows the line; of several the one that says most."""
    known = [rule for rule in rules if rule.is_on and fits(rule.pattern, line)]
    return max(known, key=lambda rule: (_says(rule.pattern), -rule.id), default=None)


def _says(pattern: Pattern) -> int:
    return 2 * bool(pattern.counterparty) + len(pattern.words) + bool(pattern.bank_account)


def pattern_of(lines: Sequence[BankLine], sort: Sort) -> Pattern | None:
    """What lines of one kind have in common; None where that is nothing to know them by."""
    first = lines[0]
    same_party = len({normalised(line.counterparty) for line in lines}) == 1
    party = first.counterparty if same_party and normalised(first.counterparty) else ""
    others = [set(words_of(line.remittance)) for line in lines[1:]]
    words = [word for word in words_of(first.remittance) if all(word in each for each in others)]
    if not party and not words:
        return None
    return Pattern(sort, first.amount.micros > 0, tuple(words[:_MOST_WORDS]), party)


def proposals(said: Iterable[Said], rules: Sequence[Rule]) -> list[Proposal]:
    """Rules that would have known what a person said twice or more, most often first.

    What a rule knows, on or off, is not proposed again: whoever switched it off meant it.
    """
    groups: defaultdict[tuple[Sort, bool, str], list[BankLine]] = defaultdict(list)
    for each in said:
        if each.sort in LEARNED:
            line = each.line
            who = normalised(line.counterparty) or " ".join(words_of(line.remittance))
            groups[each.sort, line.amount.micros > 0, who].append(line)
    found = []
    for (sort, _, _), lines in groups.items():
        pattern = pattern_of(lines, sort) if len(lines) >= AS_OFTEN else None
        if pattern and not any(rule.pattern.sort is sort and fits(rule.pattern, lines[0]) for rule in rules):
            found.append(Proposal(pattern, len(lines)))
    return sorted(found, key=lambda one: (-one.times, one.pattern.says))
