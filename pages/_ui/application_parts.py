"""What the drawer of a postpaid application shows of the customer's year, and of what was judged before."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import charts, tables, text
from pages._ui.frame import plain, read
from services.ledger.queries import credit_balance
from services.money import Money
from services.postpaid import queries
from services.postpaid.application import Application, Judgement, Question
from services.reporting.dossier import Dossier, Kept, as_kept, dossier


def year(found: Application) -> bool:
    """Twelve months of the customer's own behaviour, what they suggest by which formula, and red flags; never acts.

    Once it is decided, what was known when accounting recommended: later months had no part in the decision.
    """
    then = as_kept(found.dossier) if found.recommended and not found.status.is_open else None
    if then and found.recommended:
        _kept(then, found.recommended)
        return False
    told = read(dossier, customer_id=found.customer_id, today=text.today())
    flagged(told)
    months(told, found.currency)
    _facts(told)
    return False


_MONTHS = ["Month", "Used", "Bought", "Top-ups", "Days below zero"]


def _kept(then: Kept, said: Judgement) -> None:
    st.caption(f"As it was known when {plain(said.by)} recommended on {text.day_of(said.at)}.")
    for sentence in then.flags:
        st.markdown(f":orange[:material/flag:] {plain(sentence)}")
    if then.formula:
        st.caption(plain(then.formula))
    tables.printed(pd.DataFrame(then.months, columns=_MONTHS), alt="Use and credit bought by month, as kept")
    rows = [*then.by_product, *_paying(then)]
    tables.printed(pd.DataFrame(rows, columns=["In twelve months", ""]), alt="The customer's year in figures, as kept")


def _paying(told: Dossier | Kept) -> list[tuple[str, str]]:
    paid = f"{told.days_to_pay} days on average" if told.days_to_pay is not None else "none paid yet"
    asked = f"{told.invoices}, of which {told.expired} never paid"
    return [("Invoices asked for", asked), ("Time to pay", paid), ("Card charges", told.cards)]


def flagged(told: Dossier) -> None:
    """What must not be overlooked, and the suggestion with its formula."""
    for sentence in told.flags:
        st.markdown(f":orange[:material/flag:] {plain(sentence)}")
    if told.suggestion:
        said = f"**{text.money(told.suggestion.minimum)}** a month, limit **{text.money(told.suggestion.limit)}**"
        st.markdown(f"The year suggests {said}.")
        st.caption(plain(told.suggestion.formula) + " A suggestion only: people decide.")
    else:
        st.caption("Nothing was used in the last twelve months, so nothing is suggested.")


def months(told: Dossier, currency: str) -> None:
    """Use and credit bought by month, with the days below zero."""
    figure = charts.bars_by_month(
        [each.month for each in told.months],
        {"Used": [each.used.micros for each in told.months], "Bought": [each.bought.micros for each in told.months]},
        currency=currency,
    )
    charts.draw(figure, alt=f"Use and credit bought by month, {currency}", twin=lambda: _twin(told), key="dossier")


def judged(rows: pd.DataFrame) -> None:
    """The recommendation and the decision so far."""
    tables.printed(rows, alt="Recommendation and decision")


def asked(found: Application) -> None:
    """Every question about the application with its answer."""
    questions = read(queries.questions_of, application_id=found.id)
    if questions:
        rows = [(f"{each.question} ({each.asked_by})", _answered(each)) for each in questions]
        tables.printed(pd.DataFrame(rows, columns=["Question", "Answer"]), alt="Questions and answers")


def _answered(question: Question) -> str:
    return f"{question.answer} ({question.answered_by})" if question.answer else "not answered yet"


def credit_at_start(found: Application) -> None:
    """What becomes of the customer's balance when the commitment starts."""
    balance = read(credit_balance, customer_id=found.customer_id, currency=found.currency)
    owed = text.money(Money(abs(balance.micros), balance.currency))
    if balance.micros > 0:
        st.caption(f"Credit of {owed} on the account now pays first for what is used.")
    elif balance.micros < 0:
        st.caption(f"The balance is {owed} below zero now: that stands on the first invoice, beside the minimum.")


def _twin(told: Dossier) -> pd.DataFrame:
    rows = [
        (f"{each.month:%B %Y}", text.amount(each.used), text.amount(each.bought), each.top_ups, each.negative_days)
        for each in told.months
    ]
    return pd.DataFrame(rows, columns=_MONTHS)


def _facts(told: Dossier) -> None:
    products: list[tuple[str, Any]] = [(name, text.money(amount)) for name, amount in told.by_product]
    total = sum(amount.micros for _, amount in told.by_product)
    if told.by_product and total > 0:
        name, largest = told.by_product[0]
        products.append(("Concentration", f"{100 * largest.micros // total} % is {name}"))
    rows = [*products, *_paying(told)]
    tables.printed(pd.DataFrame(rows, columns=["In twelve months", ""]), alt="The customer's year in figures")
