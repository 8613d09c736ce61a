"""The demo company's mail: sent into the mail room each working day, now and then one comes back, some are reminded."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from services.access.model import SYSTEM
from services.demo.company import Act, DemoCompany
from services.demo.opening import at
from services.invoices.mailing import remind
from services.invoices.model import InvoiceStatus
from services.invoices.queries import open_invoices
from services.mail import operations as mail
from services.mail.model import MailKind, MailState
from services.mail.queries import Filters, marks, page
from services.periods import Period
from services.wiring.mailing import send_mail

_BACK = 0.4  # chance a month that a message comes back
_REMINDED = 2  # invoices a month, those that have waited longest
_SATURDAY = 5


def begin(company: DemoCompany) -> None:
    """From the first day on customers hear of every receipt."""
    moment = at(company.database, company.scale.first_on, 8, 30)
    reason = "Each customer hears of each top-up"
    company.database.act(partial(mail.choose_receipts, by=company.accounting, on=True, reason=reason), at=moment)


def mail_of_month(company: DemoCompany, days: Period) -> Iterator[Act]:
    """A round each working day, reminders once, and in some months a message that comes back and is put right."""
    rng = random.Random(f"{company.seed}:mail:{days.starts_on:%Y%m}")  # noqa: S311 - fiction, not secrets
    for day in (days.starts_on + timedelta(days=number) for number in range(days.days)):
        if day.weekday() < _SATURDAY:
            moment = at(company.database, day, 17, 30)
            yield moment, partial(send, company, moment)
    reminded_at = at(company.database, days.starts_on + timedelta(days=rng.randint(14, 20)), 10, rng.randint(0, 59))
    yield reminded_at, partial(_remind, company, reminded_at)
    if rng.random() < _BACK:
        noticed = at(company.database, days.starts_on + timedelta(days=rng.randint(5, 22)), 9, rng.randint(0, 59))
        yield noticed, partial(_came_back, company, noticed)
        mended = noticed + timedelta(days=rng.randint(2, 6), hours=3)
        yield mended, partial(_mend, company, mended)


def send(company: DemoCompany, moment: datetime) -> None:
    """Put what waits into the mail room; in the demo nothing ever leaves, whatever server is set."""
    deque(send_mail(company.database, by=SYSTEM, at=moment), maxlen=0)


def _remind(company: DemoCompany, moment: datetime) -> None:
    with company.database.read() as conn:
        waiting = [each for each in open_invoices(conn) if each.status is InvoiceStatus.ISSUED][:_REMINDED]
        dead = marks(conn, [each.details.email for each in waiting])
    for each in waiting:
        if each.details.email.casefold() not in dead:
            company.database.act(partial(remind, by=company.accounting, invoice_id=each.id), at=moment)


def _came_back(company: DemoCompany, moment: datetime) -> None:
    """The newest invoice that went out comes back."""
    newest = _newest(company, MailState.SENT)
    if newest is not None:
        said = "550 5.2.2 mailbox full"
        back = partial(mail.record_bounce, by=company.accounting, mail_id=newest[0], reason=said)
        company.database.act(back, at=moment)


def _mend(company: DemoCompany, moment: datetime) -> None:
    """The customer answers by telephone, and the invoice is sent again."""
    failed = _newest(company, MailState.FAILED)
    if failed is None:
        return
    mail_id, address = failed
    with company.database.read() as conn:
        marked = bool(marks(conn, [address]))
    why = "The customer emptied the mailbox and asked for it again"
    if marked:
        company.database.act(partial(mail.lift_mark, by=company.accounting, address=address, reason=why), at=moment)
    nonce = f"demo-{mail_id}"
    again = partial(mail.resend, by=company.accounting, mail_id=mail_id, to=address, reason=why, nonce=nonce)
    company.database.act(again, at=moment)


def _newest(company: DemoCompany, state: MailState) -> tuple[int, str] | None:
    """The newest invoice's message in a state, and where it went."""
    with company.database.read() as conn:
        rows = page(conn, wanted=Filters(state=state, kind=MailKind.INVOICE), size=1).rows
    return (int(rows["id"].iloc[0]), str(rows["to_address"].iloc[0])) if len(rows) else None
