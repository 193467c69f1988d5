"""What a lane of the timing view is, and the scene that all lanes draw from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter

from app.domain.calls import Span
from app.domain.events import CallEvent
from app.domain.latency import NO_LATENCIES, LatencyStats, Thresholds
from app.domain.turns import Profile
from app.ui.theme import Theme
from app.ui.timeline.marks import LaneData, Marks, Reported, lane_data
from app.ui.timeline.viewport import Viewport
from app.ui.tokens import Role

MAX_WIDTHS = 20_000
LABEL_REACH_PX = 220
"""How far a label may stick out of its mark: what is repainted when a strip comes into view."""


class Ink:
    """Metrics and widths of text that is written again in every frame, kept."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._metrics: dict[tuple[Role, int | None], QFontMetrics] = {}
        self._widths: dict[tuple[str, Role, int | None], int] = {}
        theme.changed.connect(self.forget)

    def forget(self) -> None:
        """The fonts have changed."""
        self._metrics.clear()
        self._widths.clear()

    def metrics(self, role: Role, weight: int | None = None) -> QFontMetrics:
        """Metrics of a font of the theme."""
        key = (role, weight)
        found = self._metrics.get(key)
        if found is None:
            found = self._metrics[key] = QFontMetrics(self._theme.font(role, weight))
        return found

    def advance(self, text: str, role: Role, weight: int | None = None) -> int:
        """Width of `text` in px."""
        key = (text, role, weight)
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) > MAX_WIDTHS:
                self._widths.clear()
            found = self._widths[key] = self.metrics(role, weight).horizontalAdvance(text)
        return found


def paint_columns(
    painter: QPainter, columns: npt.NDArray[np.bool_], left: int, top: int, height: int, ink: QColor
) -> None:
    """Fill `height` px from `top` in every column from `left` on that is set; shape (n,)."""
    if not columns.any():
        return
    pixels = np.where(columns, np.uint32(ink.rgba()), np.uint32(0))[None, :]
    width = int(columns.shape[0])
    row = QImage(pixels.data, width, 1, 4 * width, QImage.Format.Format_ARGB32)
    painter.drawImage(QRect(left, top, width, height), row)


@dataclass(slots=True)
class Scene:
    """Everything that lanes read. Replaced field by field; lanes keep nothing of it."""

    theme: Theme
    view: Viewport
    collapsed: bool = False
    spectrogram: bool = False
    ink: Ink = field(init=False)
    data: LaneData = field(default_factory=lambda: lane_data(None, (), ()))
    events: Marks[CallEvent] = field(default_factory=lambda: Marks((), lambda e: e.span))
    reported: Marks[Reported] = field(default_factory=lambda: Marks((), lambda r: r.segment.span))
    stats: LatencyStats = NO_LATENCIES
    thresholds: Thresholds = field(default_factory=Thresholds)
    latencies_void: bool = False
    """Whether the recording's findings say that its latencies are not to be trusted."""
    profile: Profile | None = None
    producer: str = ""
    sounding: Span | None = None
    """The word that is being heard, which the turn lanes write in bold."""

    def __post_init__(self) -> None:
        self.ink = Ink(self.theme)


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under the pointer: words for a tooltip and the frames that it stands for."""

    tip: str
    span: Span | None = None
    turn_id: str | None = None


class Lane(ABC):
    """One row of the timing view, drawn into a strip that is kept between frames."""

    key: str = ""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.top = 0

    @property
    @abstractmethod
    def height(self) -> int:
        """Height in px, the dividing line included."""

    @abstractmethod
    def paint(self, painter: QPainter, rect: QRect) -> None:
        """Draw what lies in the columns of `rect`; the painter is clipped to it.

        Must give the same pixels whatever part is asked for: strips are painted one by one as
        they scroll into view.
        """

    def hit(self, x: int, y: int) -> Hit | None:
        """What lies at (x, y), y counted from the lane's top."""
        return None

    def reach(self, rect: QRect) -> tuple[int, int]:
        """The frames whose marks or labels may touch `rect`."""
        view = self.scene.view
        first = view.frame_at(rect.left() - LABEL_REACH_PX)
        return first, view.frame_at(rect.right() + 1 + LABEL_REACH_PX)

    def metrics(self, role: Role, weight: int | None = None) -> QFontMetrics:
        """Metrics of a font of the theme."""
        return self.scene.ink.metrics(role, weight)

    def advance(self, text: str, role: Role, weight: int | None = None) -> int:
        """Width of `text` in px."""
        return self.scene.ink.advance(text, role, weight)
