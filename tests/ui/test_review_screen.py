"""The review screen: header, list, comments, recording, tables, states that are not the usual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain import stages
from app.domain.calls import Finding, Span
from app.services import calls, commenting
from app.services.workspace import Workspace
from app.ui.review import turn_facts
from app.ui.review.comment_text import tags_of, turn_of
from app.ui.review.header import MONO_BADGE, facts_of
from app.ui.review.screen import ReviewScreen
from app.ui.review.table_model import sheets
from tests.ui import review_support as support
from tests.ui.review_stored import Stored, store
from tests.ui.review_support import frames

MOD = Qt.KeyboardModifier


@pytest.fixture
def stored(workspace: Workspace) -> Stored:
    return store(workspace)


def open_screen(qtbot: Any, ctx: Any) -> ReviewScreen:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ctx.actions.install(app)
    made = ReviewScreen(ctx)
    qtbot.addWidget(made)
    made.resize(1376, 840)
    made.show()
    return made


@pytest.fixture
def screen(qtbot: Any, stored: Stored) -> Iterator[ReviewScreen]:
    ctx = support.context(ws=stored.ws)
    ctx.viewer = stored.viewer
    made = open_screen(qtbot, ctx)
    made.activate(call_id=stored.call_id, call_ids=["x", stored.call_id, "y"], list_name="Mine")
    qtbot.waitUntil(lambda: made.session.state == "ready")
    qtbot.waitUntil(lambda: not ctx.runner.live)
    made.setFocus()
    yield made
    made.deactivate()
    ctx.actions.uninstall(QApplication.instance())
    qtbot.waitUntil(lambda: not ctx.runner.live)
    ctx.runner.close()


@pytest.fixture
def shown(qtbot: Any) -> Iterator[ReviewScreen]:
    """A screen that shows a call in memory."""
    ctx = support.context()
    made = open_screen(qtbot, ctx)
    support.show(made.session, support.review())
    made.setFocus()
    yield made
    made.deactivate()
    ctx.actions.uninstall(QApplication.instance())
    ctx.runner.close()


def settle(qtbot: Any, screen: ReviewScreen) -> None:
    qtbot.waitUntil(lambda: not screen.ctx.runner.live)


def test_the_header_says_which_call_and_where_it_stands(screen: ReviewScreen) -> None:
    assert screen.header.code.text() == "CB-00001"
    assert screen.header.title.text() == "Disputed card charge, second contact"
    assert screen.header.place_name.text() == "Mine"
    assert screen.header.place.text() == "2 of 3"


def test_facts_in_the_header() -> None:
    facts = dict(facts_of(support.call()))
    assert facts["Agent"] == "nora 3.2.1"
    assert facts["Audio"] == "2 ch, 16 kHz"


def test_a_recording_that_is_gone_is_told_in_the_picture_and_the_rest_works(
    screen: ReviewScreen,
) -> None:
    assert screen.session.sound.error is not None  # nothing was ever put into this workspace
    assert screen.timing.note.isVisible()
    assert len(screen.transcript.rows) == 12


def test_a_call_that_is_not_there_fails_in_place(screen: ReviewScreen, qtbot: Any) -> None:
    screen.activate(call_id="no-such-call")
    qtbot.waitUntil(lambda: screen.session.state == "failed")
    assert not screen.parts.shows_call
    settle(qtbot, screen)


def test_n_opens_the_next_call_of_the_list(
    screen: ReviewScreen, stored: Stored, qtbot: Any
) -> None:
    other = store(stored.ws, title="Another")
    screen.activate(call_id=stored.call_id, call_ids=[stored.call_id, other.call_id])
    QTest.keyClick(screen, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: screen.header.title.text() == "Another")
    assert screen.header.place.text() == "2 of 2"
    settle(qtbot, screen)
    QTest.keyClick(screen, Qt.Key.Key_N)  # the last one: nowhere to go
    assert screen.call_id == other.call_id


def test_f_flags_the_call_for_good(screen: ReviewScreen, stored: Stored, qtbot: Any) -> None:
    QTest.keyClick(screen, Qt.Key.Key_F)
    settle(qtbot, screen)
    assert calls.get_call(stored.ws, stored.call_id).flagged
    assert screen.header.flag.isChecked()


def test_score_call_hands_over_the_call_and_the_list(screen: ReviewScreen, qtbot: Any) -> None:
    with qtbot.waitSignal(screen.navigate) as asked:
        screen.header.score.click()
    key, arguments = asked.args
    assert key == "score"
    assert arguments["call_id"] == screen.call_id
    assert len(arguments["call_ids"]) == 3


def test_c_writes_a_comment_at_the_play_head_and_ctrl_enter_adds_it(
    screen: ReviewScreen, stored: Stored, qtbot: Any
) -> None:
    screen.session.playback.seek(frames(13.0))
    QTest.keyClick(screen, Qt.Key.Key_C)
    editor = screen.dock.comments.editor
    qtbot.waitUntil(editor.text.hasFocus)
    assert editor.chip.text == "00:13.000"
    QTest.keyClicks(editor.text, "They <b>promised</b> it. @4")
    editor.severity.set_current("3")
    editor.tags.setText("wrong-fact, #Tone")
    QTest.keyClick(editor.text, Qt.Key.Key_Return, MOD.ControlModifier)
    settle(qtbot, screen)
    (comment,) = commenting.comments(stored.ws, stored.viewer, stored.call_id)
    assert comment.body == "They <b>promised</b> it. @4"
    assert (comment.start, comment.end) == (frames(13.0), None)
    assert (comment.severity, comment.tags, comment.turn_index) == (3, ("wrong-fact", "tone"), 4)
    assert editor.text.toPlainText() == ""
    assert screen.hasFocus()
    assert [c.body for c in screen.dock.comments.list.comments.comments] == [comment.body]
    assert [c.body for c in screen.timing.canvas.overlays.comments] == [comment.body]


def test_c_takes_the_loop_if_one_is_on(screen: ReviewScreen, stored: Stored, qtbot: Any) -> None:
    screen.session.view.set_loop(Span(frames(15.5), frames(17.34)))
    QTest.keyClick(screen, Qt.Key.Key_C)
    editor = screen.dock.comments.editor
    assert editor.chip.text == "00:15.500 \u2013 00:17.340"
    editor.text.setPlainText("Silence")
    editor.submit()
    settle(qtbot, screen)
    (comment,) = commenting.comments(stored.ws, stored.viewer, stored.call_id)
    assert (comment.start, comment.end) == (frames(15.5), frames(17.34))


def test_a_comment_is_changed_deleted_and_brought_back(
    screen: ReviewScreen, stored: Stored, qtbot: Any
) -> None:
    made = commenting.add(stored.ws, stored.viewer, stored.call_id, start=1000, body="First")
    screen.session.reload()
    settle(qtbot, screen)
    panel = screen.dock.comments
    screen.dock.show_tab("comments")
    panel.list.choose(made.id)
    panel.edit_current()
    assert panel.editor.add.text() == "Save"
    panel.editor.text.setPlainText("Second")
    panel.editor.submit()
    settle(qtbot, screen)
    assert [c.body for c in panel.list.comments.comments] == ["Second"]
    panel.delete_current()
    settle(qtbot, screen)
    assert panel.list.comments.rowCount() == 0
    screen.setFocus()
    QTest.keyClick(screen, Qt.Key.Key_Z, MOD.ControlModifier)
    settle(qtbot, screen)
    assert [c.body for c in panel.list.comments.comments] == ["Second"]


def test_choosing_a_comment_plays_from_two_seconds_before(shown: ReviewScreen) -> None:
    shown.dock.show_tab("comments")
    panel = shown.dock.comments
    panel.list.choose("b")
    panel.play_current()
    assert shown.ctx.player.state == "playing"
    assert shown.ctx.player.at == frames(13.5)


def test_anothers_comment_cannot_be_changed(shown: ReviewScreen) -> None:
    theirs = replace(support.comment("z", 3.0, "Mine"), rater_id="r2", rater_name="Bo")
    support.show(shown.session, support.review(comments=(theirs,)))
    panel = shown.dock.comments
    panel.list.choose("z")
    assert panel._foot.isHidden()
    panel.edit_current()
    assert panel.editor.draft().thread_id == ""


def test_hidden_comments_are_said_to_be_hidden(shown: ReviewScreen) -> None:
    assert shown.dock.comments.hidden.isHidden()
    support.show(shown.session, support.review(comments_hidden=True))
    assert not shown.dock.comments.hidden.isHidden()


def test_turns_and_tags_are_read_from_the_text() -> None:
    assert turn_of("see @42, not @3") == 42
    assert turn_of("mail a@b.c") is None
    assert tags_of(" #Tone, wrong-fact;tone ") == ("tone", "wrong-fact")


def test_the_inspector_compares_the_latency_with_the_call(shown: ReviewScreen) -> None:
    turn = shown.session.turn_by_id("t5")
    shown.session.select_turn(turn)
    panel = shown.dock.turn
    assert panel.title.text() == "Turn 5"
    assert panel.figure.text() == "1\u2009840"
    assert panel.rest.text().startswith("ms, above p95 of this call (")
    assert "speech detector, version 1" in panel.provenance.text()
    assert "callbench-1" in panel.provenance.text()


def test_the_inspector_sets_reported_beside_measured() -> None:
    platform = (support.segment("p", "agent", 17.109, 21.0),)
    review = support.review(reported=platform)
    assert review.turn_set is not None
    facts = {f.what: f for f in turn_facts.facts(review, review.turn_set.turns[4])}
    assert facts["Measured"].value == "1\u2009840"
    assert facts["Reported"].value == "1\u2009609"
    assert (facts["Gap"].value, facts["Gap"].source) == ("+231", "platform reports early")
    assert facts["Stop after barge-in"].value == "760"


def test_the_stages_of_a_response_are_shown_where_there_are_any(shown: ReviewScreen) -> None:
    told = {"endpointing_ms": 610, "llm_first_token_ms": 1000, "play_out_ms": 230}
    raw = [{"start": support.frames(17.3), "stages": told}]
    found = stages.parse(raw, support.call().frame_count)
    support.show(shown.session, support.review(stages=found), sound=False)
    panel = shown.dock.turn
    shown.session.select_turn(shown.session.turn_by_id("t5"))
    assert panel.stages.isVisibleTo(panel)
    assert "LLM first token 1\u2009000 ms, 54 %" in panel.stages.accessibleDescription()
    assert is_drawn(shown, panel.stages.grab().toImage(), "latLate")
    shown.session.select_turn(shown.session.turn_by_id("t7"))
    assert not panel.stages.isVisibleTo(panel)


def is_drawn(shown: ReviewScreen, image: QImage, token: str) -> bool:
    """Whether the middle of the bar has a token's colour."""
    wanted = shown.ctx.theme.color(token)
    return image.pixelColor(image.width() // 2, 5) == wanted


def test_the_device_is_named_once(shown: ReviewScreen) -> None:
    shown.session.playback.device_name = "Scarlett 2i2"
    assert "Scarlett 2i2" not in shown.status_notes()


def test_findings_say_what_they_void_and_mono_has_its_badge(shown: ReviewScreen) -> None:
    bleed = Finding(
        code="channel_bleed", message="The caller is heard on the agent's channel.",
        voids=("overlap", "interruption"),
    )  # fmt: skip
    mono = support.call(
        channel_map="mono",
        tracks=(replace(support.call().tracks[0], role="mix"),),
        warnings=(support.MONO, bleed),
    )
    support.show(shown.session, support.review(call=mono), sound=False)
    assert shown.header.badge.text == MONO_BADGE
    assert not shown.header.badge.isHidden()
    assert shown.dock.tabs._notes["recording"][0] == "2"
    assert "overlaps, interruptions" in turn_facts.void_words(shown.session.review)  # type: ignore[arg-type]
    assert not shown.dock.recording.swap.isEnabled()
    assert not shown.transport.heard.isEnabled()
    assert [x.key for x in shown.timing.canvas.lanes][:2] == ["ruler", "mix_wave"]


def test_another_layer_can_be_chosen(screen: ReviewScreen, stored: Stored, qtbot: Any) -> None:
    from app.domain.ids import new_id
    from app.services import layers

    other = support.layer(
        id=new_id(), call_id=stored.call_id, origin="platform", name="events", version=1
    )
    layers.add_layer(stored.ws, other, [support.segment(new_id(), "agent", 1.0, 2.0)])
    screen.session.reload()
    settle(qtbot, screen)
    assert len(screen.session.data.turns) == 11  # the detector's stays in force
    screen.session.use_layer(other.id)
    settle(qtbot, screen)
    assert len(screen.session.data.turns) == 1
    assert screen.session.review is not None
    assert screen.session.review.layer is not None
    assert screen.session.review.layer.id == other.id


def test_f6_shows_tables_with_the_same_selection(shown: ReviewScreen) -> None:
    shown.session.select_turn(shown.session.turn_by_id("t5"))
    QTest.keyClick(shown, Qt.Key.Key_F6)
    assert shown.table.isVisible()
    assert not shown.timing.isVisible()
    table = shown.table
    assert table.model.sheet.lines[table.view.currentIndex().row()].turn_id == "t5"
    table.view.selectRow(0)
    assert shown.session.turn is not None
    assert shown.session.turn.index == 1
    assert shown.session.view.cursor == frames(0.4)
    QTest.keyClick(table.view, Qt.Key.Key_Down)
    assert shown.session.turn.index == 2
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert shown.ctx.player.state == "playing"
    QTest.keyClick(table.view, Qt.Key.Key_F6)
    assert shown.timing.isVisible()


def test_the_tables_hold_what_the_picture_shows() -> None:
    from app.domain.latency import Thresholds

    made = sheets(support.review(), Thresholds())
    assert len(made["turns"].lines) == 12
    assert [line.cells[2] for line in made["latencies"].lines] == [
        "920", "1\u2009840", "660", "\u2212140", "900",
    ]  # fmt: skip
    assert [line.cells[3] for line in made["latencies"].lines][1] == "late"
    assert [line.cells[2] for line in made["overlaps"].lines] == [
        "backchannel", "interruption", "at the turn's end",
    ]  # fmt: skip
    assert [line.cells[2] for line in made["events"].lines].count("endpoint") == 2
    assert made["comments"].lines[1].cells[6] == "Nothing signals that the case is loading."


def test_while_playing_the_inspector_shows_the_turn_that_is_heard(shown: ReviewScreen) -> None:
    shown.session.playback.play()
    shown.ctx.player.at = frames(23.5)
    shown.session.playback._tick()
    assert shown.session.turn is not None
    assert shown.session.turn.span.start == frames(23.06)
    shown.session.playback.pause()


def test_status_keys_follow_the_edit_mode(shown: ReviewScreen) -> None:
    assert (("review.boundary",), "edit boundary") in shown.status_keys()
    shown.editor.enter()
    assert (("edit.leave",), "leave") in shown.status_keys()
    assert len(shown.status_keys()) <= 6


def test_what_was_open_is_restored(shown: ReviewScreen) -> None:
    shown.dock.show_tab("recording")
    state = shown.session_state()
    shown.dock.show_tab("turn")
    shown.restore_session(state)
    assert shown.dock.tabs.current == "recording"
