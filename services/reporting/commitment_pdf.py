"""The report of a commitment drawn on A4, one or two pages for a year's term: the same bytes every time, tagged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.money import Money
from services.papers import letterhead
from services.papers.archive import archived
from services.papers.burn_up import drawn_burn_up
from services.papers.letterhead import room_for
from services.papers.page import ACCENT, BAND, INK, MARGIN, RULE, SOFT, Sheet
from services.papers.wording import date_text, number_text, say
from services.postpaid.commitment import TrueUp
from services.postpaid.outlook import MonthAhead, curve
from services.reporting.commitment_report import CommitmentReport, InvoiceSeen, back_test_words

_RIGHT, _WIDE = letterhead.RIGHT, letterhead.WIDE
_LANGUAGE = "en"  # the board's; what customers get is in theirs
_CHART_HIGH = 250.0
_TALL = 400.0
_SUMS = tuple((name, 57.0) for name in ("Plan", "Used", "Expected", "At least", "At most"))
_MONTHS = (("Month", 78), ("Minimum", 55), *_SUMS, ("True-up", 52), ("State", 29))
_INVOICES = (("Month", 90), ("Invoice", 110), ("Pay by", 100), ("Total", 66), ("Open", 66), ("State", 67))
_WORDS = frozenset({"Month", "Invoice", "Pay by", "State"})  # columns set at the left
METHOD = (
    "Forecast: each day to come is what its weekday brought on average over the last twelve weeks, at the level of the "
    "month that runs; the band comes from how much whole weeks differed, and widens with the weeks left. "
)


def commitment_pdf(report: CommitmentReport) -> bytes:
    """The file of the report. Raises `Undrawable` naming a character no font has."""
    seller, found = report.seller, report.commitment
    title = f"Commitment {found.id}"
    sheet = Sheet(title=f"{title}, {report.owner.name}", author=seller.name, subject=title, language=_LANGUAGE)
    lines = [*seller.address, f"{say('abn', _LANGUAGE)} {seller.abn}"]
    under = f"as of {date_text(report.on, _LANGUAGE)}"
    top = letterhead.logo(sheet, report.logo, of=seller.name, language=_LANGUAGE)
    y = letterhead.head(sheet, name=seller.name, lines=lines, title=title, under=under, size=20, top=top)
    y = _who(sheet, report, y + 24)
    y = _terms(sheet, report, y + 18)
    y = _meters(sheet, report, y + 16)
    y = _burn_up(sheet, report, y + 26)
    y = _months(sheet, report, y + 16)
    y = _invoices(sheet, report.invoices, y + 20)
    _method(sheet, report, y + 20)
    legal = f"{seller.name} · {title} · {report.owner.name} · made by {report.made_by}"
    drawn = sheet.finish(
        lambda page, number, pages: letterhead.foot(page, legal=legal, language=_LANGUAGE, number=number, pages=pages)
    )
    return archived(drawn, on=report.on)


def _who(sheet: Sheet, report: CommitmentReport, y: float) -> float:
    found = report.commitment
    facts = [
        ("State", found.state(report.on)),
        ("First day", _day(found.contract.starts_on)),
        ("Last day", _day(found.contract.days.last_day)),
        ("Signed", _day(found.signed_on)),
        ("Version", f"{found.version}"),
    ]
    lines = [f"{report.owner.username}, {report.owner.account_id}"]
    return letterhead.parties(sheet, y, beside=facts, heading="Customer", name=report.owner.name, lines=lines)


def _terms(sheet: Sheet, report: CommitmentReport, y: float) -> float:
    terms = report.commitment.contract.terms_on(report.on)
    worth = f", worth {_money(terms.aud)} at signature" if terms.aud.currency != terms.minimum.currency else ""
    rows = [
        ("Monthly minimum, before tax", f"{_money(terms.minimum)}{worth}"),
        ("A shortfall is billed", terms.true_up.label.lower()),
        ("Credit limit", f"{_money(terms.credit_limit)}; at it: {terms.at_limit.label.lower()}"),
        ("Payment, notice", f"{terms.payment_days} days, {terms.notice_days} days"),
        *_left(report),
    ]
    y = _heading(sheet, "Terms", y)
    with sheet.tagged("Table"):
        for label, value in rows:
            with sheet.tagged("TR"):
                with sheet.tagged("TH", scope="Row"):
                    sheet.text(MARGIN, y, label, size=8.5, color=SOFT)
                with sheet.tagged("TD"):
                    sheet.text(MARGIN + 150, y, value, size=9, bold=True)
            y += 14
    return y


def _left(report: CommitmentReport) -> list[tuple[str, str]]:
    """That it ends before its term, and what becomes of the rest of the commitment."""
    found = report.commitment
    if found.contract.left_before is None:
        return []
    rest = "with its last month" if found.charges_rest else "not at all"
    return [("Left early", f"the rest of the commitment is billed {rest}")]


def _meters(sheet: Sheet, report: CommitmentReport, y: float) -> float:
    told, ahead = report.meters, report.outlook
    y = _heading(sheet, "Where it stands", y)
    if told.month is not None:
        y = _meter(sheet, "This month", told.month, told.minimum, y)
    y = _meter(sheet, "Whole contract", told.consumed, told.committed, y)
    y = _meter(sheet, "Owed of the credit limit", told.owed, told.limit, y)
    said = []
    if ahead.running is not None:
        total = Money(ahead.running.total.expected, report.commitment.currency)
        said += [("Forecast of the month", total), _lacks(report)]
    said += [("True-ups to come in the term", ahead.to_come)]
    step = _WIDE / 3
    for place, (label, amount) in enumerate(said):
        with sheet.tagged("P"):
            sheet.text(MARGIN + place * step, y + 6, label, size=8, color=SOFT)
            sheet.text(MARGIN + place * step, y + 21, _money(amount), size=11, bold=True)
    return y + 24


def _lacks(report: CommitmentReport) -> tuple[str, Money]:
    """What the month will likely lack; it is the draft true-up where each month makes up for itself."""
    ahead = report.outlook
    if report.commitment.contract.now.true_up is TrueUp.TERM or ahead.running is None:
        return "Forecast shortfall of the month", ahead.shortfall
    return "Forecast shortfall, the draft true-up", ahead.running.true_up


def _meter(sheet: Sheet, label: str, part: Money, whole: Money, y: float) -> float:
    share = part.micros / whole.micros if whole else 0.0
    with sheet.tagged("P"):
        sheet.text(MARGIN, y, label, size=8.5, color=SOFT)
        sheet.text(MARGIN + 150, y, f"{_number(part)} of {_money(whole)} ({share:.0%})", size=9, bold=True)
    sheet.box(MARGIN + 340, y - 7, _WIDE - 340, 8, color=BAND, radius=2)
    if share > 0:
        sheet.box(MARGIN + 340, y - 7, max((_WIDE - 340) * min(share, 1.0), 4), 8, color=ACCENT, radius=2)
    return y + 15


def _burn_up(sheet: Sheet, report: CommitmentReport, y: float) -> float:
    ahead, code = report.outlook, report.commitment.currency
    y = room_for(sheet, y, _CHART_HIGH + 50)
    y = _heading(sheet, f"Burn-up of the term, {code} before tax", y)
    alt = (
        f"Plan {_money(ahead.committed)} at the end of the term, expected {_money(ahead.expected)}, between "
        f"{_amount(ahead.months[-1].low, code)} and {_amount(ahead.months[-1].high, code)}; the table has each month."
    )
    return drawn_burn_up(sheet, curve(ahead, today=report.on), y - 6, high=_CHART_HIGH, alt=alt)


def _months(sheet: Sheet, report: CommitmentReport, y: float) -> float:
    code = report.commitment.currency
    rows = [_month(each, code) for each in report.outlook.months]
    together = min(60 + 14.0 * len(rows), _TALL)  # a year is not parted over two pages; a longer term has to be
    y = _heading(sheet, "Month by month: sums since the start, and each month’s true-up", room_for(sheet, y, together))
    total = ["Total", *[""] * (len(_SUMS) + 1), _number(report.outlook.true_ups), ""]
    return _table(sheet, _MONTHS, [*rows, total], y, last_bold=True)


def _month(each: MonthAhead, code: str) -> list[str]:
    used = "" if each.used is None else _amount(each.used, code)
    name = f"{each.due.month:%B %Y}"
    sums = [_amount(micros, code) for micros in (each.expected, each.low, each.high)]
    state = "billed" if each.is_billed else "draft"
    return [name, _number(each.due.minimum), _amount(each.plan, code), used, *sums, _number(each.true_up), state]


def _invoices(sheet: Sheet, invoices: Sequence[InvoiceSeen], y: float) -> float:
    draft = "A draft is not billed yet and changes with what is used."
    y = sheet.paragraph(MARGIN, y - 8, draft, room=_WIDE, size=8, color=SOFT) + 10
    y = _heading(sheet, "Invoices", room_for(sheet, y, 60))
    if not invoices:
        return sheet.paragraph(MARGIN, y, "No month is invoiced yet.", room=_WIDE)
    rows = [
        [f"{each.month:%B %Y}", each.number, _day(each.due_on), _number(each.gross), _number(each.open), each.status]
        for each in invoices
    ]
    return _table(sheet, _INVOICES, rows, y)


def _method(sheet: Sheet, report: CommitmentReport, y: float) -> None:
    y = _heading(sheet, "How the forecast is made", room_for(sheet, y, 60))
    words = METHOD + back_test_words(report.tested, report.commitment.currency)
    sheet.paragraph(MARGIN, y, words, room=_WIDE, size=8.5, color=SOFT)


def _table(
    sheet: Sheet,
    columns: Sequence[tuple[str, float]],
    rows: Sequence[Sequence[str]],
    y: float,
    *,
    last_bold: bool = False,
) -> float:
    """Rows under a dark heading; numbers stand right. It goes on over a page, its heading repeated."""
    with sheet.tagged("Table"):
        y = _row(sheet, columns, [name for name, _ in columns], y, heading=True)
        for place, row in enumerate(rows):
            onward = room_for(sheet, y, 14)
            if onward != y:
                with sheet.artifact():
                    onward = _row(sheet, columns, [name for name, _ in columns], onward, heading=True)
            y = _row(sheet, columns, row, onward, bold=last_bold and place == len(rows) - 1)
    return y


def _row(
    sheet: Sheet,
    columns: Sequence[tuple[str, float]],
    cells: Sequence[str],
    y: float,
    *,
    heading: bool = False,
    bold: bool = False,
) -> float:
    if heading:
        sheet.box(MARGIN, y - 10, _WIDE, 15, color=INK, radius=2)
    else:
        sheet.rule(MARGIN, y + 4, _RIGHT, color=RULE)
    x = MARGIN
    with sheet.tagged("TR"):
        for (name, wide), cell in zip(columns, cells, strict=True):
            with sheet.tagged("TH" if heading else "TD", scope="Column" if heading else ""):
                left = name in _WORDS
                at = x + 4 if left else x + wide - 4
                color = BAND if heading else INK
                sheet.text(at, y, cell, size=8, bold=heading or bold, color=color, align="left" if left else "right")
            x += wide
    return y + (16 if heading else 13.5)


def _heading(sheet: Sheet, words: str, y: float) -> float:
    sheet.text(MARGIN, y, words, size=10, bold=True, color=ACCENT, tag="H2")
    return y + 17


def _day(day: date) -> str:
    return date_text(day, _LANGUAGE)


def _money(amount: Money) -> str:
    return f"{_number(amount)} {amount.currency}"


def _number(amount: Money) -> str:
    return number_text(amount, _LANGUAGE)


def _amount(micros: int, code: str) -> str:
    return _number(Money(micros, code))
