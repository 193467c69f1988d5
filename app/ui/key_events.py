"""Key presses as the key texts of the action table, whatever the keyboard's layout."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence

_SHIFTED_DIGITS = dict(
    zip(
        (
            Qt.Key.Key_ParenRight,
            Qt.Key.Key_Exclam,
            Qt.Key.Key_At,
            Qt.Key.Key_NumberSign,
            Qt.Key.Key_Dollar,
            Qt.Key.Key_Percent,
            Qt.Key.Key_AsciiCircum,
            Qt.Key.Key_Ampersand,
            Qt.Key.Key_Asterisk,
            Qt.Key.Key_ParenLeft,
        ),
        range(10),
        strict=True,
    )
)
_DIGIT_SCAN_CODES = {"xcb": 9, "wayland": 9, "windows": 1}
"""Scan code of the key left of `1`, by platform: Shift+digit gives other signs elsewhere."""

_CAP_WORDS = {
    "Up": "↑",
    "Down": "↓",
    "Left": "←",
    "Right": "→",
    "Return": "Enter",
    "Backspace": "Backspace",
    "Del": "Del",
    "-": "−",
}
_TYPING_KEYS = frozenset({"Ctrl+Return", "Ctrl+Shift+Return", "Esc", "Ctrl+Space", "Ctrl+."})


def normal(text: str) -> str:
    """The portable form of a key text. ValueError where it names no key."""
    sequence = QKeySequence(text, QKeySequence.SequenceFormat.PortableText)
    words = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1 or not words or (words.endswith("+") and not words.endswith("++")):
        raise ValueError(f"no such key: {text!r}")
    return words.replace("Enter", "Return")


def cap_words(text: str) -> str:
    """What stands on the key cap: arrows as arrows, a true minus sign."""
    head, plus, last = text.rpartition("+")
    if not last:  # the plus key itself
        return text
    return f"{head}{plus}{_CAP_WORDS.get(last, last)}"


def candidates(event: QKeyEvent) -> tuple[str, ...]:
    """Key texts that a press may mean, most literal first."""
    key = Qt.Key(event.key())
    mods = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    mods &= ~Qt.KeyboardModifier.GroupSwitchModifier
    if key == Qt.Key.Key_Enter:
        key = Qt.Key.Key_Return
    if key == Qt.Key.Key_Backtab:
        key, mods = Qt.Key.Key_Tab, mods | Qt.KeyboardModifier.ShiftModifier
    found = [_text(key, mods)]
    shift = Qt.KeyboardModifier.ShiftModifier
    if mods & shift:
        is_sign = 0x20 < key.value < 0x7F and not chr(key.value).isalnum()
        if is_sign:  # Shift was needed to type the sign itself
            found.append(_text(key, mods & ~shift))
        digit = _digit_under(key, event.nativeScanCode())
        if digit is not None:
            found.append(_text(Qt.Key(Qt.Key.Key_0.value + digit), mods))
    return tuple(found)


def allowed_while_typing(text: str) -> bool:
    """Whether a key works while a text field has focus: F-keys and five others."""
    if text in _TYPING_KEYS:
        return True
    last = text.rpartition("+")[2]
    return last.startswith("F") and last[1:].isdigit()


def _text(key: Qt.Key, mods: Qt.KeyboardModifier) -> str:
    sequence = QKeySequence(QKeyCombination(mods, key))
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def _digit_under(key: Qt.Key, scan_code: int) -> int | None:
    base = _DIGIT_SCAN_CODES.get(QGuiApplication.platformName())
    if base is not None and 1 <= scan_code - base <= 10:
        return (scan_code - base) % 10
    return _SHIFTED_DIGITS.get(key)
