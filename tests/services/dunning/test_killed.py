"""Reminders are sent exactly once, however often the process that sends them is killed."""

from __future__ import annotations

import pytest

from services.db.engine import Database
from tests.laws.reminding_killed import storm


def test_a_letter_is_in_the_outbox_once_for_each_invoice_and_stage(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    database.close()
    died, noted, mails = storm(url, kills=4, debts=18)
    if not died:
        pytest.fail("no kill struck; the storm proves nothing")
    assert (len(noted), set(noted.values()), mails) == (18, {1}, 18)
