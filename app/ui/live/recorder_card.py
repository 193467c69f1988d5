"""How the recorder fares, in a small table: healthy, or what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.agents.live_view import Snapshot
from app.ui.live import words
from app.ui.live.card import Card
from app.ui.theme import Theme
from app.ui.widgets.labels import ElidedLabel, Label

ROWS = (
    "Drop-outs", "Clock drift", "Level, caller", "Written", "Disk free", "Network", "Cost",
)  # fmt: skip


class RecorderCard(Card):
    """Filled from the snapshot some times a second."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Recorder", parent)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        self.values: dict[str, tuple[Label, ElidedLabel]] = {}
        for at, name in enumerate(ROWS):
            value = Label(theme, "", "small", "t1", weight=600)
            note = ElidedLabel(theme, "", "label", "t3")
            note.setMinimumWidth(theme.px(112))
            right = Qt.AlignmentFlag.AlignRight
            for label in (value, note):
                label.setAlignment(right | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(Label(theme, name, "small", "t3"), at, 0)
            grid.addWidget(value, at, 1)
            grid.addWidget(note, at, 2)
            self.values[name] = (value, note)
        self.body.addLayout(grid)

    def show_call(self, snapshot: Snapshot) -> None:
        """Show the recorder as it stands."""
        health, level = snapshot.health, snapshot.caller_level
        wrong = words.complaint(snapshot)
        well = "✓ healthy" if snapshot.captured_frames else ""
        self.side.setText(f"! {wrong}" if wrong else well)
        self.side.set_token("warn" if wrong else "success")
        jitter = words.jitter(health)
        delay = health.delay_ms
        self._put(
            "Drop-outs",
            str(health.underruns + health.overruns),
            f"output {health.underruns}, input {health.overruns}",
        )
        self._put("Clock drift", *words.drift(health))
        self._put(
            "Level, caller", f"{words.db(level.rms_dbfs)} dBFS" if level.rms_dbfs > -100 else
            "silent", f"peak {words.db(level.peak_dbfs)}" if level.peak_dbfs > -100 else "",
        )  # fmt: skip
        self._put(
            "Written",
            words.size(health.bytes_written),
            "" if delay is None else f"devices {delay:.0f} ms",
        )
        self._put(
            "Disk free", words.size(health.disk_free_bytes), words.hours(health.disk_free_bytes)
        )
        self._put(
            "Network",
            words.NO if health.gap_p50_ms is None else f"{health.gap_p50_ms:.0f} ms",
            "" if jitter is None else f"jitter {jitter:.0f} ms",
        )
        told = words.cost(snapshot.usage)
        money, _, tokens = told.partition(", ")
        self._put("Cost", money or words.NO, tokens or ("" if told else "no usage told"))

    def _put(self, name: str, value: str, note: str) -> None:
        for label, text in zip(self.values[name], (value, note), strict=True):
            if label.text() != text:
                label.setText(text)
