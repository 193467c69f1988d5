"""The agent asked for a tool: its name, its arguments, a result to edit and send."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from app.agents.live_view import ToolCall
from app.ui.actions import ActionTable
from app.ui.live.card import Card
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label


class ToolCard(Card):
    """Shown while there is a tool call; the oldest unanswered one first."""

    asked = Signal()
    """Another tool waits for an answer."""
    answered = Signal(str, str)
    """Id of the call, and the result."""
    kept = Signal(str, str)
    """Name of the tool, and what it answers by itself from now on."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Tool call", parent)
        self._tool: ToolCall | None = None
        self.arguments = Label(theme, "", "mono_small", "t2", wrap=True)
        self.result = QPlainTextEdit()
        self.result.setFont(theme.font("mono_small"))
        self.result.setAccessibleName("Result to send")
        self.result.setPlaceholderText('Result, such as {"ok": true}')
        self.result.setFixedHeight(theme.px(64))
        self.result.setTabChangesFocus(True)
        self.answer = Button(theme, "Answer", action="live.tool", actions=actions)
        self.answer.clicked.connect(self.send)
        self.always = Button(theme, "Answer so from now on", kind="quiet")
        self.always.clicked.connect(self._keep)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.answer)
        row.addWidget(self.always)
        row.addStretch()
        for part in (self.arguments, self.result):
            self.body.addWidget(part)
        self.body.addLayout(row)
        self.hide()

    def show_tools(self, tools: tuple[ToolCall, ...]) -> None:
        """Show what waits, else the last one with its answer."""
        waiting = [t for t in tools if not t.answered]
        tool = waiting[0] if waiting else tools[-1] if tools else None
        if tool == self._tool:
            return
        fresh = self._tool is None or tool is None or tool.id != self._tool.id
        self._tool = tool
        self.setVisible(tool is not None)
        if tool is None:
            return
        self.title.setText(tool.name or "Tool call")
        self.side.setText("answered" if tool.answered else f"waits, {len(waiting)} open")
        self.side.set_token("t3" if tool.answered else "warn")
        self.arguments.setText(tool.arguments or "no arguments")
        if fresh or tool.answered:
            self.result.setPlainText(tool.result)
        for part in (self.result, self.answer):
            part.setEnabled(not tool.answered)
        if fresh and not tool.answered:
            self.asked.emit()

    def send(self) -> None:
        """Send the result as it is written; the first press goes to the field."""
        if self._tool is None or self._tool.answered:
            return
        if not self.result.toPlainText().strip() and not self.result.hasFocus():
            self.result.setFocus()
            return
        self.answered.emit(self._tool.id, self.result.toPlainText())

    def _keep(self) -> None:
        if self._tool is not None:
            self.kept.emit(self._tool.name, self.result.toPlainText())
            self.send()
