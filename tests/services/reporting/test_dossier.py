"""What the dossier of an application says of a customer's cards, and that an invoice a card paid asked for nothing."""

from __future__ import annotations

from datetime import date

from services.access.model import SYSTEM
from services.cards.operations import import_card_payments
from services.reporting.dossier import as_kept, dossier
from tests.invoicing import AT, open_shop
from tests.stripe import as_list, charge, dispute, failed_charge, processor_customer

AFTERWARDS = date(2026, 12, 5)


def test_a_year_of_cards_is_told_with_its_refusals(database):
    buyer = open_shop(database)["AU"]
    objects = [processor_customer("cus_1", buyer.account_id), charge("ch_1"), charge("ch_2", 5500)]
    objects += [failed_charge(f"ch_{number}") for number in (7, 8, 9)]
    objects.append(dispute("dp_1", "ch_2", 5500, status="lost"))
    content = as_list(*objects)
    database.act(lambda tx: import_card_payments(tx, by=SYSTEM, content=content, name="x.json"), at=AT)
    with database.read() as conn:
        told = dossier(conn, customer_id=buyer.id, today=AFTERWARDS)
        before = dossier(conn, customer_id=buyer.id, today=date(2026, 11, 1))
    assert told.cards == "2 taken, 3 refused (insufficient funds 3), 1 disputed, 1 lost to a dispute"
    assert {"Cards were refused 3 times.", "A card payment was disputed."} <= set(told.flags)
    assert (told.invoices, told.expired) == (0, 0), "a card that paid was asked by nobody"
    assert told.months[-1].top_ups == 2
    assert before.cards == "0 taken, none refused"
    kept = as_kept(told.to_json())
    assert kept is not None
    assert kept.cards == told.cards
    assert (
        as_kept(
            '{"months": [], "by_product": [], "invoices": 0, "expired": 0, "days_to_pay": null, '
            '"suggestion": "", "flags": []}'
        ).cards
        == "not known then"
    )
