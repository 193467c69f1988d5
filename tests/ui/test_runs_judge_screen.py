"""Judge runs on the screen of runs, carried out against a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.endpoints import EndpointProfile, Price
from app.domain.evaluation import Run
from app.domain.work import Quiet
from app.services import evaluating, rubrics
from app.services.assets import asset
from app.services.judging import definition_files, endpoints, judging_runs
from app.services.judging.caps import Caps
from app.services.judging.judging_runs import JudgeChoice
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.main_window import MainWindow
from app.ui.review.reply_dialog import ReplyDialog
from app.ui.runs.new_judge_form import NEEDS_ENDPOINT, NEEDS_MODEL, NO_JUDGE
from app.ui.runs.new_judge_run import NewJudgeRun
from app.ui.runs.raise_caps import STILL, RaiseCaps
from app.ui.runs.rows import RunRow
from app.ui.runs.screen import RunsScreen
from tests.support.chat_answers import BY_NAME
from tests.support.chat_server import ChatServer, serving
from tests.ui.review_stored import store
from tests.ui.shell_support import context

LONG_MS = 20_000
LLM = "gic_all"


@pytest.fixture
def ids(workspace: Workspace) -> list[str]:
    rubrics.load_rubrics(workspace, asset("rubrics"))
    definition_files.load_judges(workspace)
    return [store(workspace).call_id for _ in range(2)]


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving() as made:
        yield made


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any, ids: list[str]) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made
        if made.has_runs:
            made.runs.close()


@pytest.fixture
def asked(workspace: Workspace, server: ChatServer) -> ChatServer:
    """The server as an endpoint with a price."""
    profile = EndpointProfile(name="here", base_url=server.url, model="m-1", retries=0)
    endpoints.save_endpoint(workspace, profile)
    endpoints.save_prices(workspace, (Price(model="m-1", input_per_m=1.0, output_per_m=2.0),))
    return server


def make(ctx: UiContext, ids: list[str], *refs: str, caps: Caps | None = None) -> Run:
    choices = [JudgeChoice(ref=ref) for ref in refs]
    return judging_runs.create(ctx.ws, ctx.viewer, ids, choices, caps=caps or Caps())


def go_through(ctx: UiContext, run: Run) -> Run:
    return judging_runs.drive(Quiet(), ctx.ws, run.id)


def settle(qtbot: Any, ctx: UiContext) -> None:
    qtbot.waitUntil(lambda: not ctx.runner.live, timeout=LONG_MS)


def show(qtbot: Any, ctx: UiContext, run: Run | None = None) -> RunsScreen:
    window = MainWindow(ctx, theme="dark")
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show_screen("runs", **({"run_id": run.id} if run else {}))
    window.show()
    screen = window.front
    assert isinstance(screen, RunsScreen)
    settle(qtbot, ctx)
    return screen


def row(screen: RunsScreen) -> RunRow:
    found = screen.table.current
    assert found is not None
    return found


def test_a_run_shows_requests_cost_and_what_has_no_verdict(
    qtbot: Any, ctx: UiContext, ids: list[str], asked: ChatServer
) -> None:
    asked.when["opening"] = asked.when["Castlebrook"] = BY_NAME["off_scale"]
    run = go_through(ctx, make(ctx, ids, LLM, caps=Caps(cost_micro=5_000_000)))
    assert run.failed
    screen = show(qtbot, ctx, run)
    shown, panel = row(screen), screen.panel
    assert shown.where == "here"
    assert shown.now == f"{run.failed} without verdict"
    assert shown.cost.endswith(" of $5")
    assert panel.pace._title.text() == "Requests per minute"
    assert [u.name for u in panel.judging.bars.uses] == ["Cost", "Tokens", "Requests"]
    rows = panel.judging.unscored.failures.rows
    assert panel.judging._unscored.figure.text() == str(run.failed)
    assert len(rows) > run.failed
    assert not panel.judging._failed.isVisible()
    assert not panel.failed.isVisible()
    facts = dict(panel.source.facts._shown)
    assert facts["Model"].startswith("m-1 at here")
    panel.source.copy.click()
    assert '"prompt_sha256"' in panel.source._provenance.to_json()  # type: ignore[union-attr]


def test_the_reply_behind_an_unscored_request_is_shown(
    qtbot: Any, ctx: UiContext, ids: list[str], asked: ChatServer
) -> None:
    asked.script = BY_NAME["refusal"]
    run = go_through(ctx, make(ctx, ids[:1], LLM))
    screen = show(qtbot, ctx, run)
    view = screen.panel.judging.unscored
    view.setFocus()
    view.step(2)
    QTest.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, ctx)
    dialog = screen.window().findChild(ReplyDialog)
    assert dialog is not None
    assert "Model refused" in dict(dialog._texts[0].facts)["Result"]
    dialog.close()


def test_a_run_by_rules_costs_nothing_and_asks_nobody(
    qtbot: Any, ctx: UiContext, ids: list[str]
) -> None:
    run = go_through(ctx, make(ctx, ids, "baseline_redundancy"))
    screen = show(qtbot, ctx, run)
    assert (row(screen).where, row(screen).now, row(screen).cost) == ("Rules", "Done", "")
    assert not screen.panel.judging.used.isVisible()


def test_costs_take_no_room_where_nothing_is_judged(qtbot: Any, ctx: UiContext) -> None:
    screen = show(qtbot, ctx)
    at = next(n for n in range(screen.model.columnCount()) if screen.model.headerData(
        n, Qt.Orientation.Horizontal) == "Cost")  # fmt: skip
    assert screen.table.head.isSectionHidden(at)


def test_a_run_at_its_cap_goes_on_once_that_is_raised(
    qtbot: Any, ctx: UiContext, ids: list[str], asked: ChatServer
) -> None:
    run = go_through(ctx, make(ctx, ids, LLM, caps=Caps(calls=3)))
    assert run.state == "paused"
    screen = show(qtbot, ctx, run)
    assert row(screen).now == "Stopped at 3 requests"
    assert screen.panel.caps.isVisible()
    assert not screen.panel.pause.isVisible()
    screen.verbs.pause()  # going on would only stop again
    assert evaluating.run(ctx.ws, run.id).state == "paused"
    screen.panel.caps.click()
    settle(qtbot, ctx)
    dialog = screen.window().findChild(RaiseCaps)
    assert dialog is not None
    dialog.go.click()
    assert dialog.problem.text() == STILL
    dialog.caps.requests.setText("")
    dialog.go.click()
    qtbot.waitUntil(lambda: evaluating.run(ctx.ws, run.id).state == "done", timeout=LONG_MS)
    settle(qtbot, ctx)
    assert len(set(asked.keys)) == len(asked.keys) == evaluating.run(ctx.ws, run.id).done


def test_what_failed_is_asked_again_in_a_run_of_its_own(
    qtbot: Any, ctx: UiContext, ids: list[str], asked: ChatServer
) -> None:
    asked.script = BY_NAME["off_scale"]
    run = go_through(ctx, make(ctx, ids[:1], LLM))
    asked.script = BY_NAME["ok"]
    screen = show(qtbot, ctx, run)
    screen.panel.retry.click()
    qtbot.waitUntil(
        lambda: [r.state for r in evaluating.runs(ctx.ws)] == ["done", "done"], timeout=LONG_MS
    )
    settle(qtbot, ctx)
    screen.reload()
    settle(qtbot, ctx)
    before = screen.state.rows(screen.state.hints())
    first = next(r for r in before if isinstance(r, RunRow) and r.run.id == run.id)
    assert (first.group, first.now) == ("finished", f"Done, {run.failed} since tried again")


def test_the_strip_shows_requests_under_way_and_a_pause_ends_them(
    qtbot: Any, ctx: UiContext, ids: list[str], asked: ChatServer
) -> None:
    asked.latency_s = 0.4
    run = make(ctx, ids, LLM)
    screen = show(qtbot, ctx, run)
    ctx.runs.start(run.id)

    def under_way() -> tuple[int, int]:
        name = f"{run.code} requests"
        return next(((s.used, s.size) for s in screen.parts.strip.lanes if s.name == name), (0, 0))

    qtbot.waitUntil(lambda: under_way()[0] > 0, timeout=LONG_MS)
    assert under_way()[1] == 8
    assert screen.panel.steps.rows[0].is_current
    screen.panel.pause.click()
    qtbot.waitUntil(lambda: evaluating.run(ctx.ws, run.id).state == "paused", timeout=LONG_MS)
    settle(qtbot, ctx)
    assert under_way() == (0, 0)


# a new run ------------------------------------------------------------------------------------


def open_new(qtbot: Any, ctx: UiContext, screen: RunsScreen) -> NewJudgeRun:
    QTest.keyClick(screen.table, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    dialog = screen.window().findChild(NewJudgeRun)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog._offered is not None)
    return dialog


def reckoned(qtbot: Any, dialog: NewJudgeRun) -> str:
    qtbot.waitUntil(lambda: bool(dialog._source.text()), timeout=LONG_MS)
    return dialog._needs.text()


def test_a_newcomer_starts_baselines_by_two_keys(
    qtbot: Any, ctx: UiContext, ids: list[str]
) -> None:
    go_through(ctx, make(ctx, ids, "baseline_redundancy"))
    screen = show(qtbot, ctx)
    dialog = open_new(qtbot, ctx, screen)
    assert dialog.form.endpoint.setup.isVisible()
    assert "baselines do not" in dialog.form.endpoint.note.text()
    assert reckoned(qtbot, dialog) == "Nothing has to be asked of a model."
    QTest.keyClick(dialog.form.judges, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: [r.state for r in evaluating.runs(ctx.ws)] == ["done", "done"], timeout=LONG_MS
    )
    settle(qtbot, ctx)
    new = evaluating.runs(ctx.ws)[0]
    assert {s.name.split("_")[0] for s in new.specs} == {"baseline"}
    assert screen.current is not None
    assert screen.current.id == new.id


def test_what_is_missing_is_said_before_it_can_start(
    qtbot: Any, ctx: UiContext, ids: list[str]
) -> None:
    go_through(ctx, make(ctx, ids, "baseline_redundancy"))
    screen = show(qtbot, ctx)
    dialog = open_new(qtbot, ctx, screen)
    tick = dialog.form.judges.measures.tick
    tick(())
    assert (dialog._needs.text(), dialog.go_button.isEnabled()) == (NO_JUDGE, False)
    tick([LLM])
    assert (dialog._needs.text(), dialog.go_button.isEnabled()) == (NEEDS_ENDPOINT, False)
    went: list[tuple[str, dict[str, Any]]] = []
    screen.navigate.disconnect()  # the window has no such place in this test
    screen.navigate.connect(lambda key, args: went.append((key, args)))
    dialog.form.endpoint.setup.click()
    assert went == [("judges", {"tab": "endpoints"})]


def test_a_model_is_named_reckoned_and_remembered(
    qtbot: Any, ctx: UiContext, ids: list[str], asked: ChatServer
) -> None:
    go_through(ctx, make(ctx, ids, "baseline_redundancy"))
    screen = show(qtbot, ctx)
    dialog = open_new(qtbot, ctx, screen)
    form = dialog.form
    assert not form.endpoint.model.isEnabled()
    form.judges.measures.tick([LLM])
    form.endpoint.model.setEditText(" ")
    assert dialog._needs.text() == NEEDS_MODEL
    form.endpoint.list.click()
    qtbot.waitUntil(lambda: bool(form.endpoint.model_name), timeout=LONG_MS)
    form.endpoint.model.hidePopup()
    form.endpoint.model.setEditText("m-1")
    needs = reckoned(qtbot, dialog)
    assert "requests, about" in needs
    assert "$" in needs
    form.caps.tokens.setText("lots")
    dialog.go_button.click()
    assert "whole number" in dialog.problem.text()
    form.caps.tokens.setText("1 000 000")
    dialog.go_button.click()
    qtbot.waitUntil(lambda: len(evaluating.runs(ctx.ws)) == 2, timeout=LONG_MS)
    qtbot.waitUntil(lambda: evaluating.runs(ctx.ws)[0].state == "done", timeout=LONG_MS)
    settle(qtbot, ctx)
    new = evaluating.runs(ctx.ws)[0]
    assert judging_runs.caps_of(ctx.ws, new.id) == Caps(tokens=1_000_000)
    again = open_new(qtbot, ctx, screen)
    assert again.form.judges.measures.ticked == (LLM,)
    assert (again.form.endpoint.model_name, again.form.caps.caps().tokens) == ("m-1", 1_000_000)
    again.close()


def test_the_reviews_empty_judge_tab_leads_to_a_run_over_that_call(
    qtbot: Any, ctx: UiContext, ids: list[str]
) -> None:
    window = MainWindow(ctx, theme="dark")
    qtbot.addWidget(window)
    window.show_screen("review", call_id=ids[0])
    window.show()
    review: Any = window.front
    settle(qtbot, ctx)
    ctx.settings.set("measure_on_open", False)
    review.setFocus()
    QTest.keyClick(review, Qt.Key.Key_V)
    panel = review.dock.judge
    qtbot.waitUntil(lambda: panel._is_read, timeout=LONG_MS)
    panel.empty._button.click()
    dialog = window.findChild(NewJudgeRun)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog._offered is not None)
    assert dialog.form.chosen_calls().call_ids == (ids[0],)
    qtbot.waitUntil(dialog.go_button.isEnabled, timeout=LONG_MS)
    dialog.go_button.click()
    qtbot.waitUntil(lambda: bool(panel.rows.verdicts), timeout=LONG_MS)
    settle(qtbot, ctx)
    assert window.front is review
