"""Values as people read them: money, days, moments, periods and counts; never a sum, never a rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from services.db.current import current
from services.money import Money
from services.periods import Period, add_months, financial_year, months_between

_MONTHS_A_QUARTER = 3
_MONTHS_A_YEAR = 12


def now() -> datetime:
    """This moment in UTC; screens have a clock, services do not."""
    return datetime.now(UTC)


def today() -> date:
    """Today in the company's time zone."""
    return day_of(now())


def amount(money: Money) -> str:
    """The number alone, grouped, negative in parentheses: "(1,250.50)"."""
    plain = Money(abs(money.micros), money.currency).plain(grouped=True)
    return f"({plain})" if money.rounded().micros < 0 else plain


def money(value: Money) -> str:
    """The number and its currency: "(1,250.50) AUD"."""
    return f"{amount(value)} {value.currency}"


def moments(period: Period) -> tuple[datetime, datetime]:
    """The first moment of a period in the company's time zone and the one after its last, in UTC."""
    first, after = (
        datetime.combine(each, time.min, current().timezone).astimezone(UTC)
        for each in (period.starts_on, period.ends_before)
    )
    return first, after


def day(value: date | None) -> str:
    """A day as "22 Nov 2026"; nothing for none."""
    return f"{value.day} {value:%b %Y}" if value else ""


def day_of(value: datetime) -> date:
    """The company's day of a UTC moment."""
    return value.astimezone(current().timezone).date()


def midnight(day: date) -> datetime:
    """When the day begins at the company, in UTC."""
    return datetime.combine(day, time.min, tzinfo=current().timezone).astimezone(UTC)


def moment(value: datetime | None) -> str:
    """A UTC moment in the company's time zone: "22 Nov 2026, 16:12"; nothing for none."""
    if value is None:
        return ""
    local = value.astimezone(current().timezone)
    return f"{day(local.date())}, {local:%H:%M}"


def period(value: Period) -> str:
    """A period by its shortest name: "November 2026", "Q4 2026", "FY2027", else "1 Nov 2026 to 22 Nov 2026"."""
    first = value.starts_on
    months = months_between(first, value.ends_before) if first.day == value.ends_before.day == 1 else 0
    if months == 1:
        return f"{first:%B %Y}"
    if months == _MONTHS_A_QUARTER and first.month % _MONTHS_A_QUARTER == 1:
        return f"Q{first.month // _MONTHS_A_QUARTER + 1} {first.year}"
    if months == _MONTHS_A_YEAR and first.month == 1:
        return str(first.year)
    if value == financial_year(first):
        return f"FY{add_months(first, _MONTHS_A_YEAR).year}"
    if value.days <= 1:
        return day(first)
    return f"{day(first)} to {day(value.last_day)}"


def count(number: int, noun: str, plural: str = "") -> str:
    """A count with its noun: "1 invoice", "1,204 invoices", "2 entries" (with plural="entries")."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
