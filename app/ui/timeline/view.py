"""The timing view: minimap, gutter and lanes of one review session, whole or collapsed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.domain.calls import Span
from app.domain.latency import Thresholds
from app.domain.ratings import Comment
from app.ui.timeline import marks
from app.ui.timeline.canvas import Canvas
from app.ui.timeline.event_lane import EventLane
from app.ui.timeline.gutter import Gutter, MinimapCell
from app.ui.timeline.lane import Lane, Scene
from app.ui.timeline.marks import Marks
from app.ui.timeline.media_note import MediaNote
from app.ui.timeline.media_source import MediaSource
from app.ui.timeline.minimap import Minimap
from app.ui.timeline.pointer import Pointer
from app.ui.timeline.response_lane import ResponseLane
from app.ui.timeline.ruler import Ruler
from app.ui.timeline.strip_lanes import OverlapLane, ReportedLane
from app.ui.timeline.turn_lane import TurnLane
from app.ui.timeline.wave_lane import WaveLane

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession

FOLLOW_SETTING = "follow_mode"
FIRST_PX_PER_S = {False: 70.0, True: 10.0}
"""Scale at which a call opens, by whether the view is collapsed: near enough for words. A call
that is shorter than the view is shown whole."""


class TimingView(QWidget):
    """Sound, who spoke, how long the wait was, who talked over whom: all on one time axis.

    Args:
        ctx: theme, settings and the rest.
        session: the call shown; the view follows it and drives its viewport and play-head.
        collapsed: the low form beside a scoring sheet: no minimap, no strips, no words.
    """

    comment_chosen = Signal(object)

    def __init__(
        self,
        ctx: UiContext,
        session: ReviewSession,
        *,
        collapsed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.ctx, self.session = ctx, session
        self.scene = Scene(ctx.theme, session.view, collapsed=collapsed)
        self.source = MediaSource(session)
        self.canvas = Canvas(self.scene)
        self.minimap = Minimap(self.scene)
        self.gutter = Gutter(self.canvas, session.playback)
        self.pointer = Pointer(self.canvas)
        self.note = MediaNote(self.canvas, session)
        self._corner = MinimapCell(self.minimap)
        self._reported: tuple[object, object] = (None, None)
        self._build()
        self._connect()
        self._take_settings()
        self._on_opened()

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self._corner, 0, 0)
        grid.addWidget(self.minimap, 0, 1)
        grid.addWidget(self.gutter, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.canvas, 1, 1, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for widget in (self._corner, self.minimap):
            widget.setVisible(not self.scene.collapsed)
        self.canvas.setAccessibleName("Timing view")

    def _connect(self) -> None:
        session = self.session
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_changed)
        session.sound.changed.connect(self._on_media)
        session.turn_changed.connect(self._on_turn)
        session.spectrogram_changed.connect(self._on_spectrogram)
        self.source.tile_ready.connect(self._on_media)
        session.view.on("cursor", self._on_cursor)
        self.ctx.settings.changed.connect(lambda _key: self._take_settings())
        self.ctx.theme.changed.connect(self._on_theme)
        self.pointer.seeked.connect(session.playback.seek)
        self.pointer.turn_chosen.connect(self._choose)
        self.pointer.turn_zoomed.connect(self._zoom_to)
        self.pointer.pin_chosen.connect(self.comment_chosen)

    # content ---------------------------------------------------------------------------------

    def _on_opened(self) -> None:
        if self.session.state == "ready":
            start = FIRST_PX_PER_S[self.scene.collapsed]
            self.session.view.set_px_per_s(start, at_frame=self.session.view.cursor)
        self._set_lanes()
        self._on_changed()
        self._on_media()

    def _set_lanes(self) -> None:
        scene, lanes = self.scene, list[Lane]()
        lanes.append(Ruler(scene))
        for role in self.session.roles:
            wave = WaveLane(scene, role)
            wave.source = self.source
            lanes.append(wave)
        lanes += [TurnLane(scene, "caller"), TurnLane(scene, "agent"), ResponseLane(scene)]
        if not scene.collapsed:
            lanes += [OverlapLane(scene), EventLane(scene)]
            if self.session.review is not None and self.session.review.reported:
                lanes.append(ReportedLane(scene))
        self.minimap.roles, self.minimap.source = self.session.roles, self.source
        self.canvas.set_lanes(lanes)
        self._fit()

    def _fit(self) -> None:
        self.gutter.relayout()
        self._corner.setFixedSize(self._corner.sizeHint())
        self.note.place()
        self.updateGeometry()

    def _on_changed(self) -> None:
        review, scene = self.session.review, self.scene
        scene.data = self.session.data
        scene.events = Marks(review.events if review else (), lambda e: e.span)
        scene.profile = review.turn_set.profile if review and review.turn_set else None
        scene.producer = review.layer.producer if review and review.layer else ""
        scene.reported = marks.reported(
            review.reported if review else (), scene.data.turns, scene.view.rate_hz
        )
        if review is not None:
            scene.stats = review.stats
            scene.latencies_void = "latency" in review.voids
            if bool(review.reported) != (self.canvas.lane("reported") is not None):
                self._set_lanes()
        self.set_comments(review.comments if review else ())
        self.refresh()

    def set_comments(self, comments: Iterable[Comment]) -> None:
        """Pin these comments to the ruler and the minimap."""
        self.canvas.overlays.comments = self.minimap.comments = tuple(comments)
        self.canvas.update()
        self.minimap.update()

    def set_evidence(self, turn_ids: Iterable[str]) -> None:
        """Underline these turns as evidence."""
        self.canvas.overlays.evidence = frozenset(turn_ids)
        self.canvas.update()

    def refresh(self) -> None:
        """Paint everything again."""
        self._describe()
        self.canvas.refresh()
        self.minimap.refresh()

    def _describe(self) -> None:
        review = self.session.review
        if review is None or review.turn_set is None:
            self.canvas.setAccessibleDescription("No turns. F6 shows a table.")
            return
        turns, overlaps = len(review.turn_set.turns), len(review.turn_set.overlaps)
        p50 = marks.number(review.stats.p50_ms) if review.stats.p50_ms is not None else "none"
        self.canvas.setAccessibleDescription(
            f"{turns} turns, {overlaps} overlaps, median response {p50} ms. F6 shows a table."
        )

    def _on_media(self) -> None:
        self.canvas.refresh(tuple(x.key for x in self.canvas.lanes if isinstance(x, WaveLane)))
        self.minimap.refresh()
        self.note.place()

    def _on_spectrogram(self) -> None:
        self.scene.spectrogram = self.session.spectrogram
        self._on_media()

    def _on_theme(self) -> None:
        self._fit()
        self._corner.update()
        self.canvas.update()

    def _take_settings(self) -> None:
        settings = self.ctx.settings
        self.scene.thresholds = Thresholds(
            settings.number("latency_slow_ms"), settings.number("latency_late_ms")
        )
        self.canvas.refresh(("response",))

    # play-head and turns ---------------------------------------------------------------------

    def _on_turn(self) -> None:
        self.canvas.overlays.turn = self.session.turn
        self.canvas.update()

    def _choose(self, turn_id: str) -> None:
        self.session.select_turn(self.session.turn_by_id(turn_id))

    def _zoom_to(self, turn_id: str) -> None:
        turn = self.session.turn_by_id(turn_id)
        if turn is not None:
            self.session.view.show(turn.span, margin=0.15)

    def _on_cursor(self) -> None:
        view = self.scene.view
        if self.session.playback.is_playing:
            pages = self.ctx.settings.text(FOLLOW_SETTING) == "page"
            view.follow(view.cursor, pages=pages or self.ctx.theme.reduced_motion)
        self._say_word()

    def _say_word(self) -> None:
        """Write the word that is being heard in bold, and the one before it no longer."""
        found = None
        if not self.scene.collapsed:
            for words in self.scene.data.words.values():
                found = words.at(self.scene.view.cursor) or found
        span: Span | None = found.span if found and self.session.playback.is_playing else None
        before = self.scene.sounding
        if span == before:
            return
        self.scene.sounding = span
        for changed in (before, span):
            if changed is not None:
                left, right = (self.scene.view.x_of(f) for f in (changed.start, changed.end))
                self.canvas.refresh(("caller_turns", "agent_turns"), (left - 40, right + 60))
