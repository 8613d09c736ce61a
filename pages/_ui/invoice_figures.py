"""Beside the form of a new invoice: the minimum, net and tax, the account it is paid into, and what banks will keep."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from pages._ui import cached, text
from pages._ui.frame import complain, plain, read
from pages._ui.invoice_form import UNASKED, Typed
from pages._ui.short_fees import payers_of
from services.errors import LedgerdeskError
from services.invoices.gross_up import ExpectedFee
from services.invoices.judging import IDENTIFIED_FROM, Offer, elsewhere, must_name_buyer, names_buyer, offer_in
from services.invoices.treatment import treatment_of_top_up
from services.money import Money
from services.payments.short.queries import expected_fee
from services.pricing.model import STALE_AFTER_DAYS, BankTransferMinimum, TaxTreatment, split_gross


def draw(typed: Typed) -> None:
    """Everything that follows from what is typed, before anything is issued."""
    code, customer = typed.content.currency, typed.customer
    found: tuple[Offer | str, TaxTreatment | str] = read(
        _judged, currency=code, country=customer.country, on=text.today()
    )
    offer, treatment = found
    with st.container(border=True, gap="small"):
        if isinstance(offer, str) or isinstance(treatment, str):
            st.error(plain(offer if isinstance(offer, str) else str(treatment)), icon=":material/error:")
            return
        _least(offer.minimum)
        if typed.gross is None:
            if typed.fault == UNASKED:
                st.caption("Net and tax appear as you type.")
            else:
                complain(plain(typed.fault))
        else:
            _split(typed.gross, treatment)
            _warnings(typed, typed.gross, offer)
        _paid_into(offer)
        whose = {"customer_id": customer.id, "country": customer.country}
        if fee := cached.until_posted(expected_fee, currency=code, on=text.today(), **whose):
            _gross_up(fee, typed.gross)


def _judged(conn: Any, *, currency: str, country: str, on: date) -> tuple[Offer | str, TaxTreatment | str]:
    try:
        return offer_in(conn, currency, on), treatment_of_top_up(conn, country, on)
    except LedgerdeskError as error:
        return offer_in(conn, currency, on), str(error)


def _least(minimum: BankTransferMinimum) -> None:
    code = minimum.minimum.currency
    st.metric(f"At least, {code}", text.amount(minimum.minimum))
    if code != minimum.aud.currency:
        rate = f"{minimum.rate.normalize():f} AUD of {text.day(minimum.rate_on)}"
        st.caption(f"{text.money(minimum.aud)} at {rate}, {plain(minimum.source)}")
        if minimum.stale_days > STALE_AFTER_DAYS:
            old = text.count(minimum.stale_days, "day")
            st.warning(f"The rate is {old} old: import newer ones first.", icon=":material/warning:")


def _split(gross: Money, treatment: TaxTreatment) -> None:
    split = split_gross(gross, treatment)
    taxed = [("Net", split.net), (treatment.tax_name or "Tax", split.tax)] if treatment.shows_tax else []
    for label, money in taxed:
        _line(label, text.money(money))
    _line("**Total to pay**", f"**{text.money(split.gross)}**")
    credit = text.money(split.net)
    st.caption(f"Buys {credit} of credit when it arrives. {plain(treatment.note('en'))}")


def _line(label: str, amount: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.markdown(label, width="content")
        st.markdown(amount, width="content")


def _warnings(typed: Typed, gross: Money, offer: Offer) -> None:
    minimum = offer.minimum.minimum
    if gross < minimum:
        st.warning(f"That is less than {text.money(minimum)}.", icon=":material/warning:")
    if must_name_buyer(typed.customer.country, gross, offer) and not names_buyer(typed.content.details.tidied()):
        limit = text.money(IDENTIFIED_FROM)
        st.warning(f"From {limit} the buyer must be named, or its ABN printed.", icon=":material/badge:")
    if moved := elsewhere(typed.content.details, typed.customer):
        st.warning(plain(moved), icon=":material/public:")


def _paid_into(offer: Offer) -> None:
    account = offer.bank
    lines = " · ".join(f"{label} {value}" for label, value in account.lines if value and value != account.holder)
    st.caption(f":material/account_balance: Paid into {plain(account.bank)}: {plain(lines)}")


def _gross_up(fee: ExpectedFee, gross: Money | None) -> None:
    kept = text.money(fee.fee)
    if fee.seen:
        whose = plain(payers_of(fee.country, fee.bank))
        known = f"Banks usually keep {kept} of what comes from {whose}, by {text.count(fee.seen, 'payment')} seen."
    else:
        known = f"Banks usually keep about {kept} on the way; none was seen yet."
    if gross is None:
        st.caption(f":material/currency_exchange: {known}")
        return
    sends = text.money(fee.gross_up(gross))
    st.caption(
        f":material/currency_exchange: {known} To have {text.money(gross)} arrive, the customer sends **{sends}**."
    )
