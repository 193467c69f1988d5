"""Full-Duplex-Bench 1.5's paired t-tests: whether the agent speaks otherwise after an overlap.

Each quantity (words a minute, pitch, intensity, cut-offs) is tested over samples, after against
before and after against the same stretch of the clean twin, and only over those that are labelled
as answered. Differences far from the others may be left out first. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.domain.metrics import MetricValue

Trim = Literal["none", "iqr", "mad"]

IQR_FENCE = 1.5
"""Tukey's fence: quartile distances beyond the quartiles."""
MAD_FENCE = 3.5
MAD_TO_SD = 0.6745
"""Modified z scores above 3.5 are outliers (Iglewicz and Hoaglin 1993)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedT:
    """A two-sided paired t-test: mean of second less first, over `n` pairs.

    `left_out` counts pairs that were taken for outliers.
    """

    n: int
    mean: float
    t: float
    p: float
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSides:
    """One quantity of one sample; None where too little was said.

    Attributes:
        responded: whether the sample is labelled C_RESPOND.
        before, after: of the overlap.
        clean_after: after the same moment in the clean twin.
    """

    responded: bool
    before: float | None = None
    after: float | None = None
    clean_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """Both tests of one quantity; None where fewer than two pairs differ."""

    pre_post: PairedT | None
    clean_post: PairedT | None


def paired_t(
    first: Sequence[float], second: Sequence[float], *, trim: Trim = "none"
) -> PairedT | None:
    """Test second − first; None below two pairs, or where all differ by the same.

    Args:
        first: one value a pair.
        second: its partner.
        trim: which differences count as outliers and are left out.

    Raises:
        ValueError: lengths that differ.
    """
    if len(first) != len(second):
        raise ValueError("pairs need two values each")
    every = np.asarray(second, np.float64) - np.asarray(first, np.float64)
    deltas = every[_usual(every, trim)] if len(every) else every
    n = len(deltas)
    spread = float(deltas.std(ddof=1)) if n > 1 else 0.0
    if spread <= 1e-12 * float(np.abs(deltas).max(initial=0.0)):
        return None
    from scipy import stats

    mean = float(deltas.mean())
    t = mean / (spread / n**0.5)
    p = 2 * float(stats.t.sf(abs(t), n - 1))
    return PairedT(n=n, mean=mean, t=t, p=p, left_out=len(every) - n)


def adaptation(samples: Sequence[SampleSides], *, trim: Trim = "none") -> Adaptation:
    """Both tests of a quantity over samples; those that are not labelled as answered do not count.

    Args:
        samples: one entry for each.
        trim: as for `paired_t`.
    """
    counted = [s for s in samples if s.responded and s.after is not None]
    return Adaptation(
        pre_post=_tested([(s.before, s.after) for s in counted], trim),
        clean_post=_tested([(s.clean_after, s.after) for s in counted], trim),
    )


def sides_of(
    change: MetricValue, respond: MetricValue, clean: MetricValue | None = None
) -> SampleSides:
    """A sample's entry, of its stored values.

    Args:
        change: a `fdb15.*_change` of the sample.
        respond: its `fdb15.respond`.
        clean: the same change of its clean twin.
    """
    return SampleSides(
        responded=bool(respond.components.get("labelled")),
        before=_side(change, "before"),
        after=_side(change, "after"),
        clean_after=None if clean is None else _side(clean, "after"),
    )


def _side(change: MetricValue, name: str) -> float | None:
    given = change.components.get(name)
    return float(np.mean(given)) if given else None


def _tested(pairs: Sequence[tuple[float | None, float | None]], trim: Trim) -> PairedT | None:
    whole = [(a, b) for a, b in pairs if a is not None and b is not None]
    return paired_t([a for a, _ in whole], [b for _, b in whole], trim=trim)


def _usual(deltas: NDArray[np.float64], trim: Trim) -> NDArray[np.bool_]:
    """Which differences stay."""
    if trim == "iqr":
        low, high = np.percentile(deltas, [25, 75])
        reach = IQR_FENCE * (high - low)
        return np.asarray((deltas >= low - reach) & (deltas <= high + reach))
    middle = np.median(deltas)
    away = np.abs(deltas - middle)
    scale = float(np.median(away))
    if trim == "none" or not scale:
        return np.ones(len(deltas), bool)
    return np.asarray(MAD_TO_SD * away / scale <= MAD_FENCE)
