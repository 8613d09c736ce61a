"""A tenth of the long proofs that no other test runs in small."""

from __future__ import annotations

import random

from tests.proofs.proofs import damaged, damaged_bank_files


def test_a_tenth_of_the_damaged_bank_files() -> None:
    assert damaged_bank_files(0.1)


def test_damage_changes_a_file() -> None:
    chance = random.Random(1)  # noqa: S311 - damage, not secrets
    whole = bytes(range(256)) * 4
    assert sum(damaged(whole, chance) != whole for _ in range(20)) > 15
