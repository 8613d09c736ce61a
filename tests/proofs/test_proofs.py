"""A tenth of every long proof; `make prove` runs them whole."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.conftest import missing
from tests.postgres import programs
from tests.proofs.__main__ import page
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


def test_one_proof_writes_its_own_row_and_keeps_the_others() -> None:
    first, last = (str(proof.__doc__).splitlines()[0] for proof in (PROOFS[0], PROOFS[-1]))
    both = page(page("", last, f"| {last} | old | 1 | a day |"), first, f"| {first} | new | 2 | a day |")
    again = page(both, last, f"| {last} | newer | 3 | another day |")
    rows = [line for line in again.splitlines() if line.startswith("| ")]
    assert rows[1:] == [f"| {first} | new | 2 | a day |", f"| {last} | newer | 3 | another day |"]
    assert len({str(proof.__doc__).splitlines()[0] for proof in PROOFS}) == len(PROOFS)
