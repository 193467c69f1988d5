"""The right panel: the current call's picture, facts, comments and transcript hits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.browsing import CallPreview, Hit
from app.domain.ratings import Comment
from app.ui.actions import ActionTable
from app.ui.library.overview import Overview, OverviewData
from app.ui.library.preview_facts import facts_of
from app.ui.library.preview_text import INSET, FactGrid, TimedText
from app.ui.library.words import clock, time_tenths
from app.ui.settings.store import SettingsStore
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.keycap import KeyCap
from app.ui.widgets.labels import ElidedLabel, Label

_SHOWN_COMMENTS = 4
_SHOWN_HITS = 12


class PreviewPanel(QWidget):
    """Shows one call. `jumped(frame)` asks to open the review there."""

    play_asked = Signal()
    jumped = Signal(int)
    seeked = Signal(int)

    def __init__(
        self,
        theme: Theme,
        actions: ActionTable,
        settings: SettingsStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._actions, self._settings = theme, actions, settings
        self._preview: CallPreview | None = None
        self.setMinimumWidth(220)
        self._code = Label(theme, "", "mono", "t2")
        self._flag = Button(theme, "flagged", icon="flag", compact=True)
        self._flag.set_icon("flag", token="warn")
        self._flag.setEnabled(True)
        self._title = Label(theme, "", "body", "t1", weight=600, wrap=True)
        self.overview = Overview(theme)
        self.overview.seeked.connect(self.seeked)
        self._play = Button(theme, icon="play", name="Play preview", actions=actions)
        self._play.clicked.connect(self.play_asked)
        self._time = Label(theme, "", "small", "t2")
        self._cap = KeyCap(theme, actions.cap("library.preview"))
        actions.changed.connect(lambda: self._cap.set_text(actions.cap("library.preview")))
        self._problem = Label(theme, "", "small", "warn", wrap=True)
        self._problem.setContentsMargins(INSET, 4, INSET, 4)
        self.facts = FactGrid(theme)
        self._findings = Label(theme, "", "small", "warn", wrap=True)
        self._findings.setContentsMargins(INSET, 10, INSET, 0)
        self._lists = QVBoxLayout()
        self._lists.setSpacing(0)
        self._body = QWidget()
        self._build()
        self.show_call(None)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(INSET, 0, INSET, 0)
        top.addWidget(self._code, 1)
        top.addWidget(self._flag)
        self._title.setContentsMargins(INSET, 2, INSET, 6)
        picture = QHBoxLayout()
        picture.setContentsMargins(INSET, 0, INSET, 0)
        picture.addWidget(self.overview)
        playing = QHBoxLayout()
        playing.setContentsMargins(INSET, 8, INSET, 10)
        playing.setSpacing(8)
        playing.addWidget(self._play)
        playing.addWidget(self._time, 1)
        playing.addWidget(self._cap)
        layout = QVBoxLayout(self._body)
        layout.setContentsMargins(0, 10, 0, 12)
        layout.setSpacing(0)
        for part in (top, picture, playing):
            layout.addLayout(part)
        layout.insertWidget(1, self._title)
        layout.addWidget(self._problem)
        layout.addWidget(self.facts)
        layout.addWidget(self._findings)
        layout.addLayout(self._lists)
        layout.addStretch()
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self._body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    @property
    def shown(self) -> CallPreview | None:
        """What is being shown."""
        return self._preview

    def show_call(self, preview: CallPreview | None, several: int = 0) -> None:
        """Show a call, or nothing; `several` is how many are selected besides."""
        is_same = (
            preview is not None
            and self._preview is not None
            and preview.call.id == self._preview.call.id
        )
        self._preview = preview
        self._body.setVisible(preview is not None)
        if preview is None:
            return
        self._code.setText(preview.call.code)
        self._flag.setVisible(preview.row.flagged)
        self._title.setText(preview.call.title or preview.call.code)
        self._play.setEnabled(bool(preview.call.tracks))
        self.show_problem("")
        if not is_same:
            self.show_picture(None)
            self.show_position(0, playing=False)
        slow = self._settings.number("latency_slow_ms")
        late = self._settings.number("latency_late_ms")
        self.facts.show_facts(facts_of(preview, self._theme, slow, late))
        found = [finding.message for finding in preview.call.warnings]
        self._findings.setText("\n".join(found))
        self._findings.setVisible(bool(found))
        self.show_lists(preview.comments, (), "")

    def show_picture(self, data: OverviewData | None) -> None:
        """Show the waveforms and turns."""
        slow = self._settings.number("latency_slow_ms")
        late = self._settings.number("latency_late_ms")
        self.overview.show_data(data, slow, late)

    def show_problem(self, words: str) -> None:
        """Say why there is no picture."""
        self._problem.setText(words)
        self._problem.setVisible(bool(words))

    def show_position(self, frame: int, *, playing: bool) -> None:
        """Move the play-head and the clock."""
        if self._preview is None:
            return
        call = self._preview.call
        now = clock(frame * 1000 // call.rate_hz)
        self._time.setText(f"{now} / {clock(call.frame_count * 1000 // call.rate_hz)}")
        self._play.set_icon("pause" if playing else "play", filled=playing)
        self.overview.show_head(frame if playing or frame else None)

    def show_lists(self, comments: Sequence[Comment], hits: Sequence[Hit], words: str) -> None:
        """Show comments, and the turns where the searched words are."""
        while (item := self._lists.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        preview = self._preview
        if preview is None:
            return
        rate = preview.call.rate_hz
        if comments or preview.comments_hidden:
            hidden = "hidden until you submit" if preview.comments_hidden else ""
            self._add_head("Comments", hidden or str(len(comments)))
        for comment in comments[:_SHOWN_COMMENTS]:
            time = time_tenths(comment.start, rate)
            row = TimedText(self._theme, time, comment.body or "Marker", rule=True)
            row.pressed.connect(lambda frame=comment.start: self.jumped.emit(frame))
            self._lists.addWidget(row)
        if words:
            self._add_head(f"Transcript hits for “{words}”", str(len(hits)))
        for hit in hits[:_SHOWN_HITS]:
            row = TimedText(
                self._theme,
                time_tenths(hit.start, rate),
                hit.text,
                speaker=hit.speaker,
                marks=hit.marks,
            )
            row.pressed.connect(lambda frame=hit.start: self.jumped.emit(frame))
            self._lists.addWidget(row)

    def _add_head(self, title: str, note: str) -> None:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(INSET, 16, INSET, 6)
        row.addWidget(ElidedLabel(self._theme, title, "small", "t2", weight=500), 1)
        row.addWidget(Label(self._theme, note, "small", "t3"))
        self._lists.addWidget(head)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill."""
        QPainter(self).fillRect(self.rect(), self._theme.color("bg1"))
