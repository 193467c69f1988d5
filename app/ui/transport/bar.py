"""The play bar between sound and text: play, turn by turn, time, loop, ears, speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.screen import Screen
from app.ui.tokens import Size
from app.ui.transport import commands
from app.ui.transport.parts import CapKey, CapsButton, PlayButton, TimeCode
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession

RIGHT_PX, LINE_PX, NOTICE_PX = 6, 20, 160
NOTICE_SILENT = "No sound output: playing silently"
NOTICE_NO_SOUND = "No recording to play"


class TransportBar(QWidget):
    """44 px; what does not fit is left out from the right, its key still works.

    The keys are bound to the screen that holds the bar.
    """

    table_asked = Signal()

    def __init__(
        self, ctx: UiContext, session: ReviewSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.ctx, self.session = ctx, session
        self._handlers = commands.transport_handlers(session)
        self._bound = False
        self._notice_words = ""
        self._mode_words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._make()
        self._lay_out()
        session.playback.changed.connect(self._on_playback)
        session.playback.notice.connect(self.show_notice)
        session.opened.connect(self._on_opened)
        session.sound.changed.connect(self._on_playback)
        session.spectrogram_changed.connect(self._on_playback)
        ctx.theme.changed.connect(self._on_theme)
        self._on_opened()
        self._on_theme()

    # parts -----------------------------------------------------------------------------------

    def _quiet(self, text: str, action: str) -> Button:
        button = Button(self.ctx.theme, text, kind="quiet", action=action, actions=self.ctx.actions)
        if action in self._handlers:
            button.clicked.connect(lambda: self._handlers[action]())
        return button

    def _icon(self, icon: str, name: str, action: str) -> Button:
        button = Button(
            self.ctx.theme, icon=icon, name=name, kind="quiet", action=action,
            actions=self.ctx.actions,
        )  # fmt: skip
        button.clicked.connect(lambda: self._handlers[action]())
        return button

    def _make(self) -> None:
        theme, actions, session = self.ctx.theme, self.ctx.actions, self.session
        self.play = PlayButton(theme, actions)
        self.play.clicked.connect(session.playback.toggle)
        self.back = self._icon("skip-back", "Previous turn", "transport.previous_turn")
        self.next = self._icon("skip-forward", "Next turn", "transport.next_turn")
        self.time = TimeCode(theme, session.view)
        self.replay = self._quiet("Replay", "transport.replay")
        self.slow = self._quiet("Slow", "transport.slow")
        loop_keys = ("transport.loop_in", "transport.loop_out")
        self.loop = CapsButton(theme, actions, "Loop", loop_keys, icon="repeat")
        self.loop.setToolTip(actions.tip("transport.loop"))
        self.loop.clicked.connect(lambda: commands.toggle_loop(session))
        self.heard = Segmented(
            theme,
            (
                Segment("caller", "Caller", "transport.solo_caller"),
                Segment("both", "Both", "transport.both"),
                Segment("agent", "Agent", "transport.solo_agent"),
            ),
            name="Hear",
            actions=actions,
        )
        self.heard.chosen.connect(self._on_heard)
        self.ears = self._quiet("Split L/R", "transport.ears")
        self.speed = Label(theme, "1.00×", "small", "t1", weight=500)
        self.notice = ElidedLabel(theme, "", "small", "warn")
        self.zoom = self._quiet("Zoom", "transport.zoom_turn")
        self.spectrum = self._quiet("Spectrum", "transport.spectrogram")
        self.spectrum.setCheckable(True)
        self.table = self._quiet("Table", "review.table")
        self.table.clicked.connect(self.table_asked)

    def _lay_out(self) -> None:
        theme = self.ctx.theme
        steps = ("transport.slower", "transport.faster")
        keys = [CapKey(theme, self.ctx.actions, action) for action in steps]
        for key, action in zip(keys, steps, strict=True):
            key.clicked.connect(lambda _on=False, a=action: self._handlers[a]())
        lines = [Hairline(theme, vertical=True), Hairline(theme, vertical=True)]
        for line in lines:
            line.setFixedHeight(LINE_PX)
        word = Label(theme, "Speed", "small", "t2")
        self._left: list[tuple[QWidget, int]] = [
            (self.play, 8), (self.back, 0), (self.next, 4), (self.time, 2), (self.replay, 0),
            (self.slow, 0), (self.loop, 2), (lines[0], 6), (self.heard, 4), (self.ears, 6),
            (lines[1], 12), (word, 8), (self.speed, 7), (keys[0], 6), (keys[1], 8),
        ]  # fmt: skip
        self._right: list[QWidget] = [self.zoom, self.spectrum]
        self._droppable: list[list[QWidget]] = [
            [self.zoom],
            [self.spectrum],
            [lines[1], word, self.speed, *keys],
            [self.ears],
            [self.replay],
            [self.slow],
            [lines[0], self.heard],
        ]
        for widget in (*(w for w, _ in self._left), self.notice, *self._right, self.table):
            widget.setParent(self)

    def with_table(self) -> TransportBar:
        """Offer the table view, on screens that have one."""
        self._right.append(self.table)
        self._fit()
        return self

    # keys ------------------------------------------------------------------------------------

    def bind_to(self, host: QWidget) -> None:
        """Let the transport's keys act while `host` or anything inside it has the focus."""
        if not self._bound:
            self._bound = True
            self.ctx.actions.bind(host, self._handlers)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        host: QWidget | None = self
        while host is not None and not isinstance(host, Screen):
            host = host.parentWidget()
        self.bind_to(host or self)
        self._fit()

    # state -----------------------------------------------------------------------------------

    def _on_heard(self, key: str) -> None:
        if key == "both":
            self.session.playback.solo(None)
        else:
            commands.solo(self.session, key)

    def _on_opened(self) -> None:
        self._notice_words = ""
        is_mono = "mix" in self.session.roles
        self.heard.setEnabled(not is_mono)
        self._on_playback()
        self._fit()

    def _on_playback(self) -> None:
        play = self.session.playback
        self.play.set_playing(play.is_playing)
        self.play.setEnabled(play.is_loaded)
        self.loop.set_on(self.session.view.loop_on)
        self.heard.set_current(commands.heard_words(play.mix))
        self.ears.set_text(commands.ears_words(play.mix))
        self.speed.setText(f"{play.speed:.2f}×")
        self._fit()
        self.spectrum.setChecked(self.session.spectrogram)
        if not play.is_playing:
            self.time.describe()
        self._say()

    def show_notice(self, words: str) -> None:
        """Tell something about the sound; stays until another call is opened."""
        self._notice_words = words
        self._say()

    def show_mode(self, words: str) -> None:
        """Words of a mode that changes keys, such as boundary editing; empty for none."""
        self._mode_words = words
        self._say()

    def _say(self) -> None:
        silent = NOTICE_SILENT if self.session.playback.is_silent else ""
        call = self.session.call
        mute = NOTICE_NO_SOUND if call is not None and not call.tracks else ""
        words = self._mode_words or self._notice_words or mute or silent
        if words != self.notice.text():
            self.notice.setText(words)
            self._fit()

    # size ------------------------------------------------------------------------------------

    def _on_theme(self) -> None:
        self.setFixedHeight(self.ctx.theme.px(Size.TRANSPORT))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Place what there is room for; the rest is left out from the right."""
        dropped: set[QWidget] = set()
        words = NOTICE_PX if self.notice.text() else 0
        for group in (*self._droppable, []):
            if self._needed(dropped) + words <= self.width():
                break
            dropped.update(group)
        x = Size.INSET
        for widget, gap in self._left:
            widget.setVisible(widget not in dropped)
            if widget not in dropped:
                x = self._put(widget, x) + gap
        right = self.width() - RIGHT_PX
        for widget in reversed(self._right):
            widget.setVisible(widget not in dropped)
            if widget not in dropped:
                right -= widget.sizeHint().width()
                self._put(widget, right)
        self.notice.setVisible(bool(self.notice.text()))
        self.notice.setGeometry(x + 4, 0, max(0, right - x - 12), self.height())
        self.table.setVisible(self.table in self._right)

    def _needed(self, dropped: set[QWidget]) -> int:
        shown = [(w, gap) for w, gap in self._left if w not in dropped]
        left = sum(w.sizeHint().width() + gap for w, gap in shown) - shown[-1][1]
        right = sum(w.sizeHint().width() for w in self._right if w not in dropped)
        return Size.INSET + left + right + RIGHT_PX

    def _put(self, widget: QWidget, x: int) -> int:
        """Place a widget in the middle of the bar's height; gives its right end."""
        hint = widget.sizeHint()
        height = widget.maximumHeight() if isinstance(widget, Hairline) else hint.height()
        width = 1 if isinstance(widget, Hairline) else hint.width()
        widget.setGeometry(x, (self.height() - height) // 2, width, height)
        return x + width

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.ctx.theme.color("bg1"))
