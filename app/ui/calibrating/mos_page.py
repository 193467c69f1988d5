"""Opinion studies: means of conditions, and how well models predict what people voted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.calibrating import mos_rows
from app.ui.calibrating.page import BoardPage
from app.ui.calibrating.plots.scatter_plot import ScatterPlot
from app.ui.studies.grid import Grid
from app.ui.studies.plots import Histogram, IntervalPlot
from app.ui.tokens import Size
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import ElidedLabel, Hairline, Label
from app.ui.widgets.splitter import LineSplitter

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.domain.studies import Study
    from app.domain.work import Work
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.services.calibrating.detail_mos import MosView
    from app.services.workspace import Workspace
    from app.tasks.runner import Task
    from app.ui.context import UiContext

NO_STUDY = (
    "There is no opinion study",
    "Make a listening study (ACR, DCR or human-likeness) under Studies; its means appear here, "
    "beside what models predict.",
    "New study",
)
NO_MODEL = (
    "No predictions",
    "No model has rated these calls. Run DNSMOS, PLCMOS or NISQA-TTS on them under Runs to see "
    "how well it predicts the votes.",
    "Go to Runs",
)
ENDS = {"humanlike": (0, 9)}


class MosPage(BoardPage):
    """Conditions at the left, models at the right; a study is chosen above."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._view: MosView | None = None
        self._studies: list[Study] = []
        self._listing: Task | None = None
        self._reading: Task | None = None
        theme = ctx.theme
        self.study = QComboBox()
        self.study.setAccessibleName("Study")
        self.study.currentIndexChanged.connect(self._read)
        self.about = ElidedLabel(theme, "", "small", "t2")
        self.conditions = Grid(theme, mos_rows.CONDITIONS, "Conditions")
        self.conditions.chosen.connect(self._on_condition)
        self.means = IntervalPlot(theme, "Means of conditions with their intervals")
        self.means.row_chosen.connect(self.conditions.choose)
        self.histogram = Histogram(theme)
        self.models = Grid(theme, mos_rows.MODELS, "Predictions against votes")
        self.models.chosen.connect(self._on_model)
        self.scatter = ScatterPlot(theme)
        self.scatter.opened.connect(lambda call_id: self.open_item.emit(call_id, 0, 0))
        self.flagged = _wrapped(ctx, "t2")
        self.note = _wrapped(ctx, "t3")
        self.words = EmptyState(theme, *NO_STUDY[:2], button=NO_STUDY[2])
        self.words.acted.connect(lambda: self.go.emit("studies", {"new": True}))
        self.no_model = EmptyState(theme, *NO_MODEL[:2], button=NO_MODEL[2])
        self.no_model.acted.connect(lambda: self.go.emit("runs", {}))
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._ctx.theme
        head = QHBoxLayout()
        head.setContentsMargins(Size.INSET, 8, Size.INSET, 8)
        head.setSpacing(10)
        head.addWidget(Label(theme, "Study", "small", "t2"))
        head.addWidget(self.study)
        head.addWidget(self.about, 1)
        self._left = left = LineSplitter(theme, Qt.Orientation.Vertical)
        for part in (self.conditions, _column(self.means), _column(self.histogram, self.flagged)):
            left.addWidget(part)
        left.setSizes([210, 220, 200])
        self._lower = right = LineSplitter(theme, Qt.Orientation.Vertical)
        right.addWidget(self.models)
        right.addWidget(_column(self.scatter, self.note))
        right.setSizes([300, 380])
        self._right = QStackedWidget()
        self._right.addWidget(right)
        self._right.addWidget(self.no_model)
        self._split = split = LineSplitter(theme)
        split.addWidget(left)
        split.addWidget(self._right)
        split.setSizes([600, 680])
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Hairline(theme))
        column.addWidget(split, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.words)
        self._pages.addWidget(full)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self.setFocusProxy(self.conditions)

    # --- data

    def show_board(self, board: Board, cell: Cell | None) -> None:
        """Studies are no part of a board: they are read whenever the page is shown."""

    def showEvent(self, event: QShowEvent) -> None:
        """Votes may have come in since."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Read the list of studies, and the one that is chosen."""
        ctx = self._ctx
        if self._listing is not None:
            self._listing.cancel()
        task = ctx.runner.task(Lane.READ, _studies, ctx.ws, ctx.viewer)
        task.succeeded.connect(self._on_studies)
        task.failed.connect(self._on_failed)
        self._listing = task.start()

    def clear(self) -> None:
        """There is no board; studies stay."""

    def _on_studies(self, found: list[Study]) -> None:
        self._listing = None
        before = self._studies[self.study.currentIndex()].id if self._studies else ""
        self._studies = found
        if not found:
            self.words.set_words(*NO_STUDY)
            self._turn_to(0, self.words)
            return
        self.study.blockSignals(True)
        self.study.clear()
        for one in found:
            self.study.addItem(f"{one.code} {one.name}")
        ids = [one.id for one in found]
        self.study.setCurrentIndex(ids.index(before) if before in ids else 0)
        self.study.blockSignals(False)
        self._read()

    def _read(self, _at: int = 0) -> None:
        at = self.study.currentIndex()
        if not 0 <= at < len(self._studies):
            return
        if self._reading is not None:
            self._reading.cancel()
        ctx = self._ctx
        task = ctx.runner.task(Lane.CPU, _mos, ctx.ws, ctx.viewer, self._studies[at].id)
        task.succeeded.connect(self._on_view)
        task.failed.connect(self._on_failed)
        self._reading = task.start()

    def _turn_to(self, page: int, proxy: QWidget) -> None:
        """Bring words or figures to the front; a focus that waits on the page goes along."""
        before = self.focusProxy()
        waits = before is not None and before is not proxy and before.hasFocus()
        self.setFocusProxy(proxy)
        self._pages.setCurrentIndex(page)
        if waits:
            proxy.setFocus()

    def _on_failed(self, error: BaseException) -> None:
        self._listing = self._reading = None
        if isinstance(error, UserError):
            self.words.set_words(error.what, error.remedy)
            self._turn_to(0, self.words)
        else:
            self._ctx.runner.failed.emit(error)

    def _on_view(self, view: MosView) -> None:
        self._reading = None
        self._view = view
        self._turn_to(1, self.conditions)
        self.about.setText(view.results.wording)
        self.conditions.show_rows(mos_rows.condition_rows(view))
        self.flagged.setText(
            "\n".join(("Raters left out by the study's rules:", *view.flagged))
            if view.flagged else "No rater is left out by the study's rules."
        )  # fmt: skip
        self.models.show_rows(mos_rows.model_rows(view))
        self.note.setText(mos_rows.model_note(view))
        self._right.setCurrentIndex(0 if view.predicted else 1)
        QTimer.singleShot(0, self.means, self._draw_means)
        self._on_condition(self.conditions.key)
        self._on_model(self.models.key)

    # --- plots

    @property
    def _ends(self) -> tuple[int, int]:
        assert self._view is not None
        return ENDS.get(self._view.results.study.instrument, (1, 5))

    def _draw_means(self) -> None:
        if self._view is not None:
            low, high = self._ends
            rows = mos_rows.estimates(self._view)
            self.means.show_rows(rows, "Mean opinion", (float(low), float(high)))

    def _on_condition(self, key: str) -> None:
        self.means.choose(key)
        QTimer.singleShot(0, self.histogram, self._draw_histogram)

    def _draw_histogram(self) -> None:
        told = self._view.results.conditions.get(self.conditions.key) if self._view else None
        if told is not None:
            self.histogram.show_counts(told.histogram, self._ends)

    def _on_model(self, key: str) -> None:
        metric = key.partition("|")[0]
        found = [p for p in self._view.predicted if p.metric == metric] if self._view else []
        if found:
            QTimer.singleShot(0, self.scatter, lambda: self.scatter.show_found(found[0]))


def _column(*parts: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, 0 if isinstance(part, Label) else 1)
    return holder


def _wrapped(ctx: UiContext, token: str) -> Label:
    label = Label(ctx.theme, "", "label", token, wrap=True)
    label.setContentsMargins(Size.INSET, 6, Size.INSET, 8)
    return label


def _studies(_ctx: Work, ws: Workspace, viewer: Viewer) -> list[Study]:
    from app.services.calibrating.detail_mos import opinion_studies

    return opinion_studies(ws, viewer)


def _mos(_ctx: Work, ws: Workspace, viewer: Viewer, study_id: str) -> MosView:
    from app.services.calibrating.detail_mos import mos_of

    return mos_of(ws, viewer, study_id)
