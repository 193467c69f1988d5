"""Compare two versions of a judge on the same items, and make the next one from examples."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.calibrating import drift_words
from app.ui.calibrating.improve_parts import EXAMPLES_WORDS, NO_PROMPT, ImproveParts
from app.ui.calibrating.plots.words import p_words
from app.ui.calibrating.words import judge_words
from app.ui.studies.grid import Cell as GridCell
from app.ui.studies.grid import Row, cells
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.tips import plain_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.judging import JudgeDefinition, JudgeVersion
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.services.calibrating.few_shots import FewShot
    from app.services.calibrating.improving import AnchorLook, Flip, Improvement
    from app.services.calibrating.rating_set import RatingSet
    from app.ui.context import UiContext

WIDTH_PX, HEIGHT_PX = 1080, 620
INK = {"better": "success", "worse": "danger", "no difference shown": "t1"}
ONE_VERSION = "Fewer than two judge versions scored this dimension: there is nothing to compare."


class ImproveDialog(Dialog):
    """`open_item` asks for the review of an item; accepted when a version was made."""

    open_item = Signal(str, int, int)

    def __init__(
        self, ctx: UiContext, board: Board, cell: Cell | None, parent: QWidget | None
    ) -> None:
        super().__init__(ctx.theme, "Compare judge versions", parent, width=WIDTH_PX)
        self._ctx, self._found = ctx, board.found
        self._opened: set[tuple[str, ...]] = set()
        """Looks at the test split that were given a reason: two versions and a dimension."""
        self._asked = 0
        self._shots: tuple[FewShot, ...] = ()
        self.compared: Improvement | None = None
        self.setMinimumHeight(ctx.theme.px(HEIGHT_PX))
        self.parts = ImproveParts(ctx.theme)
        self.body.addWidget(self.parts, 1)
        self.add_button("Close", self.reject)
        self._judges = {j.id: j for j in board.found.judges.values()}
        self._wire()
        self._fill(cell)

    def _wire(self) -> None:
        parts = self.parts
        parts.dimension.currentIndexChanged.connect(lambda _i: self._fill_judges())
        parts.before.currentIndexChanged.connect(lambda _i: self._compare())
        parts.after.currentIndexChanged.connect(lambda _i: self._on_after())
        parts.split.chosen.connect(self._on_split)
        parts.unlock.clicked.connect(lambda: self.unlock())
        parts.reason.returnPressed.connect(self.unlock)
        parts.map.cell_asked.connect(self._on_map)
        parts.flips.opened.connect(self._open)
        parts.make.clicked.connect(lambda: self.make_version())
        parts.examples.installEventFilter(self)

    # what is compared ---------------------------------------------------------------------------

    def _fill(self, cell: Cell | None) -> None:
        parts, numbers = self.parts, set(self._found.criterion.tolist())
        shown = [c for n, c in enumerate(self._found.rubric.criteria) if n in numbers]
        parts.dimension.blockSignals(True)
        for criterion in shown:
            parts.dimension.addItem(criterion.title, criterion.key)
        if cell is not None:
            parts.dimension.setCurrentIndex(parts.dimension.findData(cell.criterion.key))
        parts.dimension.blockSignals(False)
        self._fill_judges(cell)

    def _fill_judges(self, cell: Cell | None = None) -> None:
        from app.services.calibrating import improving

        parts = self.parts
        pairs = improving.pairs_of_versions(self._found, self.key)
        wanted = next((p for p in pairs if cell is not None and p[1].id == cell.judge.id), None)
        wanted = wanted or next(
            (p for p in pairs if cell is not None and p[0].id == cell.judge.id), None
        )
        wanted = wanted or (pairs[0] if pairs else None)
        there: dict[str, JudgeVersion] = {}
        for two in pairs:
            there |= {j.id: j for j in two}
        for at, combo in enumerate((parts.before, parts.after)):
            combo.blockSignals(True)
            combo.clear()
            for judge in sorted(there.values(), key=lambda j: j.created_at):
                combo.addItem(judge_words(judge)[0], judge.id)
                tip = plain_tip("\n".join(judge_words(judge)))
                combo.setItemData(combo.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
            if wanted is not None:
                combo.setCurrentIndex(combo.findData(wanted[at].id))
            combo.blockSignals(False)
        self._on_after()

    @property
    def key(self) -> str:
        """Of the dimension."""
        return str(self.parts.dimension.currentData() or "")

    def _judge(self, combo: Any) -> JudgeVersion | None:
        return self._judges.get(str(combo.currentData() or ""))

    def _on_after(self) -> None:
        self._read_examples()
        self._compare()

    def _on_split(self, _key: str) -> None:
        self._compare()
        if self.parts.lock.isVisible():
            self.parts.reason.setFocus()

    def unlock(self) -> None:
        """Open the test split to these two on this dimension; the reason is kept."""
        from app.services.calibrating import improving

        before, after = (self._judge(c) for c in (self.parts.before, self.parts.after))
        if before is None or after is None:
            return
        look, ctx = (before.id, after.id, self.key), self._ctx

        def done(_none: object) -> None:
            ctx.bus.saved.emit(utc_now())
            if isValid(self):
                self._opened.add(look)
                self.say_problem("")
                self._compare()

        ctx.runner.run(
            Lane.WRITE, improving.look_at_anchors, ctx.ws, ctx.viewer, before, after, self.key,
            self.parts.reason.text(), done=done, failed=self._on_failed,
        )  # fmt: skip

    def _compare(self) -> None:
        from app.services.calibrating import improving

        before, after = (self._judge(c) for c in (self.parts.before, self.parts.after))
        role = self.parts.split.current or "dev"
        self._asked += 1
        look = (*(j.id for j in (before, after) if j is not None), self.key)
        is_locked = role == "anchor_test" and look not in self._opened
        self.parts.lock.setVisible(is_locked)
        self._read_looks(role)
        if before is None or after is None or is_locked:
            self._show(None)
            return
        self.say_problem("")
        self._ctx.runner.run(
            Lane.CPU, improving.improvement, self._found, before, after, self.key,
            frozenset({role}), done=partial(self._on_compared, self._asked), failed=self._on_failed,
        )  # fmt: skip

    def _read_looks(self, role: str) -> None:
        from app.services.calibrating import improving

        self.parts.looks.setVisible(role == "anchor_test")
        if role == "anchor_test":
            ctx = self._ctx
            ctx.runner.run(Lane.READ, improving.anchor_looks, ctx.ws, done=self._show_looks)

    def _show_looks(self, found: tuple[AnchorLook, ...]) -> None:
        if isValid(self):
            self.parts.looks.setText(drift_words.looks(found))

    # what is shown ------------------------------------------------------------------------------

    def _on_compared(self, asked: int, found: Improvement) -> None:
        if asked == self._asked:
            self._show(found)

    def _show(self, found: Improvement | None) -> None:
        if not isValid(self):
            return
        self.compared, parts = found, self.parts
        parts.outcome.setText(ONE_VERSION if not parts.before.count() else "")
        parts.words.setText("")
        parts.flip_words.setText("")
        if found is None:
            parts.map.show_flips(None)
            parts.flips.show_rows(())
            return
        head, words = drift_words.compared(found.found)
        parts.outcome.setText(head)
        parts.outcome.set_token(INK[found.found.outcome])
        parts.words.setText(words)
        flips = found.found.drift.flips
        parts.map.show_flips(flips, "Old version", "New version")
        if flips is not None:
            p = "" if flips.p is None else f" (McNemar, exact, {p_words(flips.p)})"
            parts.flip_words.setText(
                f"{len(found.flips)} flips: {flips.better} mended, {flips.worse} broken{p}. "
                "Enter opens an item."
            )
        parts.flips.show_rows([_flip_row(at, f) for at, f in enumerate(found.flips)])

    def _on_map(self, before: float, after: float) -> None:
        if self.compared is not None:
            wanted = (before, after)
            places = [n for n, f in enumerate(self.compared.flips) if (f.before, f.after) == wanted]
            at = places[0] if places else None
            if at is not None:
                self.parts.flips.choose(str(at))
                self.parts.flips.setFocus()

    def _open(self, key: str) -> None:
        if self.compared is not None:
            item = self.compared.flips[int(key)].item
            end = item.end or self._found.calls[item.call_id].frame_count
            self.open_item.emit(item.call_id, item.start, end)
            self.reject()

    # examples -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Of the judge whose next version is made."""
        judge = self._judge(self.parts.after)
        return "" if judge is None else judge.ref.partition("@")[0]

    def _read_examples(self) -> None:
        from app.services.calibrating import few_shots

        ctx = self._ctx
        if self.name:
            ctx.runner.run(Lane.READ, few_shots.listed, ctx.ws, self.name, done=self._show_examples)
        else:
            self._show_examples(())

    def _show_examples(self, found: tuple[FewShot, ...]) -> None:
        if not isValid(self):
            return
        self._shots = tuple(s for s in found if s.rubric_version_id == self._found.rubric.id)
        names = _names(self._found, self._shots)
        titles = {c.key: c.title for c in self._found.rubric.criteria}
        self.parts.examples.show_rows(
            [
                Row(
                    key=str(at),
                    cells=cells(names[s.item_id], titles.get(s.criterion_key, "")),
                )
                for at, s in enumerate(self._shots)
            ]
        )
        judge = self._judge(self.parts.after)
        by_rules = judge is not None and not judge.model
        self.parts.make.setEnabled(bool(self._shots) and judge is not None and not by_rules)
        self.parts.examples_words.setText(NO_PROMPT if by_rules else EXAMPLES_WORDS)

    def make_version(self) -> None:
        """Store the judge's next version, its prompt with these examples."""
        from app.services.calibrating import prompt_examples

        ctx, name = self._ctx, self.name

        def done(made: JudgeDefinition) -> None:
            ctx.bus.saved.emit(utc_now())
            ctx.bus.changed.emit(Changes(judges=True), None)
            if isValid(self):
                self.parts.examples_words.setText(
                    f"{made.ref} is made. Let it judge the dev calls, then compare it here."
                )

        self.parts.make.setEnabled(False)
        ctx.runner.run(
            Lane.WRITE, prompt_examples.new_version, ctx.ws, ctx.viewer, self._found, name,
            self._shots, done=done, failed=self._on_failed,
        )  # fmt: skip

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete in the list takes an example off."""
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if watched is self.parts.examples and is_key and event.key() == Qt.Key.Key_Delete:  # type: ignore[attr-defined]
            self._remove()
            return True
        return super().eventFilter(watched, event)

    def _remove(self) -> None:
        from app.services.calibrating import few_shots

        ctx, key = self._ctx, self.parts.examples.key

        def done(_none: object) -> None:
            ctx.bus.saved.emit(utc_now())
            self._read_examples()

        if key:
            shot = self._shots[int(key)]
            ctx.runner.run(
                Lane.WRITE, few_shots.remove, ctx.ws, ctx.viewer, self.name, shot.criterion_key,
                shot.item_id, done=done, failed=self._on_failed,
            )  # fmt: skip

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
        elif isValid(self):
            self.say_problem(f"{error.what} {error.remedy}".strip())


def _names(found: RatingSet, shots: Sequence[FewShot]) -> dict[str, str]:
    """Item → how it is called; of one that counts no more, its call alone."""
    codes = {s.item_id: s.call_id for s in shots}
    codes = {i: found.calls[c].code if c in found.calls else c for i, c in codes.items()}
    numbers = {row.item_id: at for row, at in zip(found.rows, found.item.tolist())}
    return {i: found.name_of(numbers[i]) if i in numbers else c for i, c in codes.items()}


def _flip_row(at: int, flip: Flip) -> Row:
    gold = flip.gold
    said, token = "", "t3"
    if gold is not None and flip.after == gold:
        said, token = "mended", "success"
    elif gold is not None and flip.before == gold:
        said, token = "broken", "danger"
    return Row(
        key=str(at),
        cells=(
            GridCell(text=flip.name, weight=500),
            GridCell(text=f"{flip.before:g}"),
            GridCell(text=f"{flip.after:g}"),
            GridCell(text="–" if gold is None else f"{gold:g}", token="t2"),
            GridCell(text=said, token=token),
        ),
    )  # fmt: skip
