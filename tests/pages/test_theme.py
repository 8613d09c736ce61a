"""The colours of both themes: text reads at AA (4.5), controls and chart colours stand out (3), nothing is fetched."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pages._ui import charts, menu

ROOT = menu.PAGES.parent
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
FADED = 0.6  # Streamlit sets captions and labels of figures in the text colour at this opacity
TEXT = [f"{name}TextColor" for name in ("red", "orange", "yellow", "green", "blue", "violet", "gray")]


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _luminance(channels: tuple[float, float, float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: str, paper: str, opacity: float = 1.0) -> float:
    """The WCAG 2 contrast ratio, of ink at an opacity on paper."""
    on = _channels(paper)
    seen = tuple(opacity * i + (1 - opacity) * p for i, p in zip(_channels(ink), on, strict=True))
    light, dark = sorted((_luminance((seen[0], seen[1], seen[2])), _luminance(on)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _themes() -> list[tuple[str, dict[str, Any]]]:
    theme = CONFIG["theme"]
    return [
        ("light", theme["light"]), ("light sidebar", {**theme["light"], **theme["light"]["sidebar"]}),
        ("dark", theme["dark"]), ("dark sidebar", {**theme["dark"], **theme["dark"]["sidebar"]}),
    ]  # fmt: skip


@pytest.mark.parametrize("theme", [theme for _, theme in _themes()], ids=[name for name, _ in _themes()])
def test_text_on_both_grounds(theme: dict[str, Any]) -> None:
    assert contrast(theme["textColor"], theme["backgroundColor"]) >= 7
    assert contrast(theme["textColor"], theme["secondaryBackgroundColor"]) >= 4.5
    assert contrast(theme["linkColor"], theme["backgroundColor"]) >= 4.5


@pytest.mark.parametrize("theme", [theme for _, theme in _themes()], ids=[name for name, _ in _themes()])
def test_faded_text_still_reads(theme: dict[str, Any]) -> None:
    assert contrast(theme["textColor"], theme["backgroundColor"], FADED) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_coloured_words_on_the_page_and_on_their_badge(name: str) -> None:
    theme = CONFIG["theme"][name]
    for colour in TEXT:
        assert contrast(theme[colour], theme["backgroundColor"]) >= 4.5, colour
        badge = colour.replace("TextColor", "BackgroundColor")
        assert contrast(theme[colour], theme[badge]) >= 4.5, badge


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_button_of_an_act(name: str) -> None:
    theme = CONFIG["theme"][name]
    assert contrast("#FFFFFF", theme["primaryColor"]) >= 4.5
    assert contrast(theme["primaryColor"], theme["backgroundColor"]) >= 3


@pytest.mark.parametrize("name", ["light", "dark"])
def test_headers_of_grids(name: str) -> None:
    theme = CONFIG["theme"][name]
    assert contrast(theme["dataframeHeaderTextColor"], theme["dataframeHeaderBackgroundColor"]) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_figures_use_the_theme_and_stand_out(name: str) -> None:
    theme, ink = CONFIG["theme"][name], {"light": charts.LIGHT, "dark": charts.DARK}[name]
    assert list(ink.series) == theme["chartCategoricalColors"]
    assert {ink.money_in, ink.money_out, ink.state} <= set(ink.series)
    assert contrast(ink.text, theme["backgroundColor"]) >= 4.5
    for colour in (ink.money_in, ink.state):
        assert contrast(colour, theme["backgroundColor"]) >= 3


def test_scales_have_the_ten_colours_streamlit_wants() -> None:
    for name in ("light", "dark"):
        for scale in ("chartSequentialColors", "chartDivergingColors"):
            assert len(CONFIG["theme"][name][scale]) == 10


def test_fonts_are_our_own_files_with_their_licence() -> None:
    faces = CONFIG["theme"]["fontFaces"]
    assert {face["weight"] for face in faces} == {400, 500, 600, 700}
    for face in faces:
        assert (menu.PAGES / face["url"].removeprefix("app/")).is_file(), face["url"]
    assert "SIL Open Font License" in (menu.PAGES / "static" / "fonts" / "OFL.txt").read_text()
    assert "http" not in (ROOT / ".streamlit" / "config.toml").read_text()


def test_no_icon_of_the_browser_tab_is_fetched_from_elsewhere() -> None:
    assert 'page_icon=":material' not in Path(menu.PAGES / "main.py").read_text()


def test_the_server_keeps_to_itself() -> None:
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
