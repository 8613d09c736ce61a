"""A tenth of every long proof; `make prove` runs them whole."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.conftest import missing
from tests.postgres import programs
from tests.proofs.files import damaged
from tests.proofs.proofs import PROOFS

TENTH = 0.1


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.__name__)
def test_a_tenth_of_every_proof(proof: Callable[[float], str]) -> None:
    if proof.__name__.endswith("_on_postgresql") and programs() is None:
        missing("no PostgreSQL server found: install postgresql, or set LEDGERDESK_TEST_POSTGRES")
    assert proof(TENTH)


def test_damage_changes_a_file() -> None:
    chance = random.Random(1)  # noqa: S311 - damage, not secrets
    whole = bytes(range(256)) * 4
    assert sum(damaged(whole, chance) != whole for _ in range(20)) > 15
