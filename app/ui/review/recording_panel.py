"""The recording tab: what is wrong with the sound, whose channels, which speech layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.calls import Call, Finding
from app.domain.segments import Layer
from app.ui.review.layer_row import LayerRow
from app.ui.review.turn_facts import VOID_WORDS
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.review.commands import ReviewCommands
    from app.ui.review.session import ReviewSession

INSET_PX = 16


class RecordingPanel(QScrollArea):
    """Findings first, each with what it voids."""

    def __init__(self, ctx: UiContext, session: ReviewSession, commands: ReviewCommands) -> None:
        super().__init__()
        self._ctx, self._session, self._commands = ctx, session, commands
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 10, 0, 12)
        column.setSpacing(6)
        theme = ctx.theme
        self._findings = self._section(column, "Warnings")
        column.addWidget(Hairline(theme))
        channels = self._section(column, "Channels")
        self.channels = Label(theme, "", "small", "t2", wrap=True)
        self.swap = Button(theme, "Swap caller and agent", compact=True, icon="arrows-clockwise")
        self.swap.clicked.connect(commands.swap_channels)
        channels.addWidget(self.channels)
        channels.addLayout(_left(self.swap))
        column.addWidget(Hairline(theme))
        self._layers = self._section(column, "Speech layers")
        self._busy = Label(theme, "", "small", "t3")
        self.detect = Button(theme, "Detect again", compact=True)
        self.detect.clicked.connect(commands.detect)
        foot = QVBoxLayout()
        foot.setContentsMargins(INSET_PX, 0, INSET_PX, 0)
        foot.addLayout(_left(self.detect, self._busy))
        self.why_not = Label(theme, "", "small", "t3", wrap=True)
        foot.addWidget(self.why_not)
        column.addLayout(foot)
        column.addStretch(1)
        self.setWidget(body)
        for signal in (session.opened, session.changed):
            signal.connect(self.refresh)
        commands.busy.connect(self._on_busy)
        self.refresh()

    def _section(self, column: QVBoxLayout, title: str) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setContentsMargins(INSET_PX, 0, INSET_PX, 4)
        box.setSpacing(4)
        box.addWidget(Label(self._ctx.theme, title, "body", "t1", weight=600))
        holder = QVBoxLayout()
        holder.setSpacing(6)
        box.addLayout(holder)
        column.addLayout(box)
        return holder

    def _on_busy(self, words: str) -> None:
        self._busy.setText(words)
        self.detect.setEnabled(not words and self._can_detect)
        self.swap.setEnabled(not words and not self._is_mono and self._has_sound)

    @property
    def _is_mono(self) -> bool:
        call = self._session.call
        return call is None or call.is_mono

    @property
    def _has_sound(self) -> bool:
        call = self._session.call
        return call is not None and bool(call.tracks)

    @property
    def _can_detect(self) -> bool:
        return self._has_sound and not self._one_sided()

    def _one_sided(self) -> str:
        """Why speech is not detected where only one speaker was recorded; the same as in a run."""
        from app.services.evaluating.inputs import ONE_SIDED, is_one_sided

        review = self._session.review
        return ONE_SIDED if review and is_one_sided(review.call, review.layers) else ""

    def refresh(self) -> None:
        """Say what is so of the call."""
        review = self._session.review
        _clear(self._findings)
        _clear(self._layers)
        theme = self._ctx.theme
        for finding in review.findings if review else ():
            self._findings.addWidget(self._finding(finding))
        if review is None or not review.findings:
            self._findings.addWidget(Label(theme, "None found.", "small", "t3"))
        self.swap.setEnabled(not self._is_mono and self._has_sound)
        self.detect.setEnabled(self._can_detect)
        self.why_not.setText(self._one_sided())
        self.why_not.setVisible(bool(self.why_not.text()))
        self.channels.setText(self._channel_words())
        for layer in review.layers if review else ():
            in_force = review is not None and review.layer is not None
            row = LayerRow(theme, layer, in_use=in_force and layer.id == review.layer.id)  # type: ignore[union-attr]
            row.chosen.connect(lambda layer=layer: self._use(layer))
            self._layers.addWidget(row)
        if review is not None and not review.layers:
            words = "None yet: speech has not been detected."
            self._layers.addWidget(Label(theme, words, "small", "t3"))

    def _use(self, layer: Layer) -> None:
        self._session.use_layer(layer.id)

    def _channel_words(self) -> str:
        call = self._session.call
        if call is None:
            return ""
        clock = log_clock(call)
        return f"{self._whose_channel(call)} {clock}".strip()

    @staticmethod
    def _whose_channel(call: Call) -> str:
        if not call.tracks:
            return "The call came without a recording; its log says who speaks when."
        if call.is_mono:
            return "One channel holds both speakers. Who speaks when is estimated."
        if len(call.tracks) == 1:
            return f"Only the {call.tracks[0].role} was recorded."
        left, right = call.channel_map.split(",")
        if len({t.audio_sha256 for t in call.tracks}) > 1:
            return "Caller and agent come from a file each."
        return f"{left.capitalize()} on channel 1, {right} on channel 2."

    def _finding(self, finding: Finding) -> QWidget:
        theme, holder = self._ctx.theme, QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 2)
        box.setSpacing(1)
        box.addWidget(Label(theme, finding.message, "small", "warn", wrap=True))
        voided = ", ".join(VOID_WORDS.get(v, v) for v in finding.voids)
        words = f"Not to be trusted: {voided}." if voided else "Voids no figures."
        box.addWidget(Label(theme, words, "label", "t3", wrap=True))
        return holder


def log_clock(call: Call) -> str:
    """Where the log that came with a call lies in its recording, as measured at the import."""
    conditions = call.extra.get("conditions")
    told = conditions.get("eva_timeline") if isinstance(conditions, dict) else None
    if not isinstance(told, dict) or not call.tracks:
        return ""
    offset_s, sure = told.get("offset_s"), told.get("offset_confidence")
    if not isinstance(offset_s, int | float) or not isinstance(sure, int | float):
        return ""
    return (
        f"Its log's first sound lies {offset_s:+.3f} s from the recording's beginning, confidence "
        f"{sure:.2f}."
    )


def _left(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
