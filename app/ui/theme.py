"""Tokens as Qt objects: colours, fonts, pens, hatches, palette. Main thread only.

`Theme.changed` fires after a switch of theme or scale; widgets that cache anything made from
a token rebuild it then. Widgets never hold a colour value of their own.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
)

from app.ui.tokens import (
    ALIASES,
    COLOURS,
    MONO_FAMILIES,
    TEXT_FAMILIES,
    TYPE,
    Role,
    Size,
    ThemeName,
)

Hatch = Literal["caller", "overlap"]

MIN_SCALE, MAX_SCALE = 0.8, 2.0
_DISABLED_MIX = 0.45


def mix(top: QColor, under: QColor, amount: float) -> QColor:
    """`top` at `amount` (0 to 1) over `under`, as an opaque colour."""
    part = 1.0 - amount
    return QColor(
        round(top.red() * amount + under.red() * part),
        round(top.green() * amount + under.green() * part),
        round(top.blue() * amount + under.blue() * part),
    )


class Theme(QObject):
    """The look in force. One per application."""

    changed = Signal()

    def __init__(self, name: ThemeName = "dark", scale: float = 1.0) -> None:
        super().__init__()
        self._name: ThemeName = name
        self._scale = min(MAX_SCALE, max(MIN_SCALE, scale))
        self._text_family = _first_installed(TEXT_FAMILIES, QFontDatabase.SystemFont.GeneralFont)
        self._mono_family = _first_installed(MONO_FAMILIES, QFontDatabase.SystemFont.FixedFont)
        self._colours: dict[str, QColor] = {}
        self._fonts: dict[tuple[Role, int | None], QFont] = {}
        self._hatches: dict[Hatch, QBrush] = {}
        self.reduced_motion = False

    @property
    def name(self) -> ThemeName:
        """`dark`, `light` or `contrast`."""
        return self._name

    @property
    def scale(self) -> float:
        """Font scale, 0.8 to 2.0."""
        return self._scale

    @property
    def is_contrast(self) -> bool:
        """Whether fills that only hint must become frames."""
        return self._name == "contrast"

    @property
    def is_dark(self) -> bool:
        """Whether surfaces are darker than ink."""
        return self._name != "light"

    @property
    def has_own_fonts(self) -> bool:
        """Whether both packaged families are installed; pictures are compared only then."""
        return self._text_family in TEXT_FAMILIES and self._mono_family in MONO_FAMILIES

    def apply(self, name: ThemeName | None = None, scale: float | None = None) -> None:
        """Switch theme or scale; does nothing where neither differs."""
        name = name or self._name
        scale = min(MAX_SCALE, max(MIN_SCALE, scale if scale is not None else self._scale))
        if (name, scale) == (self._name, self._scale):
            return
        self._name, self._scale = name, scale
        self._colours.clear()
        self._fonts.clear()
        self._hatches.clear()
        self.changed.emit()

    def hex(self, token: str) -> str:
        """The value of `token` as `#RRGGBB`. KeyError for an unknown token."""
        return COLOURS[self._name][ALIASES.get(token, token)]

    def color(self, token: str) -> QColor:
        """The colour of `token`. KeyError for an unknown token."""
        found = self._colours.get(token)
        if found is None:
            found = self._colours[token] = QColor(self.hex(token))
        return found

    def mixed(self, token: str, amount: float, over: str) -> QColor:
        """`token` at `amount` (0 to 1) over the surface `over`, opaque."""
        return mix(self.color(token), self.color(over), amount)

    def disabled(self, surface: str = "bg1") -> QColor:
        """Ink of disabled text on `surface`."""
        return self.color("t3") if self.is_contrast else self.mixed("t3", _DISABLED_MIX, surface)

    def px(self, size: float) -> int:
        """`size` px at 100 %, scaled; for rows and anything that holds text."""
        return round(size * self._scale)

    def line(self, role: Role) -> int:
        """Line height of `role` in px, scaled."""
        return self.px(TYPE[role].line)

    def font(self, role: Role, weight: int | None = None) -> QFont:
        """The font of `role` with tabular figures; `weight` 100 to 900 replaces the role's."""
        key = (role, weight)
        if key not in self._fonts:
            self._fonts[key] = self._make_font(role, weight)
        return QFont(self._fonts[key])

    def _make_font(self, role: Role, weight: int | None) -> QFont:
        spec = TYPE[role]
        font = QFont(self._mono_family if role.startswith("mono") else self._text_family)
        size = spec.size * self._scale
        if size == int(size):
            font.setPixelSize(int(size))
        else:  # Qt takes fractions in points only
            dpi = QGuiApplication.primaryScreen().logicalDotsPerInchY()
            font.setPointSizeF(size * 72.0 / dpi)
        font.setWeight(QFont.Weight(weight or spec.weight))
        font.setFeature(QFont.Tag("tnum"), 1)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def pen(self, token: str, width: float = 1, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A cosmetic pen `width` device px wide."""
        pen = QPen(self.color(token), width, style)
        pen.setCosmetic(True)
        return pen

    def hatch_brush(self, kind: Hatch) -> QBrush:
        """A tiled hatch: `caller` leans left, `overlap` leans right; 5 px at any device ratio."""
        if kind not in self._hatches:
            self._hatches[kind] = self._make_hatch(kind)
        return QBrush(self._hatches[kind])

    def _make_hatch(self, kind: Hatch) -> QBrush:
        ratio = QGuiApplication.primaryScreen().devicePixelRatio()
        tile = round(Size.HATCH * ratio)
        pixmap = QPixmap(tile, tile)
        pixmap.fill(self.color("callerBg") if kind == "caller" else Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.color(kind), 1.0 * ratio))
        for shift in (-tile, 0, tile):  # neighbours too, so that the corners of the tile meet
            if kind == "caller":
                painter.drawLine(shift, 0, shift + tile, tile)
            else:
                painter.drawLine(shift, tile, shift + tile, 0)
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return QBrush(pixmap)

    def paint_selection(
        self, painter: QPainter, rect: QRect | QRectF, *, first: bool = True
    ) -> None:
        """The selected look of a row: tint with the 3 px accent bar, or a frame in high contrast.

        `first` is whether `rect` holds the row's left edge.
        """
        area = QRectF(rect).toRect()
        if self.is_contrast:
            painter.setPen(QPen(self.color("focus"), 2))
            painter.drawLine(area.left(), area.top() + 1, area.right(), area.top() + 1)
            painter.drawLine(area.left(), area.bottom(), area.right(), area.bottom())
        else:
            painter.fillRect(area, self.color("tint"))
        if first:
            bar = QRect(area.left(), area.top(), Size.SELECTION_BAR, area.height())
            painter.fillRect(bar, self.color("accent"))

    def latency_token(self, value_ms: float | None, slow_ms: float, late_ms: float) -> str:
        """Which token a latency takes: `latOk`, `latSlow` or `latLate` (not a number: `t3`)."""
        if value_ms is None:
            return "t3"
        return "latLate" if value_ms > late_ms else "latOk" if value_ms < slow_ms else "latSlow"

    def palette(self) -> QPalette:
        """The palette of the whole application."""
        palette = QPalette()
        role = QPalette.ColorRole
        for which, token in (
            (role.Window, "bg1"),
            (role.WindowText, "t1"),
            (role.Base, "canvas"),
            (role.AlternateBase, "bg1"),
            (role.Text, "t1"),
            (role.PlaceholderText, "t3"),
            (role.Button, "bg2"),
            (role.ButtonText, "t1"),
            (role.BrightText, "danger"),
            (role.Highlight, "accent"),
            (role.HighlightedText, "accentInk"),
            (role.ToolTipBase, "bg2"),
            (role.ToolTipText, "t1"),
            (role.Link, "accent"),
            (role.Light, "line2"),
            (role.Midlight, "line1"),
            (role.Mid, "line2"),
            (role.Dark, "line1"),
            (role.Shadow, "bg0"),
        ):
            palette.setColor(which, self.color(token))
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, which, self.disabled())
        return palette


def _first_installed(wanted: tuple[str, ...], otherwise: QFontDatabase.SystemFont) -> str:
    installed = set(QFontDatabase.families())
    found = next((family for family in wanted if family in installed), None)
    return found or QFontDatabase.systemFont(otherwise).family()


def system_theme() -> ThemeName:
    """`light` or `dark` as the desktop asks; dark where it does not say."""
    hints = QGuiApplication.styleHints()
    return "light" if hints.colorScheme() == Qt.ColorScheme.Light else "dark"
