"""What gives way where there is little room: key caps, long words of tabs, wide columns."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.flows.node_model import COLUMNS, fitted
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.caps_give_way import CapsGiveWay
from app.ui.widgets.labels import ElidedLabel


def test_key_caps_give_way_before_the_title(qtbot: Any) -> None:
    theme, row = Theme(), QWidget()
    qtbot.addWidget(row)
    title = ElidedLabel(theme, "General interaction capability")
    save = Button(theme, "Save", action="judges.save", actions=ActionTable())
    layout = QHBoxLayout(row)
    layout.addWidget(title)
    layout.addWidget(save)
    CapsGiveWay(row, (save,))
    whole = layout.sizeHint().width()
    row.resize(whole - 1, 40)
    row.show()
    qtbot.waitUntil(lambda: not save.shows_cap)
    qtbot.waitUntil(lambda: title.width() >= title.sizeHint().width())
    row.resize(whole, 40)
    qtbot.waitUntil(lambda: save.shows_cap)


def test_tabs_take_short_words_where_the_long_ones_do_not_fit(qtbot: Any) -> None:
    strip = TabStrip(Theme(), (Tab("user", "User prompt", "User"), Tab("reply", "Reply")), name="")
    qtbot.addWidget(strip)
    strip.resize(400, 32)
    long = strip.tab_rect("user").width()
    strip.resize(110, 32)
    assert strip.tab_rect("user").width() < long
    assert strip.tab_rect("reply").right() < 110


def test_columns_of_nodes_shrink_before_weights_are_left_out() -> None:
    keys = [column.key for column in COLUMNS]
    wide = dict(zip(keys, fitted(725, 1.5), strict=True))
    assert wide["weight"]
    assert sum(wide.values()) == 725
    narrow = dict(zip(keys, fitted(560, 1.5), strict=True))
    assert not narrow["weight"]
    assert narrow["text"]
