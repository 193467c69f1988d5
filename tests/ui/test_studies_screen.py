"""The study owner's screen and wizard: listed, drawn, rendered, opened, paused, exported."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.errors import NotAllowed
from app.domain.studies import Heard, StudyDesign
from app.domain.work import Quiet
from app.eval.listening.opinion import Given, condition_opinion
from app.services import raters, study_progress
from app.services.opening import open_workspace
from app.services.studies import making, planning, sessions, voting
from app.services.studies.opening import keep_drawn, open_study
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.studies import setup as making_setup
from app.ui.studies import words
from app.ui.studies.screen import StudiesScreen
from app.ui.studies.setup import Setup
from app.ui.studies.wizard import StudyWizard
from tests.ui.scoring_rig import make_rig
from tests.ui.shell_support import add_calls, context
from tests.ui.studies_rig import fill, make_study

Key = Qt.Key
HEARD = Heard(plays=1, heard_pct=100.0, device="null", out_rate_hz=48_000)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = open_workspace(tmp_path / "ws", create=True)
    yield opened
    opened.close()


@pytest.fixture
def ctx(ws: Workspace, qapp: QApplication) -> Iterator[UiContext]:
    with context(ws) as made:
        made.actions.install(qapp)
        yield made
        made.actions.uninstall(qapp)


@pytest.fixture
def show(ctx: UiContext, qtbot: Any) -> Callable[..., StudiesScreen]:
    def made(**kwargs: Any) -> StudiesScreen:
        screen = StudiesScreen(ctx)
        qtbot.addWidget(screen)
        screen.resize(1216, 776)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(screen.isActiveWindow)
        screen.activate(**kwargs)
        return screen

    return made


def test_without_studies_it_says_what_they_are_and_begins_one(
    show: Callable[..., StudiesScreen], qtbot: Any
) -> None:
    screen = show()
    qtbot.waitUntil(screen.words.isVisible)
    QTest.keyClick(screen, Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    (wizard,) = screen.window().findChildren(StudyWizard)
    assert wizard.isVisible()
    wizard.reject()


def test_reviewers_are_sent_to_listen(ws: Workspace, qtbot: Any) -> None:
    make_study(ws, calls=1, criteria=1)
    with context(ws, role="reviewer") as made:
        screen = StudiesScreen(made)
        qtbot.addWidget(screen)
        screen.show()
        screen.activate()
        assert screen.words.isVisible()
        assert screen.listed == ()
        with qtbot.waitSignal(screen.navigate) as told:
            screen.words.acted.emit()
        assert told.args[0] == "listen"


def test_a_rubric_study_shows_its_raters_calls_and_what_waits(
    show: Callable[..., StudiesScreen], ws: Workspace, qtbot: Any
) -> None:
    rig = make_study(ws, calls=2, criteria=2)
    people = [raters.sign_in(ws, name, "reviewer") for name in ("Ann", "Bea")]
    for person in people:
        fill(rig, person, rig.call_ids[0], 2)
    screen = show(study=rig.study.code)
    qtbot.waitUntil(lambda: screen.read is not None)
    assert [(x.done, x.wanted) for x in screen.listed] == [(2, 6)]
    assert [r.cells[0].text for r in screen.page.progress.raters.rows] == ["Ann", "Bea"]
    assert [r.cells[2].text for r in screen.page.progress.raters.rows] == ["1", "1"]
    assert [r.cells[4].text for r in screen.page.progress.items.rows] == ["2 of 3", "0 of 3"]
    screen.list.setFocus()
    QTest.keyClick(screen.list, Key.Key_3)
    assert screen.page.tab == "results"
    rows = screen.page.results.forms.table.rows
    assert [[c.text for c in row.cells] for row in rows] == [
        ["Criterion 1", "2.00 (2)", "2", "0", "100 % of 1"],
        ["Criterion 2", "2.00 (2)", "2", "0", "100 % of 1"],
    ]
    with qtbot.waitSignal(screen.navigate) as told:
        QTest.keyClick(screen.list, Key.Key_A)
    assert told.args == ["adjudicate", {"study": rig.study.id}]


def test_a_queue_says_why_each_call_was_chosen_and_how_many_rate_it(
    show: Callable[..., StudiesScreen], ws: Workspace, qtbot: Any
) -> None:
    lead = raters.sign_in(ws, "Lena", "lead")
    rubric = make_study(ws, calls=1, criteria=1).rubric
    design = StudyDesign(raters_per_item=1, overlap=0.0, extra_raters={"2": 2}, policy="measure")
    study = making.create(ws, lead, "Next", "rubric", design, rubric_key=rubric.key)
    drawn = planning.plan_items(ws, lead, study, [make_rig(ws).call_id for _ in range(2)])
    chosen = [
        replace(p, clip=replace(p.clip, reason=f"Measure {at}", inclusion_prob=0.25))
        for at, p in enumerate(drawn)
    ]
    keep_drawn(ws, lead, study.id, chosen)
    screen = show(study=study.code)
    qtbot.waitUntil(lambda: screen.read is not None)
    assert screen.page.open.text() == "Open"
    screen.page.open.click()
    qtbot.waitUntil(lambda: screen.read is not None and screen.read.forms is not None)
    assert "1 to 3 raters an item" in screen.page.facts.text()
    screen.show_tab("progress")
    rows = screen.page.progress.items.rows
    assert [r.cells[3].text for r in rows] == ["Measure 0", "Measure 1"]
    assert [r.cells[4].text for r in rows] == ["0 of 1", "0 of 3"]
    assert rows[0].tip == "Measure 0, inclusion probability 0.25"
    screen.show_tab("design")
    told = {r.cells[0].text: r.cells[1].text for r in screen.page.design.table.rows}
    assert told["Raters an item"] == "1 rater on 1 item, 3 raters on 1 item"


def test_a_draft_without_calls_asks_for_them(
    show: Callable[..., StudiesScreen], ws: Workspace, qtbot: Any
) -> None:
    lead = raters.sign_in(ws, "Lena", "lead")
    making.create(ws, lead, "Voices", "acr", StudyDesign(raters_per_item=1))
    screen = show()
    qtbot.waitUntil(lambda: screen.read is not None)
    assert screen.page.open.text() == "Choose calls and open"
    assert words.raters_words(screen.read.study) == "1 rater an item"  # type: ignore[union-attr]


def test_a_study_is_paused_gone_on_with_closed_and_reopened_by_keys(
    show: Callable[..., StudiesScreen], ws: Workspace, qtbot: Any
) -> None:
    rig = make_study(ws, calls=1, criteria=1)
    screen = show()
    qtbot.waitUntil(lambda: screen.study is not None)
    screen.list.setFocus()
    shift = Qt.KeyboardModifier.ShiftModifier
    for key, mods, state in (
        (Key.Key_P, Qt.KeyboardModifier.NoModifier, "paused"),
        (Key.Key_P, Qt.KeyboardModifier.NoModifier, "open"),
        (Key.Key_C, shift, "closed"),
        (Key.Key_C, shift, "open"),
    ):
        QTest.keyClick(screen.list, key, mods)
        qtbot.waitUntil(lambda s=state: making.get(ws, rig.study.id).state == s)
        qtbot.waitUntil(lambda s=state: screen.study is not None and screen.study.state == s)


@pytest.fixture
def recorded(ws: Workspace, tmp_path: Path) -> list[str]:
    """Four short recordings of two systems, timed."""
    from tests.unit.studies.conftest import fill as record

    return [call.id for call in record(ws, tmp_path / "recordings", 4)]


def open_acr(ws: Workspace, call_ids: list[str]) -> Any:
    lead = raters.sign_in(ws, "Lena", "lead")
    design = StudyDesign(
        raters_per_item=2, block=4, training=0, traps_per_block=0, golds_per_block=0
    )
    study = making.create(ws, lead, "Voices", "acr", design)
    planned = planning.plan_items(ws, lead, study, call_ids)
    return lead, open_study(Quiet(), ws, lead, study.id, planned)


def vote_all(ws: Workspace, study_id: str, name: str) -> int:
    who = raters.sign_in(ws, name, "reviewer")
    session = sessions.begin(ws, who, study_id)
    for kind in ("consent", "declaration", "device", "digits", "level"):
        sessions.note(ws, who, session, kind, {"passed": True})
    count = 0
    while (step := sessions.next_step(ws, who, session, name)).trial is not None:
        value = float(2 + (count + len(name)) % 3)
        voting.vote(ws, who, session, step.trial.trial_id, value, HEARD, rt_ms=500)
        count += 1
    return count


def test_results_show_both_intervals_and_every_vote(
    show: Callable[..., StudiesScreen], ws: Workspace, recorded: list[str], qtbot: Any,
    tmp_path: Path,
) -> None:  # fmt: skip
    _lead, study = open_acr(ws, recorded)
    given = sum(vote_all(ws, study.id, name) for name in ("Ann", "Berta"))
    screen = show()
    qtbot.waitUntil(lambda: screen.read is not None, timeout=10_000)
    screen.show_tab("results")
    page = screen.page.results.opinions
    rows = {row.cells[0].text.split(",")[0]: row for row in page.table.rows}
    assert set(rows) == {"kestrel 1", "orin 1"}
    assert sum(int(row.cells[5].text) for row in rows.values()) == given
    found = screen.read.results if screen.read is not None else None
    assert found is not None
    told = found.conditions["orin 1"]
    assert rows["orin 1"].cells[2].text == words.interval(told.low, told.high)
    low, high = screen.read.simple["orin 1"] if screen.read is not None else (0, 0)
    assert rows["orin 1"].cells[3].text == words.interval(low, high)
    assert screen.page.results.title.text() == found.title
    screen.verbs.export(study, tmp_path)
    qtbot.waitUntil(lambda: (tmp_path / study.code / "votes.csv").exists(), timeout=10_000)


def wizard_of(ctx: UiContext, qtbot: Any, **kwargs: Any) -> StudyWizard:
    wizard = StudyWizard(ctx, None, **kwargs)
    wizard.open()
    qtbot.waitUntil(lambda: bool(wizard.instrument._rubrics), timeout=10_000)
    return wizard


def test_the_wizard_makes_renders_and_opens_a_study(
    ctx: UiContext, ws: Workspace, recorded: list[str], qtbot: Any
) -> None:
    wizard = wizard_of(ctx, qtbot, call_ids=tuple(recorded))
    wizard.go.click()
    assert wizard.problem.text() == "Give the study a name."
    QTest.keyClicks(wizard.instrument.name, "Voices, spring")
    wizard.go.click()
    qtbot.waitUntil(lambda: wizard._drawn is not None, timeout=10_000)
    assert "8 clips of 4 calls, 2 conditions" in wizard.calls.found.text()
    wizard.calls.per_call.setValue(1)
    qtbot.waitUntil(lambda: wizard._drawn is not None and wizard._drawn.rated == 4, timeout=10_000)
    wizard.go.click()
    wizard.design.raters.setValue(3)
    wizard.design.traps.setValue(0)
    wizard.design.due.setText("soon")
    wizard.go.click()
    assert "2026-12-24" in wizard.problem.text()
    wizard.design.due.setText("2026-12-24")
    wizard.go.click()
    qtbot.waitUntil(wizard.go.isEnabled, timeout=10_000)
    with qtbot.waitSignal(wizard.made, timeout=20_000) as told:
        wizard.go.click()
    study = told.args[0]
    assert (study.state, study.due, study.design.raters_per_item) == ("open", "2026-12-24", 3)
    assert sum(s.role == "rate" for s in making.stimuli(ws, ctx.viewer, study.id)) == 4


def test_what_cannot_be_drawn_is_said_and_nothing_is_opened(
    ctx: UiContext, ws: Workspace, qtbot: Any
) -> None:
    add_calls(ws, 2)
    wizard = wizard_of(ctx, qtbot, query="agent:nobody")
    wizard.instrument.name.setText("Nothing")
    wizard.show_step(3)
    qtbot.waitUntil(lambda: wizard._drawn is not None, timeout=10_000)
    assert "no calls" in wizard.preview.words.text()
    assert not wizard.go.isEnabled()
    wizard.reject()
    assert making.studies(ws) == []


def test_a_draft_is_kept_once_and_gone_on_with(
    ctx: UiContext, ws: Workspace, recorded: list[str], qtbot: Any
) -> None:
    wizard = wizard_of(ctx, qtbot)
    wizard.instrument.name.setText("Later")
    wizard.show_step(1)
    with qtbot.waitSignal(wizard.made, timeout=10_000) as told:
        wizard.keep.click()
    draft = told.args[0]
    assert draft.state == "draft"
    again = wizard_of(ctx, qtbot, draft=draft)
    again.show_step(3)
    qtbot.waitUntil(again.go.isEnabled, timeout=10_000)
    with qtbot.waitSignal(again.made, timeout=20_000) as opened:
        again.go.click()
    assert opened.args[0].id == draft.id
    assert [s.state for s in making.studies(ws)] == ["open"]


def test_rendering_is_cancelled_and_leaves_a_draft(
    ctx: UiContext, ws: Workspace, recorded: list[str], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def slow(work: Any, *_args: Any) -> Any:
        begun.set()
        while True:
            work.raise_if_cancelled()
            time.sleep(0.005)

    wizard = wizard_of(ctx, qtbot, call_ids=tuple(recorded))
    wizard.instrument.name.setText("Stopped")
    wizard.show_step(3)
    qtbot.waitUntil(wizard.go.isEnabled, timeout=10_000)
    monkeypatch.setattr(making_setup, "open_it", slow)
    wizard.go.click()
    assert not wizard.go.isEnabled()
    qtbot.waitUntil(begun.is_set, timeout=10_000)
    wizard.cancel.click()
    qtbot.waitUntil(wizard.go.isEnabled, timeout=10_000)
    assert wizard.isVisible()
    assert [s.state for s in making.studies(ws)] == ["draft"]
    monkeypatch.undo()
    with qtbot.waitSignal(wizard.made, timeout=20_000):
        wizard.go.click()
    assert [s.state for s in making.studies(ws)] == ["open"], "the same draft"


def test_a_setup_that_is_the_same_needs_no_other_draft() -> None:
    one = Setup(name="A", query="agent:nora")
    assert one.made_of == replace(one, most_pairs=9).made_of
    assert one.made_of != replace(one, seed=2).made_of
    assert making_setup.replace_calls(one, ("x",), "").made_of != one.made_of


def test_progress_of_studies_is_for_leads(ws: Workspace) -> None:
    rig = make_study(ws, calls=1, criteria=1)
    for read in (
        lambda: study_progress.listing(ws, rig.viewer),
        lambda: study_progress.form_progress(ws, rig.viewer, rig.study.id),
    ):
        with pytest.raises(NotAllowed):
            read()


def test_figures_in_words() -> None:
    assert words.number(-0.004) == "0.00"
    assert words.number(-1.5, 1) == "−1.5"
    assert words.interval(-0.5, 0.5, 1) == "−0.5 to 0.5"
    assert words.interval(3.1, 3.9, 1) == "3.1–3.9"
    assert words.interval(None, 1.0) == words.NONE
    one = condition_opinion([Given(rater="a", clip="x", value=4.0)])
    assert words.opinion_words(one) == "4.00, 1 vote of 1 rater"
