"""The rule of the stages: one after the other, never before their days, never closer together than the days between."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dunning.model import DEFAULTS, Promise, PromiseState, Reminded, Stage, Terms, next_step
from services.money import Money

DUE = date(2026, 11, 15)


@pytest.mark.parametrize(
    ("last", "step"),
    [
        (None, (Stage.FRIENDLY, 3)),
        ((Stage.FRIENDLY, 3), (Stage.FIRM, 10)),
        ((Stage.FRIENDLY, 9), (Stage.FIRM, 16)),  # sent late: the firm one waits its seven days all the same
        ((Stage.FIRM, 10), (Stage.FINAL, 20)),
        ((Stage.FINAL, 29), (Stage.STOP, 39)),
        ((Stage.STOP, 30), None),
    ],
)
def test_the_next_stage_and_its_day(last: tuple[Stage, int] | None, step: tuple[Stage, int] | None) -> None:
    before = Reminded(last[0], DUE + timedelta(days=last[1])) if last else None
    found = next_step(DEFAULTS, due_on=DUE, last=before)
    assert found == (step and (step[0], DUE + timedelta(days=step[1])))


rising = st.lists(st.integers(1, 365), min_size=4, max_size=4, unique=True).map(lambda days: Terms(*sorted(days)))


@given(terms=rising, looked=st.lists(st.integers(0, 500), min_size=1, max_size=40))
def test_whenever_somebody_looks_stages_come_in_order_and_keep_their_distance(terms: Terms, looked: list[int]) -> None:
    assert terms.fault is None
    last, sent = None, []
    for number in sorted(looked):
        step = next_step(terms, due_on=DUE, last=last)
        today = DUE + timedelta(days=number)
        if step and step[1] <= today:
            last = Reminded(step[0], today)
            sent.append((step[0], number))
    assert [stage for stage, _ in sent] == list(Stage)[: len(sent)]
    assert all(number >= terms.days(stage) for stage, number in sent)
    for (before, earlier), (after, later) in pairwise(sent):
        assert later - earlier >= terms.days(after) - terms.days(before)


@pytest.mark.parametrize("days", [(0, 10, 20, 30), (3, 3, 20, 30), (3, 10, 9, 30), (3, 10, 20, 366), (30, 20, 10, 3)])
def test_days_that_do_not_rise_within_a_year_are_refused(days: tuple[int, int, int, int]) -> None:
    assert Terms(*days).fault


def test_a_promise_is_kept_broken_or_still_open() -> None:
    def promise(arrived: str, **more: str) -> Promise:
        amounts = Money.of("100.00", "EUR"), Money.of(arrived, "EUR")
        return Promise(1, 1, amounts[0], DUE, "Ada", "", DUE, "Bo", amounts[1], **more)

    after = DUE + timedelta(days=1)
    assert promise("0").state(DUE) is PromiseState.OPEN
    assert promise("99.99").state(after) is PromiseState.BROKEN
    assert promise("100.00").state(DUE) is promise("100.00").state(after) is PromiseState.KEPT
    assert promise("0", withdrawn_reason="misheard").state(after) is PromiseState.WITHDRAWN


def test_stages_have_words_and_letters() -> None:
    assert [(each.label, each.letter) for each in Stage] == [
        ("Friendly reminder", "friendly"), ("Firm reminder", "firm"), ("Final reminder", "final"), ("Stopped", "stop"),
    ]  # fmt: skip
