"""The board's report of a commitment in its drawer: looked at, and taken as a PDF, which the audit trail notes."""

from __future__ import annotations

from hashlib import sha256

import streamlit as st

from pages._ui import cached, paper, text
from pages._ui.frame import attempt, read
from services.access.model import Principal
from services.ledger.queries import newest_entry
from services.postpaid.model import Commitment
from services.reporting import operations
from services.reporting.commitment_pdf import commitment_pdf
from services.reporting.commitment_report import commitment_report


def show(by: Principal, found: Commitment) -> bool:
    """Draw the report as of today, unless it was drawn since the last posting, and offer it."""
    today = text.today()
    name = f"Commitment_{found.id}_{today}.pdf"
    of = f"{found.id} {found.version} {found.contract.left_before} {today} {by.name} {read(newest_entry)}"
    content = cached.drawn("commitment report", of, lambda: _made(found, by))
    st.download_button(
        "Report as PDF",
        content,
        file_name=name,
        mime="application/pdf",
        key=f"commitment_report_{found.id}",
        icon=":material/download:",
        on_click=lambda: _taken(name, content, found),
    )
    paper.show(content, alt=f"Report of commitment {found.id}")
    return False


def _made(found: Commitment, by: Principal) -> bytes:
    told = read(commitment_report, commitment_id=found.id, today=text.today(), made_by=by.name)
    return commitment_pdf(told)


def _taken(name: str, content: bytes, found: Commitment) -> None:
    """Callback: who took which report."""
    attempt(
        operations.record_export,
        show=True,
        file_name=name,
        title="Report of a commitment",
        rows=len(found.contract.due_months()),
        facts={"commitment": str(found.id)},
        digest=sha256(content).hexdigest(),
    )
