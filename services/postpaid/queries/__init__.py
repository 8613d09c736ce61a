"""Reads of postpaid: applications with their letters, and commitments with their months."""

from services.postpaid.queries.applications import (
    application,
    application_by_nonce,
    applications_page,
    file_content,
    files_of,
    open_application_of,
    questions_of,
    unsigned_count,
    waiting_count,
)
from services.postpaid.queries.commitments import (
    commitment,
    commitment_of,
    commitments_by_id,
    commitments_page,
    months_billed,
    running_commitments,
    signed_from,
    versions_kept,
)
from services.postpaid.queries.holds import bill_holds
from services.postpaid.queries.letters import letter, letters_of

__all__ = [
    "application",
    "application_by_nonce",
    "applications_page",
    "bill_holds",
    "commitment",
    "commitment_of",
    "commitments_by_id",
    "commitments_page",
    "file_content",
    "files_of",
    "letter",
    "letters_of",
    "months_billed",
    "open_application_of",
    "questions_of",
    "running_commitments",
    "signed_from",
    "unsigned_count",
    "versions_kept",
    "waiting_count",
]
