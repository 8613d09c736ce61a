"""Frames whose columns have the types they are meant to have, also when nothing is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd


def frame(names: Iterable[str], rows: Iterable[Sequence[Any]], types: Mapping[str, str]) -> pd.DataFrame:
    """Rows as a frame whose columns in `types` are of these types."""
    return typed(pd.DataFrame([tuple(row) for row in rows], columns=list(names)), types)


def typed(made: pd.DataFrame, types: Mapping[str, str]) -> pd.DataFrame:
    """The frame with its columns of these types: whole numbers stay whole numbers, also when there is no row.

    Only a column of another type is converted, because converting one that needs none costs as much. Raises
    `KeyError` for a column that is not there.
    """
    held = made.dtypes
    wrong = {name: kind for name, kind in types.items() if str(held[name]) != kind}
    return made.astype(wrong) if wrong else made
