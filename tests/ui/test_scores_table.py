"""The screen of scores: figures, folds, order, what-if, what is behind, and its empty states."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.services import raters
from app.services.judging import score_settings
from app.services.judging.score_columns import COLUMNS
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.scores.export import HEAD
from app.ui.scores.screen import ScoresScreen
from tests.ui.shell_support import context
from tests.unit.judge_scores.score_support import (
    WORKED_GIC,
    WORKED_NODES,
    WORKED_TURNS,
    WORKED_VERDICTS,
    Judged,
    full,
)


@pytest.fixture(autouse=True)
def _collected_here() -> Iterator[None]:
    """Garbage is collected on the main thread only, as in the program: it holds Qt's objects."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def judged(workspace: Workspace) -> Judged:
    """The worked vector for mara, half marks for tove, nothing for =danger."""
    made = Judged(workspace)
    _, rubric = made.flow("1.1", WORKED_NODES)
    one = made.call(scenario_key="1.1", agent="mara", agent_version="1")
    two = made.call(agent="tove", agent_version="2")
    made.call(agent="=danger")
    details = {node: {"first_turn": turn} for node, turn in WORKED_TURNS.items()}
    tfc = made.judge(rubric, "tfc")
    made.say(tfc, rubric, made.whole(one), WORKED_VERDICTS, details)
    gic = made.judge(made.gic, "gic")
    made.gic_turns(gic, one, WORKED_GIC)
    made.gic_turns(gic, two, [full(1)])
    return made


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


def opened(qtbot: Any, ctx: UiContext, **kwargs: Any) -> ScoresScreen:
    """The screen with its first table."""
    screen = ScoresScreen(ctx)
    qtbot.addWidget(screen, before_close_func=ScoresScreen.deactivate)
    screen.resize(1200, 700)
    screen.show()
    with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
        screen.activate(**kwargs)
    return screen


@pytest.fixture
def screen(qtbot: Any, judged: Judged, ctx: UiContext) -> ScoresScreen:
    return opened(qtbot, ctx)


def titles(screen: ScoresScreen) -> list[str]:
    shown = screen.model.shown
    return [shown.title(at) for at in range(len(shown.columns))]


def place(screen: ScoresScreen, agent: str, column: str) -> tuple[int, int]:
    shown = screen.model.shown
    rows = [r.agent for r in shown.rows]
    return rows.index(agent), [c.id for c in shown.columns].index(column)


def test_agents_stand_by_their_final_score_and_all_calls_come_last(screen: ScoresScreen) -> None:
    assert screen.parts.shows_table
    agents = [r.agent for r in screen.model.shown.rows]
    assert agents == ["mara", "=danger", "tove", "All calls"]
    row, column = place(screen, "mara", "final")
    assert screen.model.index(row, column).data().startswith("0.798")
    told = screen.model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "mara, Final: 0.798 (1 of 1 calls)" in told
    assert "no interval" in told
    assert "3 calls, 3 agents" in screen.parts.strip.words.text()


def test_groups_fold_and_a_figure_sorts(screen: ScoresScreen) -> None:
    screen.folded = frozenset({"GIC", "TFC"})
    screen.fold("GIC")
    assert "Naturalness" in titles(screen)
    screen.fold("GIC")
    assert "Naturalness" not in titles(screen)
    screen.sort("gic")
    assert screen.model.shown.rows[0].agent == "mara"
    screen.sort("gic")
    assert screen.model.shown.rows[0].agent == "tove"
    assert screen.table.figures.sorting.falling is False


def test_what_is_behind_a_figure_leads_to_the_call(qtbot: Any, screen: ScoresScreen) -> None:
    screen.folded = frozenset()
    screen._show()
    with qtbot.waitSignal(screen.loader.behind, timeout=10_000):
        screen.table.go(*place(screen, "mara", "gic.coherence"))
    behind = screen.parts.behind
    assert behind.figure.text() == "0.750"
    assert "1 of 1 calls, 2 verdicts" in behind.basis.text()
    assert [line.value for line in behind.verdicts.lines] == ["2 Tight", "1 Loose"]
    behind.verdicts.setCurrentIndex(behind.verdicts.model().index(1, 0))
    with qtbot.waitSignal(screen.navigate) as went:
        behind.open_current()
    assert went.args[0] == "review"
    assert went.args[1]["frame"] == 1000
    assert went.args[1]["call_ids"] == [went.args[1]["call_id"]]


def test_keys_go_from_the_figure_to_its_calls_and_back(qtbot: Any, screen: ScoresScreen) -> None:
    screen.activateWindow()
    screen.table.setFocus()
    screen.behind.go()
    qtbot.waitUntil(lambda: screen.parts.behind.calls.hasFocus(), timeout=3000)
    screen.escape()
    assert screen.table.hasFocus()


def test_what_if_weights_stand_beside_the_papers(qtbot: Any, screen: ScoresScreen) -> None:
    page = screen.parts.weights
    assert not page.sliders["tfc"].isEnabled()
    with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
        page.toggle()
    with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
        page.sliders["tfc"].setValue(100)
    assert screen.scored is not None
    assert screen.scored.what_if is not None
    at = place(screen, "mara", "final")
    other = screen.model.shown.other(*at)
    assert other is not None
    assert other.value == pytest.approx(0.7355)
    assert screen.model.shown.cell(*at).value == pytest.approx(0.798275)
    assert "what if 0.735 (" in screen.model.shown.words(*at)
    assert "0.798" in page._beside.text()
    screen.rules.keep()
    ws, viewer = screen.ctx.ws, screen.ctx.viewer

    def kept() -> bool:
        found = score_settings.what_if_weights(ws, viewer)
        return found is not None and found.tfc == 1.0

    qtbot.waitUntil(kept, timeout=5000)
    assert page.weights is not None
    with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
        page.reset.click()
    assert page.sliders["tfc"].value() == 55
    screen.deactivate()


def test_rules_change_what_counts(qtbot: Any, screen: ScoresScreen) -> None:
    rules = screen.parts.rules
    with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
        rules.na.set_current("full")
        rules.na.chosen.emit("full")
    assert screen.scored is not None
    assert screen.scored.paper.na_mode == "full"
    assert screen.model.shown.cell(*place(screen, "mara", "gic")).value == pytest.approx(0.9)
    with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
        rules.gates["turn_taking"].setValue(0.7)
    gates = score_settings.stored_settings
    qtbot.waitUntil(lambda: gates(screen.ctx.ws).gates["turn_taking"] == 0.7, timeout=5000)
    with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
        rules.reset.click()
    qtbot.waitUntil(lambda: gates(screen.ctx.ws).are_gates_published, timeout=5000)


def test_versions_are_rows_of_their_own(qtbot: Any, screen: ScoresScreen) -> None:
    with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
        screen.head.group.chosen.emit("version")
    assert "mara 1" in [r.name for r in screen.model.shown.rows]


def test_the_table_goes_to_a_spreadsheet_without_running_anything(
    screen: ScoresScreen, tmp_path: Path
) -> None:
    screen.write_table(tmp_path / "scores.csv")
    lines = (tmp_path / "scores.csv").read_text("utf-8").splitlines()
    assert lines[0] == ",".join(HEAD)
    assert any(line.startswith("mara,,1,OutboundEval,final,0.798") for line in lines)
    screen.copy()
    text = QGuiApplication.clipboard().text()
    assert "\n'=danger\t" in text
    assert text.startswith("agent\tcalls\tFinal")


def test_a_query_narrows_and_comes_back_with_the_session(
    qtbot: Any, ctx: UiContext, screen: ScoresScreen
) -> None:
    screen.head.edit.setText("agent:tove")
    with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
        screen.show_set()
    assert [r.agent for r in screen.model.shown.rows] == ["tove"]
    screen.sort("gic")
    screen.fold("GIC")
    state = screen.session_state()
    again = ScoresScreen(ctx)
    qtbot.addWidget(again)
    again.restore_session(state)
    assert again.session_state() == state


def test_calls_chosen_in_the_library_are_the_set(
    qtbot: Any, judged: Judged, ctx: UiContext
) -> None:
    with judged.ws.db.read() as uow:
        ids = uow.calls.resolve("CB-00002")
    screen = opened(qtbot, ctx, call_ids=ids)
    assert [r.agent for r in screen.model.shown.rows] == ["tove"]
    assert screen.head.kept.text() == "1 call chosen"


def test_empty_states_say_what_to_do(qtbot: Any, workspace: Workspace, ctx: UiContext) -> None:
    screen = opened(qtbot, ctx)
    assert not screen.parts.shows_table
    assert "No calls here" in screen.parts.words._title.text()
    Judged(workspace).call()
    with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
        screen.activate()
    assert "Nothing is scored yet" in screen.parts.words._title.text()
    with qtbot.waitSignal(screen.navigate) as went:
        screen.parts.acted.emit()
    assert went.args[0] == "runs"
    screen.head.edit.setText("metric:nonsense>3")
    with qtbot.waitSignal(screen.loader.failed, timeout=10_000):
        screen.show_set()
    assert "which metric" in screen.parts.words._title.text()


def test_a_reviewer_is_told_that_scores_are_not_open_yet(
    qtbot: Any, judged: Judged, workspace: Workspace, qapp: Any
) -> None:
    with context(workspace, role="reviewer") as ctx:
        screen = opened(qtbot, ctx)
        assert "Nothing here is open to you yet" in screen.parts.words._title.text()
        rosa = raters.sign_in(workspace, "Rosa", "reviewer").rater_id
        judged.gic_turns(rosa, _first(workspace), [full(2)])
        with qtbot.waitSignal(screen.loader.scored, timeout=10_000):
            screen.activate()
        assert screen.parts.shows_table
        assert not screen.parts.rules.gates["turn_taking"].isEnabled()


def _first(ws: Workspace) -> str:
    with ws.db.read() as uow:
        return uow.calls.resolve("CB-00001")[0]


def test_every_column_has_words(screen: ScoresScreen) -> None:
    assert all(c.about and c.title for c in COLUMNS)
    header = screen.model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "0.55 TFC" in header
