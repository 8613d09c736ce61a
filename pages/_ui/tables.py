"""Tables that look and behave alike: column kinds, paging in SQL bound to the address bar, and drilling into a row.

number = tables.page_number("invoices_page")
found = read(queries.page, page=number, size=tables.PAGE_SIZE, period=chosen_period())
columns = {"number": tables.words("Number"), "gross_micros": tables.money("Amount, AUD")}
tables.drill(found.rows, columns, page="pages/billing/invoice.py", parameter="id", by="id", key="invoices", alt="…")
tables.pager("invoices_page", total=found.total, page=number, noun="invoice")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import nan
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from pages._ui.frame import plain
from pages._ui.menu import PAGES
from pages._ui.text import count as counted
from services.db.current import current
from services.money import MICROS

PAGE_SIZE = 50
_MICROS_SUFFIX = "_micros"


def words(label: str, **options: Any) -> Any:
    """A column of text."""
    return st.column_config.TextColumn(label, **options)


def money(label: str, **options: Any) -> Any:
    """A column of amounts, two decimals, right aligned, negatives in parentheses; put the currency in the label.

    Columns whose name ends in "_micros" are divided by a million before they are shown.
    """
    return st.column_config.NumberColumn(label, format="accounting", **options)


def price(label: str, **options: Any) -> Any:
    """A column of prices: four decimals."""
    return st.column_config.NumberColumn(label, format="%.4f", **options)


def number(label: str, **options: Any) -> Any:
    """A column of counts, grouped."""
    return st.column_config.NumberColumn(label, format="%,d", **options)


def percent(label: str, **options: Any) -> Any:
    """A column of percentages (12.5 for 12.5 %), one decimal."""
    return st.column_config.NumberColumn(label, format="%.1f %%", **options)


def day(label: str, **options: Any) -> Any:
    """A column of dates as 22 Nov 2026."""
    return st.column_config.DateColumn(label, format="D MMM YYYY", **options)


def moment(label: str, **options: Any) -> Any:
    """A column of UTC moments, shown in the company's time zone."""
    return st.column_config.DatetimeColumn(
        label, format="D MMM YYYY, HH:mm", timezone=str(current().timezone), **options
    )


def link(label: str, shown: str, **options: Any) -> Any:
    """A column of addresses that open beside this screen, all shown as the same word."""
    return st.column_config.LinkColumn(label, display_text=shown, **options)


def flag(label: str, **options: Any) -> Any:
    """A column of yes or no."""
    return st.column_config.CheckboxColumn(label, **options)


def show(
    frame: pd.DataFrame, columns: Mapping[str, Any], *, alt: str, key: str | None = None, height: int | str = "auto"
) -> None:
    """A read-only grid of the named columns in their order; `alt` names it for screen readers and tests."""
    st.dataframe(_shown(frame, columns), **_options(columns, alt, key, height))


def pick(
    frame: pd.DataFrame, columns: Mapping[str, Any], *, alt: str, key: str, height: int | str = "auto"
) -> Mapping[str, Any] | None:
    """The same grid with a mark at each row's left: the picked row (all columns of `frame`), or None."""
    event: Any = st.dataframe(
        _shown(frame, columns), on_select="rerun", selection_mode="single-row", **_options(columns, alt, key, height)
    )
    rows = event["selection"]["rows"] if event else []
    return {str(name): value for name, value in frame.iloc[rows[0]].items()} if rows and rows[0] < len(frame) else None


def pick_some(
    frame: pd.DataFrame, columns: Mapping[str, Any], *, alt: str, key: str, height: int | str = "auto"
) -> list[int]:
    """The same grid with a box at each row's left: the places of the ticked rows in `frame`."""
    event: Any = st.dataframe(
        _shown(frame, columns), on_select="rerun", selection_mode="multi-row", **_options(columns, alt, key, height)
    )
    return [place for place in event["selection"]["rows"] if place < len(frame)] if event else []


def drill(
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    page: str,
    parameter: str,
    by: str,
    key: str,
    alt: str,
    height: int | str = "auto",
) -> None:
    """A grid whose picked row opens the screen in `page` (relative to `pages/`) with `?parameter=<row[by]>`."""
    row = pick(frame, columns, alt=alt, key=key, height=height)
    if row is not None:
        st.switch_page(str(PAGES / page), query_params={parameter: str(row[by])})


def follow(
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    alt: str,
    key: str,
    to: Callable[[Mapping[str, Any]], None],
    height: int | str = "auto",
) -> None:
    """The same grid, whose picked row is given to `to` before the screen is drawn again, so that it may set filters.

    Let the key change with what `to` sets: a grid drawn anew has no row picked.
    """

    def picked() -> None:
        event: Any = st.session_state.get(key)
        rows = event["selection"]["rows"] if event else []
        if rows and rows[0] < len(frame):
            to({str(name): value for name, value in frame.iloc[rows[0]].items()})

    st.dataframe(
        _shown(frame, columns),
        on_select=picked,
        selection_mode="single-row",
        **_options(columns, alt, key, height),
    )


def page_number(key: str) -> int:
    """The page asked for, from the address bar or the pager, before the rows are read; 1 when it makes no sense."""
    asked = st.session_state.get(key) or st.query_params.get(key) or 1
    try:
        return max(1, int(asked))
    except ValueError:
        return 1


def pager(key: str, *, total: int, page: int, noun: str, plural: str = "", size: int = PAGE_SIZE) -> None:
    """How many rows there are in all and the way through them; bound to the address bar under `key`.

    When filters have left fewer pages than the one asked for, the first page is shown at once.
    """
    pages = max(1, -(-total // size))
    first = (page - 1) * size + 1
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if total > size:
            st.caption(f"{first:,} to {min(page * size, total):,} of {counted(total, noun, plural)}")
            if st.pagination(pages, key=key, bind="query-params") != page:
                st.rerun()
        else:
            st.caption(counted(total, noun, plural))
    if page > pages:
        st.session_state.pop(key, None)
        st.query_params.pop(key, None)
        st.rerun()


def amounts(frame: pd.DataFrame, names: list[str] | None = None) -> pd.DataFrame:
    """A copy with micros turned into currency units for showing; exports keep the exact integers."""
    chosen = names if names is not None else [str(name) for name in frame.columns if str(name).endswith(_MICROS_SUFFIX)]
    return frame.assign(**{name: frame[name].to_numpy("float64", na_value=nan) / MICROS for name in chosen})


def printed(
    cells: pd.DataFrame | Mapping[str, Sequence[Any]],
    *,
    alt: str,
    hide_header: bool = False,
    marked: tuple[str, ...] = (),
) -> None:
    """A small table as real HTML: printable and read aloud; for twins of charts and statements.

    Such a table reads markdown in its cells, so every text is made harmless but in our own `marked` columns.
    """
    columns = {str(name): cells[str(name)] for name in cells}
    safe: dict[str, list[Any]] = {
        name: [plain(cell) if isinstance(cell, str) and name not in marked else cell for cell in column]
        for name, column in columns.items()
    }
    if all(isinstance(cell, str) for column in safe.values() for cell in column):
        # words go out as they are: the detour by a frame is most of what a small table costs
        shown: Any = pa.table({name: pa.array(column, pa.string()) for name, column in safe.items()})
    else:
        shown = pd.DataFrame(safe)
    st.table(shown, border="horizontal", hide_index=True, hide_header=hide_header, alt=alt)


def exact(value: Any) -> Any:
    """One cell as plain Python for an export: no pandas or numpy scalar, None for a missing value."""
    if (
        value is None
        or value is pd.NA
        or (not isinstance(value, (str, bytes, date, datetime, Decimal)) and pd.isna(value))
    ):
        return None
    return value.item() if hasattr(value, "item") else value


def _shown(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    return amounts(frame[[name for name in columns if name in frame.columns]])


def _options(columns: Mapping[str, Any], alt: str, key: str | None, height: int | str) -> dict[str, Any]:
    return {
        "column_config": dict(columns),
        "column_order": list(columns),
        "hide_index": True,
        "placeholder": "",
        "alt": alt,
        "key": key,
        "height": height,
        "width": "stretch",
        "lazy": False,
    }
