"""Clauses of a verdict: what was asked, what was found, and how many more calls would tell."""

from __future__ import annotations

from dataclasses import dataclass

from app.eval.agreement.resampling import Estimate
from app.eval.stats import forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One condition. `holds` is None where nothing is known of it."""

    name: str
    holds: bool | None
    words: str
    """What was found beside what is asked, with the figures."""
    more_calls: int | None = None
    """How many more labelled calls would settle it; 0 where more would not change it, None where
    unknown."""
    label: str = ""
    """What is asked, short enough for a row of a list."""
    value: str = ""
    """What was found, in a few digits."""


def at_least(name: str, what: str, count: int, asked: int, per_call: float = 1.0) -> Clause:
    """A count that must be reached.

    Args:
        name: of the clause.
        what: what is counted, in words.
        count: how many there are.
        asked: how many there must be.
        per_call: how many a call brings; 0 where calls do not bring any.
    """
    missing = max(0, asked - count)
    return Clause(
        name=name, holds=not missing, words=f"{count} {what}, at least {asked}.",
        more_calls=forecast.to_bring(missing, per_call),
        label=f"{what[:1].upper()}{what[1:]}, at least {asked}",
        value=f"{count} of {asked}" if missing else str(count),
    )  # fmt: skip


def above(name: str, what: str, found: Estimate | None, target: float, calls: int) -> Clause:
    """Whether a figure's interval lies above a target; the lower bound decides.

    Args:
        name: of the clause.
        what: the figure, in words.
        found: the figure.
        target: the bound.
        calls: how many labelled calls there are, for the forecast.
    """
    return _bound(name, what, found, target, calls, upward=True)


def below(name: str, what: str, found: Estimate | None, target: float, calls: int) -> Clause:
    """Whether a figure's interval lies below a target; the upper bound decides. See `above`."""
    return _bound(name, what, found, target, calls, upward=False)


def narrow(name: str, what: str, found: Estimate | None, most: float, calls: int) -> Clause:
    """Whether the interval's half-width is at most so much. See `above`."""
    width, label = None if found is None else found.half_width, f"{what}, half-width ≤ {most:g}"
    if found is None or width is None:
        return _unknown(name, f"{what} ({_why(found)})", label)
    measured = min(found.calls, calls)
    more = forecast.to_narrow(calls, measured, width, most) if width > most else 0
    words = f"{what} ±{width:.3f}, at most ±{most:g}."
    return Clause(
        name=name, holds=width <= most, words=words, more_calls=more, label=label,
        value=f"±{width:.2f}",
    )  # fmt: skip


def within(name: str, what: str, found: Estimate | None, most: float, calls: int) -> Clause:
    """Whether the whole interval lies within −most … +most. See `above`."""
    label = f"{what}, interval within ±{most:g}"
    if found is None or found.value is None or found.low is None or found.high is None:
        return _unknown(name, f"{what} ({_why(found)})", label)
    holds = -most <= found.low and found.high <= most
    reach = max(found.value - found.low, found.high - found.value)
    settled = holds or found.low > most or found.high < -most
    more = 0 if settled else forecast.to_clear(calls, reach, abs(most - abs(found.value)))
    words = f"{what} {figure(found)}; must lie within ±{most:g}."
    value = f"{minus(found.low, 2)} to {minus(found.high, 2)}"
    return Clause(name=name, holds=holds, words=words, more_calls=more, label=label, value=value)


def reaches(name: str, what: str, value: float | None, target: float) -> Clause:
    """A plain number that must be reached; more calls are not known to help."""
    label = f"{what} ≥ {target:g}"
    if value is None:
        return _unknown(name, what, label)
    words = f"{what} {value:.2f}, at least {target:g}."
    return Clause(
        name=name, holds=value >= target - 1e-12, words=words, label=label, value=f"{value:.2f}"
    )


def figure(found: Estimate) -> str:
    """`0.71 (0.64 to 0.77)`."""
    if found.value is None:
        return f"undefined: {found.undefined}"
    if found.low is None or found.high is None:
        return f"{minus(found.value, 2)}, no interval"
    low, high = minus(found.low, 2), minus(found.high, 2)
    return f"{minus(found.value, 2)} ({low} to {high})"


def minus(value: float, digits: int | None = None) -> str:
    """A number with a true minus sign, and no sign before a rounded nothing."""
    text = f"{value:g}" if digits is None else f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.replace("-", "")


def _bound(
    name: str, what: str, found: Estimate | None, target: float, calls: int, *, upward: bool
) -> Clause:
    side_word, sign = ("lower", ">") if upward else ("upper", "<")
    label = f"{what}, {side_word} bound {sign} {minus(target)}"
    if found is None or found.value is None or found.low is None or found.high is None:
        return _unknown(name, f"{what} ({_why(found)})", label)
    holds = found.low > target if upward else found.high < target
    settled = holds or (found.high <= target if upward else found.low >= target)
    side = found.value - found.low if found.value > target else found.high - found.value
    more = 0 if settled else forecast.to_clear(calls, side, abs(found.value - target))
    words = f"{what} {figure(found)}; must lie {'above' if upward else 'below'} {minus(target)}."
    value = minus(found.low if upward else found.high, 2)
    return Clause(name=name, holds=holds, words=words, more_calls=more, label=label, value=value)


def _unknown(name: str, what: str, label: str) -> Clause:
    return Clause(
        name=name, holds=None, words=f"{what}: not known.", label=label, value="not known"
    )


def _why(found: Estimate | None) -> str:
    if found is None:
        return "not measured"
    return found.undefined or found.warning or "no interval"
