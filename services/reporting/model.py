"""Who may take tables out of the dashboard; every such table is written to the audit trail."""

from __future__ import annotations

from services.access.model import EVERYONE, Permission

EXPORT = Permission("reporting.export", "export tables", EVERYONE)
