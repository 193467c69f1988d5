"""The calibration screen by its keys and menus: what it shows, keeps, reads again and refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from app.domain.changes import Changes
from app.services import raters
from app.services.calibrating.dimension import Slice
from app.services.workspace import Workspace
from app.ui.calibrating import screen as screen_module
from app.ui.calibrating.mos_page import MosPage
from app.ui.calibrating.screen import CalibrateScreen
from app.ui.calibrating.state import TABS
from app.ui.calibrating.verbs import CalibrateVerbs
from app.ui.context import UiContext
from app.ui.library.words import thousands
from app.ui.main_window import MainWindow
from app.ui.studies.screen import StudiesScreen
from app.ui.studies.wizard import StudyWizard
from tests.ui.shell_support import context
from tests.unit.calibrating.synthetic import World, noisy, rubric, truth, world

N = 40


@pytest.fixture
def made(workspace: Workspace) -> World:
    """Two people and two judges on two dimensions; one judge leaves the second out."""
    found = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben")):
        person = found.person(name)
        for key in ("tone", "help"):
            found.say(person, key, noisy(real, 10 + at, sd=0.4))
    kind = found.judge("kind")
    for key in ("tone", "help"):
        found.say(kind, key, noisy(real, 30, bias=1.0, sd=0.4))
    found.say(found.judge("strict"), "tone", noisy(real, 40, bias=-1.0, sd=0.4))
    return found


@pytest.fixture
def ctx(workspace: Workspace, qapp: QApplication) -> Iterator[UiContext]:
    with context(workspace) as found:
        found.actions.install(qapp)
        yield found
        found.actions.uninstall(qapp)


def opened(qtbot: Any, ctx: UiContext, **kwargs: Any) -> CalibrateScreen:
    shown = CalibrateScreen(ctx)
    qtbot.addWidget(shown, before_close_func=CalibrateScreen.deactivate)
    shown.resize(1280, 800)
    shown.show()
    shown.activateWindow()
    shown.activate(**kwargs)
    settle(qtbot, shown)
    return shown


def settle(qtbot: Any, shown: CalibrateScreen) -> None:
    live = shown.ctx.runner
    qtbot.waitUntil(lambda: not live.live and not shown.loader.is_busy, timeout=20_000)


@pytest.fixture
def shown(qtbot: Any, made: World, ctx: UiContext) -> CalibrateScreen:
    return opened(qtbot, ctx)


def judge_of(shown: CalibrateScreen) -> str:
    """The judge of the selected cell; empty where it did not score that dimension."""
    return "" if shown.cell is None else shown.cell.judge.ref


def values(shown: CalibrateScreen) -> dict[str, str]:
    return {c.fact.caption: c.fact.value for c in shown.judges.cards.cards}


def test_the_first_cell_is_told_in_cards_matrix_verdict_gate_and_status(
    shown: CalibrateScreen,
) -> None:
    matrix = shown.judges.model
    assert [j.ref for j in matrix.shown.judges] == ["kind@1", "strict@1"]
    assert [c.key for c in matrix.shown.criteria] == ["tone", "help"]
    assert matrix.index(1, 1).data() == "does not score this"
    assert "QWK" in matrix.index(0, 0).data()
    told = values(shown)
    assert told["items in 40 calls"] == "40"
    assert told["raters, 2.0 per item"] == "2"
    cell = shown.cell
    assert cell is not None
    assert told["human-human QWK"] == f"{cell.found.evidence.agreement.human.value:.2f}"
    assert told["bias, judge − human"] == f"+{cell.found.judge['bias'].value:.2f}"
    tips = {c.fact.caption: c.fact.tip for c in shown.judges.cards.cards}
    assert "40 items in 40 calls, 3 raters." in tips["judge-human QWK"]
    assert f"{thousands(2000)} draws, seed 20261" in tips["judge-human QWK"]
    assert shown.head.gate.words == "Gate shut: 40 of 150 items"
    assert shown.judges.verdict.accessibleName().startswith("Verdict: Insufficient evidence.")
    notes = shown.status_notes()
    assert notes[0].startswith("Computed in ")
    assert notes[1].startswith("data of ")


def test_arrows_move_and_enter_opens_the_votes(
    qtbot: Any, shown: CalibrateScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(shown.judges.detail, "open_votes", lambda: asked.append("votes"))
    matrix = shown.judges.matrix
    matrix.setFocus()
    qtbot.keyClick(matrix, Qt.Key.Key_Down)
    settle(qtbot, shown)
    assert judge_of(shown) == "strict@1"
    assert values(shown)["bias, judge − human"].startswith("−")
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    settle(qtbot, shown)
    assert judge_of(shown) == ""
    assert "human-human QWK" in values(shown)  # people scored it; the judge did not
    qtbot.keyClick(matrix, Qt.Key.Key_Up)
    qtbot.keyClick(matrix, Qt.Key.Key_Return)
    assert asked == ["votes"]
    settle(qtbot, shown)


def test_a_slice_keeps_the_scores_in_memory_and_the_cell_selected(
    qtbot: Any, shown: CalibrateScreen
) -> None:
    shown.judges.matrix.go(1, 0)
    settle(qtbot, shown)
    before = shown.board
    assert before is not None
    qtbot.keyClick(shown.judges.matrix, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, shown)
    after = shown.board
    assert after is not None
    assert after.found is before.found
    assert shown.head.slice.value == "language: de"
    assert values(shown)["items in 20 calls"] == "20"
    assert judge_of(shown) == "strict@1"
    shown.desk.show_slice(Slice(roles=frozenset({"anchor_test"})))
    settle(qtbot, shown)
    assert shown.head.split.value == "anchor test"
    assert shown.head.slice.value == "all"


def test_menus_offer_what_there_is(shown: CalibrateScreen) -> None:
    menu = QMenu()
    shown.head._fill_slices(menu)
    language = next(a.menu() for a in menu.actions() if a.text() == "Language")
    assert isinstance(language, QMenu)
    assert [a.text() for a in language.actions()] == ["de\t20", "en\t20"]
    rubrics = QMenu()
    shown.head._fill_rubrics(rubrics)
    assert rubrics.actions()[0].text().startswith("synthetic v1\t280 scores")
    splits = QMenu()
    shown.head._fill_splits(splits)
    assert [a.text().partition(":")[0] for a in splits.actions()] == [
        "all", "train", "dev", "anchor test",
    ]  # fmt: skip


def test_scores_that_arrive_are_read_and_the_selection_stays(
    qtbot: Any, made: World, ctx: UiContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_module, "SETTLE_MS", 10)
    shown = opened(qtbot, ctx)
    shown.judges.matrix.go(1, 0)
    settle(qtbot, shown)
    before = shown.board
    made.say(made.person("Cleo"), "tone", noisy(truth(N), 60, sd=0.4))
    ctx.bus.changed.emit(Changes(scores=frozenset(made.calls)), None)
    qtbot.waitUntil(lambda: shown.board is not before, timeout=10_000)
    settle(qtbot, shown)
    assert values(shown)["raters, 3.0 per item"] == "3"
    assert judge_of(shown) == "strict@1"


def test_versions_are_shown_apart(qtbot: Any, made: World, ctx: UiContext) -> None:
    other = rubric(made.ws, key="later")
    later = World(made.ws, other, made.lead, made.calls)
    later.say(later.person("Ann"), "tone", [1, 2, 3])
    shown = opened(qtbot, ctx)
    assert shown.head.rubric.value == "later v1"
    assert shown.judges._pages.currentWidget() is shown.judges.words
    assert values(shown)["items in 3 calls"] == "3"
    shown.desk.show_rubric("synthetic@1")
    settle(qtbot, shown)
    assert shown.judges._pages.currentWidget() is shown.judges.main
    assert values(shown)["items in 40 calls"] == "40"


def test_nothing_scored_says_what_to_do(
    qtbot: Any, ctx: UiContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = opened(qtbot, ctx)
    done: list[str] = []
    monkeypatch.setattr(shown.verbs, "do", done.append)
    assert shown.parts.shows_words
    assert "Nothing is scored yet" in shown.parts.words._title.text()
    shown.parts.words._button.click()
    assert done == ["calibrate.import"]
    assert not shown.head.export.isEnabled()
    menu = shown.head.open_more()
    holds = {a.text().partition("…")[0] for a in menu.actions() if a.isEnabled() and a.text()}
    menu.close()
    assert "Import labels" in holds
    assert "Rule of verdicts" not in holds


def test_opinion_studies_need_no_scores(qtbot: Any, ctx: UiContext) -> None:
    shown = opened(qtbot, ctx)
    qtbot.keyClick(shown, Qt.Key.Key_4)
    settle(qtbot, shown)
    assert isinstance(shown.parts._pages.currentWidget(), MosPage)
    shown.refresh()
    settle(qtbot, shown)
    page = shown.parts._pages.currentWidget()
    assert isinstance(page, MosPage)
    assert page.focusProxy() is page.words, "the button that begins a study"
    qtbot.keyClick(shown, Qt.Key.Key_1)
    assert shown.parts.shows_words


def test_a_reviewer_is_told_whom_it_is_for(qtbot: Any, made: World, qapp: QApplication) -> None:
    with context(made.ws, role="reviewer") as ctx:
        shown = opened(qtbot, ctx)
        assert shown.board is None
        assert "leads" in shown.parts.words._title.text()
        with qtbot.waitSignal(shown.navigate) as told:
            shown.parts.words._button.click()
        assert told.args == ["score", {}]
        shown.refresh()
        assert not ctx.runner.live
        assert shown.board is None
        menu = shown.head.open_more()
        assert not any(a.isEnabled() for a in menu.actions() if not a.isSeparator())
        menu.close()


def test_stopping_keeps_what_is_there(qtbot: Any, shown: CalibrateScreen) -> None:
    before = shown.board
    shown.desk.show_slice(Slice(classes={"language": "de"}))
    shown.escape()
    assert not shown.loader.is_busy
    settle(qtbot, shown)
    assert shown.board is before
    shown.desk.board = None
    shown.refresh()
    qtbot.waitUntil(lambda: shown.loader.is_busy, timeout=5_000)
    shown.desk.stop()
    assert "Stopped" in shown.parts.words._title.text()


def test_how_it_stood_comes_back(qtbot: Any, made: World, ctx: UiContext) -> None:
    shown = opened(qtbot, ctx)
    shown.judges.matrix.go(1, 0)
    shown.desk.show_slice(Slice(classes={"language": "en"}, blind_only=False))
    settle(qtbot, shown)
    state = shown.session_state()
    again = CalibrateScreen(ctx)
    qtbot.addWidget(again, before_close_func=CalibrateScreen.deactivate)
    again.restore_session(state)
    again.show()
    again.activate()
    settle(qtbot, again)
    assert again.asked == shown.asked
    assert judge_of(again) == "strict@1"
    assert again.head.slice.value == "language: en"
    again.restore_session({"rubric": 3, "classes": "x", "splits": "y", "tab": "none", "sizes": [1]})
    assert again.asked.tab == "judges"


def test_synthetic_raters_are_said_plainly(qtbot: Any, made: World, ctx: UiContext) -> None:
    shown = opened(qtbot, ctx)
    assert shown.parts.banner.isHidden()
    people = [v.rater_id for v in raters.raters(made.ws) if v.name in ("Ann", "Ben")]
    with made.ws.db.human() as uow:
        for rater in people:
            uow.connection.exec_driver_sql(
                "UPDATE rater SET expertise = 'synthetic' WHERE id = ?", (rater,)
            )
    shown.refresh()
    settle(qtbot, shown)
    assert "These raters are synthetic" in shown.parts.banner.words
    assert not shown.parts.banner.isHidden()


def test_few_items_are_undefined_with_the_reason(
    qtbot: Any, workspace: Workspace, ctx: UiContext
) -> None:
    few = world(workspace, 3)
    for name in ("Ann", "Ben"):
        few.say(few.person(name), "tone", [1, 3, 5])
    few.say(few.judge(), "tone", [1, 3, 5])
    shown = opened(qtbot, ctx)
    cards = {c.fact.caption: c.fact for c in shown.judges.cards.cards}
    assert cards["judge-human QWK"].value == "undefined"
    assert "No person shares 10 items" in cards["judge-human QWK"].tip
    assert "n = 3, too few" in shown.judges.model.index(0, 0).data()
    assert shown.head.gate.words == "Gate shut: 3 of 30 calls"


def test_the_empty_tab_of_mos_leads_to_a_new_study(qtbot: Any, made: World, ctx: UiContext) -> None:
    window = MainWindow(ctx, theme="dark")
    qtbot.addWidget(window)
    window.show_screen("calibrate", tab="mos")
    window.show()
    shown = window.front
    assert isinstance(shown, CalibrateScreen)
    settle(qtbot, shown)
    page = shown.parts.page("mos")
    assert isinstance(page, MosPage)
    assert page.words._button.isVisible()
    page.words._button.click()
    assert isinstance(window.front, StudiesScreen)
    wizard = window.findChild(StudyWizard)
    assert wizard is not None
    qtbot.waitUntil(lambda: not ctx.runner.live, timeout=20_000)
    wizard.reject()


def test_every_verb_opens_its_dialog(qtbot: Any, shown: CalibrateScreen) -> None:
    for name in CalibrateVerbs.NAMES:
        dialog = shown.verbs.do(name)
        assert dialog is not None, name
        assert dialog.isVisible(), name
        settle(qtbot, shown)
        dialog.reject()
    menu = shown.head.open_more()
    offered = [a.text().partition("…")[0] for a in menu.actions()]
    assert all(a.isEnabled() for a in menu.actions())
    assert any(a.text().startswith("Read again\t") for a in menu.actions())
    assert {"Label next", "Compare two judge versions", "Rule of verdicts"} <= set(offered)
    menu.close()


def test_digits_bring_the_tabs_and_escape_the_matrix(qtbot: Any, shown: CalibrateScreen) -> None:
    for at, tab in enumerate(TABS):
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Qt.Key(Qt.Key.Key_1.value + at))
        settle(qtbot, shown)
        assert shown.asked.tab == tab
        assert shown.parts.page(tab).isVisible()
    shown.escape()
    assert shown.asked.tab == "judges"
    settle(qtbot, shown)
