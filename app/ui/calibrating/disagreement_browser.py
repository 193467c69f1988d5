"""The list of disagreements large, with all about the selected item beside it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.clock import utc_now
from app.services.calibrating import disagreement_detail
from app.services.calibrating.causes import TAXONOMY
from app.services.calibrating.disagreement import Differing
from app.services.calibrating.disagreement_detail import Detail, Note
from app.tasks.runner import Lane
from app.ui.calibrating.cause_bar import CauseBar
from app.ui.calibrating.disagreement_acts import DisagreementActs
from app.ui.calibrating.disagreement_head import DisagreementHead
from app.ui.calibrating.disagreement_list import DisagreementList
from app.ui.calibrating.disagreement_view import DisagreementView
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Hairline
from app.ui.widgets.splitter import LineSplitter

READ_AFTER_MS = 60
"""While the arrow key is held nothing is read."""


class DisagreementBrowser(Dialog):
    """Works on the panel's own list."""

    left_at = Signal(str)
    """The item that was selected when it was closed."""

    def __init__(self, acts: DisagreementActs, parent: QWidget, item_id: str = "") -> None:
        told = acts.listing
        title = "" if told is None else f"{told.criterion.title}: {told.judge.label} and people"
        super().__init__(acts.ctx.theme, title, parent, width=1180)
        self.acts, ctx = acts, acts.ctx
        self.list = DisagreementList(acts)
        self.view = DisagreementView(ctx)
        self.causes = CauseBar(ctx.theme)
        self._item_id = ""
        self._timer = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._timer.timeout.connect(self._read)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.split = self._split()  # kept: a splitter that Python forgets takes its panes along
        self.body.addWidget(self.split, 1)
        self.body.addWidget(Hairline(ctx.theme))
        self.body.addLayout(self._tags())
        self._buttons()
        self.list.table.chosen.connect(lambda _: self._timer.start())
        self.view.reveal_asked.connect(self.reveal)
        acts.detailed.connect(self._on_detail)
        acts.row_changed.connect(self._on_changed)
        acts.open_item.connect(self._leave)
        acts.adjudicate.connect(self._leave)
        ctx.actions.bind(self, {"differ.reveal": self.reveal})
        if item_id:
            self.list.table.choose(item_id)
        self._show_causes()
        self._read()
        self.list.setFocus()

    def sizeHint(self) -> QSize:
        """Most of a small screen."""
        return QSize(self.theme.px(1180), self.theme.px(720))

    def _split(self) -> QWidget:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = DisagreementHead(self.theme, self.acts.ctx.actions, self.acts, large=False)
        column.addWidget(head)
        column.addWidget(self.list, 1)
        column.addWidget(Hairline(self.theme))
        foot = QHBoxLayout()
        foot.setContentsMargins(Size.INSET, 10, Size.INSET, 10)
        foot.addWidget(self.causes)
        column.addLayout(foot)
        split = LineSplitter(self.theme)
        split.addWidget(left)
        split.addWidget(self.view)
        split.setStretchFactor(1, 1)
        split.setSizes([self.theme.px(620), self.theme.px(560)])
        return split

    def _tags(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(Size.INSET, 8, Size.INSET, 8)
        row.setSpacing(6)
        self.tags: dict[str, Button] = {}
        actions = self.acts.ctx.actions
        for digit, (cause, words) in enumerate(TAXONOMY.items(), start=1):
            button = Button(
                self.theme, words.capitalize(), compact=True, checkable=True,
                action=f"differ.cause_{digit}", actions=actions,
            )  # fmt: skip
            button.clicked.connect(partial(self._on_tag, cause))
            row.addWidget(button)
            self.tags[cause] = button
        row.addStretch()
        return row

    def _buttons(self) -> None:
        actions, acts = self.acts.ctx.actions, self.acts
        second = partial(acts.play, second=True)
        hear = [("Hear it", "differ.play", acts.play)]
        if acts.listing is not None and acts.listing.criterion.scope == "pair":
            hear = [("Hear first", "differ.play", acts.play),
                    ("Hear second", "differ.play_second", second)]  # fmt: skip
        for text, action, act in (
            *hear,
            ("Adjudicate", "differ.adjudicate", acts.ask_adjudication),
            ("Add to examples", "differ.example", acts.add_example),
            ("Open in Review", "differ.open", acts.open),
        ):
            button = Button(self.theme, text, action=action, actions=actions)
            button.clicked.connect(partial(self._act, act))
            self.foot.addWidget(button)
        self.add_button("Close", self.reject)

    def _act(self, act: object, _checked: bool = False) -> None:
        row = self.list.table.current
        if row is not None and callable(act):
            act(row)

    def _on_tag(self, cause: str, _checked: bool = False) -> None:
        self._show_tags()  # what is stored decides, not the press
        self.list.tag(cause)

    # the item -----------------------------------------------------------------------------------

    def _read(self) -> None:
        row = self.list.table.current
        if row is None:
            self.view.clear()
            return
        self._show_tags()
        self.acts.read(row)

    def _on_detail(self, detail: Detail) -> None:
        row, told = self.list.table.current, self.acts.listing
        if row is None or told is None or detail.row.item_id != row.item_id:
            return
        if self._item_id != row.item_id:
            self._item_id = row.item_id
            self.view.show_detail(detail, told.criterion)

    def reveal(self) -> None:
        """Open what people wrote about the item; it is put on record."""
        acts, row = self.acts, self.list.table.current
        if row is None or acts.found is None or acts.listing is None:
            return
        ctx = acts.ctx
        if self.view.reveal is None or not self.view.reveal.isVisibleTo(self.view):
            return

        def done(notes: tuple[Note, ...]) -> None:
            ctx.bus.saved.emit(utc_now())
            if self._item_id == row.item_id:
                self.view.show_notes(notes)

        ctx.runner.run(
            Lane.WRITE, disagreement_detail.reveal_notes, ctx.ws, ctx.viewer, acts.found,
            acts.listing, row, done=done,
        )  # fmt: skip

    def _on_changed(self, _row: Differing) -> None:
        self._show_tags()
        self._show_causes()

    def _show_tags(self) -> None:
        row = self.list.table.current
        given = "" if row is None or row.cause is None else row.cause.cause
        for cause, button in self.tags.items():
            button.setChecked(cause == given)

    def _show_causes(self) -> None:
        if self.acts.listing is not None:
            self.causes.show_pareto(self.acts.listing.pareto)

    def _leave(self, *_place: object) -> None:
        self.accept()

    def done(self, result: int) -> None:
        """Fall silent, and tell where it was."""
        self._timer.stop()
        self._item_id = ""  # what is still being read comes too late
        self.acts.player.stop()
        row = self.list.table.current
        if row is not None:
            self.left_at.emit(row.item_id)
        super().done(result)
