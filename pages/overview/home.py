"""Home: what needs me today, and how credit sold, used and held is moving."""

from __future__ import annotations

from pages._ui.frame import OPEN, open_screen

screen = open_screen("Home", OPEN, answer="What needs you today, and how credit moves.")
