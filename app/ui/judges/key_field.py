"""The key of an endpoint, by reference: none, an environment variable, an entry of the keyring.

The key itself is typed once, goes to the keyring, and is shown and kept nowhere else.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

KINDS = (
    Segment("none", "No key"),
    Segment("env", "Environment variable"),
    Segment("keyring", "Keyring"),
)
NOTES = {
    "none": "For servers on this machine that ask for none.",
    "env": "Name the variable; its value is read when a request is sent.",
    "keyring": "The system's keyring keeps the key; the workspace only has the entry's name.",
}
SERVICE = "callbench"


class KeyField(QWidget):
    """Kind, name, and for the keyring a field for the key itself."""

    changed = Signal()
    store_asked = Signal(str, str)
    """Reference, and the key that is to be stored under it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = Segmented(theme, KINDS, name="Key")
        self.name, self.key = QLineEdit(), QLineEdit()
        self.name.setAccessibleName("Name of the variable or entry")
        self.key.setAccessibleName("The key itself")
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText("paste the key")
        self.store = Button(theme, "Store in keyring")
        self.store.setEnabled(False)
        self.note = Label(theme, "", "small", "t3", wrap=True)
        for edit in (self.name, self.key):
            edit.setFont(theme.font("body"))
        secret = QHBoxLayout()
        secret.setContentsMargins(0, 0, 0, 0)
        secret.setSpacing(6)
        secret.addWidget(self.key, 1)
        secret.addWidget(self.store)
        self._secret = QWidget()
        self._secret.setLayout(secret)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self.kind, self.name, self._secret, self.note):
            column.addWidget(part)
        self.kind.chosen.connect(self._on_kind)
        self.name.textEdited.connect(lambda _text: self._on_name())
        self.key.textChanged.connect(lambda _text: self._on_key())
        self.key.returnPressed.connect(self._store)
        self.store.clicked.connect(self._store)
        self.show_reference("", "")

    def show_reference(self, reference: str, endpoint: str) -> None:
        """Show a reference; `endpoint` names an entry that is to be made."""
        kind, _, name = reference.partition(":")
        self._endpoint = endpoint
        self.kind.set_current(kind if kind in NOTES else "none")
        self.name.setText(name)
        self.key.clear()
        self._show()

    @property
    def reference(self) -> str:
        """As stored: `env:NAME`, `keyring:service/name`, or empty."""
        kind, name = self.kind.current or "none", self.name.text().strip()
        return f"{kind}:{name}" if kind != "none" and name else ""

    def _on_kind(self, kind: str) -> None:
        named = {"env": "OPENAI_API_KEY", "keyring": f"{SERVICE}/{self._endpoint or 'key'}"}
        self.name.setText(named.get(kind, ""))
        self._show()
        self.changed.emit()

    def _on_name(self) -> None:
        self._on_key()
        self.changed.emit()

    def _on_key(self) -> None:
        self.store.setEnabled(bool(self.key.text().strip()) and bool(self.reference))

    def _show(self) -> None:
        kind = self.kind.current or "none"
        self.name.setVisible(kind != "none")
        self._secret.setVisible(kind == "keyring")
        self.note.setText(NOTES[kind])

    def _store(self) -> None:
        key = self.key.text().strip()
        if key and self.reference:
            self.key.clear()
            self.store_asked.emit(self.reference, key)

    def say(self, words: str, *, problem: bool = False) -> None:
        """What became of the key."""
        self.note.set_token("danger" if problem else "t2")
        self.note.setText(words)
