"""Two clips side by side under a rater's hands, and the other instruments' answers by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.rubrics import Level
from app.services import opening
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.listening import poses
from app.ui.listening.answers import Answers
from app.ui.listening.level_page import LOUDEST_DB, SOFTEST_DB
from app.ui.theme import Theme
from tests.ui.listening_rig import Rig, context
from tests.ui.test_listening_screen import Key, Rater

PAIR = {"null_share": 0.0, "obvious_share": 0.0, "repeat_share": 0.0}


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = opening.open_workspace(tmp_path / "ws", create=True)
    yield opened
    opened.close()


@pytest.fixture
def rig(ws: Workspace, tmp_path: Path, request: pytest.FixtureRequest) -> Rig:
    asked = {"instrument": "pairwise", **PAIR, **getattr(request, "param", {})}
    return Rig(ws, tmp_path / "recordings", asked.pop("instrument"), **asked)


@pytest.fixture
def ctx(qapp: QApplication, rig: Rig) -> Iterator[UiContext]:
    with context(rig.ws, rig.rater, qapp) as made:
        yield made


class PairRater(Rater):
    """At a study of pairs."""

    def begin(self) -> None:
        self.on(self.pages.instructions)
        self.press(Key.Key_Return)
        self.ready()

    def set_up_with(self, ready: Callable[[], Any]) -> None:
        """Of a study whose trials are of another kind."""
        self.ready = ready  # type: ignore[method-assign]
        self.set_up()

    def ready(self) -> Any:
        self.until(lambda: self.screen.front is self.pages.pair and self.screen.session.is_loaded)
        return self.pages.pair

    def ended(self, clip: int) -> None:
        player = self.screen.player
        self.until(lambda: player.state == "ended" and player.shares()[clip] >= 1.0)


@pytest.fixture
def ann(rig: Rig, ctx: UiContext, qtbot: QtBot) -> Iterator[PairRater]:
    rater = PairRater(rig, ctx, qtbot)
    yield rater
    rater.screen.deactivate()
    rater.screen.player.close()
    qtbot.waitUntil(lambda: not ctx.runner.live)


def test_a_pair_is_committed_when_both_were_heard_in_full(ann: PairRater) -> None:
    ann.set_up()
    page = ann.ready()
    ann.ended(0)
    ann.press(Key.Key_Right, Key.Key_Return)
    assert "when B has been heard in full" in page.notice.text()
    assert not ann.votes()
    ann.press(Key.Key_B)
    ann.ended(1)
    ann.press(Key.Key_Right, Key.Key_R, Key.Key_R, Key.Key_Return)
    ann.voted(1)
    vote = ann.votes()[0]
    assert vote.raw_value == -2.0  # B
    assert vote.valid
    assert (vote.heard.plays, vote.heard.heard_pct) == (2, 100.0)
    assert vote.note == "Clearer words"


def test_a_switch_keeps_the_place_and_a_pause_too(ann: PairRater) -> None:
    ann.set_up()
    page, player = ann.ready(), ann.screen.player
    ann.ended(0)
    output = ann.rig.outputs.opened[-1]
    ann.press(Key.Key_1)
    ann.until(lambda: player.position / player.rate_hz > 0.2)
    output.hold()
    ann.press(Key.Key_X)
    assert player.at == 1
    output.go_on()
    ann.until(lambda: player.state == "ended")
    assert 0.0 < player.shares()[1] < 1.0
    assert player.plays == 2
    ann.press(Key.Key_2)
    output.hold()
    ann.press(Key.Key_Space)
    assert player.state == "paused"
    assert page.under.pause.text() == "Go on"
    ann.press(Key.Key_Space)
    output.go_on()
    ann.ended(1)


def test_equal_means_the_same_and_the_stored_value_is_of_the_first_item(ann: PairRater) -> None:
    ann.set_up()
    for n in range(2):
        ann.ready()
        ann.ended(0)
        ann.press(Key.Key_2)
        ann.ended(1)
        keys = [Key.Key_Equal] if n == 0 else [Key.Key_Left, Key.Key_Left]
        ann.press(*keys, Key.Key_Return)
        ann.voted(n + 1)
    same, other = ann.votes()
    assert same.raw_value == 0.0
    with ann.rig.ws.db.read() as uow:
        trials = {t.id: t for t in uow.votes.trials(ann.rig.study.id, ann.rig.rater.rater_id)}
    assert other.raw_value == 2.0
    assert other.value == (-2.0 if trials[other.trial_id].swapped else 2.0)


@pytest.mark.parametrize("rig", [{"points": 2, "ties": False}], indirect=True)
def test_a_forced_choice_has_two_answers(ann: PairRater) -> None:
    ann.set_up()
    page = ann.ready()
    assert [v.value for v in page.answers.levels] == [1, -1]
    assert not page.hints._same[0].isVisible()
    ann.press(Key.Key_Equal)
    assert page.answers.chosen is None
    ann.press(Key.Key_Left)
    assert page.answers.chosen == 0


@pytest.mark.parametrize("rig", [{"instrument": "ccr", "replays": None}], indirect=True)
def test_ccr_is_answered_with_signed_digits(ann: PairRater) -> None:
    page = ann.pages.opinion
    ann.set_up_with(ann.heard)
    assert "first one is" in page.lead.text()
    ann.press((Key.Key_At, Qt.KeyboardModifier.ShiftModifier))
    ann.voted(1)
    ann.heard()
    ann.press(Key.Key_3)
    ann.voted(2)
    assert [v.raw_value for v in ann.votes()] == [-2.0, 3.0]
    assert all(v.valid for v in ann.votes())


@pytest.mark.parametrize("rig", [{"instrument": "humanlike"}], indirect=True)
def test_human_likeness_has_ten_digits(ann: PairRater) -> None:
    ann.set_up_with(ann.heard)
    ann.press(Key.Key_0)
    ann.voted(1)
    ann.heard()
    ann.press(Key.Key_9)
    ann.voted(2)
    assert [v.raw_value for v in ann.votes()] == [0.0, 9.0]


def levels(*values: int) -> list[Level]:
    return [Level(value=v, anchor=str(v), label=str(v)) for v in values]


@pytest.mark.parametrize(
    ("values", "step", "chosen"),
    [((3, 2, 1, 0, -1, -2, -3), -1, 1), ((3, 2, 1, 0, -1, -2, -3), 1, -1), ((1, -1), -1, 1),
     ((1, -1), 1, -1), ((1, 0, -1), 1, -1), ((1, 0), 1, 0)],
)  # fmt: skip
def test_the_first_arrow_goes_beside_the_middle(
    qapp: QApplication, values: tuple[int, ...], step: int, chosen: int
) -> None:
    answers = Answers(Theme())
    answers.show_levels(levels(*values))
    answers.shift(step)
    assert answers.chosen is not None
    assert answers.levels[answers.chosen].value == chosen


def test_the_level_stays_in_its_range(ann: PairRater) -> None:
    page = ann.pages.level
    page.set_level(40)
    assert ann.screen.session.gain_db == LOUDEST_DB
    page.set_level(-90)
    assert ann.screen.session.gain_db == SOFTEST_DB


def test_every_pose_can_be_drawn(ann: PairRater) -> None:
    for name in poses.POSES:
        poses.strike(ann.screen, name)
        assert ann.pages.currentWidget() is ann.screen.front
        assert not ann.screen.grab().isNull()
