"""Breaks, a turned volume and another window: what interrupts a session, and how it goes on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.audio import system_volume
from app.audio.system_volume import SystemVolume
from app.domain.ratings import Role
from app.services import opening, raters
from app.services.studies import for_rater
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.listening.screen import ListenScreen
from tests.ui.listening_rig import Rig, context
from tests.ui.test_listening_screen import Key, Rater

LISTENING = Path(__file__).resolve().parents[2] / "app" / "ui" / "listening"


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = opening.open_workspace(tmp_path / "ws", create=True)
    yield opened
    opened.close()


@pytest.fixture
def rig(ws: Workspace, tmp_path: Path, request: pytest.FixtureRequest) -> Rig:
    return Rig(ws, tmp_path / "recordings", "acr", **getattr(request, "param", {}))


@pytest.fixture
def ctx(qapp: QApplication, rig: Rig) -> Iterator[UiContext]:
    with context(rig.ws, rig.rater, qapp) as made:
        yield made


@pytest.fixture
def ann(rig: Rig, ctx: UiContext, qtbot: QtBot) -> Iterator[Rater]:
    rater = Rater(rig, ctx, qtbot)
    yield rater
    rater.screen.deactivate()
    rater.screen.player.close()
    qtbot.waitUntil(lambda: not ctx.runner.live)


@pytest.mark.parametrize("rig", [{"break_after_min": 0.0, "break_min": 0.03}], indirect=True)
def test_a_forced_break_cannot_be_cut_short(ann: Rater) -> None:
    ann.set_up()
    ann.press(Key.Key_3)
    page = ann.pages.rest
    ann.on(page)
    assert page.heading.text() == "Time for a break"
    assert not page.go.isEnabled()
    ann.press(Key.Key_Return)
    assert [e["kind"] for e in ann.events()][-1] == "break_begun"
    ann.until(page.go.isEnabled)
    ann.press(Key.Key_Return)
    ann.heard()
    assert [e["kind"] for e in ann.events()][-1] == "break_done"


@pytest.mark.parametrize("rig", [{"soft_break_min": 10.0}], indirect=True)
def test_a_short_break_is_offered_after_a_while(ann: Rater) -> None:
    ann.set_up()
    ann.screen.flow._rested_at -= 601.0
    ann.press(Key.Key_3)
    ann.on(ann.pages.rest)
    assert ann.pages.rest.go.isEnabled()
    ann.press(Key.Key_Return)
    ann.heard()
    # Only a forced break ends the count of minutes worked.
    assert "break_done" not in [e["kind"] for e in ann.events()]


def test_a_turned_volume_stops_the_trial_and_leads_to_the_level(
    rig: Rig, ctx: UiContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [SystemVolume(sink="headset", volume=40_000, muted=False)]
    monkeypatch.setattr(system_volume, "read", lambda: now[0])
    ann = Rater(rig, ctx, qtbot)
    ann.set_up()
    trial = ann.pages.opinion.trial
    now[0] = SystemVolume(sink="headset", volume=50_000, muted=False)
    ann.screen.session.look()
    ann.on(ann.pages.part)
    assert "volume was changed" in ann.pages.part.heading.text()
    ann.press(Key.Key_Return)
    ann.set_level()
    page = ann.heard()
    assert page.trial.trial_id == trial.trial_id
    ann.press(Key.Key_3)
    ann.voted(1)
    assert ann.votes()[0].valid
    levels = [e["body"] for e in ann.events() if e["kind"] == "level"]
    assert [b["system"]["volume"] for b in levels] == [40_000, 50_000]
    now[0] = SystemVolume(sink="speakers", volume=50_000, muted=False)
    ann.screen.session.look()
    ann.on(ann.pages.part)
    assert "output changed" in ann.pages.part.heading.text()
    ann.screen.deactivate()
    ann.screen.player.close()
    qtbot.waitUntil(lambda: not ctx.runner.live)


def test_two_windows_do_not_share_a_trial(ann: Rater) -> None:
    ann.set_up()
    trial = ann.pages.opinion.trial
    with ann.rig.ws.db.human() as uow:
        uow.connection.exec_driver_sql("UPDATE trial_lease SET owner = 'another window'")
    ann.screen.session.look()
    ann.on(ann.pages.part)
    assert "Another window" in ann.pages.part.heading.text()
    with ann.rig.ws.db.human() as uow:
        uow.connection.exec_driver_sql("DELETE FROM trial_lease")
    page = ann.heard()  # by itself
    assert page.trial.trial_id == trial.trial_id


def test_the_list_says_what_is_left_and_nothing_that_unblinds(ann: Rater) -> None:
    offer = for_rater.offered(ann.rig.ws, ann.rig.rater)[0]
    assert (offer.left, offer.done, offer.is_begun) == (ann.rig.study.stimuli, 0, False)
    assert offer.question == ann.pages.list.rows[0].text()
    assert ann.rig.study.name not in str(offer)
    assert 0 < offer.minutes_left < 10
    ann.set_up()
    ann.press(Key.Key_3)
    ann.voted(1)
    offer = for_rater.offered(ann.rig.ws, ann.rig.rater)[0]
    assert (offer.left, offer.done, offer.is_begun) == (ann.rig.study.stimuli - 1, 1, True)


@pytest.mark.parametrize(
    ("last_test", "works", "expected"),
    [("never", False, "naive"), ("over_12_months", False, "naive"), ("never", True, "expert"),
     ("6_to_12_months", False, "expert"), ("under_6_months", False, "expert")],
)  # fmt: skip
def test_a_rater_is_naive_as_p800_has_it(
    last_test: for_rater.LastTest, works: bool, expected: str
) -> None:
    assert for_rater.class_of(last_test=last_test, works_on_speech=works) == expected


def test_the_listening_place_reads_nothing_that_could_unblind() -> None:
    allowed = ("app.services.studies", "app.services.assets")
    for path in LISTENING.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.services"):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                ok = all(n.startswith((*allowed, "app.services.workspace")) for n in names)
                assert ok, f"{path.name} imports {names}"
                assert not any("results" in n or "exporting" in n for n in names)


@pytest.mark.parametrize(
    "rig",
    [
        {
            "with_controls": True,
            "training": 3,
            "traps_per_block": 1,
            "golds_per_block": 1,
            "block": 4,
        }
    ],
    indirect=True,
)
def test_practice_comes_first_and_a_missed_instruction_voids_the_part(ann: Rater) -> None:
    ann.set_up()
    page = ann.pages.opinion
    assert page.place.text() == "Practice 1 of 3"
    for n in range(3):
        ann.heard()
        ann.press(Key.Key_3)
        ann.voted(n + 1)
    ann.on(ann.pages.part)
    assert ann.pages.part.heading.text() == "Practice is over"
    ann.press(Key.Key_Return)
    for n in range(6):  # of which one speaks an instruction
        ann.heard()
        ann.press(Key.Key_4)
        ann.voted(n + 4)
    ann.on(ann.pages.part)
    assert ann.pages.part.heading.text() == "This part does not count"
    assert "comes once more" in ann.pages.part.words.text()
    ann.press(Key.Key_Return)
    ann.heard()
    assert page.place.text() == "Trial 1 of 6"


@pytest.mark.parametrize(("role", "place"), [("reviewer", "library"), ("lead", "studies")])
def test_where_nothing_waits_it_says_what_to_do(
    ws: Workspace, qapp: QApplication, qtbot: QtBot, role: Role, place: str
) -> None:
    with context(ws, raters.sign_in(ws, "Kim", role), qapp) as ctx:
        screen = ListenScreen(ctx)
        qtbot.addWidget(screen)
        screen.show()
        screen.activate()
        qtbot.waitUntil(lambda: not ctx.runner.live)
        assert screen.pages.list.heading.text() == "No study waits for you"
        with qtbot.waitSignal(screen.navigate) as asked:
            QTest.keyClick(screen.front, Key.Key_Return)
        assert asked.args == [place, {}]
