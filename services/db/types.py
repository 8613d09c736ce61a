"""Column types that mean the same on SQLite (STRICT tables) and PostgreSQL, and refuse what is not theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Dialect, Integer, LargeBinary, MetaData, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from services.errors import BrokenInvariant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")
Whole = BigInteger().with_variant(Integer(), "sqlite")
Flag = Boolean().with_variant(Integer(), "sqlite")
Words = Text()
Bytes = LargeBinary()


class Micros(TypeDecorator[int]):
    """Money as BIGINT micro-units; accepts `int` only, because PostgreSQL would round anything else in silence."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER on SQLite, whose STRICT tables know no BIGINT; both hold 64 bits."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse float, bool, Decimal and text."""
        if value is not None and type(value) is not int:
            raise BrokenInvariant(f"a money column takes int micros, not {type(value).__name__}")
        return value


class Day(TypeDecorator[date]):
    """A calendar date: DATE on PostgreSQL, ISO text on SQLite, so that both compare and sort alike."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """ISO text on SQLite."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """Refuse an instant where a day is meant."""
        if value is None or dialect.name != "sqlite":
            return value
        if isinstance(value, datetime):
            raise BrokenInvariant("a day column takes a date, not an instant")
        return value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:  # noqa: ARG002 - as above
        """Back to a date."""
        return date.fromisoformat(value) if isinstance(value, str) else value


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: TIMESTAMPTZ on PostgreSQL, fixed-width ISO text on SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """ISO text on SQLite."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a moment without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise BrokenInvariant("an instant column takes a moment with its time zone")
        moment = value.astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """Back to a moment in UTC."""
        if isinstance(value, str):
            return datetime.fromisoformat(value).astimezone(UTC)
        return None if value is None else value.astimezone(UTC)
