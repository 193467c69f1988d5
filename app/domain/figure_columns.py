"""Measured figures that the library can show as columns, sort by and count in facets.

Which figures a call has is data (`call_metric`); which of them deserve a column is decided here.
Any other can still be filtered by: `metric.<id>:`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """One figure. `key` is the metric, with `@speaker` where it is a speaker's; `decimals` shown.

    `bands` are the limits of its facet, in its unit; none where bands would say nothing.
    """

    key: str
    title: str
    tip: str
    decimals: int
    bands: tuple[float, ...] = ()
    width: int = 72

    @property
    def column(self) -> str:
        """Its name among the library's columns and sorts."""
        return f"metric:{self.key}"

    @property
    def dimension(self) -> str:
        """As it is typed after `metric.`."""
        return self.key


FIGURES: tuple[FigureColumn, ...] = (
    FigureColumn("wer@caller", "WER C", "Word error rate, caller", 2, (0.1, 0.3)),
    FigureColumn("wer@agent", "WER A", "Word error rate, agent", 2),
    FigureColumn("intelligibility@agent", "Intell.", "Agent's words a recogniser heard", 2),
    FigureColumn("e2e_latency@agent", "E2E ms", "Mean end-to-end latency (OutboundEval)", 0),
    FigureColumn("isr500.unconditional@agent", "ISR 500", "Stops within 500 ms, all attempts", 2),
    FigureColumn("turn_taking", "EVA TT", "Turn-taking score (EVA-Bench)", 3, (0.5, 0.8)),
    FigureColumn("task_completion", "EVA task", "Task completed (EVA-Bench)", 0),
    FigureColumn("tau2.response_rate", "tau2 R", "Response rate (tau2-bench)", 2),
    FigureColumn("dnsmos.ovrl@agent", "DNSMOS A", "Predicted quality, agent", 2, (2.5, 3.2)),
    FigureColumn("dnsmos.ovrl@caller", "DNSMOS C", "Predicted quality, caller", 2),
    FigureColumn("level.snr@caller", "SNR C dB", "Signal to noise, caller", 0, (10.0, 20.0)),
    FigureColumn("level.snr@agent", "SNR A dB", "Signal to noise, agent", 0),
    FigureColumn("prosody.speech_rate@agent", "Rate A /s", "Agent's syllables per second", 1),
)
BY_COLUMN: dict[str, FigureColumn] = {f.column: f for f in FIGURES}
