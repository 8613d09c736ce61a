"""Periods of scheduled work, who is claimed, done or failed in each, the runs, and the switch that holds a job."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    text,
)

from services.db.types import Day, Id, Instant, Micros, Whole, Words, metadata
from services.jobs.model import ClaimState, Outcome


def _one_of(column: str, kind: type[StrEnum]) -> str:
    values = ", ".join(f"'{one.value}'" for one in kind)
    return f"{column} IN ({values})"


job_period = Table(
    "job_period",
    metadata,
    Column("job", Words, nullable=False),
    Column("period", Day, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("completed_at", Instant),
    PrimaryKeyConstraint("job", "period"),
    CheckConstraint("completed_at >= opened_at", name="completed"),
    sqlite_strict=True,
)

job_run = Table(
    "job_run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("job", Words, nullable=False),
    Column("period", Day, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("started_by", Words, nullable=False),
    Column("worker", Words, nullable=False),
    Column("seen_at", Instant, nullable=False),  # the last sign of life, with each batch
    Column("ended_at", Instant),
    Column("outcome", Words),
    Column("total", Whole, nullable=False),
    Column("done", Whole, nullable=False, server_default="0"),
    Column("failed", Whole, nullable=False, server_default="0"),
    ForeignKeyConstraint(["job", "period"], ["job_period.job", "job_period.period"], ondelete="RESTRICT"),
    CheckConstraint(_one_of("outcome", Outcome), name="outcome"),
    CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
    CheckConstraint("done >= 0 AND failed >= 0 AND done + failed <= total", name="counts"),
    Index("ix_job_run_job", "job", "id"),
    Index("ix_job_run_open", "id", sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    sqlite_strict=True,
)

job_run_total = Table(
    "job_run_total",
    metadata,
    Column("run_id", Id, ForeignKey("job_run.id", ondelete="RESTRICT"), nullable=False),
    Column("currency", Words, nullable=False),
    Column("subjects", Whole, nullable=False),
    Column("micros", Micros, nullable=False),
    PrimaryKeyConstraint("run_id", "currency"),
    CheckConstraint("subjects > 0", name="subjects"),
    sqlite_strict=True,
)

# `run_id` is who claimed it last; only that run may finish it, and only until another took it over.
job_claim = Table(
    "job_claim",
    metadata,
    Column("job", Words, nullable=False),
    Column("period", Day, nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("label", Words, nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT")),
    Column("customer", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("run_id", Id, ForeignKey("job_run.id", ondelete="RESTRICT")),
    Column("lease_until", Instant),
    Column("attempts", Whole, nullable=False, server_default="0"),
    Column("tried_at", Instant),
    Column("done_at", Instant),
    Column("error", Words),
    Column("micros", Micros),
    Column("currency", Words),
    PrimaryKeyConstraint("job", "period", "subject_id"),
    ForeignKeyConstraint(["job", "period"], ["job_period.job", "job_period.period"], ondelete="RESTRICT"),
    CheckConstraint(_one_of("state", ClaimState), name="state"),
    CheckConstraint("(state = 'claimed') = (lease_until IS NOT NULL)", name="lease"),
    CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done"),
    CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name="failed"),
    CheckConstraint("(state = 'waiting') = (run_id IS NULL) AND (attempts > 0) = (run_id IS NOT NULL)", name="tried"),
    CheckConstraint("(micros IS NULL) = (currency IS NULL)", name="amount_has_currency"),
    Index(
        "ix_job_claim_unfinished",
        "job",
        "period",
        "subject_id",
        sqlite_where=text("state <> 'done'"),
        postgresql_where=text("state <> 'done'"),
    ),
    Index("ix_job_claim_run", "run_id"),
    Index(
        "ix_job_claim_failed",
        "job",
        "tried_at",
        sqlite_where=text("state = 'failed'"),
        postgresql_where=text("state = 'failed'"),
    ),
    sqlite_strict=True,
)

job_hold = Table(
    "job_hold",
    metadata,
    Column("job", Words, primary_key=True),
    Column("held_at", Instant, nullable=False),
    Column("held_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    CheckConstraint("reason <> ''", name="reason"),
    sqlite_strict=True,
)

job_cap = Table(
    "job_cap",
    metadata,
    Column("job", Words, primary_key=True),
    Column("most", Whole, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", Words, nullable=False),
    CheckConstraint("most > 0", name="most"),
    sqlite_strict=True,
)
