"""The scenario of a call as a script: who you are, steps to tick, facts to expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.live.card import Card
from app.ui.theme import Theme
from app.ui.widgets.labels import Label
from app.ui.widgets.tick import paint_tick

MOST_STEPS, MOST_FACTS = 9, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the caller has before them."""

    key: str
    title: str
    persona: str
    steps: tuple[str, ...]
    facts: tuple[str, ...]


def script_of(key: str, title: str, body: Mapping[str, Any]) -> Script:
    """A scenario from the caller's side: what they must ask, then what the agent should do."""
    from app.domain.scenarios import steps

    user, agent = _table(body.get("user")), _table(body.get("agent"))
    concerns = _table(user.get("concerns"))
    background = _table(user.get("background"))
    persona = [str(user.get("role", "")), str(background.get("before_call", ""))]
    if concerns.get("primary"):
        persona.append(f"You want: {str(concerns['primary']).lower()}")
    asks = [f"Ask: {a}" for a in _list(user.get("must_ask"))]
    asks += [str(o) for o in _list(user.get("obstacles"))]
    checks = [s.text if s.kind != "branch" else f"{s.trigger}: {s.text}" for s in steps(body)]
    facts = [f"{q.get('q')} {q.get('a')}" for q in map(_table, _list(agent.get("faq")))]
    facts = [str(f) for f in _list(agent.get("target_profile"))] + facts
    return Script(
        key=key,
        title=title,
        persona=". ".join(p.rstrip(".") for p in persona if p) + ".",
        steps=(*asks, *checks)[:MOST_STEPS],
        facts=tuple(facts)[:MOST_FACTS],
    )


class StepBox(QAbstractButton):
    """A tick box whose words wrap."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.updateGeometry)

    @property
    def _left(self) -> int:
        return self._theme.px(14) + 8

    def _flags(self) -> int:
        return int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignVCenter)

    def hasHeightForWidth(self) -> bool:
        """Its words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as its lines."""
        self.ensurePolished()
        from PySide6.QtGui import QFontMetrics

        metrics = QFontMetrics(self._theme.font("small"))
        room = QRect(0, 0, max(40, width - self._left), 10_000)
        return max(
            self._theme.px(20), metrics.boundingRect(room, self._flags(), self.text()).height() + 4
        )

    def sizeHint(self) -> QSize:
        """One line, unless it wraps."""
        return QSize(200, self._theme.px(20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box and words."""
        painter, theme = QPainter(self), self._theme
        if self.isEnabled():
            paint_tick(painter, theme, 0, theme.px(10), self.isChecked())
        else:
            painter.fillRect(4, theme.px(10), 5, 1, theme.color("t3"))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t2" if self.isChecked() else "t1"))
        area = QRect(self._left, 0, self.width() - self._left, self.height())
        painter.drawText(area, self._flags(), self.text())


class ScenarioCard(Card):
    """`ticked(step, done)` is told as a mark of the call."""

    ticked = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Script", parent)
        self.steps: list[StepBox] = []

    def show_script(self, script: Script | None, *, ticks: bool = True) -> None:
        """Show a scenario, or that there is none. Without `ticks` the steps are words."""
        while self.body.count():
            item = self.body.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self.steps = []
        self.title.setText(script.title if script else "No script")
        self.side.setText(f"scenario {script.key}" if script else "")
        if script is None:
            words = "Choose a scenario before the call to have its steps here."
            self.body.addWidget(Label(self._theme, words, "small", "t3", wrap=True))
            return
        if script.persona:
            self.body.addWidget(Label(self._theme, script.persona, "small", "t2", wrap=True))
        for text in script.steps:
            box = StepBox(self._theme, text)
            box.setEnabled(ticks)
            box.toggled.connect(lambda on, t=text: self.ticked.emit(t, on))
            self.body.addWidget(box)
            self.steps.append(box)
        if script.facts:
            self.body.addWidget(Label(self._theme, "Facts to expect", "label", "t3"))
            told = "\n".join(f"· {f}" for f in script.facts)
            self.body.addWidget(Label(self._theme, told, "small", "t2", wrap=True))

    def tick_next(self) -> None:
        """Tick the first step that is not ticked."""
        box = next((b for b in self.steps if not b.isChecked()), None)
        if box is not None:
            box.setChecked(True)


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
