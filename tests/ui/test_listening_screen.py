"""A listening session under a rater's hands: keys only, from the list to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.errors import EnvironmentFault
from app.domain.studies import Vote
from app.services import opening
from app.services.studies import voting
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.listening.screen import ListenScreen
from tests.ui.listening_rig import Rig, context

Key = Qt.Key
WAIT_MS = 10_000


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = opening.open_workspace(tmp_path / "ws", create=True)
    yield opened
    opened.close()


@pytest.fixture
def rig(ws: Workspace, tmp_path: Path, request: pytest.FixtureRequest) -> Rig:
    asked = dict(getattr(request, "param", {"instrument": "acr"}))
    return Rig(ws, tmp_path / "recordings", asked.pop("instrument"), **asked)


@pytest.fixture
def ctx(qapp: QApplication, rig: Rig) -> Iterator[UiContext]:
    with context(rig.ws, rig.rater, qapp) as made:
        yield made


def _asks(page: Any, at: int) -> bool:
    return page.at == at and not page.edit.text()


class Rater:
    """Presses keys, and waits until the screen has followed."""

    def __init__(self, rig: Rig, ctx: UiContext, qtbot: QtBot) -> None:
        self.rig, self.qtbot = rig, qtbot
        self.screen: ListenScreen = rig.screen(ctx)
        qtbot.addWidget(self.screen)
        self.screen.resize(1280, 800)
        self.screen.show()
        self.screen.activateWindow()
        qtbot.waitUntil(self.screen.isActiveWindow)
        self.screen.activate()
        self.until(lambda: bool(self.pages.list.rows))

    @property
    def pages(self) -> Any:
        return self.screen.pages

    def until(self, true: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(true, timeout=WAIT_MS)

    def press(self, *keys: Any) -> None:
        for key in keys:
            code, mods = key if isinstance(key, tuple) else (key, Qt.KeyboardModifier.NoModifier)
            QTest.keyClick(QApplication.focusWidget() or self.screen, code, mods)

    def on(self, page: QWidget) -> None:
        self.until(lambda: self.screen.front is page and not self.screen.session.is_busy)

    def declare(self) -> None:
        self.press(Key.Key_Return)
        self.on(self.pages.declare)
        self.press(Key.Key_1, Key.Key_1, Key.Key_1, Key.Key_Return)

    def choose_output(self) -> None:
        self.on(self.pages.device)
        self.until(lambda: self.pages.device.is_open)
        self.press(Key.Key_Return)

    def add_up(self, *, wrong: bool = False) -> None:
        page = self.pages.digits
        self.on(page)
        for at in range(3):
            self.until(partial(_asks, page, at))
            first, second, _ = page.sums[at]
            QTest.keyClicks(page.edit, str(first + second + wrong))
            self.press(Key.Key_Return)

    def set_level(self) -> None:
        self.on(self.pages.level)
        self.press(Key.Key_Up, Key.Key_Return)

    def set_up(self) -> None:
        """Everything up to the first trial."""
        self.declare()
        self.choose_output()
        self.add_up()
        self.set_level()
        self.on(self.pages.environment)
        self.press(Key.Key_1, Key.Key_Return)
        self.begin()

    def begin(self) -> None:
        self.on(self.pages.instructions)
        self.press(Key.Key_Return)
        self.heard()

    def heard(self) -> Any:
        page = self.pages.opinion
        self.on(page)
        self.until(lambda: page.is_open)
        return page

    def voted(self, count: int) -> None:
        """So many votes are on disk, and the screen has gone on."""
        session = self.screen.session
        self.until(lambda: len(self.votes()) == count and not session.is_busy)

    def votes(self) -> list[Vote]:
        with self.rig.ws.db.read() as uow:
            return list(uow.votes.of_rater(self.rig.rater, self.rig.study.id))

    def events(self) -> list[dict[str, Any]]:
        with self.rig.ws.db.read() as uow:
            return list(uow.votes.events(self.rig.study.id, self.rig.rater.rater_id))


@pytest.fixture
def ann(rig: Rig, ctx: UiContext, qtbot: QtBot) -> Iterator[Rater]:
    rater = Rater(rig, ctx, qtbot)
    yield rater
    rater.screen.deactivate()
    rater.screen.player.close()
    qtbot.waitUntil(lambda: not ctx.runner.live)


def test_a_session_is_done_with_keys_alone(ann: Rater) -> None:
    ann.set_up()
    total = ann.pages.opinion.trial.block_trials
    for n in range(total):
        ann.heard()
        ann.press(Key.Key_5 if n % 2 else Key.Key_2)
        ann.voted(n + 1)
    ann.on(ann.pages.part)
    ann.press(Key.Key_Return)
    ann.on(ann.pages.debrief)
    ann.pages.debrief.edit.setFocus()
    QTest.keyClicks(ann.pages.debrief.edit, "A hum in one of them.")
    ann.press((Key.Key_Return, Qt.KeyboardModifier.ControlModifier))
    ann.on(ann.pages.list)
    votes = ann.votes()
    assert [v.raw_value for v in votes] == [5.0 if n % 2 else 2.0 for n in range(total)]
    assert all(v.valid and v.heard.heard_pct == 100.0 and v.heard.plays == 1 for v in votes)
    assert {v.heard.gain_db for v in votes} == {-6.0}
    assert {v.heard.device for v in votes} == {"Fast headphones"}
    kinds = [e["kind"] for e in ann.events()]
    assert kinds == [
        "begun", "consent", "declaration", "device", "digits", "level", "environment",
        "block_begun", "block_done", "debrief", "ended",
    ]  # fmt: skip
    told = {e["kind"]: e["body"] for e in ann.events()}
    assert told["declaration"]["class"] == "naive"
    assert told["device"]["rate_hz"] == 48_000
    assert told["level"]["gain_db"] == -6.0
    assert told["debrief"]["comment"] == "A hum in one of them."


def test_a_key_before_the_end_of_the_sound_is_not_an_answer(ann: Rater) -> None:
    ann.set_up()
    page, output = ann.pages.opinion, ann.rig.outputs.opened[-1]
    ann.press(Key.Key_4)
    ann.voted(1)
    output.hold()
    ann.until(lambda: ann.screen.session.is_loaded and not page.is_open)
    ann.press(Key.Key_4)
    assert page.state.words == "Listen to the end first"
    output.go_on()
    ann.heard()
    assert len(ann.votes()) == 1


@pytest.mark.parametrize("rig", [{"instrument": "acr", "replays": 1}], indirect=True)
def test_a_clip_is_played_as_often_as_it_may_be(ann: Rater) -> None:
    ann.set_up()
    page, player = ann.pages.opinion, ann.screen.player
    ann.press(Key.Key_R)
    ann.until(lambda: player.plays == 2 and player.state == "ended")
    ann.press(Key.Key_R)
    assert player.plays == 2
    assert "as often as it may be" in page.state.words
    ann.press(Key.Key_3)
    ann.voted(1)
    assert ann.votes()[0].heard.plays == 2


@pytest.mark.parametrize("rig", [{"instrument": "acr", "confirm": True}], indirect=True)
def test_where_the_study_wants_it_an_answer_is_confirmed(ann: Rater) -> None:
    ann.set_up()
    ann.press(Key.Key_4, Key.Key_2)
    assert not ann.votes()
    ann.press(Key.Key_Return)
    ann.voted(1)
    assert ann.votes()[0].raw_value == 2.0


def test_a_torn_sound_makes_a_void_vote_and_says_so(ann: Rater) -> None:
    ann.set_up()
    ann.press(Key.Key_3)
    output = ann.rig.outputs.opened[-1]
    output.hold()
    ann.voted(1)
    ann.until(lambda: ann.screen.player.state == "playing")
    output.underflows += 1
    output.go_on()
    before = ann.pages.opinion.trial.block_trials
    ann.heard()
    ann.press(Key.Key_3)
    ann.voted(2)
    ann.until(lambda: "does not count" in ann.pages.opinion.notice.text())
    assert "the sound was torn" in ann.pages.opinion.notice.text()
    assert ann.votes()[1].void_reason == "underrun"
    assert ann.pages.opinion.trial.block_trials == before + 1  # asked again


def test_an_answer_that_could_not_be_stored_is_kept(
    ann: Rater, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.set_up()
    store, trial = voting.vote, ann.pages.opinion.trial

    def full(*_args: Any, **_more: Any) -> None:
        raise EnvironmentFault("The disk is full.", "Free some space.")

    monkeypatch.setattr(voting, "vote", full)
    ann.press(Key.Key_4)
    ann.until(lambda: "The disk is full" in ann.pages.opinion.notice.text())
    ann.press(Key.Key_1)  # the answer was given: another key changes nothing
    monkeypatch.setattr(voting, "vote", store)
    ann.press(Key.Key_Return)
    ann.voted(1)
    assert ann.votes()[0].raw_value == 4.0
    assert ann.votes()[0].trial_id == trial.trial_id
    assert ann.votes()[0].valid


def test_an_answer_stored_before_its_receipt_was_lost_is_not_stored_twice(
    ann: Rater, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.set_up()
    store = voting.vote

    def lost(*args: Any, **more: Any) -> None:
        store(*args, **more)
        raise EnvironmentFault("The disk went away.")

    monkeypatch.setattr(voting, "vote", lost)
    ann.press(Key.Key_4)
    ann.until(lambda: "went away" in ann.pages.opinion.notice.text())
    monkeypatch.setattr(voting, "vote", store)
    ann.press(Key.Key_Return)
    ann.until(lambda: ann.pages.opinion.trial.number == 2)
    assert len(ann.votes()) == 1


def test_a_lost_output_is_told_and_set_up_anew(ann: Rater) -> None:
    ann.set_up()
    ann.press(Key.Key_3)
    ann.voted(1)
    trial = ann.pages.opinion.trial
    ann.rig.outputs.opened[-1].stop()
    ann.on(ann.pages.part)
    assert "output changed" in ann.pages.part.heading.text()
    ann.press(Key.Key_Return)
    ann.choose_output()
    ann.add_up()
    ann.set_level()
    page = ann.heard()
    assert page.trial.trial_id == trial.trial_id
    ann.press(Key.Key_3)
    ann.voted(2)
    assert all(v.valid for v in ann.votes())
    assert "device_changed" in [e["kind"] for e in ann.events()]


def test_wrong_sums_twice_lead_back_to_the_output(ann: Rater) -> None:
    ann.declare()
    ann.choose_output()
    ann.add_up(wrong=True)
    ann.until(lambda: ann.pages.digits.tries == 1 and ann.pages.digits.at == 0)
    ann.add_up(wrong=True)
    ann.on(ann.pages.device)
    ann.until(lambda: ann.pages.device.is_open)
    assert "not right in two tries" in ann.pages.device.problem.text()
    failed = [e["body"] for e in ann.events() if e["kind"] == "digits"]
    assert [b["passed"] for b in failed] == [False, False]


def test_a_silent_output_is_refused(ann: Rater, monkeypatch: pytest.MonkeyPatch) -> None:
    ann.rig.outputs.names = []
    ann.declare()
    ann.on(ann.pages.device)
    ann.until(lambda: bool(ann.pages.device.problem.text()))
    assert "no output that makes a sound" in ann.pages.device.problem.text()
    ann.press(Key.Key_Return)
    assert ann.screen.front is ann.pages.device


def test_esc_pauses_after_this_one(ann: Rater) -> None:
    ann.set_up()
    ann.press(Key.Key_Escape)
    assert "pause follows" in ann.pages.opinion.notice.text()
    ann.press(Key.Key_3)
    ann.on(ann.pages.part)
    assert ann.pages.part.heading.text() == "Paused"
    assert len(ann.votes()) == 1
    ann.press(Key.Key_Return)
    ann.heard()
    assert [e["kind"] for e in ann.events()][-2:] == ["paused", "resumed"]


def test_a_session_that_was_left_is_gone_on_with_at_its_trial(ann: Rater) -> None:
    ann.set_up()
    ann.press(Key.Key_3)
    ann.voted(1)
    trial = ann.pages.opinion.trial
    ann.screen.deactivate()
    ann.screen.activate()
    ann.on(ann.pages.list)
    ann.until(lambda: "1 done" in ann.pages.list.rows[0]._facts)
    ann.press(Key.Key_Return)
    ann.on(ann.pages.part)
    assert "where you stopped" in ann.pages.part.heading.text()
    ann.until(lambda: ann.pages.part.go.isEnabled())
    ann.press(Key.Key_Return)
    ann.begin()
    assert ann.pages.opinion.trial.trial_id == trial.trial_id
    ann.press(Key.Key_3)
    ann.voted(2)
    assert ann.votes()[1].valid
    assert ann.votes()[1].heard.plays == 1
    assert len({v.session_id for v in ann.votes()}) == 1


def test_a_fault_is_told_and_the_clip_is_asked_again(ann: Rater) -> None:
    ann.set_up()
    ann.press(Key.Key_F)
    ann.until(lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    QTest.keyClicks(dialog.edit, "crackles")  # type: ignore[union-attr]
    QTest.keyClick(dialog.edit, Key.Key_Return)  # type: ignore[union-attr]
    ann.voted(1)
    vote = ann.votes()[0]
    assert (vote.void_reason, vote.note, vote.raw_value) == ("fault", "crackles", None)


def test_nothing_on_the_screen_names_a_call_or_a_system(ann: Rater) -> None:
    ann.set_up()
    said = []
    for widget in [ann.screen, *ann.screen.findChildren(QWidget)]:
        text = getattr(widget, "text", None)
        said += [
            widget.accessibleName(), widget.accessibleDescription(), widget.toolTip(),
            widget.windowTitle(), widget.objectName(), str(text()) if callable(text) else "",
        ]  # fmt: skip
    words = " ".join(said).lower()
    for secret in ("kestrel", "orin", "call0", ".wav", "voices", "cb-"):
        assert secret not in words
    assert ann.rig.study.design.question.lower() in words
