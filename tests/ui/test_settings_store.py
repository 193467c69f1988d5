from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.settings import BY_KEY, SETTINGS, upgrade
from app.services import preferences
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.main_window import MainWindow
from app.ui.settings.dialog import SettingsDialog
from app.ui.settings.keys_page import KeysPage
from app.ui.settings.sound_page import RATE_HZ, ear_check
from app.ui.settings.store import SettingsStore
from tests.ui.shell_support import context


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any, tmp_path: Path) -> Iterator[UiContext]:
    with context(workspace, config=tmp_path / "config") as made:
        yield made


def test_every_default_is_allowed_by_its_own_rule() -> None:
    for setting in SETTINGS:
        assert setting.accepts(setting.default), setting.key


def test_values_last_and_refusals_change_nothing(tmp_path: Path, qapp: Any) -> None:
    store = SettingsStore(tmp_path)
    told: list[str] = []
    store.changed.connect(told.append)
    store.set("theme", "light")
    store.set("theme", "light")
    with pytest.raises(ValueError, match="font_scale"):
        store.set("font_scale", 300)
    assert told == ["theme"]
    assert SettingsStore(tmp_path).get("theme") == "light"
    assert SettingsStore(tmp_path).get("font_scale") == BY_KEY["font_scale"].default


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"values": 3}', '{"values": {"theme": 5, "x": 1}}']
)
def test_a_damaged_file_gives_defaults(tmp_path: Path, qapp: Any, text: str) -> None:
    (tmp_path / "settings.json").write_text(text, "utf-8")
    assert SettingsStore(tmp_path).get("theme") == "system"


def test_unknown_and_outdated_values_are_dropped() -> None:
    assert upgrade({"theme": "dark", "gone": 1, "font_scale": "big"}, 1) == {"theme": "dark"}


def test_sessions_are_kept_by_workspace(tmp_path: Path, qapp: Any) -> None:
    store = SettingsStore(tmp_path / "config")
    store.save_session(tmp_path / "one", {"screen": "review"})
    assert store.session(tmp_path / "one")["screen"] == "review"
    assert store.session(tmp_path / "two") == {}


def test_shared_settings_go_to_the_workspace_not_to_the_person(
    qtbot: Any, ctx: UiContext, tmp_path: Path
) -> None:
    window = MainWindow(ctx, theme="dark")
    qtbot.addWidget(window)
    ctx.settings.set("latency_slow_ms", 600)
    ctx.settings.set("theme", "light")
    qtbot.waitUntil(lambda: preferences.values(ctx.ws)["latency_slow_ms"] == 600)
    saved = json.loads((tmp_path / "config" / "settings.json").read_text("utf-8"))
    assert saved["values"] == {"theme": "light"}
    assert preferences.values(ctx.ws)["latency_late_ms"] == 1500
    preferences.put(ctx.ws, "latency_late_ms", 2000)
    window._shared._on_changed(_everything(), None)
    qtbot.waitUntil(lambda: ctx.settings.number("latency_late_ms") == 2000)


def _everything() -> Any:
    from app.domain.changes import Changes

    return Changes(everything=True)


def test_a_setting_of_the_person_is_not_the_workspaces(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="theme"):
        preferences.put(workspace, "theme", "dark")


def test_choosing_a_theme_and_size_changes_the_window(qtbot: Any, ctx: UiContext) -> None:
    window = MainWindow(ctx)
    qtbot.addWidget(window)
    ctx.settings.set("theme", "contrast")
    ctx.settings.set("font_scale", 150)
    assert (ctx.theme.name, ctx.theme.scale) == ("contrast", 1.5)
    ctx.settings.set("key_caps", False)
    assert ctx.actions.cap("library.open") == ""


def test_the_dialog_has_a_field_for_every_setting(qtbot: Any, ctx: UiContext) -> None:
    dialog = SettingsDialog(ctx, None)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    sections = {setting.section for setting in SETTINGS if setting.section}
    assert set(dialog._rows) == sections
    for section in sections:
        dialog.show_section(section)
        assert dialog.pages.currentIndex() == list(dialog._rows).index(section)
    qtbot.waitUntil(lambda: not ctx.runner.live)


def test_a_key_is_taken_by_pressing_it_and_a_taken_one_is_refused(
    qtbot: Any, ctx: UiContext
) -> None:
    page = KeysPage(ctx)
    qtbot.addWidget(page)
    page.show()
    field = page._fields["transport.replay"]
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "Ctrl+R"
    assert ctx.settings.get("keys") == {"transport.replay": ["Ctrl+R"]}
    QTest.keyClick(field, Qt.Key.Key_S)
    assert page.problem.isVisible()
    assert field.text() == "Ctrl+R"
    page._reset()
    assert field.text() == "R"
    assert ctx.settings.get("keys") == {}


def test_the_ear_check_sounds_left_then_right() -> None:
    left, right = ear_check()
    half = len(left) // 2
    assert abs(left[: RATE_HZ // 2]).max() > 0.1
    assert abs(left[half + RATE_HZ // 4 :]).max() == 0
    assert abs(right[: RATE_HZ // 2]).max() == 0
    assert abs(right[half + RATE_HZ // 4 :]).max() > 0.1


def test_the_threshold_shown_is_the_one_used(workspace: Workspace) -> None:
    from app.models.vad import VadOptions
    from app.services.timing import chosen_options

    assert BY_KEY["detect_threshold"].default == round(VadOptions().threshold * 100)
    assert chosen_options(workspace) == VadOptions()
    preferences.put(workspace, "detect_threshold", 60)
    assert chosen_options(workspace).threshold == 0.6
