from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontMetricsF

from app.domain.latency import Thresholds
from app.ui.style import sheet
from app.ui.theme import Theme, system_theme
from app.ui.timeline.response_lane import BAR_TOKEN
from app.ui.tokens import COLOURS, THEME_NAMES, TOKENS, TYPE

ROOT = Path(__file__).resolve().parents[2]
SURFACES = ("bg0", "bg1", "bg2", "canvas", "tint")


def luminance(value: str) -> float:
    colour = QColor(value)
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def ratio(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", THEME_NAMES)
def test_every_theme_has_every_token(name: str) -> None:
    assert set(COLOURS[name]) == set(COLOURS["dark"])  # type: ignore[index]


@pytest.mark.parametrize("name", THEME_NAMES)
@pytest.mark.parametrize("ink", ["t1", "t2", "t3", "callerText", "agentText", "accent"])
def test_text_stands_out_from_every_surface(name: str, ink: str) -> None:
    tokens = COLOURS[name]  # type: ignore[index]
    for surface in SURFACES:
        assert ratio(tokens[ink], tokens[surface]) >= 4.5, surface


@pytest.mark.parametrize("name", THEME_NAMES)
@pytest.mark.parametrize("mark", ["caller", "agent", "warn", "danger", "focus", "line3"])
def test_marks_stand_out_from_the_canvas(name: str, mark: str) -> None:
    tokens = COLOURS[name]  # type: ignore[index]
    assert ratio(tokens[mark], tokens["canvas"]) >= 3.0


def test_no_colour_value_stands_outside_the_tokens() -> None:
    pattern = re.compile(r"#[0-9A-Fa-f]{6}\b|QColor\(\s*\d")
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "app" / "ui").rglob("*.py")
        if path.name != "tokens.py" and pattern.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_figures_are_tabular_in_every_role(qapp: object) -> None:
    theme = Theme()
    for role in TYPE:
        metrics = QFontMetricsF(theme.font(role))
        assert metrics.horizontalAdvance("1111") == pytest.approx(
            metrics.horizontalAdvance("0000")
        ), role


def test_scale_grows_text_and_rows_and_is_bounded(qapp: object) -> None:
    theme = Theme()
    small = QFontMetricsF(theme.font("body")).height()
    theme.apply(scale=2.0)
    assert QFontMetricsF(theme.font("body")).height() > 1.8 * small
    assert theme.px(40) == 80
    theme.apply(scale=9)
    assert theme.scale == 2.0


def test_a_change_of_theme_is_told_once_and_changes_colours(qapp: object) -> None:
    theme, told = Theme("dark"), []
    theme.changed.connect(lambda: told.append(theme.name))
    dark = theme.hex("t1")
    theme.apply("light")
    theme.apply("light")
    assert told == ["light"]
    assert theme.hex("t1") != dark
    assert theme.color("latSlow") == theme.color("warn")


def test_hatches_lean_apart(qapp: object) -> None:
    theme = Theme()
    caller = theme.hatch_brush("caller").textureImage()
    overlap = theme.hatch_brush("overlap").textureImage()
    ink = theme.color("caller").blue()
    assert abs(caller.pixelColor(1, 1).blue() - ink) < abs(caller.pixelColor(3, 1).blue() - ink)
    assert overlap.pixelColor(3, 1).alpha() > overlap.pixelColor(1, 1).alpha()


@pytest.mark.parametrize("name", THEME_NAMES)
def test_the_sheet_has_no_open_token(name: str, qapp: object) -> None:
    assert "$" not in sheet(Theme(name))  # type: ignore[arg-type]


def test_the_system_asks_for_one_of_two(qapp: object) -> None:
    assert system_theme() in ("dark", "light")


@pytest.mark.parametrize("ms", [-300, 0, 799, 799.9, 800, 801, 1499, 1500, 1500.1, 1501, 9000])
def test_a_latency_has_the_colour_of_its_band_everywhere(ms: float, qapp: object) -> None:
    token = Theme("dark").latency_token(ms, 800, 1500)
    assert token == BAR_TOKEN[Thresholds().band(ms)]


def test_unknown_tokens_are_refused() -> None:
    with pytest.raises(KeyError):
        Theme().color("pink")
    assert "latLate" in TOKENS
