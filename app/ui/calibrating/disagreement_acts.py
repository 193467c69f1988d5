"""What a lead does with the items of a list of disagreements, wherever the list is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.services.calibrating import causes, disagreement_detail, disagreement_file, few_shots
from app.services.calibrating.causes import NEEDS_NOTE, TAXONOMY, Cause
from app.services.calibrating.disagreement import Differing, Listing, listing, ordered
from app.services.calibrating.disagreement_detail import Detail, Heard
from app.tasks.runner import Lane
from app.ui.calibrating.span_player import SpanPlayer

if TYPE_CHECKING:
    from app.domain.judging import JudgeVersion
    from app.services.calibrating.dimension import Slice
    from app.services.calibrating.rating_set import RatingSet
    from app.ui.context import UiContext

CAUSES = tuple(TAXONOMY)
SECOND = "/2"
"""Ends the name of what plays, where it is the second call of a pair."""
Asked = tuple["RatingSet", "JudgeVersion", str, "Slice"]


class DisagreementActs(QObject):
    """Holds the list; panels show it and pass keys on. Main thread only."""

    listed = Signal()
    """There is another list, or another order of it."""
    row_changed = Signal(object)
    """A `Differing` has another cause."""
    detailed = Signal(object)
    """A `Detail` was read."""
    open_item = Signal(str, int, int)
    """Call id and frames."""
    adjudicate = Signal(str, str)
    """Call id and rubric version id."""
    failed = Signal(str)
    """The list cannot be made: why."""

    def __init__(self, ctx: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ctx = ctx
        self.player = SpanPlayer(ctx, self)
        self.found: RatingSet | None = None
        self.listing: Listing | None = None
        self.order = "surprise"
        self._asked: Asked | None = None
        self._details: dict[str, Detail] = {}
        self._undo: list[tuple[Differing, Cause | None]] = []

    # the list -----------------------------------------------------------------------------------

    @property
    def rows(self) -> list[Differing]:
        """The items in the order in force."""
        if self.listing is None:
            return []
        known = self.order in ("surprise", "spread", *self.listing.divisions)
        return ordered(self.listing.rows, self.order if known else "surprise")

    @property
    def orders(self) -> tuple[str, ...]:
        """What the list can be ordered by."""
        divisions = () if self.listing is None else self.listing.divisions
        return ("surprise", "spread", *divisions)

    def show(self, found: RatingSet, judge: JudgeVersion, key: str, where: Slice) -> None:
        """Make the list of a cell, off the window's thread."""
        asked = (found, judge, key, where)
        known = self._asked
        if known is not None and known[0] is found and known[1:] == asked[1:]:
            return  # boards come again and again while their matrix is computed
        self._asked = asked
        self.player.stop()
        ctx = self.ctx

        def done(made: Listing) -> None:
            if self._asked is asked:
                self.found, self.listing = found, made
                self._details.clear()
                self._undo.clear()
                self.listed.emit()

        def failed(error: BaseException) -> None:
            if self._asked is asked:
                self._asked = None
                self._on_failed(error)
                self.failed.emit(error.what if isinstance(error, UserError) else "")

        ctx.runner.run(
            Lane.CPU, listing, ctx.ws, ctx.viewer, found, judge, key, where,
            done=done, failed=failed,
        )  # fmt: skip

    def forget(self) -> None:
        """Nothing is selected."""
        self._asked = self.found = self.listing = None
        self.player.stop()
        self.listed.emit()

    def order_by(self, order: str) -> None:
        """Order the list by something else."""
        if order != self.order and self.listing is not None:
            self.order = order
            self.listed.emit()

    def next_order(self) -> None:
        """The order after the one in force."""
        at = self.orders.index(self.order) if self.order in self.orders else -1
        self.order_by(self.orders[(at + 1) % len(self.orders)])

    # one item -----------------------------------------------------------------------------------

    def with_detail(self, row: Differing, then: Callable[[Detail], object]) -> None:
        """Read what an item is about, and go on."""
        known = self._details.get(row.item_id)
        if known is not None:
            then(known)
            return

        def done(read: Detail) -> None:
            self._details[row.item_id] = read
            then(read)

        ctx = self.ctx
        self._run(Lane.READ, disagreement_detail.detail, ctx.ws, ctx.viewer, row, done=done)

    def read(self, row: Differing) -> None:
        """Read what an item is about; `detailed` tells it."""
        self.with_detail(row, self.detailed.emit)

    def play(self, row: Differing, *, second: bool = False) -> None:
        """Hear what the judge points at, or stop; `second`: in the second call of a pair."""
        name = f"{row.item_id}{SECOND}" if second else row.item_id
        self._hear(row, second, lambda h: self.player.toggle(name, h.call_id, h.span))

    def open(self, row: Differing, *, second: bool = False) -> None:
        """Open the review at the evidence; `second`: of the second call of a pair."""
        self._hear(row, second, lambda h: self.open_item.emit(h.call_id, h.span.start, h.span.end))

    def _hear(self, row: Differing, second: bool, then: Callable[[Heard], object]) -> None:
        def go(detail: Detail) -> None:
            heard = detail.second if second else detail.first
            if heard is not None:
                then(heard)

        self.with_detail(row, go)

    def ask_adjudication(self, row: Differing) -> None:
        """Open adjudication on the call."""
        if self.listing is not None:
            self.adjudicate.emit(row.item.call_id, self.listing.rubric_version_id)

    def tag(self, row: Differing, cause: str, parent: QWidget) -> None:
        """Say why; the same cause again takes it back, `other` asks for a note."""
        if row.cause is not None and row.cause.cause == cause != NEEDS_NOTE:
            self.untag(row)
        elif cause == NEEDS_NOTE:
            self._ask_note(row, parent)
        else:
            self._set(row, self._made(cause, ""), undoable=True)

    def untag(self, row: Differing) -> None:
        """Take the cause back."""
        if row.cause is not None:
            self._set(row, None, undoable=True)

    def undo(self) -> None:
        """Put the tag before the last change back."""
        if self._undo:
            row, before = self._undo.pop()
            self._set(row, before, undoable=False)

    def add_example(self, row: Differing) -> None:
        """Set an item aside for the next prompt; says why where its split forbids it."""
        told, ctx = self.listing, self.ctx
        if told is None:
            return
        name = told.judge.ref.partition("@")[0]
        self._run(
            Lane.WRITE, few_shots.add, ctx.ws, ctx.viewer, told.judge.id, told.criterion.key,
            row.item_id,
            done=lambda _: ctx.bus.message.emit(
                "info", f"{row.name} is an example for the next prompt of {name}.", ""
            ),
        )  # fmt: skip

    def ask_export(self, parent: QWidget) -> None:
        """Ask where to write the list."""
        told = self.listing
        if told is None or not told.rows:
            return
        dialog = QFileDialog(parent, "Write the list of disagreements")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"disagreements-{told.judge.ref}-{told.criterion.key}.csv")
        dialog.fileSelected.connect(lambda path: self.export(told, Path(path)))
        dialog.open()

    def export(self, told: Listing, path: Path) -> None:
        """Write the list."""
        self._run(
            Lane.READ, disagreement_file.write, self.ctx.ws, told, path,
            done=lambda _: self.ctx.bus.message.emit(
                "info", f"{len(told.rows)} items are written to {path.name}.", ""
            ),
        )  # fmt: skip

    # storing ------------------------------------------------------------------------------------

    def _ask_note(self, row: Differing, parent: QWidget) -> None:
        from app.ui.widgets.dialog import TextDialog

        def accept(text: str) -> str | None:
            if not text:
                return "Say in a few words what it was."
            self._set(row, self._made(NEEDS_NOTE, text), undoable=True)
            return None

        before = row.cause.note if row.cause is not None else ""
        TextDialog(
            self.ctx.theme, "Another cause", "What was it?", accept, parent, text=before
        ).open()

    def _made(self, cause: str, note: str) -> Cause:
        by = self.ctx.viewer.rater_id
        return Cause(cause=cause, note=note, rater_id=by, created_at=utc_now())

    def _set(self, row: Differing, cause: Cause | None, *, undoable: bool) -> None:
        """Store a tag; it is shown once it is on disk."""
        told, ctx = self.listing, self.ctx
        if told is None:
            return
        before = next((r.cause for r in told.rows if r.item_id == row.item_id), None)

        def done(_changes: object) -> None:
            if self.listing is None or self.listing.judge.id != told.judge.id:
                return
            if undoable:
                self._undo.append((row, before))
            self.listing = self.listing.tagged(row.item_id, cause)
            changed = next((r for r in self.listing.rows if r.item_id == row.item_id), None)
            if changed is not None:
                self.row_changed.emit(changed)

        if cause is None:
            self._run(Lane.WRITE, causes.untag, ctx.ws, ctx.viewer, told.place(row), done=done)
        else:
            self._run(
                Lane.WRITE, causes.tag, ctx.ws, ctx.viewer, told.place(row), cause.cause,
                cause.note, done=done,
            )  # fmt: skip

    def _run(
        self, lane: Lane, fn: Callable[..., Any], *args: Any, done: Callable[[Any], None]
    ) -> None:
        def ended(found: Any) -> None:
            if lane is Lane.WRITE:  # untold, it would be taken for another window's: all anew
                self.ctx.bus.saved.emit(utc_now())
            done(found)

        self.ctx.runner.run(lane, fn, *args, done=ended, failed=self._on_failed)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self.ctx.runner.failed.emit(error)
