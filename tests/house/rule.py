"""What a house rule is: a sentence, a measure of one file, and an example that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.house.tree import Source

Measure = Callable[[Source], Iterable[str]]


@dataclass(frozen=True)
class Rule:
    """`offences` gives what is wrong in a file, in words; `bad` must offend, `good` must not."""

    says: str
    offences: Measure
    bad: tuple[Source, ...]
    good: tuple[Source, ...] = ()


RULES: list[Rule] = []


def rule(says: str, *, bad: dict[str, str], good: dict[str, str] | None = None) -> Callable[[Measure], Measure]:
    """Make a measure a rule of the house, with its examples by path."""

    def keep(measure: Measure) -> Measure:
        examples = [tuple(Source(*pair) for pair in (given or {}).items()) for given in (bad, good)]
        RULES.append(Rule(says, measure, *examples))
        return measure

    return keep
