"""The plots of a cell by their keys: what they show, what they say, and the votes behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.work import Quiet
from app.services.calibrating.board import Board, load_board
from app.services.calibrating.detail import PARTS
from app.services.workspace import Workspace
from app.ui.calibrating.detail_area import NO_CELL, DetailArea
from app.ui.calibrating.mos_page import MosPage
from app.ui.calibrating.plots.catalogue import PANELS
from app.ui.calibrating.plots.heat import HeatMap
from app.ui.calibrating.plots.tiles import Tiles
from app.ui.calibrating.raters_page import RatersPage
from app.ui.calibrating.votes_dialog import VotesDialog
from app.ui.context import UiContext
from app.ui.tokens import ThemeName
from tests.ui.shell_support import context
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 40
Key = Qt.Key


@pytest.fixture
def made(workspace: Workspace) -> World:
    """Three people and a judge with a reason that looks like markup."""
    found = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben", "Cleo")):
        found.say(found.person(name), "tone", noisy(real, 10 + at, sd=0.4))
    judge = found.judge("kind")
    first = found.say(judge, "tone", noisy(real, 30, bias=0.7))
    found.say(judge, "tone", noisy(real, 31, bias=0.7), again=first, rationale="<b>Calm</b>")
    return found


@pytest.fixture
def ctx(workspace: Workspace, qapp: QApplication) -> Iterator[UiContext]:
    with context(workspace) as found:
        found.actions.install(qapp)
        yield found
        found.actions.uninstall(qapp)


@pytest.fixture
def board(made: World) -> Board:
    return load_board(Quiet(), made.ws, made.lead, "synthetic")


@pytest.fixture
def area(ctx: UiContext, board: Board, qtbot: Any) -> DetailArea:
    found = DetailArea(ctx)
    qtbot.addWidget(found)
    found.resize(720, 420)
    found.show()
    found.show_board(board, board.cells[0])
    settle(qtbot, found)
    return found


def settle(qtbot: Any, area: DetailArea) -> None:
    """Wait until every plot that is shown has been drawn."""

    def drawn() -> bool:
        known = area._task is None and all(k in area._parts for k in area.shown)
        return known and all(area.pane(k).panel.accessibleDescription() for k in area.shown)

    qtbot.waitUntil(drawn, timeout=20_000)


def heat(area: DetailArea) -> HeatMap:
    panel = area.pane("confusion").panel
    plot = panel.focusProxy()
    assert isinstance(plot, HeatMap)
    return plot


def dialog_of(area: DetailArea, qtbot: Any) -> VotesDialog:
    qtbot.waitUntil(lambda: bool(area.window().findChildren(VotesDialog)), timeout=5_000)
    (found,) = area.window().findChildren(VotesDialog)
    qtbot.waitUntil(lambda: "item" in found.count.text(), timeout=10_000)
    return found


def test_without_a_cell_it_says_what_to_do(ctx: UiContext, qtbot: Any) -> None:
    found = DetailArea(ctx)
    qtbot.addWidget(found)
    found.clear()
    assert [found.pane(k).reason.text() for k in found.shown] == [NO_CELL] * 2


def test_every_part_has_a_plot_or_says_why_not(
    area: DetailArea, ctx: UiContext, qtbot: Any
) -> None:
    assert tuple(PANELS) == PARTS
    for _turn in range(len(PARTS) // len(area.shown)):
        settle(qtbot, area)
        for key in area.shown:
            pane = area.pane(key)
            is_drawn = pane.stack.currentIndex() == 0
            assert pane.caption.text() if is_drawn else pane.reason.text()
        area.turn(1)
    assert area.shown == ("confusion", "limits"), "once round"


def test_a_chosen_plot_takes_the_place_of_the_one_chosen_longest_ago(
    area: DetailArea, qtbot: Any
) -> None:
    area.bring("ceiling")
    area.bring("curve")
    assert set(area.shown) == {"ceiling", "curve"}
    area.bring("forest")
    assert set(area.shown) == {"curve", "forest"}
    area.resize(1300, 420)
    assert len(area.shown) == 3
    settle(qtbot, area)


def test_chosen_plots_and_their_folder_are_remembered(
    area: DetailArea, ctx: UiContext, qtbot: Any, tmp_path: Path
) -> None:
    area.bring("ceiling")
    settle(qtbot, area)
    area._saving.write(area.pane("ceiling"), tmp_path / "one.png", "Ceiling")
    again = DetailArea(ctx)
    qtbot.addWidget(again)
    assert again.shown == area.shown
    assert "ceiling" in again.shown
    assert again._saving.folder == tmp_path
    for kept, shown in (
        ("", ("confusion", "limits")), ("cost,nonsense,cost", ("cost", "confusion")),
        ("cost,biases,curve", ("cost", "biases", "curve")),
    ):  # fmt: skip
        ctx.settings.set("calibrate.plots", kept)
        other = DetailArea(ctx)
        qtbot.addWidget(other)
        assert other.shown == shown


def test_all_counts_of_a_table_are_one_item_of_the_plot(area: DetailArea) -> None:
    plot = heat(area)
    view = plot._view
    assert view is not None
    (tiles,) = (i for i in plot.plot.items if isinstance(i, Tiles))
    told = {(t.row, t.column): t.text for t in tiles.tiles}
    assert told == {
        (r, c): str(n) if n else "·" for r, line in enumerate(view.counts)
        for c, n in enumerate(line)
    }  # fmt: skip
    assert len(tiles.marks) == len(view.labels)


def test_a_drawing_that_is_saved_looks_as_it_is_shown(area: DetailArea, tmp_path: Path) -> None:
    plot = heat(area)
    plot.save(tmp_path / "one.svg")
    plot.save(tmp_path / "one.png")
    shown = QImage(str(tmp_path / "one.png")).convertToFormat(QImage.Format.Format_RGB32)
    saved = QImage(shown.size(), QImage.Format.Format_RGB32)
    painter = QPainter(saved)
    QSvgRenderer(str(tmp_path / "one.svg")).render(painter)
    painter.end()
    scale = shown.width() / plot._widget.width()
    axis = plot.plot.getAxis("bottom").sceneBoundingRect()
    rows = range(round((axis.top() + 3) * scale), round((axis.top() + 16) * scale))

    def reach(image: QImage) -> tuple[int, int]:
        """The first and last column of the lower axis with ink in it."""
        ground = image.pixelColor(1, rows[0]).lightness()
        inked = [
            x for x in range(round(axis.left() * scale), image.width())
            if any(abs(image.pixelColor(x, y).lightness() - ground) > 60 for y in rows)
        ]  # fmt: skip
        return inked[0], inked[-1]

    assert reach(saved) == pytest.approx(reach(shown), abs=4), "ticks lie at their values"


def test_arrows_and_enter_in_the_table_open_its_items(area: DetailArea, qtbot: Any) -> None:
    plot = heat(area)
    plot.setFocus()
    view = plot._view
    assert view is not None
    QTest.keyClick(plot, Key.Key_Left)
    assert plot.at == (2, 2)
    while not view.counts[plot.at[0]][plot.at[1]]:
        QTest.keyClick(plot, Key.Key_Right)
    row, column = plot.at
    assert "Selected: judge" in area.pane("confusion").caption.text()
    QTest.keyClick(plot, Key.Key_Return)
    dialog = dialog_of(area, qtbot)
    assert len(dialog.items.rows) == view.counts[row][column]
    assert {r.cells[2].text for r in dialog.items.rows} == {view.labels[column]}
    dialog.reject()


def test_votes_show_every_score_as_plain_text_and_enter_opens_the_review(
    area: DetailArea, board: Board, qtbot: Any
) -> None:
    opened: list[tuple[str, int, int]] = []
    area.open_item.connect(lambda *told: opened.append(told))
    area.open_votes()
    dialog = dialog_of(area, qtbot)
    assert dialog.count.text() == f"{N} items"
    qtbot.waitUntil(lambda: len(dialog.votes.lines) == 5, timeout=10_000)
    assert [line.title for line in dialog.votes.lines[:3]] != ["kind@1 · m1"] * 3
    assert any(("<b>Calm</b>", "t2") in line.lower for line in dialog.votes.lines)
    row = dialog.row
    assert row is not None
    QTest.keyClick(dialog.items, Key.Key_Return)
    assert opened == [(row.spot.call_id, row.spot.start, row.spot.end)]


def test_a_list_of_votes_opens_again_at_the_item_that_was_left(
    area: DetailArea, board: Board, qtbot: Any
) -> None:
    area.open_votes()
    dialog = dialog_of(area, qtbot)
    third = dialog.items.rows[2].key
    dialog.items.choose(third)
    QTest.keyClick(dialog.items, Key.Key_Return)
    dialog.deleteLater()
    qtbot.waitUntil(lambda: not area.window().findChildren(VotesDialog), timeout=5_000)
    area.open_votes()
    again = dialog_of(area, qtbot)
    assert again.items.key == third
    again.reject()


def test_filters_of_the_votes_narrow_the_items(area: DetailArea, qtbot: Any) -> None:
    from PySide6.QtWidgets import QComboBox

    area.open_votes()
    dialog = dialog_of(area, qtbot)
    stratum = next(c for c in dialog.findChildren(QComboBox) if c.accessibleName() == "Stratum")
    stratum.setCurrentIndex(1)
    qtbot.waitUntil(lambda: dialog.count.text() == f"{N // 2} items", timeout=10_000)
    dialog.reject()


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_plot_is_saved_with_its_words(area: DetailArea, tmp_path: Path, ending: str) -> None:
    told: list[tuple[str, ...]] = []
    area._ctx.bus.message.connect(lambda *words: told.append(words))
    path = tmp_path / f"plot.{ending}"
    pane = area.pane("limits")
    area._saving.write(pane, path, "Limits")
    head = path.read_bytes()[:200]
    assert head.startswith(b"\x89PNG") if ending == "png" else b"<svg" in head
    assert area._saving.folder == tmp_path
    area._saving.write(pane, tmp_path / "none" / f"plot.{ending}", "Limits")
    assert [t[0] for t in told] == ["info", "error"]


@pytest.mark.parametrize("theme", ["light", "contrast"])
def test_plots_follow_the_theme(area: DetailArea, ctx: UiContext, theme: ThemeName) -> None:
    ctx.theme.apply(theme)
    background = heat(area)._widget.backgroundBrush().color()
    assert background == ctx.theme.color("bg1")


@pytest.fixture
def show(ctx: UiContext, board: Board, qtbot: Any) -> Callable[[type], Any]:
    def opened(page: type) -> Any:
        found = page(ctx)
        qtbot.addWidget(found)
        found.resize(1200, 700)
        found.show()
        found.show_board(board, board.cells[0])
        return found

    return opened


def test_raters_are_listed_and_enter_shows_their_votes(
    show: Callable[[type], Any], qtbot: Any
) -> None:
    page = show(RatersPage)
    qtbot.waitUntil(lambda: len(page.table.rows) == 3, timeout=20_000)
    qtbot.waitUntil(lambda: page.harsh.key != "", timeout=10_000)
    assert page.harsh.key == page.row.rater
    QTest.keyClick(page.table, Key.Key_Down)
    qtbot.waitUntil(lambda: page.harsh.key == page.row.rater, timeout=10_000)
    QTest.keyClick(page.table, Key.Key_Return)
    dialog = dialog_of(page, qtbot)
    assert dialog.count.text() == f"{N} items"
    dialog.reject()


def test_without_studies_the_mos_tab_says_how_to_make_one(
    show: Callable[[type], Any], qtbot: Any
) -> None:
    page = show(MosPage)
    qtbot.waitUntil(lambda: page._listing is None, timeout=10_000)
    assert page.words.isVisible()


def test_a_study_is_shown_with_its_conditions_and_without_models(
    show: Callable[[type], Any], ctx: UiContext, tmp_path: Path, qtbot: Any
) -> None:
    from app.services.opening import add_shipped
    from tests.ui.test_studies_screen import open_acr, vote_all
    from tests.unit.studies.conftest import fill as record

    add_shipped(ctx.ws)
    ids = [call.id for call in record(ctx.ws, tmp_path / "recordings", 4)]
    _lead, study = open_acr(ctx.ws, ids)
    given = sum(vote_all(ctx.ws, study.id, name) for name in ("Ann", "Berta"))
    page = show(MosPage)
    qtbot.waitUntil(lambda: page._view is not None, timeout=20_000)
    assert sum(int(row.cells[4].text) for row in page.conditions.rows) == given
    assert page.no_model.isVisible()
    assert not page.models.rows


def test_keys_turn_the_plots_from_the_matrix_and_never_reach_it_from_a_plot(
    ctx: UiContext, made: World, qtbot: Any
) -> None:
    from app.ui.calibrating.screen import CalibrateScreen

    screen = CalibrateScreen(ctx)
    qtbot.addWidget(screen, before_close_func=CalibrateScreen.deactivate)
    screen.resize(1280, 800)
    screen.show()
    screen.activateWindow()
    screen.activate()
    detail = screen.judges.detail
    qtbot.waitUntil(lambda: detail._cell is not None, timeout=20_000)
    settle(qtbot, detail)
    QTest.keyClick(screen.judges.matrix, Key.Key_P)
    assert detail.shown == ("curve", "strata")
    QTest.keyClick(screen.judges.matrix, Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert detail.shown == ("confusion", "limits")
    settle(qtbot, detail)
    plot = heat(detail)
    plot.setFocus()
    QTest.keyClick(plot, Key.Key_Up)
    QTest.keyClick(plot, Key.Key_Up)
    assert plot.at == (3, 2)
