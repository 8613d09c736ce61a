"""Tax on use: where the company's tax point is redemption, credit is sold without tax and its use bears it.

The customer's credit moves by the price whatever the tax point is; what an entry of use earns is what the price holds
besides its tax. Promotional credit was paid for by nobody, so only the part used for money bears any. A customer who
pays afterwards is taxed by the monthly invoice, and its use bears none. What gives credit back gives the tax back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, select, text

from services.company.model import TaxPoint
from services.company.queries import tax_point
from services.ledger.balances import total
from services.ledger.chart import Section
from services.ledger.model import Account, Draft, Kind, Leg, Purpose
from services.ledger.promotional import Settled
from services.ledger.tables import account, journal_entry, posting
from services.ledger.writing import any_of, listed
from services.money import Money, divide
from services.periods import Period
from services.pricing.queries import tax_treatment

Share = tuple[int, int]  # the tax's part of a price that includes it, such as (1, 11)

ON_USE = "use"  # marks the accounts of this tax, so that the tax of documents can be checked apart from it
TAXED = frozenset(
    {kind for kind in Kind if kind.is_use}
    | {Kind.USAGE_REFUND, Kind.RENTAL_REFUND, Kind.GOODWILL, Kind.CREDIT_CORRECTION}
)
_EARNED = frozenset({Section.INCOME, Section.EXPENSES})
_OF_CREDIT = frozenset({Purpose.CREDIT, Purpose.PROMO_DEFERRED})


def gst_on_use(currency: str) -> Account:
    """Where the tax of use is owed."""
    return Account(Purpose.GST_PAYABLE, currency, detail=ON_USE)


def price_of_tax(currency: str) -> Account:
    """Where tax goes that is not owed because promotional credit paid for use posted before."""
    return Account(Purpose.PRICE_ADJUST, currency, detail=ON_USE)


def shares_of(conn: Connection, drafts: Sequence[Draft], *, given: bool) -> list[Share | None]:
    """For each entry the share of tax its customer's credit bears; None where it bears none.

    `given` says whether any of the customers has promotional credit. Ask only while their credit is locked: who begins
    to pay afterwards waits for it. Where tax arises at the top-up this is one small read a batch, and none for entries
    that cannot be of use.
    """
    nothing: list[Share | None] = [None] * len(drafts)
    if not (given or any(draft.kind in TAXED for draft in drafts)) or tax_point(conn) is TaxPoint.TOP_UP:
        return nothing
    owners = [_owner(draft) for draft in drafts]
    countries = _prepaid(conn, {owner for owner in owners if owner is not None})
    known: dict[tuple[str, date], Share | None] = {}
    found = nothing
    for place, (draft, owner) in enumerate(zip(drafts, owners, strict=True)):
        if owner in countries:
            key = (countries[owner], draft.effective_on)
            if key not in known:
                known[key] = share_in(conn, *key)
            found[place] = known[key]
    return found


def share_in(conn: Connection, country: str, on: date) -> Share | None:
    """The share by the dated tax rule of a country; None where nothing is taxed. Raises `NoTaxRule`."""
    rate = tax_treatment(conn, country, on).rate
    return rate if rate[0] else None


def tax_used(conn: Connection, *, customer_id: int, currency: str, period: Period) -> Money:
    """The tax in what a customer used in a period, less what was given back; without that of a change of billing."""
    header, line, owner = journal_entry.c, posting.c, account.c
    query = (
        select(-total(line.amount))
        .select_from(journal_entry)
        .join(posting, line.entry_id == header.id)
        .join(account, owner.id == line.account_id)
        .where(header.customer_id == customer_id, header.kind != Kind.TAX_TURNED.value)
        .where(header.effective_on >= period.starts_on, header.effective_on < period.ends_before)
        .where(owner.code == gst_on_use(currency).code)
    )
    return Money(int(conn.execute(query).scalar_one()), currency)


def accounts_of(drafts: Sequence[Draft], shares: Sequence[Share | None]) -> list[Account]:
    """Every account that splitting these entries may post to."""
    codes = {
        leg.account.currency
        for draft, share in zip(drafts, shares, strict=True)
        if share
        for leg in draft.legs
        if leg.account.purpose in _OF_CREDIT
    }
    return [of(code) for code in sorted(codes) for of in (gst_on_use, price_of_tax)]


def split_tax(draft: Draft, own: Settled, drawn: Settled, share: Share) -> Settled:
    """The legs of an entry, `own` and those by which it has `drawn` promotional credit, with the tax split off.

    Use and what gives it back bear tax on what is left of their income or expense beside the promotional part; of any
    other entry, a reversal among them, only promotional credit it drew gives tax back. Tax takes the AUD of what it is
    split from, which is the rate of the day the credit was paid for.
    """
    earned = _earned(own) if draft.kind in TAXED and draft.reversal_of_id is None else None
    discounts = [*(own if earned is not None else ()), *drawn]
    parts = [(leg.micros, base) for leg, base in discounts if leg.account.purpose is Purpose.PROMO_DISCOUNT]
    if earned is not None:
        parts.append((own[earned][0].micros, own[earned][1]))
    top, bottom = share
    tax, worth = (divide(sum(side) * top, bottom) for side in zip(*parts, strict=True)) if parts else (0, 0)
    legs = [*own, *drawn]
    if not tax:
        return legs
    if earned is None:
        code = drawn[0][0].account.currency
        legs.append((Leg(price_of_tax(code), -tax), -worth))
    else:
        leg, base = own[earned]
        code = leg.account.currency
        legs[earned] = (replace(leg, micros=leg.micros - tax), base - worth)
    return [*legs, (Leg(gst_on_use(code), tax), worth)]


def _earned(own: Settled) -> int | None:
    """The place of the leg that earns, or gives back, what the entry moved of the credit."""
    for place, (leg, _) in enumerate(own):
        purpose = leg.account.purpose
        if purpose.section in _EARNED and purpose not in {Purpose.PROMO_DISCOUNT, Purpose.FX_GAIN}:
            return place
    return None


def _owner(draft: Draft) -> int | None:
    return next((leg.account.customer_id for leg in draft.legs if leg.account.purpose in _OF_CREDIT), None)


def _prepaid(conn: Connection, customer_ids: Collection[int]) -> dict[int | None, str]:
    """The countries of those customers who pay before; the customers' room stands above, so only its table is named."""
    query = "SELECT id, country FROM customer WHERE billing_mode = 'prepaid' AND " + any_of(conn, "id", "ids")  # noqa: S608 - constants only
    return {row.id: row.country for row in conn.execute(text(query), {"ids": listed(conn, customer_ids)})}
