"""Usage at a glance: how fresh it is, the figures against the time before, by product over time and in sum."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pandas as pd
import streamlit as st

from pages._ui import cached, cards, charts, filters, tables, text
from pages._ui.frame import Badge, empty
from pages._ui.freshness import USUAL
from pages._ui.usage_filters import LABELS, Chosen, to_product
from services.money import MICROS, Money, divide
from services.periods import Period
from services.usage import queries as usage

MESSAGES = "Messages"
MEASURES = ("Cost", MESSAGES)
MOST_DAYS = 62  # a longer period is drawn by month


def freshness() -> tuple[Badge, ...]:
    """How far usage is complete, beside a screen's title."""
    through = cached.read(usage.complete_through)
    if through is None:
        return (Badge("No usage imported yet", "orange", ":material/schedule:"),)
    fresh = through >= text.today() - USUAL
    return (Badge(f"Complete through {text.day(through)}", "green" if fresh else "orange", ":material/schedule:"),)


def totals(chosen: Chosen, period: Period) -> pd.DataFrame:
    """Totals by product and currency in a period, whatever the product chosen."""
    return cached.until_posted(usage.by_product, period=period, **chosen.asked_but("product"))


class Compared(NamedTuple):
    """Totals by product and currency of the period, of the part of it that is compared, and of the time before."""

    now: pd.DataFrame
    over: pd.DataFrame
    before: pd.DataFrame


def compared(chosen: Chosen, now: pd.DataFrame) -> Compared:
    """The totals of the period beside those it is compared with."""
    over = now if chosen.over == chosen.period else totals(chosen, chosen.over)
    return Compared(now, over, totals(chosen, chosen.against))


def nothing(chosen: Chosen) -> None:
    """The empty state; the run stops."""
    through = cached.read(usage.complete_through)
    known = f"Usage is complete through {text.day(through)}." if through else "No usage has been imported yet."
    next_step = "Choose a longer period." if chosen.fixed else "Clear the filters or choose another period."
    empty(f"No usage in {text.period(chosen.period)} that fits. {known}", next_step)


def at_a_glance(chosen: Chosen, found: Compared) -> str:
    """Messages, parts, cost and average price of one currency, each against the days compared with; gives the currency.

    Never of two currencies at once: it is asked for where there are several.
    """
    place = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    codes = sorted(set(found.now["currency"]), key=lambda code: (code != "AUD", code))
    with place:
        currency = filters.views("Currency of the figures", codes, key=chosen.key("chart"))
    now, over, before = (_figures(chosen, rows, currency) for rows in found)
    price, price_over, price_before = (_average(messages, micros) for messages, _parts, micros in (now, over, before))
    shown = (
        ("Messages", now[0], over[0] - before[0], "localized"),
        ("Parts charged", now[1], over[1] - before[1], "localized"),
        (f"Cost, {currency}", now[2] / MICROS, (over[2] - before[2]) / MICROS, "accounting"),
        (f"Average a message, {currency}", price, round(price_over - price_before, 4) or 0.0, "%.4f"),
    )
    for card, (label, value, change, form) in zip(cards.row(4), shown, strict=True):
        with card:
            change_known = change if before[0] else None
            st.metric(label, value, change_known, delta_color="off", format=form, border=True, height="stretch")
    place.caption(_against(chosen, known=bool(before[0])))
    return currency


def _against(chosen: Chosen, *, known: bool) -> str:
    if not known:
        return f"Nothing to compare with in {text.period(chosen.against)}."
    if chosen.over == chosen.period:
        return f"Change: against {text.period(chosen.against)}."
    return f"Change: {text.period(chosen.over)} against {text.period(chosen.against)}."


def _figures(chosen: Chosen, rows: pd.DataFrame, currency: str) -> tuple[int, int, int]:
    """Messages, parts and micros of what is chosen."""
    own = rows[rows["currency"] == currency]
    if chosen.product:
        own = own[own["product"] == chosen.product.value]
    return int(own["messages"].sum()), int(own["parts"].sum()), int(own["micros"].sum())


def _average(messages: int, micros: int) -> float:
    return divide(micros, messages) / MICROS if messages else 0.0


def chart(chosen: Chosen, *, currency: str) -> None:
    """Cost or messages by product, a bar a day or, beyond two months, a month; in a table too behind a click."""
    measure = filters.views("What the chart shows", MEASURES, key=chosen.key("measure"))
    counts = measure == MESSAGES
    query = usage.by_day if chosen.period.days <= MOST_DAYS else usage.by_month
    rows = cached.until_posted(query, period=chosen.period, **chosen.asked_but("currency"), currency=currency)
    when = str(rows.columns[0])
    written = "%-d %b" if when == "day" else "%b %y"
    days = sorted(set(rows[when]))
    values = rows["messages" if counts else "micros"]
    found: dict[tuple[str, date], int] = {
        (name, day): int(value) for name, day, value in zip(rows["product"], rows[when], values, strict=True)
    }
    names = {name for name, _ in found}
    series = {label: [found.get((name, day), 0) for day in days] for name, label in LABELS.items() if name in names}
    unit = "messages" if counts else currency
    figure = charts.bars_by_month(days, series, currency=unit, stacked=True, written=written, tall=True, counts=counts)
    charts.draw(
        figure,
        alt=f"{measure} by product and {when} in {text.period(chosen.period)}, {unit}",
        twin=lambda: _twin(days, series, None if counts else currency, written),
        key=chosen.key("figure"),
    )


def _twin(days: list[date], series: Mapping[str, list[int]], currency: str | None, written: str) -> pd.DataFrame:
    def shown(value: int) -> str:
        if not value:
            return ""
        return text.amount(Money(value, currency)) if currency else f"{value:,}"

    columns = {
        f"{name}, {currency or 'messages'}": [shown(value) for value in values] for name, values in series.items()
    }
    return pd.DataFrame({"When": [f"{day:{written}}" for day in days], **columns})


def by_product(chosen: Chosen, found: Compared, *, currency: str) -> None:
    """Every product of one currency, the dearest first, against the time before; a picked one narrows the screen."""
    frame = with_change(*found, currency=currency)
    columns = {
        "product": tables.words("Product", width=120),
        "messages": tables.number("Messages", width=75),
        "price_micros": tables.money(f"Cost, {currency}", width=85),
        "average_micros": tables.price("Average", width=70),
        "change": st.column_config.NumberColumn("Change", format="%+.0f %%", width=65),
    }
    key = chosen.key(f"by_product_{chosen.product or 'all'}")
    tables.follow(frame, columns, alt=f"Usage by product, {currency}", key=key, to=to_product(chosen), height="content")
    st.caption("Pick a product to look at it alone, the total to see all.")


def with_change(rows: pd.DataFrame, over: pd.DataFrame, before: pd.DataFrame, *, currency: str) -> pd.DataFrame:
    """Totals by product of one currency with their sum: average price, and the change of cost in percent."""

    def costs(frame: pd.DataFrame) -> dict[str, int]:
        own = frame[frame["currency"] == currency]
        found = {LABELS[name]: int(micros) for name, micros in zip(own["product"], own["micros"], strict=True)}
        return found | {"Total": sum(found.values())}

    own = rows[rows["currency"] == currency].sort_values("micros", ascending=False)
    names = [*(LABELS[name] for name in own["product"]), "Total"]
    messages = [*map(int, own["messages"]), int(own["messages"].sum())]
    micros = [*map(int, own["micros"]), int(own["micros"].sum())]
    new, old = costs(over), costs(before)
    change = [100 * (new.get(name, 0) - old[name]) / old[name] if old.get(name) else None for name in names]
    return pd.DataFrame(
        {
            "product": names,
            "messages": messages,
            "price_micros": micros,
            "average_micros": averages(micros, messages),
            "change": pd.array(change, dtype="Float64"),
        }
    )


def averages(micros: list[int], messages: list[int]) -> pd.Series:
    """The price of one message of each row, rounded to the micro; nothing where nothing was sent."""
    each = [divide(price, count) if count else None for price, count in zip(micros, messages, strict=True)]
    return pd.Series(each, dtype="Int64")
