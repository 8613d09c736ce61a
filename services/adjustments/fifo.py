"""How much is left of each promotion: use has drawn the oldest first."""

from __future__ import annotations

from collections.abc import Sequence


def left_of_each(grants: Sequence[int], *, held: int) -> list[int]:
    """What is left of each grant (micros, oldest first) when the customer still holds `held` of promotional credit.

    The rest of their sum was used, and use took the oldest first. Grants that expired or were taken back are not
    among them; what an undone use gave back beyond the grants belongs to none and never expires.
    """
    used = max(0, sum(grants) - held)
    left = []
    for grant in grants:
        drawn = min(grant, used)
        used -= drawn
        left.append(grant - drawn)
    return left
