"""Figures in words, as plots and lists of calibration write them."""

from __future__ import annotations

from app.eval.agreement.resampling import Estimate
from app.ui.library.words import thousands

MEASURES = {
    "kappa_quadratic": "Quadratic κ", "ac1": "AC1", "pearson": "Pearson's r", "kappa": "Cohen's κ",
}  # fmt: skip
"""Primary measures, as they stand along an axis."""


def number(value: float | None, digits: int = 2) -> str:
    """`0.72`, with a true minus sign; a dash for none."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.replace("-", "")


def signed(value: float | None, digits: int = 2) -> str:
    """`+0.32`, `−0.85`, `0.00`."""
    text = number(value, digits)
    return f"+{text}" if value is not None and float(f"{value:.{digits}f}") > 0 else text


def interval(found: Estimate, *, sign: bool = False) -> str:
    """`0.67 to 0.80`; empty where there is none."""
    if found.low is None or found.high is None:
        return ""
    told = signed if sign else number
    return f"{told(found.low)} to {told(found.high)}"


def figure(found: Estimate, *, sign: bool = False) -> str:
    """`0.74 (0.67 to 0.80), n 214 in 113 calls`, or why it is undefined."""
    if found.value is None:
        return f"undefined: {found.undefined or 'too few items'}"
    told = signed if sign else number
    reach = interval(found, sign=sign)
    inside = f" ({reach})" if reach else ", no interval"
    return f"{told(found.value)}{inside}, n {thousands(found.n)} in {counted(found.calls, 'call')}"


def around(found: Estimate, *, sign: bool = False) -> str:
    """What stands below a figure: its interval and what it is of."""
    reach = interval(found, sign=sign) or "no interval"
    return f"{reach}, n {thousands(found.n)} in {counted(found.calls, 'call')}"


def p_words(p: float) -> str:
    """`p 0.034`; what would be written as nothing is `p < 0.001`."""
    return "p < 0.001" if p < 0.001 else f"p {p:.3f}"


def counted(count: int, noun: str) -> str:
    """`1 item`, `1,204 items`."""
    return f"{thousands(count)} {noun}{'' if count == 1 else 's'}"


def measure_words(name: str) -> str:
    """A measure's name."""
    return MEASURES.get(name, name.replace("_", " "))
