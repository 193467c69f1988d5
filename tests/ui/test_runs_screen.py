"""The screen of runs: what it lists, what it says of each, what its keys do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from app.domain.clock import utc_now
from app.services import evaluating
from app.services.evaluating import attending
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.runs.columns import COLUMNS
from app.ui.runs.rows import GroupRow, RunRow
from app.ui.runs.screen import RunsScreen
from app.ui.screenshot.render import render
from tests.ui import runs_rig as rig

LONG_MS = 20_000


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[rig.Gate]:
    yield rig.use_evaluators(monkeypatch)
    rig.forget_evaluators()


@pytest.fixture
def ids(workspace: Workspace, tmp_path: Path, gate: rig.Gate) -> list[str]:
    return rig.add_recordings(workspace, tmp_path / "recordings", 3)


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any, gate: rig.Gate) -> Iterator[UiContext]:
    with rig.window_on(workspace) as made:
        yield made


@pytest.fixture
def stored(ctx: UiContext, ids: list[str]) -> dict[str, Any]:
    """A run in each state, oldest first."""
    made = {"done": rig.run_through(ctx, ids, "asr.test", title="Over", query="agent:nora")}
    rig.FAILING.add("CB-00002")
    made["failed"] = rig.run_through(ctx, ids, "test.fails", "speech.detect", title="In part")
    rig.FAILING.clear()
    for title in ("paused", "stopped", "cluster", "queued", "elsewhere", "closed"):
        made[title] = rig.make_run(ctx, ids, "test.held", title=title.capitalize())
    evaluating.pause(ctx.ws, made["paused"].id)
    evaluating.cancel(ctx.ws, made["stopped"].id)
    attending.put_off(ctx.ws, made["cluster"].id, "No Dask scheduler answers.")
    rig.set_run(
        ctx, made["elsewhere"], state="running", owner="other", beat_at=utc_now(), done=1,
        started_at=utc_now(), active_ms=60_000,
    )  # fmt: skip
    rig.set_run(ctx, made["closed"], state="paused", note=attending.CLOSED_NOTE)
    return made


def listed(screen: RunsScreen) -> list[str]:
    """Heads and titles, from the top."""
    return [
        f"{row.group} {row.count}" if isinstance(row, GroupRow) else row.run.title
        for row in screen.model.rows
    ]


def row_of(screen: RunsScreen, title: str) -> RunRow:
    return next(
        row for row in screen.model.rows if isinstance(row, RunRow) and row.run.title == title
    )


def settled(qtbot: Any, ctx: UiContext) -> None:
    qtbot.waitUntil(lambda: not ctx.runner.live, timeout=LONG_MS)


def press(screen: RunsScreen, key: Qt.Key, mods: Any = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(screen.table, key, mods)


def select(qtbot: Any, ctx: UiContext, screen: RunsScreen, run: Any) -> None:
    screen.show_run(run.id)
    settled(qtbot, ctx)
    assert screen.current is not None
    assert screen.current.id == run.id


def test_runs_are_grouped_by_what_a_person_must_do(
    qtbot: Any, ctx: UiContext, stored: dict[str, Any]
) -> None:
    _, screen = rig.open_runs(qtbot, ctx, 8)
    assert listed(screen) == [
        "active 3", "Closed", "Elsewhere", "Queued",
        "attention 3", "Cluster", "Paused", "In part",
        "finished 2", "Stopped", "Over",
    ]  # fmt: skip
    assert screen.head.filters.accessibleName() == "Runs: All"
    assert [s.text for s in screen.head.filters._segments] == ["All", "Active  3", "Failed  1"]


@pytest.mark.parametrize(
    ("title", "icon", "now", "time"),
    [
        ("Over", "check-circle", "Done", "0\u00a0s"),
        ("In part", "warning-circle", "1 of 6 steps failed", "0\u00a0s"),
        ("Paused", "pause-circle", "Paused", ""),
        ("Cluster", "pause-circle", "No Dask scheduler answers.", ""),
        ("Stopped", "hand", "Stopped", ""),
        ("Queued", "clock", "Waiting for its turn", ""),
        ("Closed", "clock", "Goes on by itself", ""),
        ("Elsewhere", "play-circle", "Held up", "2\u00a0min left"),
    ],
)
def test_each_state_has_its_icon_and_words(
    qtbot: Any, ctx: UiContext, stored: dict[str, Any], title: str, icon: str, now: str, time: str
) -> None:
    for run in ("done", "failed"):
        rig.set_run(ctx, stored[run], active_ms=20)
    _, screen = rig.open_runs(qtbot, ctx, 8)
    row = row_of(screen, title)
    assert (row.icon, row.now, row.time) == (icon, now, time)


def test_cells_are_words_too(qtbot: Any, ctx: UiContext, stored: dict[str, Any]) -> None:
    _, screen = rig.open_runs(qtbot, ctx, 8)
    at = screen.model.position(stored["done"].id)
    assert at is not None
    keys = [column.key for column in COLUMNS]
    words = {key: screen.model.index(at, n).data() for n, key in enumerate(keys)}
    assert words["run"] == "Over, 3 calls, agent:nora"
    assert (words["now"], words["steps"], words["where"]) == ("Done", "3 / 3", "Threads")
    assert screen.model.index(0, 0).data() == "Active, 3"


def test_filters_leave_their_group_or_say_that_nothing_is_in_it(
    qtbot: Any, ctx: UiContext, stored: dict[str, Any], ids: list[str]
) -> None:
    _, screen = rig.open_runs(qtbot, ctx, 8)
    filters = screen.head.filters
    filters.setFocus()
    QTest.keyClick(filters, Qt.Key.Key_Right)
    assert listed(screen) == ["active 3", "Closed", "Elsewhere", "Queued"]
    QTest.keyClick(filters, Qt.Key.Key_Right)
    assert listed(screen) == ["attention 1", "In part"]
    rig.run_through(ctx, ids, "test.fails", retry_failed=True)
    screen.reload()
    settled(qtbot, ctx)
    assert listed(screen) == []
    assert screen.parts.nothing.isVisible()
    assert "Nothing failed" in screen.parts.nothing._title.text()
    screen._on_filter("all")
    assert row_of(screen, "In part").now == "Done, 1 since tried again"


def test_arrows_go_from_run_to_run_over_heads(
    qtbot: Any, ctx: UiContext, stored: dict[str, Any]
) -> None:
    _, screen = rig.open_runs(qtbot, ctx, 8)
    screen.table.setFocus()
    seen = []
    for _ in range(9):
        assert screen.current is not None
        seen.append(screen.current.title)
        press(screen, Qt.Key.Key_Down)
    assert seen[:5] == ["Closed", "Elsewhere", "Queued", "Cluster", "Paused"]
    assert seen[7:] == ["Over", "Over"]
    press(screen, Qt.Key.Key_Up)
    assert screen.current is not None
    assert screen.current.title == "Stopped"


def test_a_click_on_a_head_selects_nothing(
    qtbot: Any, ctx: UiContext, stored: dict[str, Any]
) -> None:
    _, screen = rig.open_runs(qtbot, ctx, 8)
    before = screen.current
    where = QPoint(40, screen.table.rowViewportPosition(4) + 5)
    QTest.mouseClick(
        screen.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where
    )
    assert screen.current is before


def test_the_panel_tells_all_about_a_run(
    qtbot: Any, ctx: UiContext, stored: dict[str, Any]
) -> None:
    _, screen = rig.open_runs(qtbot, ctx, 8)
    select(qtbot, ctx, screen, stored["failed"])
    panel = screen.panel
    assert panel.title.text() == "In part"
    assert panel.code.text() == stored["failed"].code
    assert panel.covers.text() == "3 calls, 2 steps each, by Lena"
    assert [(r.title, r.count, r.note) for r in panel.steps.rows] == [
        ("Length", "3 / 3", "1 failed"),
        ("Detect speech", "3 / 3", panel.steps.rows[1].note),
    ]
    assert panel.steps.rows[1].note.endswith("each")
    assert panel.failed.figure.text() == "1"
    assert panel.retry.isVisible()
    assert not panel.pause.isVisible()
    facts = dict(panel.source.facts._shown)
    assert facts["Evaluators"] == "test.fails 1"
    panel.source.copy.click()
    assert '"name": "speech.detect"' in QGuiApplication.clipboard().text()
    assert panel.source.copy.text() == "Copied"
    select(qtbot, ctx, screen, stored["cluster"])
    assert panel.note.text() == "No Dask scheduler answers."
    assert panel.pause.text() == "Resume"


def test_many_steps_are_folded_and_unfolded_by_key(
    qtbot: Any, ctx: UiContext, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.eval import registry

    many = {f"test.held{n}": rig.PLACES["test.held"] for n in range(14)}
    monkeypatch.setattr(registry, "PLACES", {**rig.PLACES, **many})
    rig.make_run(ctx, ids, *many)
    _, screen = rig.open_runs(qtbot, ctx, 1)
    steps = screen.panel.steps
    assert (len(steps.rows), steps.rest) == (8, "6 more")
    QTest.keyClick(steps, Qt.Key.Key_Space)
    assert (len(steps.rows), steps.rest) == (14, "Fewer")
    last_line = QPoint(40, steps.height() - 5)
    QTest.mouseClick(steps, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, last_line)
    assert len(steps.rows) == 8


def test_a_failure_opens_its_call(qtbot: Any, ctx: UiContext, stored: dict[str, Any]) -> None:
    _, screen = rig.open_runs(qtbot, ctx, 8)
    select(qtbot, ctx, screen, stored["failed"])
    failures = screen.panel.failures
    assert failures.failures.index(0, 0).data() == "Cannot be used, 1"
    assert failures.failures.index(1, 0).data() == (
        "CB-00002, Length: CB-00002 is too quiet. Record it again."
    )
    screen.navigate.disconnect()
    failures.setFocus()
    QTest.keyClick(failures, Qt.Key.Key_Down)
    with qtbot.waitSignal(screen.navigate) as went:
        QTest.keyClick(failures, Qt.Key.Key_Return)
    place, told = went.args
    assert place == "review"
    assert told["call_id"] == evaluating.failures(ctx.ws, stored["failed"].id)[0].call_id
    assert len(told["call_ids"]) == 3
    where = failures.visualRect(failures.failures.index(1, 0)).center()
    with qtbot.waitSignal(screen.navigate):
        QTest.mouseClick(
            failures.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where
        )


def test_enter_opens_the_runs_calls(
    qtbot: Any, ctx: UiContext, stored: dict[str, Any], ids: list[str]
) -> None:
    window, screen = rig.open_runs(qtbot, ctx, 8)
    select(qtbot, ctx, screen, stored["done"])
    screen.table.setFocus()
    press(screen, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.front is not screen)
    assert window.front is not None
    assert window.front.key == "review"
    qtbot.waitUntil(lambda: getattr(window.front, "call_id", "") == ids[0])
    settled(qtbot, ctx)


def test_a_key_pauses_a_live_run_and_another_press_goes_on(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    run = rig.make_run(ctx, ids, "test.held")
    _, screen = rig.open_runs(qtbot, ctx, 1)
    ctx.runs.start(run.id)
    screen.table.setFocus()
    gate.pass_on()
    qtbot.waitUntil(lambda: row_of(screen, "Held up").steps == "1 / 3", timeout=LONG_MS)
    qtbot.waitUntil(lambda: screen.panel.steps.rows[0].is_current, timeout=LONG_MS)
    assert [lane.words for lane in screen.parts.strip.lanes] == [
        "Runs at a time: 1 of 2", f"{run.code} workers: 1 of 1",
    ]  # fmt: skip
    press(screen, Qt.Key.Key_P)
    assert row_of(screen, "Held up").now == "Pausing"
    qtbot.waitUntil(lambda: row_of(screen, "Held up").now == "Paused", timeout=LONG_MS)
    qtbot.waitUntil(lambda: not ctx.runs.feeds and not ctx.runner.live, timeout=LONG_MS)
    gate.open()
    press(screen, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: row_of(screen, "Held up").now == "Done", timeout=LONG_MS)
    assert row_of(screen, "Held up").steps == "3 / 3"


def test_stop_ends_it(qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate) -> None:
    run = rig.make_run(ctx, ids, "test.held")
    _, screen = rig.open_runs(qtbot, ctx, 1)
    ctx.runs.start(run.id)
    qtbot.waitUntil(lambda: row_of(screen, "Held up").icon == "play-circle", timeout=LONG_MS)
    screen.panel.stop.click()
    qtbot.waitUntil(lambda: row_of(screen, "Held up").now == "Stopped", timeout=LONG_MS)
    assert rig.state_of(ctx, run) == "cancelled"


def test_pause_all_pauses_what_is_waiting_too(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    runs = [rig.make_run(ctx, ids, "test.held", title=f"Run {n}") for n in range(3)]
    _, screen = rig.open_runs(qtbot, ctx, 3)
    for run in runs:
        ctx.runs.start(run.id)
    qtbot.waitUntil(lambda: row_of(screen, "Run 1").icon == "play-circle", timeout=LONG_MS)
    screen.head.pause_all.click()
    qtbot.waitUntil(lambda: listed(screen)[:1] == ["attention 3"], timeout=LONG_MS)
    assert {rig.state_of(ctx, run) for run in runs} == {"paused"}


def test_retrying_by_key_makes_a_run_and_selects_it(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    rig.FAILING.add("CB-00001")
    before = rig.run_through(ctx, ids, "test.fails", title="First")
    rig.FAILING.clear()
    _, screen = rig.open_runs(qtbot, ctx, 1)
    screen.table.setFocus()
    press(screen, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(screen.state.runs) == 2, timeout=LONG_MS)
    qtbot.waitUntil(lambda: listed(screen)[0] == "finished 2", timeout=LONG_MS)
    assert screen.current is not None
    assert screen.current.title == f"First, failures of {before.code}"
    assert row_of(screen, "First").now == "Done, 1 since tried again"


def test_another_windows_progress_is_shown(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    run = rig.make_run(ctx, ids, "test.held")
    rig.set_run(ctx, run, state="running", owner="other", beat_at=utc_now())
    window, screen = rig.open_runs(qtbot, ctx, 1)
    assert [lane.words for lane in screen.parts.strip.lanes][-1] == "In other windows: 1"
    watch = window._watch
    assert watch is not None
    watch._poll()
    with Workspace.open(ctx.ws.path).db.machine() as other:
        other.runs.settle(run.id, ids[0], [("test.held", "done", 10)])
    watch._poll()
    qtbot.waitUntil(lambda: row_of(screen, "Held up").steps == "1 / 3", timeout=LONG_MS)


def test_the_rail_counts_what_is_active(qtbot: Any, ctx: UiContext, stored: dict[str, Any]) -> None:
    window, _ = rig.open_runs(qtbot, ctx, 8)
    item = window.rail._items["runs"]
    qtbot.waitUntil(lambda: item.accessibleName() == "Runs, 3 active")


def test_a_run_that_begins_and_ends_is_counted_at_once(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    window, _ = rig.open_runs(qtbot, ctx, 0)
    item = window.rail._items["runs"]
    run = rig.make_run(ctx, ids, "test.held")
    ctx.runs.start(run.id)
    qtbot.waitUntil(lambda: item.accessibleName() == "Runs, 1 active", timeout=LONG_MS)
    gate.open()
    qtbot.waitUntil(lambda: item.accessibleName() == "Runs", timeout=LONG_MS)
    qtbot.waitUntil(lambda: not ctx.runs.feeds and not ctx.runner.live, timeout=LONG_MS)


def test_without_runs_it_says_what_to_do(qtbot: Any, ctx: UiContext, ids: list[str]) -> None:
    window, screen = rig.open_runs(qtbot, ctx, 0)
    qtbot.waitUntil(screen.parts.empty.isVisible)
    assert screen.parts.empty.new.isEnabled()
    asked: list[int] = []
    screen.new_asked.disconnect()
    screen.new_asked.connect(lambda: asked.append(1))
    screen.parts.empty.new.click()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert asked == [1, 1]
    screen.parts.empty.library.click()
    assert window.front is not screen
    settled(qtbot, ctx)


def test_without_calls_there_is_nothing_to_run_over(qtbot: Any, ctx: UiContext) -> None:
    _, screen = rig.open_runs(qtbot, ctx, 0)
    assert not screen.parts.empty.new.isEnabled()
    assert "Import some" in screen.parts.empty._all.text()


def test_five_hundred_runs_are_listed(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    with ctx.ws.db.machine() as uow:
        from app.domain.evaluation import EvaluatorSpec

        for n in range(500):
            made = uow.runs.add(
                kind="metrics", title=f"Run {n}", query="", call_ids=ids, where="processes",
                specs=[EvaluatorSpec(name="test.fails")], workers=2, rater_id=None,
            )  # fmt: skip
            uow.runs.leave(made, "done")
    _, screen = rig.open_runs(qtbot, ctx, 500)
    assert len(screen.model.rows) == 501
    screen.table.setFocus()
    press(screen, Qt.Key.Key_Down)
    assert screen.current is not None
    assert screen.current.title == "Run 498"
    settled(qtbot, ctx)


def test_the_filter_the_run_and_the_widths_survive_a_restart(
    qtbot: Any, ctx: UiContext, stored: dict[str, Any]
) -> None:
    _, screen = rig.open_runs(qtbot, ctx, 8)
    select(qtbot, ctx, screen, stored["elsewhere"])
    screen._on_filter("active")
    screen.parts.moved = True
    kept = screen.session_state()
    again = RunsScreen(ctx)
    qtbot.addWidget(again)
    again.restore_session({**kept, "widths": [700, 500]})
    again.resize(1300, 800)
    again.show()
    again.activate()
    settled(qtbot, ctx)
    assert again.current is not None
    assert again.current.id == stored["elsewhere"].id
    assert listed(again)[0] == "active 3"
    assert again.parts.moved
    again.restore_session({"filter": 7, "run": None, "widths": "wide"})


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_a_picture_in_each_theme(
    workspace: Workspace,
    ctx: UiContext,
    stored: dict[str, Any],
    tmp_path: Path,
    theme: str,
) -> None:
    out = tmp_path / "runs.png"
    render(workspace, "runs", out, call=stored["failed"].code, theme=theme, size=(1280, 800))
    image = QImage(str(out))
    danger = ctx.theme.__class__(theme).color("danger")  # type: ignore[arg-type]
    reds = sum(image.pixelColor(x, y) == danger for x in range(440, 600, 2) for y in range(90, 640))
    assert reds > 10
