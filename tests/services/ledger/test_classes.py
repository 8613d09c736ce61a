"""Every kind of entry that moves a customer's credit has one class, and an explanation speaks of each once."""

from __future__ import annotations

import pytest

from services.errors import BrokenInvariant
from services.ledger.chart import USAGE_KINDS, Kind
from services.ledger.classes import BESIDE_CREDIT, MOVES_CREDIT, MovementClass, class_of, kinds_of


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_either_moves_credit_and_has_a_class_or_stands_beside_it(kind: Kind) -> None:
    assert (kind in MOVES_CREDIT) != (kind in BESIDE_CREDIT)
    if kind in BESIDE_CREDIT:
        with pytest.raises(BrokenInvariant, match="does not move credit"):
            class_of(kind)
    else:
        assert kind in kinds_of(class_of(kind))


def test_no_kind_is_spoken_of_twice() -> None:
    assert len(MOVES_CREDIT) == len(set(MOVES_CREDIT))


@pytest.mark.parametrize("each", MovementClass)
def test_a_class_is_use_or_not_as_a_whole(each: MovementClass) -> None:
    assert kinds_of(each), "a class without kinds is dead"
    assert {kind.is_use for kind in kinds_of(each)} == {each.is_use}
    assert each.label


def test_only_usage_is_spoken_of_by_product() -> None:
    assert [each for each in MovementClass if each.by_kind] == [MovementClass.USAGE]
    assert set(kinds_of(MovementClass.USAGE)) == USAGE_KINDS


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.CARD_TOP_UP, MovementClass.CARD),
        (Kind.BANK_TOP_UP, MovementClass.BANK),
        (Kind.PROMO_GRANT, MovementClass.GRANTED),
        (Kind.CUSTOM_FEE, MovementClass.FEES),
        (Kind.GOODWILL, MovementClass.ADJUSTMENTS),
        (Kind.CREDIT_CORRECTION, MovementClass.ADJUSTMENTS),
        (Kind.USAGE_REFUND, MovementClass.REFUNDS),
        (Kind.RENTAL_REFUND, MovementClass.REFUNDS),
        (Kind.DISPUTE_LOST, MovementClass.DISPUTES),
    ],
)
def test_what_belongs_where(kind: Kind, expected: MovementClass) -> None:
    assert class_of(kind) is expected
