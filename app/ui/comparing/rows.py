"""A compared metric as a row: its words, and where its interval lies about zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.comparing import ComparedMetric
from app.ui.library.words import DASH, GAP, MINUS

Order = Literal["catalogue", "p"]

VERDICT_TOKENS = {"better": "success", "worse": "danger", "other": "accent", "unclear": "t3"}
LEAST_P = 0.001


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One row. Shares lie between −1 and 1 of the row's own scale; zero is in the middle."""

    metric: ComparedMetric
    share: float
    low: float | None
    high: float | None

    @property
    def under(self) -> str:
        """Whose value it is, and the rule set."""
        return ", ".join(t for t in (self.metric.speaker or "", self.metric.profile) if t)

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other rows."""
        return self.metric.metric_id, self.metric.speaker or "", self.metric.profile

    @property
    def interval_words(self) -> str:
        """The interval in numbers."""
        m = self.metric
        if m.low is None or m.high is None:
            return "no interval: too few values"
        ends = f"{figure(m.low, digits(m))} to {figure(m.high, digits(m))}"
        return f"95 % interval {ends}{f' {m.unit}' if m.unit else ''}"

    def cells(self) -> dict[str, str]:
        """Every cell as text, by column."""
        m = self.metric
        return {
            "metric": m.title,
            "n": f"{m.n}",
            "a": figure(m.mean_a, digits(m)),
            "b": figure(m.mean_b, digits(m)),
            "difference": signed(m.difference, digits(m)),
            "interval": self.interval_words,
            "p": p_words(m.p_holm),
            "verdict": m.verdict,
        }


def rows_of(metrics: Sequence[ComparedMetric], order: Order) -> list[MetricRow]:
    """Rows in the order of the catalogue, or smallest p first; those without one come last."""
    rows = [_row(metric) for metric in metrics]
    if order == "p":
        rows.sort(key=lambda row: _weight(row.metric))
    return rows


def _weight(metric: ComparedMetric) -> tuple[float, float]:
    return tuple(2.0 if p is None else p for p in (metric.p_holm, metric.p))  # type: ignore[return-value]


def _row(m: ComparedMetric) -> MetricRow:
    ends = [abs(v) for v in (m.difference, m.low, m.high) if v is not None]
    most = max(ends) or 1.0
    low, high = (None if v is None else v / most for v in (m.low, m.high))
    return MetricRow(m, m.difference / most, low, high)


def digits(metric: ComparedMetric) -> int:
    """Digits of a mean: those of the values, but a mean of counts is no count."""
    return metric.decimals if metric.decimals or metric.unit else 2


def figure(value: float, decimals: int) -> str:
    """A number with its digits, a true minus and no-break spaces between thousands."""
    text = f"{value:,.{decimals}f}".replace(",", GAP)
    if not text.strip("-0."):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def signed(value: float, decimals: int) -> str:
    """The same with a plus where it is above zero."""
    text = figure(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.") else text


def p_words(p: float | None) -> str:
    """`0.012`, `< 0.001`, or a dash."""
    if p is None:
        return DASH
    return f"<{GAP}{LEAST_P}" if p < LEAST_P else f"{p:.3f}"
