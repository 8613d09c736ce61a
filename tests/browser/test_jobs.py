"""A person holds scheduled work with a reason, another sees it and lets it go on; the cap is set in its dialog."""

from __future__ import annotations

from services.access.model import Role


def looked_at_until(visit, words):
    """Home, looked at anew until it says so: what it says may be a minute old where somebody looked just before."""
    for _ in range(7):
        page = visit.go("/")
        visit.settle()
        if page.get_by_text(words).count():
            return page
        page.wait_for_timeout(10_000)
    raise AssertionError(f"Home never said “{words}”")


def test_a_job_is_held_and_released_with_reasons(enter) -> None:
    manager = enter(Role.MANAGER)
    page = manager.go("/scheduled-work")
    page.get_by_role("button", name="Hold").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Hold").click()
    dialog.get_by_text("Say why, so that").wait_for()
    dialog.get_by_label("Reason").fill("The new prices are not in yet")
    dialog.get_by_role("button", name="Hold").click()
    page.get_by_text("The new prices are not in yet").first.wait_for()
    accounting = enter(Role.ACCOUNTING)
    home = looked_at_until(accounting, "Number rental: on hold by manager person")
    home.get_by_role("link", name="Look at the scheduled work").click()
    home.get_by_role("button", name="Release").first.click()
    dialog = home.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("They are in")
    dialog.get_by_role("button", name="Release").click()
    home.get_by_text("Number rental may run again").wait_for()
    home.get_by_role("button", name="Cap").first.click()
    dialog = home.get_by_role("dialog")
    dialog.get_by_text("Limit how many a run may do").click()
    dialog.get_by_role("button", name="Save").click()
    home.get_by_text("at most 1,000 numbers a run").wait_for()
