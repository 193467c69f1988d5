"""One control for each kind of setting."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QWidget

from app.domain.settings import Setting
from app.ui.settings.store import SettingsStore
from app.ui.theme import Theme
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tick import TickBox

_MOST_SEGMENTS = 4


def make_field(theme: Theme, store: SettingsStore, setting: Setting) -> QWidget:
    """The control that shows and changes a setting; takes effect at once."""
    if setting.kind == "bool":
        return _tick(theme, store, setting)
    if setting.kind == "int":
        return _number(theme, store, setting)
    if 0 < len(setting.choices) <= _MOST_SEGMENTS:
        return _segments(theme, store, setting)
    return _combo(theme, store, setting)


def _tick(theme: Theme, store: SettingsStore, setting: Setting) -> QWidget:
    box = TickBox(theme, setting.label)
    box.setChecked(store.flag(setting.key))
    box.toggled.connect(lambda on: store.set(setting.key, bool(on)))
    return box


def _number(theme: Theme, store: SettingsStore, setting: Setting) -> QWidget:
    box = QSpinBox()
    box.setRange(setting.minimum, setting.maximum)
    box.setSingleStep(setting.step)
    box.setValue(store.number(setting.key))
    box.setFont(theme.font("body"))
    box.setFixedWidth(theme.px(96))
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.setKeyboardTracking(False)
    box.setAccessibleName(f"{setting.label}, {setting.unit}")
    box.valueChanged.connect(lambda value: store.set(setting.key, int(value)))
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(box)
    row.addWidget(Label(theme, setting.unit, "body", "t3"))
    row.addStretch()
    return holder


def _segments(theme: Theme, store: SettingsStore, setting: Setting) -> QWidget:
    choices = [Segment(key, word) for key, word in setting.choices]
    field = Segmented(theme, choices, name=setting.label)
    field.set_current(store.text(setting.key))
    field.chosen.connect(lambda key: store.set(setting.key, key))
    return field


def _combo(theme: Theme, store: SettingsStore, setting: Setting) -> QWidget:
    box = QComboBox()
    box.setFont(theme.font("body"))
    box.setAccessibleName(setting.label)
    for key, word in setting.choices:
        box.addItem(word, key)
    box.setCurrentIndex(max(0, box.findData(store.text(setting.key))))
    box.activated.connect(lambda at: store.set(setting.key, str(box.itemData(at))))
    return box
