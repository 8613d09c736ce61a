"""Scheduled work: what is due, who will be charged how much, and what every run did; with the switch that holds it."""

from __future__ import annotations

from pages._ui import filters, job_lists, job_parts, mail_standing
from pages._ui.frame import open_screen
from services.jobs.model import SEE_JOBS

PREVIEW, FAILURES, HISTORY = "Who is next", "Failures", "Runs"

opened = open_screen(
    "Scheduled work",
    SEE_JOBS,
    answer="What is done by itself, when is it due, who will be charged, and did it go well?",
)
standings = job_parts.standings()
for one in standings:
    job_parts.card(opened, one)
mail_standing.card(opened.by)
view = filters.views("Show", [PREVIEW, FAILURES, HISTORY], key="jobs_view")
if view == FAILURES:
    job_lists.failures(opened)
elif view == HISTORY:
    job_lists.history(opened)
else:
    job_lists.preview(opened, standings)
