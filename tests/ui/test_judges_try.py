"""Trying a judge out from the window: over real HTTP, and stored nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.domain.endpoints import Price
from app.domain.work import Quiet
from app.services import browsing
from app.services.judging import endpoints, judging_runs
from app.services.judging.judging_runs import JudgeChoice
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.judges.judges_page import JudgesPage
from app.ui.judges.screen import JudgesScreen
from tests.support.chat_answers import error, hostile, slow
from tests.support.chat_server import ChatServer, serving
from tests.ui.judges_rig import WAIT_MS, choose, judges_screen, settle
from tests.ui.shell_support import context
from tests.unit.judging_runs.conftest import DIMENSIONS, HERE, add_calls, open_shop

ADDED = "\nWrite like a kind colleague."


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving() as found:
        yield found


@pytest.fixture
def ws(tmp_path: Path, server: ChatServer) -> Iterator[Workspace]:
    opened = open_shop(tmp_path / "ws", server, model="m")
    add_calls(opened, 2, agent_turns=2)
    yield opened
    opened.close()


@pytest.fixture
def ctx(ws: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(ws) as made:
        yield made


@pytest.fixture
def screen(qtbot: Any, ctx: UiContext) -> Iterator[JudgesScreen]:
    with judges_screen(qtbot, ctx) as made:
        choose(qtbot, made, "gic")
        made.judges.verbs.try_out()
        settle(qtbot, made)
        yield made


@pytest.fixture
def page(screen: JudgesScreen) -> JudgesPage:
    return screen.judges


def stored(ws: Workspace) -> int:
    with ws.db.read() as uow:
        return int(
            uow.connection.exec_driver_sql(
                "SELECT (SELECT count(*) FROM score) + (SELECT count(*) FROM judge_reply) "
                "+ (SELECT count(*) FROM judge_version) + (SELECT count(*) FROM run)"
            ).scalar_one()
        )


def texts(page: JudgesPage) -> list[str]:
    return [label.text() for label in page.detail.trying.verdicts.findChildren(QLabel)]


def test_the_prompt_is_shown_word_for_word_before_anything_is_asked(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, server: ChatServer
) -> None:
    panel = page.detail.trying
    assert panel.picker.ask.count() == 2  # turns of the agent
    assert panel.part.text().startswith(f"Request 1 of {DIMENSIONS}: ")
    assert "will be with you on the next working day" in panel.asked.toPlainText()
    page.verbs.edit()
    page.detail.pane.texts["user"].appendPlainText(ADDED)
    settle(qtbot, screen)
    assert ADDED.strip() in panel.asked.toPlainText()
    assert server.asked == []


def test_an_unsaved_edit_is_asked_about_one_turn_and_leaves_nothing(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, server: ChatServer, ws: Workspace
) -> None:
    endpoints.save_prices(ws, (Price(model="m", input_per_m=1.0, output_per_m=2.0),))
    page.verbs.edit()
    page.detail.pane.texts["user"].appendPlainText(ADDED)
    page.trying.run()
    settle(qtbot, screen)
    assert len(server.asked) == DIMENSIONS
    assert all(ADDED.strip() in asked.text for asked in server.asked)
    panel = page.detail.trying
    assert panel.tabs.current == "verdict"
    assert panel.tabs._notes["verdict"][0] == str(DIMENSIONS)
    facts = {fact.name: fact.value for fact in panel.facts._shown}
    assert facts["Requests"] == str(DIMENSIONS)
    assert facts["Cost"].endswith(" USD")
    assert panel.raw.toPlainText().count('"score"') == DIMENSIONS
    assert stored(ws) == 0


def test_a_price_that_nobody_knows_is_not_nothing(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage
) -> None:
    page.trying.run()
    settle(qtbot, screen)
    facts = {fact.name: fact.value for fact in page.detail.trying.facts._shown}
    assert facts["Cost"] == "no price is known"
    assert "sent" in facts["Tokens"]


def test_a_try_out_that_is_stopped_hangs_up(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, server: ChatServer
) -> None:
    server.script = slow(30.0)
    page.trying.run()
    qtbot.waitUntil(lambda: server.in_flight > 0, timeout=WAIT_MS)
    assert page.detail.trying.stop.isVisible()
    page.verbs.escape()
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: server.in_flight == 0, timeout=WAIT_MS)
    assert page.detail.trying.run.isVisible()
    assert texts(page) == []


def test_what_the_endpoint_refuses_is_said_in_words(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, server: ChatServer
) -> None:
    server.script = error(401)
    page.trying.run()
    settle(qtbot, screen)
    assert "Key was refused" in page.detail.trying.problem.text()
    assert page.detail.trying.problem.isVisible()
    assert texts(page) == []


def test_what_a_model_writes_is_never_read_as_markup(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, server: ChatServer
) -> None:
    server.script = hostile
    page.trying.run()
    settle(qtbot, screen)
    labels = page.detail.trying.findChildren(QLabel)
    assert any("<b>" in label.text() for label in labels)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def test_rules_are_tried_without_an_endpoint(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, server: ChatServer, ws: Workspace
) -> None:
    endpoints.remove_endpoint(ws, HERE)
    choose(qtbot, screen, "baseline_verbosity")
    assert not page.detail.trying.picker.endpoint.isVisible()
    page.trying.run()
    settle(qtbot, screen)
    assert any("Turn 2" in text for text in texts(page))
    assert (server.asked, stored(ws)) == ([], 0)


def test_a_judge_with_a_model_says_that_it_needs_an_endpoint(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, ws: Workspace
) -> None:
    endpoints.remove_endpoint(ws, HERE)
    page.trying.look()
    settle(qtbot, screen)
    page.trying.run()
    page.detail.notice.first.click()
    assert screen.tabs.current == "endpoints"
    assert screen.endpoints.editor.isVisible()
    settle(qtbot, screen)


def test_a_pair_needs_two_calls_and_gets_one_verdict(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, server: ChatServer
) -> None:
    choose(qtbot, screen, "pairwise")
    assert page.detail.trying.picker.other.isVisible()
    assert "name another" in page.detail.trying.asked.toPlainText()
    page.detail.trying.picker.other.setText("CB-00001")
    page.trying.render()
    settle(qtbot, screen)
    page.trying.run()
    settle(qtbot, screen)
    assert len(server.asked) == 2  # both orders
    assert page.detail.trying.tabs._notes["verdict"][0] == "1"


def test_the_list_counts_the_calls_that_a_judge_has_judged(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, ws: Workspace
) -> None:
    seqs = browsing.call_ids(ws, screen.ctx.viewer, browsing.parse_query(""))
    ids = browsing.uuids(ws, [int(seq) for seq in seqs])
    choice = JudgeChoice(ref="baseline_verbosity")
    made = judging_runs.create(ws, screen.ctx.viewer, ids, [choice])
    judging_runs.drive(Quiet(), ws, made.id)
    page.reload()
    settle(qtbot, screen)
    counts = {row.key: row.right for row in page.list.model.rows}
    assert counts["baseline_verbosity"] == "2 calls judged"
    assert counts["gic"] == ""
    choose(qtbot, screen, "baseline_verbosity")
    (used,) = page.detail.about.used._shown
    assert used.name == "baseline_verbosity@1"
    assert "2 calls" in used.value
