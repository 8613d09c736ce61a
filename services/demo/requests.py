"""What customers of the demo ask for: requests that became invoices, those that wait or lack something, and drafts."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from services.access.model import Role
from services.customers.model import InvoiceDetails
from services.demo.company import DemoCompany
from services.demo.member import Member
from services.invoices.draft import DraftContent
from services.invoices.drafting import save_draft
from services.money import Money
from services.requests.model import Asked, Channel
from services.requests.operations import assign_request, cancel_request, open_request

_LATELY = timedelta(days=92)  # requests were kept since then
_BY_REQUEST = 0.3  # share of orders that support took down
_AS_USUAL = InvoiceDetails("", language="")
_CHANNELS = (Channel.EMAIL, Channel.EMAIL, Channel.PHONE, Channel.SUPPORT)
_OLD = timedelta(days=9)


def asked_for(company: DemoCompany, member: Member, gross: Money, moment: datetime) -> str | None:
    """Take down the request behind an order; gives the nonce of its invoice's form. None for most orders."""
    rng = random.Random(f"{company.seed}:request:{member.story.index}:{moment:%Y%m%d}")  # noqa: S311 - fiction
    if moment < company.now - _LATELY or rng.random() > _BY_REQUEST:
        return None
    day = moment.astimezone(company.database.timezone).date() - timedelta(days=rng.randint(0, 2))
    ticket = str(rng.randint(4000, 9999))
    asked = Asked(member.customer.id, gross.currency, gross, _AS_USUAL, rng.choice(_CHANNELS), day, ticket)
    take = partial(
        open_request,
        by=company.people[Role.SUPPORT],
        nonce=f"demo-request-{member.story.index}-{moment:%Y%m%d%H%M}",
        asked=asked,
    )
    return company.database.act(take, at=moment).form


def last_requests(company: DemoCompany) -> None:
    """What waits on the last day: requests whole and incomplete, owned and not, one cancelled; and two drafts."""
    support, today = company.people[Role.SUPPORT], company.scale.last_on
    texts = (
        "Please send us an invoice for our next top-up, we pay by bank transfer.",
        "How do we get a pro forma for this? I will tell you the amount tomorrow.",
        "Same as last time please, with our order number on it.",
        "A small one to try it out: 50 is enough.",
        "We changed our mind and take the card.",
    )
    buyers = [member for member in company.members if member.pays_after is None]
    for place, (member, note) in enumerate(zip(buyers[:5], texts, strict=False)):
        code = member.customer.currency
        gross = Money(member.story.top_up, code)
        asked = Asked(
            member.customer.id,
            code,
            (gross, None, gross, Money.of("50", code), gross)[place],
            replace(_AS_USUAL, email=member.details.email if place else ""),
            _CHANNELS[place % len(_CHANNELS)],
            today - timedelta(days=(1, 4, 0, 6, 3)[place]),
            str(9001 + 7 * place),
            po_number="PO 2026-118" if place == 2 else "",  # noqa: PLR2004 - the third
            note=note,
        )
        take = partial(open_request, by=support, nonce=f"demo-waiting-{place}", asked=asked)
        taken = company.database.act(take, at=company.now)
        if place == 1:
            give = partial(assign_request, by=support, request_id=taken.id, owner_id=None)
            company.database.act(give, at=company.now)
        if place == 4:  # noqa: PLR2004 - the last
            reason = "The customer pays by card instead"
            company.database.act(
                partial(cancel_request, by=support, request_id=taken.id, reason=reason), at=company.now
            )
    _drafts(company)


def _drafts(company: DemoCompany) -> None:
    for place, (member, lay) in enumerate(zip(company.members[5:7], (_OLD, timedelta(hours=18)), strict=False)):
        code, amount = member.customer.currency, str(member.story.top_up // 1_000_000) if place else ""
        content = DraftContent(member.customer.id, code, amount, member.details)
        save = partial(save_draft, by=company.accounting, nonce=f"demo-draft-{place}-begun", content=content)
        company.database.act(save, at=company.now - lay)
