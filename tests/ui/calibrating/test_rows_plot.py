"""Words along the axis of rows never touch, however little room a pane leaves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from app.services.workspace import Workspace
from app.ui.calibrating.plots.rows_plot import FigureRow, RowsPlot
from app.ui.calibrating.plots.surface import thinned
from app.ui.context import UiContext
from tests.ui.shell_support import context

ROWS = [
    FigureRow(
        key=name, name=f"Longer replies are liked, {name}", value=0.3, low=-0.2, high=0.6,
        text="+0.30",
    )
    for name in ("one", "two", "three")
]  # fmt: skip


@pytest.fixture
def ctx(workspace: Workspace, qapp: QApplication) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


@pytest.mark.parametrize("width", [170, 230, 300, 460])
def test_words_along_the_axis_lie_apart(qtbot: Any, ctx: UiContext, width: int) -> None:
    plot = RowsPlot(ctx.theme, "Biases")
    qtbot.addWidget(plot)
    plot.resize(width, 160)
    plot.show()
    plot.show_rows(ROWS, "Coefficient", lines=[(0.0, "line3")], sign=True)
    right = plot.plot.getAxis("right")
    qtbot.waitUntil(lambda: right.width() == right.minimumWidth())  # laid out
    (ticks,) = plot.plot.getAxis("bottom")._tickLevels
    assert "0" in [words for _, words in ticks]
    metrics = QFontMetrics(ctx.theme.font("label"))
    box = plot.plot.vb.sceneBoundingRect()
    low, high = plot.plot.vb.viewRange()[0]
    at = [(value - low) / (high - low) * box.width() for value, _ in ticks]
    half = [metrics.horizontalAdvance(words) / 2 for _, words in ticks]
    ends = [(x - h, x + h) for x, h in zip(at, half)]
    assert all(right < left for (_, right), (left, _) in pairwise(ends))


def test_every_second_tick_goes_and_zero_stays() -> None:
    ticks = [(-0.25, "−0.25"), (0.0, "0"), (0.25, "+0.25"), (0.5, "+0.50"), (0.75, "+0.75")]
    assert [w for _, w in thinned(ticks, 0.2)] == [w for _, w in ticks]
    assert [w for _, w in thinned(ticks, 0.3)] == ["0", "+0.50"]
    assert [w for _, w in thinned(ticks, 9.0)] == ["0"]
