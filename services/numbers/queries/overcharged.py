"""Rental charged for days after a number's end: flagged here, with the refund prepared (rule 18)."""

from __future__ import annotations

from sqlalchemy import Connection, select

from services.money import Money
from services.numbers.model import Overcharge
from services.numbers.queries.listing import priced
from services.numbers.tables import dedicated_number, number_refund, number_rental
from services.periods import Period


def overcharged(conn: Connection, *, number_id: int | None = None, customer_id: int | None = None) -> list[Overcharge]:
    """Every rental for days after its number's end that was not given back yet, by number and month.

    Such a rental slips through when an end becomes known late: a carrier cut the number off before the 1st, say, and
    it was recorded after the 1st.
    """
    number, rental = dedicated_number.c, number_rental.c
    given_back = select(number_refund.c.id).where(number_refund.c.rental_id == rental.id).exists()
    wanted = [] if number_id is None else [number.id == number_id]
    wanted += [] if customer_id is None else [number.customer_id == customer_id]
    found = conn.execute(
        select(
            dedicated_number,
            *(rental.id.label("rental_id"), rental.starts_on, rental.ends_before, rental.micros, rental.entry_id),
        )
        .join_from(dedicated_number, number_rental, rental.number_id == number.id)
        .where(number.cancels_on.is_not(None), rental.ends_before > number.cancels_on, ~given_back, *wanted)
        .order_by(number.e164, number.id, rental.month)
    ).all()
    flagged = []
    for row, one in zip(found, priced(conn, found), strict=True):
        charged = Money(row.micros, row.currency)
        refund = one.overcharge_of(Period(row.starts_on, row.ends_before), charged)
        if one.cancels_on and refund.micros > 0:
            after = Period(max(row.starts_on, one.cancels_on), row.ends_before)
            flagged.append(
                Overcharge(row.rental_id, one.id, one.customer_id, row.entry_id, one.e164, after, charged, refund)
            )
    return flagged
