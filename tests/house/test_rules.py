"""Every rule of the house on every file, and proof that every rule can fail."""

from __future__ import annotations

import pytest

from tests.house import safety, screens, sizes, words
from tests.house.rule import RULES, Rule
from tests.house.tree import Source, sources, texts

_EXAMPLES = [(rule, bad) for rule in RULES for bad in rule.bad]

test_few_functions_are_longer_than_usual = sizes.test_few_functions_are_longer_than_usual
test_a_longer_function_is_counted = sizes.test_a_longer_function_is_counted


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_the_house_keeps(rule: Rule) -> None:
    files = texts() if rule.offences is words.marks else sources()
    assert "\n".join(f"{file.path}: {one}" for file in files for one in rule.offences(file)) == ""


@pytest.mark.parametrize(("rule", "bad"), _EXAMPLES, ids=lambda value: getattr(value, "path", value))
def test_the_rule_catches(rule: Rule, bad: Source) -> None:
    assert list(rule.offences(bad)), rule.says


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_the_rule_lets_the_good_example_pass(rule: Rule) -> None:
    assert [one for good in rule.good for one in rule.offences(good)] == []


def test_every_file_of_rules_is_in_force() -> None:
    measured = {rule.offences.__module__ for rule in RULES}
    assert measured == {module.__name__ for module in (safety, screens, sizes, words)}
