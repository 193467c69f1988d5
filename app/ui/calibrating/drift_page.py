"""The tab of drift: does each judge still score as it did, and do people?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.tasks.runner import Lane, Task
from app.ui.calibrating import drift_words
from app.ui.calibrating.drift_parts import DriftParts
from app.ui.calibrating.page import BoardPage
from app.ui.calibrating.words import judge_words
from app.ui.studies.grid import Cell as GridCell
from app.ui.studies.grid import Row, cells
from app.ui.widgets.empty import EmptyState

if TYPE_CHECKING:
    from app.domain.evaluation import Run
    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.eval.calibration.rules import Rule
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.services.calibrating.drift_board import DriftDetail, DriftRow
    from app.services.calibrating.rating_set import RatingSet
    from app.services.workspace import Workspace
    from app.ui.context import UiContext

NO_JUDGES = ("No judge has scored this rubric", "Drift shows once a judge has scored twice.")
MOST_PEOPLE = 6
NO_REPEATS = "Blind repeats: none yet. Studies bring 5 % of a rater's items back, late and blind."
REPEATS = "Blind repeats: without them a harsher judge and milder people look alike."


class DriftPage(BoardPage):
    """Composition and asking; the parts show."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._board: Board | None = None
        self._found: RatingSet | None = None
        self._rule: Rule | None = None
        self._others: list[RatingSet] | None = None
        self._rows: dict[str, DriftRow] = {}
        self._detail: DriftDetail | None = None
        self._tasks: dict[str, Task] = {}
        self.parts = DriftParts(ctx.theme)
        self.words = EmptyState(ctx.theme, *NO_JUDGES)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.parts)
        self._pages.addWidget(self.words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.setFocusProxy(self.parts)
        parts = self.parts
        parts.list.chosen.connect(self._on_chosen)
        parts.list.opened.connect(self._to_matrix)
        parts.rerun.clicked.connect(lambda: self.rerun())
        parts.keep.clicked.connect(lambda: self.keep())
        parts.record.clicked.connect(lambda: self.open_record())
        parts.cusum.call_asked.connect(self._open_call)

    # asking -------------------------------------------------------------------------------------

    def show_board(self, board: Board, cell: Cell | None) -> None:
        """Show a board's judges; the filter of items does not count here: anchors are fixed."""
        self._board = board
        self._pages.setCurrentWidget(self.parts if board.found.judges else self.words)
        if board.found is self._found and board.rule == self._rule:
            return
        same = self._found is not None and board.found.rubric.key == self._found.rubric.key
        self._found, self._rule = board.found, board.rule
        self._others = self._others if same else None
        wanted = f"{cell.judge.id} {cell.criterion.key}" if cell is not None and not same else ""
        from app.services.calibrating import drift_board

        self._ask("rows", lambda found: self._on_rows(found, wanted), drift_board.rows,
                  self._ctx.ws, board.found, board.rule)  # fmt: skip

    def clear(self) -> None:
        """No board."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks, self._board, self._found, self._rows = {}, None, None, {}
        self.parts.list.show_rows(())

    def _ask(self, name: str, done: Any, fn: Any, *args: Any) -> None:
        """Ask on a lane of its own; a new question drops the one before it."""
        if name in self._tasks:
            self._tasks[name].cancel()
        self._tasks[name] = task = self._ctx.runner.task(Lane.CPU, fn, *args)
        task.succeeded.connect(done)
        task.failed.connect(self._on_failed)
        task.start()

    def _on_rows(self, found: list[DriftRow], wanted: str) -> None:
        self._rows = {row.key: row for row in found}
        self._detail = None
        self.parts.list.show_rows([_row(row) for row in found])
        if wanted:
            self.parts.list.choose(wanted)
        self._on_chosen(self.parts.list.key)

    def _on_chosen(self, key: str) -> None:
        row = self._rows.get(key)
        if row is None or self._found is None:
            return
        if self._detail is not None and self._detail.row is row:
            return
        self._show_head(row)
        self._ask("detail", self._on_detail, _detail, self._ctx.ws, self._ctx.viewer, self._found,
                  row, self._others)  # fmt: skip

    # showing ------------------------------------------------------------------------------------

    def _show_head(self, row: DriftRow) -> None:
        parts = self.parts
        parts.title.setText(f"{row.judge.label}, {row.criterion.title}")
        parts.words.setText(drift_words.head(row))
        frozen = self._found is not None and self._found.splits.is_frozen
        hint = "" if frozen else "Freeze the splits first: until then there are no anchors."
        for button in (parts.rerun, parts.keep):
            button.setEnabled(frozen and (button is parts.rerun or row.look is not None))
            button.setToolTip(hint)
        parts.flipped.words.setText(drift_words.flips(row))
        look = row.look
        parts.flips.show_flips(
            None if look is None else look.drift.flips,
            "Before" if look is None else look.beside[:1].upper() + look.beside[1:], "This version",
        )  # fmt: skip

    def _on_detail(self, told: tuple[DriftDetail, list[RatingSet]]) -> None:
        self._detail, self._others = told
        # A plot takes the window tens of milliseconds: a turn each.
        for step in (self._show_moments, self._show_chart, self._show_inputs, self._show_people):
            QTimer.singleShot(0, self, step)

    def _show_moments(self) -> None:
        if self._detail is not None:
            found = self._detail
            runs = len(found.moments)
            said = f"{runs} run{'' if runs == 1 else 's'}, this version in colour"
            self.parts.over_time.words.setText(said if runs else "too few labelled calls")
            self.parts.moments.show_moments(found.moments, found.row.judge.id)

    def _show_chart(self) -> None:
        if self._detail is not None:
            audit = self._detail.audit
            words, token = drift_words.chart(audit)
            self.parts.chart.say(words, " ".join(audit.words), token)
            self.parts.cusum.show_stream(audit.stream)

    def _show_inputs(self) -> None:
        if self._detail is not None:
            audit = self._detail.audit
            self.parts.inputs.say(drift_words.inputs(audit), " ".join(audit.words))
            self.parts.stability.show_indices(audit.scores, audit.strata)

    def _show_people(self) -> None:
        if self._detail is not None:
            people, grid = self._detail.people[:MOST_PEOPLE], self.parts.people
            grid.show_rows(
                [Row(key=p.rater_id, cells=cells(*drift_words.repeats(p))) for p in people]
            )
            grid.setFixedHeight(grid.height_of_rows())
            repeated = any(p.repeats for p in self._detail.people)
            self.parts.people_words.setText(REPEATS if repeated else NO_REPEATS)

    # acts ---------------------------------------------------------------------------------------

    @property
    def row(self) -> DriftRow | None:
        """The row in front."""
        return self._rows.get(self.parts.list.key)

    def rerun(self) -> None:
        """Ask the judge version of the row in front for its anchors once more."""
        from app.services.calibrating import rerunning

        row, ctx, found = self.row, self._ctx, self._found
        if row is None or found is None:
            return

        def done(run: Run) -> None:
            ctx.runs.start(run.id)
            self.parts.words.setText(f"{run.code} reruns the anchors. See Runs.")

        ctx.runner.run(
            Lane.WRITE, rerunning.rerun_anchors, ctx.ws, ctx.viewer, found, row.judge,
            done=done, failed=self._on_failed,
        )  # fmt: skip

    def keep(self) -> None:
        """Put the look of the row in front on record."""
        from app.services.calibrating import drifting

        row, ctx, found = self.row, self._ctx, self._found
        if row is None or row.look is None or found is None:
            return

        def done(_check: object) -> None:
            ctx.bus.saved.emit(utc_now())
            self.changed.emit()

        ctx.runner.run(
            Lane.WRITE, drifting.keep, ctx.ws, ctx.viewer, found, row.look,
            done=done, failed=self._on_failed,
        )  # fmt: skip

    def open_record(self) -> None:
        """Verdicts on record, and the row in front to be put there."""
        from app.ui.calibrating.record_dialog import RecordDialog

        row, board = self.row, self._board
        if row is None or board is None:
            return
        cell = board.cell(row.judge.id, row.criterion.key)
        dialog = RecordDialog(self._ctx, board, cell, self.window())
        dialog.accepted.connect(self.changed)
        dialog.open()

    def _to_matrix(self, key: str) -> None:
        row = self._rows.get(key)
        if row is not None:
            self.show_cell.emit(row.judge.id, row.criterion.key)

    def _open_call(self, at: int) -> None:
        if self._detail is not None and self._found is not None:
            call_id = self._detail.audit.call_ids[at]
            self.open_item.emit(call_id, 0, self._found.calls[call_id].frame_count)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.parts.words.setText(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)


def _row(row: DriftRow) -> Row:
    said, token = drift_words.state(row)
    mean = drift_words.NONE if row.look is None else drift_words.change(row.look.drift.mean)
    return Row(
        key=row.key,
        cells=(
            GridCell(text=judge_words(row.judge)[0], weight=500),
            GridCell(text=row.criterion.title, token="t2"),
            GridCell(text=said, token=token),
            GridCell(text=mean, token="t2"),
        ),
        tip=f"{row.judge.label}. On record: {drift_words.checked(row.check)}. {row.due}".strip(),
    )  # fmt: skip


def _detail(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    found: RatingSet,
    row: DriftRow,
    others: list[RatingSet] | None,
) -> tuple[DriftDetail, list[RatingSet]]:
    from app.services.calibrating import drift_board

    known = drift_board.other_versions(ctx, ws, viewer, found) if others is None else others
    return drift_board.detail(ctx, ws, viewer, found, row, known), known
