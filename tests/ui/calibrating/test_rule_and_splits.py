"""The dialogs of the rule, of the splits and of two judge versions, by their fields and keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.work import Quiet
from app.eval.calibration.rules import PRESETS
from app.services.calibrating import few_shots, improving, rules, splits
from app.services.calibrating.board import load_board
from app.services.workspace import Workspace
from app.ui.calibrating import drift_words, rule_words
from app.ui.calibrating.improve_dialog import ImproveDialog
from app.ui.calibrating.record_dialog import RecordDialog
from app.ui.calibrating.rule_dialog import RuleDialog
from app.ui.calibrating.splits_dialog import SplitsDialog
from app.ui.context import UiContext
from tests.ui.shell_support import context
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 80


@pytest.fixture
def made(workspace: Workspace) -> World:
    found = world(workspace, N)
    for at, name in enumerate(("Ann", "Ben", "Cleo")):
        found.say(found.person(name), "tone", noisy(truth(N), at, sd=0.3))
    found.say(found.judge("keen"), "tone", noisy(truth(N), 9, sd=0.4))
    found.say(found.judge("keen", "m2"), "tone", noisy(truth(N), 8, bias=1.5, sd=0.4))
    return found


@pytest.fixture
def ctx(made: World, qapp: QApplication) -> Iterator[UiContext]:
    with context(made.ws) as found:
        found.actions.install(qapp)
        yield found
        found.actions.uninstall(qapp)


def test_every_threshold_has_a_field_that_says_it_back() -> None:
    fields = {name for group in rule_words.GROUPS.values() for name in group}
    usual = PRESETS["default"].thresholds
    assert fields == set(type(usual).__dataclass_fields__)
    for name in fields:
        value = getattr(usual, name)
        assert rule_words.read(rule_words.shown(value)) == value


def test_a_changed_threshold_needs_its_reason(qtbot: Any, ctx: UiContext) -> None:
    dialog = RuleDialog(ctx, rules.current(ctx.ws), None)
    dialog.open()
    dialog.save()
    assert "Nothing differs" in dialog.problem.text()
    dialog.fields["margin"].setText("a lot")
    dialog.save()
    assert "holds no number" in dialog.problem.text()
    dialog.fields["margin"].setText("0.1")
    dialog.fields["epsilon"].setText("off")
    dialog.critical.setText("done, ")
    qtbot.keyClick(dialog.fields["margin"], Qt.Key.Key_Return)
    assert dialog.focusWidget() is dialog.reason
    qtbot.keyClick(dialog.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "needs a reason" in dialog.problem.text(), timeout=5000)
    dialog.reason.setText("Experts.")
    with qtbot.waitSignal(dialog.accepted, timeout=5000):
        dialog.save_button.click()
    kept = rules.current(ctx.ws)
    assert (kept.ref, kept.thresholds.margin, kept.thresholds.epsilon) == ("default@2", 0.1, None)
    assert kept.critical == ("done",)
    again = RuleDialog(ctx, kept, None)
    qtbot.addWidget(again)
    assert again.critical.text() == "done"
    assert not again.changes()


def test_a_preset_is_put_in_force_whole(qtbot: Any, ctx: UiContext) -> None:
    dialog = RuleDialog(ctx, rules.current(ctx.ws), None)
    dialog.open()
    dialog.choose("OutboundEval C9")
    assert dialog.fields["exact"].text() == "0.9"
    dialog.reason.setText("As the paper.")
    with qtbot.waitSignal(dialog.accepted, timeout=5000):
        dialog.save_button.click()
    assert rules.current(ctx.ws).ref == "OutboundEval C9@1"
    again = RuleDialog(ctx, rules.current(ctx.ws), None)
    again.open()
    qtbot.waitUntil(lambda: len(again.history.rows) == 1, timeout=5000)
    assert again.history.rows[0].tip == "As the paper."
    again.reject()


def test_splits_are_frozen_once_somebody_says_that_they_are_sure(
    qtbot: Any, ctx: UiContext
) -> None:
    dialog = SplitsDialog(ctx, None)
    dialog.open()
    qtbot.waitUntil(lambda: "labelled" in dialog.counts["train"].text(), timeout=5000)
    before = dialog.counts["train"].text()
    assert not dialog.freeze_button.isEnabled()
    dialog.sure.setChecked(True)
    assert dialog.freeze_button.isEnabled()
    dialog.shares["train"].setValue(20)
    assert dialog.counts["train"].text() != before
    assert not dialog.freeze_button.isEnabled()
    dialog.shares["anchor_test"].setValue(60)
    with qtbot.waitSignal(dialog.accepted, timeout=5000):
        dialog.freeze_button.click()
    with ctx.ws.db.read() as uow:
        kept = splits.stored(uow)
    assert kept.is_frozen
    assert dict(kept.shares) == {"train": 0.2, "dev": 0.2, "anchor_test": 0.6}


def compared(qtbot: Any, ctx: UiContext) -> ImproveDialog:
    board = load_board(Quiet(), ctx.ws, ctx.viewer, "synthetic")
    newer = board.found.judges_named("keen")[1]
    dialog = ImproveDialog(ctx, board, board.cell(newer.id, "tone"), None)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.compared is not None, timeout=8000)
    return dialog


def test_versions_are_compared_on_dev_and_the_test_split_asks_why(
    qtbot: Any, ctx: UiContext
) -> None:
    dialog = compared(qtbot, ctx)
    assert dialog.compared is not None
    assert dialog.compared.roles == frozenset({"dev"})
    assert dialog.parts.outcome.text() == "The new version is worse."
    assert len(dialog.parts.flips.rows) == len(dialog.compared.flips) > 0
    dialog.parts.split.set_current("anchor_test")
    dialog._on_split("anchor_test")
    assert dialog.parts.lock.isVisible()
    assert not dialog.parts.outcome.text(), "the result of other calls is gone"
    assert not dialog.parts.flips.rows
    looks = dialog.parts.looks
    assert looks.isVisible()
    qtbot.waitUntil(lambda: looks.text() == "Nobody has looked at it yet.", timeout=5000)
    dialog.unlock()
    qtbot.waitUntil(lambda: "needs a reason" in dialog.problem.text(), timeout=5000)
    dialog.parts.reason.setText("The last look before release.")
    dialog.unlock()
    qtbot.waitUntil(
        lambda: getattr(dialog.compared, "roles", None) == {"anchor_test"},
        timeout=8000,
    )
    assert [look.reason for look in improving.anchor_looks(ctx.ws)] == [
        "The last look before release."
    ]
    qtbot.waitUntil(lambda: looks.text().startswith("Looked at once, on 20"), timeout=5000)
    assert looks.text().endswith(" because: The last look before release.")
    dialog.parts.before.setCurrentIndex(dialog.parts.after.currentIndex())
    assert dialog.parts.lock.isVisible(), "a look at other versions asks anew"
    dialog.parts.split.set_current("dev")
    dialog._on_split("dev")
    assert not looks.isVisible()
    dialog.reject()


def test_looks_at_the_test_split_are_counted_with_the_last_reason() -> None:
    made = [
        improving.AnchorLook(
            by="r", at=f"2026-11-{day}T12:00:00.000Z", reason=f"Release {day}.", dimension="tone",
            before="a", after="b",
        )
        for day in (10, 12)
    ]  # fmt: skip
    told = drift_words.looks(made)
    assert told == "Looked at 2 times, last on 2026-11-12 because: Release 12."


def test_an_example_is_listed_and_taken_off_with_delete(
    qtbot: Any, ctx: UiContext, made: World
) -> None:
    board = load_board(Quiet(), ctx.ws, ctx.viewer, "synthetic")
    found, judge = board.found, board.found.judges_named("keen")[1]
    at = found.roles.index("train")
    item_id = next(r.item_id for n, r in zip(found.item, found.rows) if n == at)
    few_shots.add(ctx.ws, made.lead, judge.id, "tone", item_id)
    dialog = compared(qtbot, ctx)
    qtbot.waitUntil(lambda: len(dialog.parts.examples.rows) == 1, timeout=5000)
    assert dialog.parts.make.isEnabled()
    title = found.criterion_named("tone").title
    assert [c.text for c in dialog.parts.examples.rows[0].cells] == [found.name_of(at), title]
    qtbot.keyClick(dialog.parts.examples, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not dialog.parts.examples.rows, timeout=5000)
    assert few_shots.listed(ctx.ws, "keen") == ()
    dialog.reject()


def recorded(ctx: UiContext) -> RecordDialog:
    board = load_board(Quiet(), ctx.ws, ctx.viewer, "synthetic")
    newer = board.found.judges_named("keen")[1]
    dialog = RecordDialog(ctx, board, board.cell(newer.id, "tone"), None)
    dialog.open()
    return dialog


def test_a_correction_is_put_to_use_and_a_verdict_waived_with_a_reason(
    qtbot: Any, ctx: UiContext
) -> None:
    dialog = recorded(ctx)
    assert dialog.use_button.isEnabled()
    with qtbot.waitSignal(dialog.accepted, timeout=8000):
        dialog.use_button.click()
    again = recorded(ctx)
    qtbot.waitUntil(lambda: len(again.history.rows) == 1, timeout=5000)
    again.waive()
    qtbot.waitUntil(lambda: "needs a reason" in again.problem.text(), timeout=5000)
    again.states.setCurrentIndex(again.states.findData(5))
    again.reason.setText("A pilot of one week.")
    with qtbot.waitSignal(again.accepted, timeout=8000):
        again.waive_button.click()
    last = recorded(ctx)
    qtbot.waitUntil(lambda: len(last.history.rows) == 2, timeout=5000)
    assert last.history.rows[0].cells[0].text == "Alone, audited, waived"
    assert "A pilot of one week." in last.history.rows[0].tip
    last.reject()
