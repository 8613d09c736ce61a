"""Search: both databases give the same ten answers, whatever is stored and typed, indexed or only just written."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from services.customers.finding import comparable
from services.customers.tables import customer
from services.db.engine import Database
from services.search.indexing import catch_up
from services.search.model import Source
from services.search.queries import find, page
from services.search.words import edits, joined, typed
from tests import builders

_WORDS = """
harbour harbor dental kestrel kestral bluegum blue gum clinics travel éléonore straße pty ltd ångström 東京 o’neil x
"""
WORDS = _WORDS.split()
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
PHONES = st.from_regex(r"(\+61|0)4[0-9]{2} ?[0-9]{3} ?[0-9]{3}", fullmatch=True) | st.just("")
ROWS = st.lists(st.tuples(NAMES, st.sampled_from(WORDS), PHONES), min_size=1, max_size=25)
SEEDS = st.integers(0, 2**32)
CROWD = 100  # customers of a few words each: beyond it more are alike than the index looks at for one word
SURE = 700
ANYTHING = st.text(max_size=30)


def mutated(text: str, rng: random.Random) -> str:
    """A text as somebody might type it: cut, shuffled, with a slip."""
    words = text.split()
    rng.shuffle(words)
    sought = " ".join(words)[: rng.choice((3, 6, 99))]
    near = list(edits(joined(sought)))
    return rng.choice([sought, sought.upper(), rng.choice(near) if near else sought, f"%{sought}'"])


@pytest.fixture
def both(sqlite_database: Database, postgres_database: Database) -> tuple[Database, Database]:
    for database in (sqlite_database, postgres_database):
        builders.customers(database, 0)
    return sqlite_database, postgres_database


def write(database: Database, rows: list[tuple[str, str, str]], first: int) -> None:
    """Customers with these names, logins and phones."""
    with database.write(at=builders.AT) as tx:
        for number, (name, login, phone) in enumerate(rows, first):
            known = builders._customer(number)
            changed = {
                "name": name, "name_key": comparable(name), "username": f"{login}{number}",
                "username_key": f"{comparable(login)}{number}", "phone": phone, "contact_name": login,
            }  # fmt: skip
            tx.conn.execute(insert(customer).values(**known | changed))


def answers(database: Database, text: str) -> list[tuple[int, int, int, int, str]]:
    with database.read() as conn:
        return [(*hit.record, hit.score, hit.reason) for hit in find(conn, text)]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=ROWS, later=ROWS, seed=SEEDS, anything=ANYTHING)
def test_the_same_ten_on_both_databases_noted_or_taken_in(both, rows, later, seed, anything) -> None:
    rng = random.Random(seed)  # noqa: S311 - choices, not secrets
    with both[0].read() as conn:
        first = len(conn.exec_driver_sql("SELECT id FROM customer").all()) + 1
    for database in both:
        write(database, rows, first)
        catch_up(database)
        write(database, later, first + len(rows))
    texts = [mutated(name, rng) for name, _, _ in rng.choices(rows + later, k=5)] + [anything]
    texts += [phone[-4:] for _, _, phone in rng.choices(rows + later, k=2)]
    noted = [[answers(database, text) for text in texts] for database in both]
    assert noted[0] == noted[1]
    for database in both:
        catch_up(database)
    taken_in = [[answers(database, text) for text in texts] for database in both]
    assert taken_in[0] == taken_in[1]
    crowded = first + len(rows) + len(later) > CROWD
    for before, after in zip(noted[0], taken_in[0], strict=True):
        # what is noted is looked at whole: it may add faint ones, in a crowd of like names ones nobody can tell apart
        sure = [found for found in before if found[3] > SURE]
        assert crowded or after[: len(sure)] == sure
    for text in texts:
        listed = []
        for database in both:
            with database.read() as conn:
                found, near = page(conn, text=text, size=10_000)
                listed.append((found.rows["id"].tolist(), near))
        assert listed[0] == listed[1]
        best = answers(both[0], text)
        if best and not crowded and not typed(text).whole.isdigit() and not listed[0][1]:
            assert best[0][0] in listed[0][0], "the best answer is in the list"


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=ROWS, names=st.lists(NAMES, min_size=1, max_size=3, unique=True), seed=SEEDS)
def test_a_name_is_found_as_soon_as_it_is_written_and_not_after_it_changed(sqlite_database, rows, names, seed) -> None:
    database, rng = sqlite_database, random.Random(seed)  # noqa: S311 - choices, not secrets
    builders.customers(database, 0)
    with database.read() as conn:
        first = len(conn.exec_driver_sql("SELECT id FROM customer").all()) + 1
    write(database, rows, first)
    for name in names:
        if rng.random() < 0.5:
            catch_up(database)
        unlike = f"{name} qzv{rng.randrange(10**6)}"
        with database.write(at=builders.AT) as tx:
            tx.conn.execute(update(customer).where(customer.c.id == first).values(name=unlike))
        assert (first, Source.CUSTOMER, first) in [found[:3] for found in answers(database, unlike)[:1]]
        with database.write(at=builders.AT) as tx:
            tx.conn.execute(update(customer).where(customer.c.id == first).values(name="other"))
        assert first not in [found[0] for found in answers(database, unlike.rsplit(maxsplit=1)[-1])]
