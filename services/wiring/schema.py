"""Every table of every room, and the way to an up-to-date database."""

from __future__ import annotations

from services.access import tables as access
from services.adjustments import tables as adjustments
from services.banking import tables as banking
from services.banking.sorting import tables as sorting
from services.cards import tables as cards
from services.company import tables as company
from services.customers import tables as customers
from services.db import migrate
from services.db.engine import Database
from services.db.types import metadata
from services.dunning import tables as dunning
from services.fees import tables as fees
from services.invoices import tables as invoices
from services.jobs import tables as jobs
from services.ledger import tables as ledger
from services.mail import tables as mail
from services.numbers import tables as numbers
from services.payments import tables as payments
from services.payments.payers import tables as payers
from services.payments.refunds import tables as refunds
from services.payments.short import tables as short
from services.payments.suspense import tables as suspense
from services.postpaid import tables as postpaid
from services.pricing import tables as pricing
from services.provisional import tables as provisional
from services.requests import tables as requests
from services.search import indexing
from services.search import tables as search
from services.usage import tables as usage
from services.views import tables as views

# named so that whoever asks for the metadata has every room's tables in it
ROOMS = (
    *(access, company, pricing, jobs, ledger, customers, invoices, banking, sorting, usage, numbers, fees),
    *(
        provisional,
        payments,
        payers,
        refunds,
        short,
        suspense,
        adjustments,
        requests,
        postpaid,
        views,
        search,
        mail,
        dunning,
        cards,
    ),
)

__all__ = ["ROOMS", "metadata", "upgrade"]


def upgrade(database: Database) -> None:
    """Bring the database to the newest schema, an empty one or an older one; nothing happens when it is there.

    What an older one holds is taken into the search index, which steps written in SQL cannot do.
    """
    migrate.upgrade(database)
    indexing.catch_up(database)
