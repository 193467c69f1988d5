"""Trying a judge on one call: what it would be asked, and what it says. Nothing is stored."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.judges.ask_picker import AskPicker
from app.ui.judges.fact_list import FactList
from app.ui.judges.prompt_text import PromptText
from app.ui.judges.trying import AskChoice, Preview, Tried
from app.ui.judges.verdict_list import VerdictList
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.runs.sections import OverlayArea
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label

NOTE = "A try-out is stored nowhere: it makes no score and no run."
TABS = (Tab("asked", "What is asked"), Tab("verdict", "Verdict"), Tab("raw", "Raw reply"))
BASELINE_ASKS = "Rules read the call; no model is asked."
NO_VERDICT = "Try the judge out, and its verdict is shown here with reason, evidence and cost."
NO_REPLY = "No reply yet."
LEADS_ONLY = "Only a lead tries judges out: a verdict seen before scoring ends blindness."


class TryPanel(QWidget):
    """Picker, button, and three views. Its buttons only ask."""

    run_asked = Signal()
    stop_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._preview = Preview(code="")
        self._part = 0
        self._summary = ""
        self.picker = AskPicker(theme)
        self.run = Button(theme, "Try out", action="judges.run", actions=actions)
        self.stop = Button(theme, "Stop")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.status = ElidedLabel(theme, "", "small", "t3")
        self.tabs = TabStrip(theme, TABS, name="Try-out")
        self.asked = PromptText(theme, "What is asked", numbered=False)
        self.raw = PromptText(theme, "Raw reply", numbered=False)
        self.problem = Label(theme, NO_VERDICT, "small", "t2", wrap=True)
        self.verdicts = VerdictList(theme)
        self.facts = FactList(theme)
        self.part = Label(theme, "", "small", "t3")
        self.earlier = Button(theme, icon="caret-left", name="Previous request", compact=True)
        self.later = Button(theme, icon="caret-right", name="Next request", compact=True)
        for text in (self.asked, self.raw):
            text.setReadOnly(True)
        self._stack = QStackedWidget()
        self._pages: dict[str, QWidget] = {
            "asked": self._asked_page(), "verdict": self._verdict_page(), "raw": self.raw,
        }  # fmt: skip
        self._lay_out()
        self._wire()
        self.show_idle()

    def _wire(self) -> None:
        self.run.clicked.connect(self.run_asked)
        self.stop.clicked.connect(self.stop_asked)
        self.picker.entered.connect(self.run_asked)
        self.picker.ask_changed.connect(self._on_ask)
        self.tabs.chosen.connect(self.show_tab)
        self.earlier.clicked.connect(lambda: self._step(-1))
        self.later.clicked.connect(lambda: self._step(1))

    def _lay_out(self) -> None:
        theme = self._theme
        go = QHBoxLayout()
        go.setSpacing(8)
        go.addWidget(self.run)
        go.addWidget(self.stop)
        go.addWidget(self.status, 1)
        top = QVBoxLayout()
        top.setContentsMargins(Size.INSET, 12, Size.INSET, 10)
        top.setSpacing(8)
        top.addWidget(self.picker)
        top.addLayout(go)
        top.addWidget(self.bar)
        top.addWidget(Label(theme, NOTE, "small", "t3", wrap=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Hairline(theme))
        column.addWidget(self.tabs)
        for page in self._pages.values():
            self._stack.addWidget(page)
        column.addWidget(self._stack, 1)

    def _asked_page(self) -> QWidget:
        steps = QHBoxLayout()
        steps.setContentsMargins(Size.INSET, 4, 8, 4)
        steps.setSpacing(2)
        steps.addWidget(self.part, 1)
        steps.addWidget(self.earlier)
        steps.addWidget(self.later)
        self._steps = QWidget()
        self._steps.setLayout(steps)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._steps)
        column.addWidget(self.asked, 1)
        return page

    def _verdict_page(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(Size.INSET, 10, Size.INSET, Size.INSET)
        column.setSpacing(8)
        column.addWidget(self.problem)
        column.addWidget(self.verdicts)
        column.addWidget(self.facts)
        column.addStretch()
        area = OverlayArea()
        area.setWidget(body)
        return area

    # showing ------------------------------------------------------------------------------------

    def show_tab(self, key: str) -> None:
        """Bring a view to the front."""
        self.tabs.set_current(key)
        self._stack.setCurrentWidget(self._pages[key])

    def show_judge(self, *, llm: bool, pair: bool, lead: bool) -> None:
        """Another judge: which fields it needs; what was said before belongs to the last one."""
        self.picker.show_llm(llm=llm)
        self.picker.show_pair(pair=pair)
        self.run.setEnabled(lead)
        self.run.setToolTip("" if lead else LEADS_ONLY)
        self.show_tried(None)
        self.show_idle(words="" if lead else LEADS_ONLY)

    def show_preview(self, preview: Preview) -> None:
        """What would be asked about the call."""
        self._preview = preview
        self.picker.show_asks(preview.asks)
        self._part = 0
        self._show_request()

    def _on_ask(self) -> None:
        self._part = 0
        self._show_request()

    def _step(self, by: int) -> None:
        self._part += by
        self._show_request()

    @property
    def ask(self) -> AskChoice | None:
        """What is chosen of the plan."""
        at = self.picker.ask_index
        return self._preview.asks[at] if 0 <= at < len(self._preview.asks) else None

    def _show_request(self) -> None:
        ask = self.ask
        requests = ask.requests if ask is not None else ()
        self._part = max(0, min(self._part, len(requests) - 1))
        self._steps.setVisible(len(requests) > 1)
        if requests:
            shown = requests[self._part]
            self.asked.show_text(shown.text)
            self.part.setText(f"Request {self._part + 1} of {len(requests)}: {shown.criteria}")
        else:
            self.asked.show_text(self._preview.words or BASELINE_ASKS)
        self.earlier.setEnabled(self._part > 0)
        self.later.setEnabled(self._part + 1 < len(requests))

    def show_idle(self, words: str = "") -> None:
        """Nothing is being tried."""
        self.run.show()
        self.stop.hide()
        self.bar.hide()
        self.status.setText(words or self._summary)

    def show_busy(self) -> None:
        """The judge is being asked."""
        self.run.hide()
        self.stop.show()
        self.bar.setRange(0, 0)
        self.bar.show()
        self.status.setText("Asking")

    def show_progress(self, done: int, total: int, note: str) -> None:
        """How far it is."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        count = f"{done} of {total}" if total > 1 else ""
        self.status.setText(" ".join(w for w in (count, note) if w) or "Asking")

    def show_tried(self, tried: Tried | None) -> None:
        """What came of it; None for nothing yet."""
        if tried is None:
            self._summary = ""
            self.problem.set_token("t2")
            self.problem.setText(NO_VERDICT)
            self.problem.show()
            self.verdicts.show_verdicts(())
            self.facts.show_facts(())
            self.raw.show_text(NO_REPLY)
            self.tabs.set_note("verdict", "")
            return
        self.problem.set_token("danger")
        self.problem.setText(tried.problem)
        self.problem.setVisible(bool(tried.problem))
        self.verdicts.show_verdicts(tried.verdicts)
        self.facts.show_facts(tried.facts)
        self.raw.show_text(tried.raw or NO_REPLY)
        self.tabs.set_note("verdict", str(len(tried.verdicts)) if tried.verdicts else "")
        self._summary = tried.summary
        self.show_tab("verdict")

    def focus_call(self) -> None:
        """Put the cursor where the call is named."""
        self.picker.call.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.picker.call.selectAll()
