"""The parts of the live screen, without a call."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from app.agents.live_view import Caption, Health, Interval, Latencies, Level, Snapshot, ToolCall
from app.agents.profiles import ADAPTERS, CallProfile
from app.domain.calls import Span, Speaker
from app.domain.errors import BadInput, NotFound
from app.services import live_calls
from app.services.live_calls import request as request_module
from app.services.live_calls.consent import consent, set_consent
from app.services.raters import sign_in
from app.services.workspace import Workspace
from app.ui.action_specs import ACTIONS
from app.ui.actions import ActionTable
from app.ui.live import captions_list, poses, words
from app.ui.live.card import Card
from app.ui.live.column import Column
from app.ui.live.lanes_view import LanesView, overlaps
from app.ui.live.line_model import ROW, LineModel
from app.ui.live.mic_watch import MicWatch
from app.ui.live.options_form import NOISES
from app.ui.live.profile_dialog import ProfileDialog
from app.ui.live.profile_fields import FIELDS
from app.ui.live.scenario_card import script_of
from app.ui.live.setup import ELSEWHERE, Setup, dumps, loads, request
from app.ui.live.setup_page import SCRIPT_PX
from app.ui.live.sound_form import SoundForm
from app.ui.live.speak_card import SpeakCard
from app.ui.live.summary_page import health_facts
from app.ui.live.talk_key import TalkKey
from app.ui.live.tool_card import ToolCard
from app.ui.theme import Theme
from tests.ui.live.live_rig import CTRL, DEVICES, Key, live_window, press, until
from tests.ui.shell_support import context

BUDGET_MS = 8.0
SCROLL_BAR_PX = 10


# --- values


def test_a_setup_is_kept_without_what_a_check_found() -> None:
    setup = Setup(profile="a", noise="pink", faults=(("slow", 800.0),), echo_db=-20.0)
    assert loads(dumps(setup)) == replace(setup, echo_db=None)


@pytest.mark.parametrize("text", ["", "no json", "[1]", '{"faults": 3}', '{"unknown": 1}'])
def test_what_cannot_be_read_is_the_default(text: str) -> None:
    assert loads(text) == Setup()


def test_a_setup_becomes_the_request_that_it_says() -> None:
    setup = Setup(
        microphone="Headset", noise="babble", snr_db=5, seed=7, ulaw=True, loss_percent=3,
        talk=True, faults=(("drop", 5.0), ("deaf", 1.0)), echo_db=-20.0, level_dbov=-30.0,
    )  # fmt: skip
    found = request(setup, {}, consent=True, rater_id="me")
    assert found.practice is not None
    assert (found.practice.drop_share, found.practice.deaf) == (0.05, True)
    assert found.noise is not None
    assert (found.noise.kind, found.noise.seed, found.noise.level_dbov) == ("babble", 7, -30.0)
    assert found.line.ulaw8k
    assert (found.device, found.echo_db, found.placed_by) == ("Headset", -20.0, "me")
    assert found.needs_consent
    assert found.push_to_talk
    assert not found.sample_caller


def test_lines_that_ship_are_spoken_without_a_key() -> None:
    found = request(Setup(microphone="", talk=True), {}, consent=True, rater_id="me")
    assert (found.sample_caller, found.push_to_talk) == (True, False)


def test_a_call_elsewhere_dials_nobody() -> None:
    found = request(Setup(profile=ELSEWHERE), {}, consent=True, rater_id="me")
    assert found.record_only
    assert found.practice is None
    assert found.profile is None


def test_a_profile_that_is_gone_is_said() -> None:
    with pytest.raises(NotFound):
        request(Setup(profile="gone"), {}, consent=True, rater_id="me")


def test_a_response_stands_at_the_line_that_it_led_to() -> None:
    turns: tuple[tuple[Speaker, float], ...] = (
        ("agent", 0.5), ("caller", 3.0), ("agent", 5.2), ("caller", 8.0),
    )  # fmt: skip
    said = [Caption(speaker=s, at_s=at, text="x", is_final=True, heard_text="x") for s, at in turns]
    intervals = [Interval(span=Span(40_000, 50_000), ms=1_000.0)]
    assert words.latencies(said, intervals, 10_000) == {2: 1_000.0}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, ""),
        ({"health": Health(underruns=1)}, "drop-outs"),
        ({"health": Health(lost_blocks=2, overruns=2)}, "samples lost"),
        ({"health": Health(disk_free_bytes=1)}, "disk nearly full"),
        ({"caller_level": Level(clipped=True)}, "microphone clips"),
        ({"health": Health(drift_ppm=-900.0)}, "clock drifts"),
        ({"health": Health(drift_ppm=-140_000.0)}, "machine too slow"),
        ({"health": Health(gap_p50_ms=20.0, gap_p95_ms=400.0)}, "network jitters"),
    ],
)
def test_the_recorder_says_what_is_wrong(changed: dict[str, Any], told: str) -> None:
    assert words.complaint(Snapshot(**changed)) == told


def test_thinking_is_counted_from_the_callers_last_sound() -> None:
    shot = Snapshot(
        state="thinking", state_since_s=2.0, rate_hz=1_000, captured_s=2.4, captured_frames=2_400,
        caller_speech=(Span(0, 1_500),),
    )  # fmt: skip
    assert words.since_s(shot) == pytest.approx(0.9)
    assert words.since_s(replace(shot, state="speaking")) == pytest.approx(0.4)


def test_overlaps_are_where_both_spoke() -> None:
    assert overlaps((Span(0, 10), Span(20, 30)), (Span(8, 22),)) == [Span(8, 10), Span(20, 22)]


def test_a_script_is_what_the_caller_asks_then_what_the_agent_should_do() -> None:
    body = {
        "agent": {
            "sop": [{"id": "s1", "text": "Greets.", "kind": "key"}],
            "faq": [{"q": "A?", "a": "B"}],
        },
        "user": {"role": "Ann", "must_ask": ["How long?"], "concerns": {"primary": "Time"}},
    }
    found = script_of("9.1", "Title", body)
    assert found.steps == ("Ask: How long?", "Greets.")
    assert found.facts == ("A? B",)
    assert "Ann" in found.persona


def test_every_noise_that_can_be_laid_is_offered() -> None:
    assert {kind for kind, _ in NOISES} == {"", *request_module.NOISES}


# --- services


def test_consent_is_kept_with_who_gave_it_and_taken_back(workspace: Workspace) -> None:
    assert consent(workspace) is None
    given = set_consent(workspace, sign_in(workspace, "Me", "lead"), given=True)
    assert given is not None
    assert consent(workspace) == given
    assert given.by == "Me"
    set_consent(workspace, sign_in(workspace, "Me", "lead"), given=False)
    assert consent(workspace) is None


def test_a_rating_is_not_skipped_without_a_reason(workspace: Workspace) -> None:
    from app.services.live_calls.caller_rating import skip

    with pytest.raises(BadInput):
        skip(workspace, sign_in(workspace, "Me", "lead"), "any", "  ")


# --- widgets


def test_lanes_are_painted_within_their_budget(qtbot: Any) -> None:
    view = LanesView(Theme(), 800.0, 1500.0)
    qtbot.addWidget(view)
    view.resize(1_400, view.sizeHint().height())
    shot = poses.snapshot("thinking")
    view.show_call(shot, partial(poses.lane, shot))
    view.grab()
    took = []
    for _ in range(15):
        began = time.thread_time()  # the machine may be busy with something else
        view.grab()
        took.append((time.thread_time() - began) * 1000)
    assert min(took) < BUDGET_MS


def test_lanes_show_nothing_of_a_call_that_has_not_begun(qtbot: Any) -> None:
    view = LanesView(Theme(), 800.0, 1500.0)
    qtbot.addWidget(view)
    view.resize(900, view.sizeHint().height())
    view.show_call(Snapshot(), None)
    still = view.grab().toImage()
    shot = poses.snapshot("thinking")
    view.show_call(shot, partial(poses.lane, shot))
    assert view.grab().toImage() != still


def test_a_list_tells_only_what_changed(qtbot: Any) -> None:
    model = LineModel()
    rows = captions_list.rows(poses.snapshot("thinking").captions, {})
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda a, b, _roles: changed.append((a.row(), b.row())))
    model.show_rows(rows[:5])
    model.show_rows(rows)
    assert changed == []
    model.show_rows([*rows[:-1], replace(rows[-1], heard="Thank you. And can my wife")])
    assert changed == [(len(rows) - 1, len(rows) - 1)]
    assert model.data(model.index(6), ROW).unheard == "drink only water until seven."
    assert "not heard" in model.data(model.index(6), Qt.ItemDataRole.AccessibleTextRole)
    model.show_rows(rows[:2])
    assert model.rowCount() == 2


def test_captions_are_plain_text(qtbot: Any, workspace: Workspace, monkeypatch: Any) -> None:
    with live_window(workspace, qtbot, monkeypatch) as (_, screen):
        text = "<b>bold</b> <img src='file:///etc/passwd'>"
        shot = Snapshot(
            state="speaking", rate_hz=8_000, captured_s=1, captured_frames=8_000,
            captions=(Caption(speaker="agent", at_s=0, text=text, is_final=True, heard_text=text),),
            warnings=(text,), tools=(ToolCall(id="1", name=text, arguments=text, at_s=0.5),),
        )  # fmt: skip
        screen.call_page.show_call(shot, None, whole=True)
        page = screen.call_page
        assert page.captions.lines.data(page.captions.lines.index(0)).heard == text
        assert page.warning.textFormat() == Qt.TextFormat.PlainText
        assert page.tool.arguments.textFormat() == Qt.TextFormat.PlainText
        assert page.tool.title.text() == text
        screen.grab()


def test_no_figure_is_painted_once_the_call_has_ended(
    qtbot: Any, workspace: Workspace, monkeypatch: Any
) -> None:
    with live_window(workspace, qtbot, monkeypatch) as (_, screen):
        head = screen.call_page.state
        head.hides_figures = True
        head.resize(900, 100)
        head.show_call(poses.snapshot("ended"))
        one = head.grab().toImage()
        other = replace(poses.snapshot("ended"), latencies=Latencies(last_ms=5, n=99), overlaps=9)
        head.show_call(other)
        assert head.grab().toImage() == one


def test_a_tool_is_answered_with_what_is_written(qtbot: Any) -> None:
    card = ToolCard(Theme(), ActionTable())
    qtbot.addWidget(card)
    told: list[tuple[str, str]] = []
    card.answered.connect(lambda *words: told.append(words))
    asked = ToolCall(id="7", name="find", arguments="{}", at_s=1.0)
    card.show_tools((asked,))
    card.result.setPlainText('{"ok": true}')
    card.show_tools((asked,))  # the next snapshot does not undo what was typed
    card.send()
    assert told == [("7", '{"ok": true}')]
    card.show_tools((replace(asked, answered=True, result='{"ok": true}'),))
    card.send()
    assert len(told) == 1


def test_a_column_shows_what_has_the_focus_and_what_needs_somebody(qtbot: Any) -> None:
    inner = QWidget()
    rows = QVBoxLayout(inner)
    edits = [QLineEdit() for _ in range(3)]
    for field in edits:
        field.setFixedHeight(300)
        rows.addWidget(field)
    column = Column(inner)
    qtbot.addWidget(column)
    column.resize(200, 320)
    column.show()
    column.activateWindow()
    qtbot.waitUntil(column.isActiveWindow)

    def is_seen(field: QWidget) -> bool:
        return column.viewport().rect().contains(field.geometry().translated(inner.pos()).center())

    edits[2].setFocus()  # as a key does it, not Tab
    assert is_seen(edits[2])
    column.call_up(edits[0])
    qtbot.wait(20)
    assert is_seen(edits[2])
    edits[2].clearFocus()
    column.call_up(edits[0])
    qtbot.waitUntil(lambda: is_seen(edits[0]))


def test_words_to_say_take_the_place_of_those_that_were_armed(qtbot: Any) -> None:
    card = SpeakCard(Theme(), ActionTable())
    qtbot.addWidget(card)
    card.text.setText("armed before")
    card.begin()
    assert card.text.selectedText() == "armed before"


def test_push_to_talk_ends_when_the_key_is_let_go_wherever_the_focus_is(qtbot: Any) -> None:
    key = TalkKey(QApplication.instance())  # type: ignore[arg-type]
    told: list[bool] = []
    key.held.connect(told.append)
    key.press()
    key.press()
    target = QApplication.instance()
    for repeat in (True, False):
        event = QKeyEvent(
            QEvent.Type.KeyRelease, Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", repeat
        )
        QApplication.sendEvent(target, event)  # type: ignore[arg-type]
        assert told == ([True] if repeat else [True, False])


def test_the_microphone_is_open_only_while_it_is_watched(workspace: Workspace, qtbot: Any) -> None:
    opened: list[str] = []

    class Device:
        is_running = True

        def __init__(self, choice: str) -> None:
            self.choice = choice

        def close(self) -> None:
            opened.remove(self.choice)

    class Ear:
        rms_dbfs, peak_dbfs, blocks = -30.0, -12.0, 1

    def opener(choice: str) -> Any:
        opened.append(choice)
        return Device(choice), Ear()

    with context(workspace) as ctx:
        watch = MicWatch(ctx, ctx.bus, opener)
        levels: list[float] = []
        watch.level.connect(lambda rms, _peak: levels.append(rms))
        watch.watch("a")
        watch.watch("b")  # while the first is still being opened
        until(qtbot, lambda: opened == ["b"] and levels != [])
        gone: list[bool] = []
        watch.stop(lambda: gone.append(opened == []))
        until(qtbot, lambda: gone == [True])


def test_a_profile_is_saved_as_a_version_with_a_reference_to_its_key(
    workspace: Workspace, qtbot: Any
) -> None:
    before, _ = live_calls.save_profile(
        workspace, CallProfile(name="desk", url="ws://127.0.0.1:1/v1/realtime", key_ref="env:ONE")
    )
    with context(workspace) as ctx:
        saved: list[CallProfile] = []
        dialog = ProfileDialog(ctx, before, saved.append, None)
        qtbot.addWidget(dialog)
        dialog.edits["turn_detection"].setPlainText("no json")
        dialog.save.click()
        assert "JSON" in dialog.problem.text()
        dialog.edits["turn_detection"].setPlainText('{"type": "server_vad"}')
        dialog.edits["voice"].setText("marin")
        dialog.edits["tool_results"].setPlainText('{"find": {"ok": true}}')
        dialog.save.click()
        until(qtbot, lambda: saved != [])
    (found,) = saved
    assert found.version == 2
    assert found.key_ref == "env:ONE"
    assert found.turn_detection == {"type": "server_vad"}
    assert found.tool_results == {"find": '{"ok": true}'}
    assert live_calls.profile(workspace, "desk") == found


def test_every_setting_of_a_profile_can_be_entered() -> None:
    known = {f.name for f in fields(CallProfile)} - {"version"}
    assert known == {f.name for f in FIELDS}


def test_fields_that_an_adapter_does_not_know_are_hidden(workspace: Workspace, qtbot: Any) -> None:
    with context(workspace) as ctx:
        dialog = ProfileDialog(ctx, None, lambda _profile: None, None)
        qtbot.addWidget(dialog)
        dialog.show()
        seen = {}
        for adapter in ADAPTERS:
            box = dialog.edits["adapter"]
            box.setCurrentIndex(box.findData(adapter))
            seen[adapter] = {n for n, edit in dialog.edits.items() if edit.isVisible()}
        assert "dialect" in seen["openai-realtime"]
        assert "dialect" not in seen["cascade"]
        assert {"stt_model", "tts_model"} <= seen["cascade"]
        assert {"custom_parameters", "eva_events", "origin"} <= seen["twilio"]
        assert "input_rate_hz" in seen["pipecat"]
        assert "voice" not in seen["pipecat"]
        dialog.edits["name"].setText("bot")
        dialog.edits["url"].setText("ws://127.0.0.1:1/ws")
        dialog.edits["input_rate_hz"].setCurrentIndex(1)
        found = dialog.read()
        assert (found.adapter, found.input_rate_hz, found.turn_detection) == (
            "pipecat",
            8_000,
            None,
        )


# --- the page before a call


def test_what_is_chosen_is_there_next_time(
    workspace: Workspace, qtbot: Any, monkeypatch: Any, tmp_path: Any
) -> None:
    config = tmp_path / "config"
    with live_window(workspace, qtbot, monkeypatch, devices=DEVICES, config=config) as (_, screen):
        page = screen.setup_page
        box = page.sound.microphone
        box.setCurrentIndex(box.findData("Headset"))
        box.activated.emit(box.currentIndex())
        page.options.talk.click()
        page.faults.boxes["deaf"][0].click()
    with live_window(workspace, qtbot, monkeypatch, devices=DEVICES, config=config) as (_, screen):
        found = screen.setup_page.setup
        assert (found.microphone, found.talk) == ("Headset", True)
        assert dict(found.faults) == {"deaf": 1.0}


def test_without_a_microphone_the_lines_that_ship_are_offered(
    workspace: Workspace, qtbot: Any, monkeypatch: Any
) -> None:
    with live_window(workspace, qtbot, monkeypatch) as (_, screen):
        assert screen.setup_page.setup.microphone == ""
        assert "No microphone" in screen.setup_page.sound.words.text()
        assert "ship" in screen.setup_page.sound.microphone.currentText()


def test_a_device_that_is_gone_gives_way_to_one_that_is_there() -> None:
    form = SoundForm(Theme(), ActionTable())
    form.choices = DEVICES
    found = form.show_setup(Setup(microphone="Unplugged", loudspeaker="Unplugged too"))
    assert (found.microphone, found.loudspeaker) == ("default", "default")


def test_what_stands_in_for_a_microphone_is_not_kept(
    workspace: Workspace, qtbot: Any, monkeypatch: Any, tmp_path: Any
) -> None:
    config = tmp_path / "config"
    with live_window(workspace, qtbot, monkeypatch, config=config) as (_, screen):
        screen.setup_page.options.talk.click()
    with live_window(workspace, qtbot, monkeypatch, devices=DEVICES, config=config) as (_, screen):
        assert screen.setup_page.setup.talk
        assert screen.setup_page.setup.microphone == "default"


def test_a_microphone_that_cannot_be_opened_is_said(
    workspace: Workspace, qtbot: Any, monkeypatch: Any
) -> None:
    with live_window(workspace, qtbot, monkeypatch, devices=DEVICES) as (_, screen):
        until(qtbot, lambda: "no input" in screen.setup_page.sound.words.text())


def test_every_state_fits_a_small_window(
    workspace: Workspace, qtbot: Any, monkeypatch: Any
) -> None:
    with live_window(workspace, qtbot, monkeypatch, devices=DEVICES) as (window, screen):
        window.resize(1_280, 800)
        for pose in poses.POSES:
            poses.strike(screen, pose)
            window.grab()
            assert (window.width(), window.height()) == (1_280, 800), pose
            page = screen.pages.currentWidget()
            assert page is not None
            for card in screen.call_page.findChildren(Card):
                assert card.minimumSizeHint().width() <= SCRIPT_PX - SCROLL_BAR_PX, card
            assert page.minimumSizeHint().width() <= screen.width(), pose


def test_digits_dial_in_a_call_and_answer_after_it() -> None:
    scopes = {a.id: a.scope for a in ACTIONS}
    assert scopes["live.dial_5"] == "live"
    assert scopes["rate.digit_5"] == "rate"


def test_answers_go_on_to_the_next_question_and_refuse_what_the_scale_has_not(
    workspace: Workspace, qtbot: Any, monkeypatch: Any
) -> None:
    with live_window(workspace, qtbot, monkeypatch) as (_, screen):
        screen.flow.phase = "rating"
        screen.show_phase()
        page = screen.rating_page
        press(screen, Key.Key_9)
        assert page.current == 0
        press(screen, Key.Key_5)
        assert page.current == 1
        press(screen, Key.Key_Backspace)  # not of this question
        assert page.current == 1
        press(screen, Key.Key_0)
        press(screen, Key.Key_Backspace)
        found = page.answers()
        assert found["overall"].value == 5
        assert found["task_done"].status == "not_applicable"
        press(screen, Key.Key_Up)
        assert page.current == 2
        press(screen, Key.Key_Return, CTRL)
        assert "Listening" in page.problem.text()


# --- the summary


def test_what_the_sound_check_and_the_recording_tell_of_the_devices_is_listed() -> None:
    plain = poses.stored()
    found = replace(plain.measures.stream, echo_db=-18.4, unsaid_ms=61.7)
    told = dict(health_facts(replace(plain, measures=replace(plain.measures, stream=found))))
    assert told["The agent in the microphone"] == "-18 dB"
    assert told["Found by the sound check"] == "+62 ms"
    assert len(told) == len(dict(health_facts(plain))) + 2
