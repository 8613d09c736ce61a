"""Usage: what was sent, by product first, then its history by day, country and sub-account, down to single messages."""

from __future__ import annotations

from pages._ui import downloads, filters, saved_views, usage_filters, usage_imports, usage_parts, usage_views
from pages._ui.frame import OPEN, open_screen

IMPORTS = "Imports"

opened = open_screen(
    "Usage",
    OPEN,
    answer="What was sent, of which product, and what did it cost?",
    badges=usage_parts.freshness(),
)
saved_views.offer(opened, "usage")
view = filters.views("What to look at", [*usage_views.VIEWS, IMPORTS], key="usage_view")
if view == IMPORTS:
    name, build = "usage imports", usage_imports.draw(opened.by)
else:
    chosen = usage_filters.choose("usage")
    name = f"usage {view} {chosen.period.starts_on} {chosen.period.last_day}"
    build = usage_views.draw(opened.by, chosen, view)
if build:
    with opened.acts:
        downloads.menu(name, build)
