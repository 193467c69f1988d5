"""Error rates across conditions: an accent against the standard one, and noise by its level.

Pure functions on what stored error rates are made of; which calls belong to which condition is for
the caller to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.metrics import MetricSpec, MetricValue, missing

ACCENT_DELTA = MetricSpec(
    id="accent_delta",
    title="Accent: relative rise of the error rate",
    unit="%",
    direction="down",
    family="asr",
    evaluator="text.error_rates",
    about="(error rate with the accent - standard) / standard, on the same texts.",
    source="OutboundEval (arXiv 2510.21244), table 15",
    scope=("set",),
    pool="none",
    decimals=1,
)
ACCENT_DELTA_ABS = MetricSpec(
    id="accent_delta_abs",
    title="Accent: rise of the error rate",
    unit="points",
    direction="down",
    family="asr",
    evaluator="text.error_rates",
    about="Error rate with the accent - standard, in percentage points, on the same texts.",
    source="OutboundEval (arXiv 2510.21244), table 20",
    scope=("set",),
    pool="none",
    decimals=1,
)
WER_NOISE = MetricSpec(
    id="wer_noise",
    title="Error rate in noise",
    unit="",
    direction="down",
    family="asr",
    evaluator="text.error_rates",
    about="Mean of the error rates at 10, 5 and 0 dB; 15 dB is shown beside it, not in it.",
    source="OutboundEval (arXiv 2510.21244), table 15: SNR below 15 dB",
    scope=("set",),
    pool="none",
    decimals=3,
)
CONDITION_METRICS = (ACCENT_DELTA, ACCENT_DELTA_ABS, WER_NOISE)

GRID_DB = (15, 10, 5, 0)
HEADLINE_DB = (10, 5, 0)
GRID_SLACK_DB = 0.5


@dataclass(frozen=True, slots=True)
class Tally:
    """One call's errors and reference units, and the hash of its reference text."""

    errors: int
    reference: int
    text: str = ""

    @classmethod
    def of(cls, components: Mapping[str, Any]) -> Tally:
        """From the components of a stored `wer` or `cer`."""
        size = components.get("reference_words", components.get("reference_characters", 0))
        return cls(int(components["errors"]), int(size), str(components.get("reference_hash", "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccentDelta:
    """Both readings of the paper: relative in percent, absolute in percentage points."""

    relative: MetricValue
    absolute: MetricValue


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseRates:
    """`wer_noise`, and the rate at each level of the grid; None where no call has that level."""

    headline: MetricValue
    by_snr: Mapping[int, float | None]


def accent_delta(
    standard: Sequence[Tally], accented: Sequence[Tally], *, profile: str = ""
) -> AccentDelta:
    """How much the error rate rises with an accent. Negative: it falls.

    Both sides must have read the same texts. Where a text was read several times, its errors are
    averaged first, so that texts weigh the same on both sides.

    Args:
        standard: calls with the standard accent.
        accented: calls with the accent.
        profile: normaliser of the rates.
    """
    reason = _mismatch(standard, accented)
    if reason:
        return AccentDelta(
            relative=_missing(ACCENT_DELTA, reason, profile),
            absolute=_missing(ACCENT_DELTA_ABS, reason, profile),
        )
    plain, other = _by_text(standard), _by_text(accented)
    words = sum(t.reference for t in {t.text: t for t in standard}.values())
    wer_standard, wer_accented = sum(plain.values()) / words, sum(other.values()) / words
    components = {
        "wer_standard": wer_standard,
        "wer_accented": wer_accented,
        "texts": len(plain),
        "reference_units": words,
        "calls_standard": len(standard),
        "calls_accented": len(accented),
    }
    rise = wer_accented - wer_standard
    absolute = _value(ACCENT_DELTA_ABS, 100 * rise, len(plain), profile, components)
    if wer_standard == 0:
        reason = "The standard accent has no errors to compare with."
        return AccentDelta(
            relative=_missing(ACCENT_DELTA, reason, profile, components), absolute=absolute
        )
    relative = _value(ACCENT_DELTA, 100 * rise / wer_standard, len(plain), profile, components)
    return AccentDelta(relative=relative, absolute=absolute)


def _mismatch(standard: Sequence[Tally], accented: Sequence[Tally]) -> str:
    if not standard or not accented:
        side = "with the standard accent" if not standard else "with the accent"
        return f"There are no calls {side}."
    left, right = ({t.text for t in side} for side in (standard, accented))
    if "" in left | right:
        return "Some calls do not say which text was read."
    if left != right:
        odd = len(left ^ right)
        return f"The two sides did not read the same texts: {odd} were read on one side only."
    if not any(t.reference for t in standard):
        return "The texts have no words."
    return ""


def _by_text(side: Sequence[Tally]) -> dict[str, float]:
    """Mean errors of each text's readings."""
    readings: dict[str, list[int]] = {}
    for tally in side:
        readings.setdefault(tally.text, []).append(tally.errors)
    return {text: sum(errors) / len(errors) for text, errors in readings.items()}


def wer_noise(
    by_snr: Mapping[float, Sequence[Tally]], *, profile: str = "", noise: str = ""
) -> NoiseRates:
    """Error rates at 15, 10, 5 and 0 dB, over all words of a level, and the mean over 10, 5, 0.

    Args:
        by_snr: calls by their signal-to-noise ratio in dB: active speech level against the
            noise's root mean square. Within half a decibel counts as on the grid.
        profile: normaliser of the rates.
        noise: kind of noise, kept with the value.
    """
    rates = {level: _micro(by_snr, level) for level in GRID_DB}
    used = sum(len(_at(by_snr, level)) for level in GRID_DB)
    components = {f"wer_{level}_db": rate for level, rate in rates.items()}
    components |= {"calls": used, "off_grid": sum(map(len, by_snr.values())) - used}
    about = {**components, "noise": noise}
    inside = [rates[level] for level in HEADLINE_DB]
    lacking = [f"{level} dB" for level in HEADLINE_DB if rates[level] is None]
    if lacking:
        reason = f"There is no error rate at {', '.join(lacking)}."
        return NoiseRates(headline=_missing(WER_NOISE, reason, profile, about), by_snr=rates)
    mean = sum(rate for rate in inside if rate is not None) / len(inside)
    calls = sum(len(_at(by_snr, level)) for level in HEADLINE_DB)
    return NoiseRates(headline=_value(WER_NOISE, mean, calls, profile, about), by_snr=rates)


def _at(by_snr: Mapping[float, Sequence[Tally]], level: int) -> list[Tally]:
    near = [tallies for snr, tallies in by_snr.items() if abs(snr - level) <= GRID_SLACK_DB]
    return [tally for tallies in near for tally in tallies]


def _micro(by_snr: Mapping[float, Sequence[Tally]], level: int) -> float | None:
    tallies = _at(by_snr, level)
    words = sum(t.reference for t in tallies)
    return sum(t.errors for t in tallies) / words if words else None


def _value(
    spec: MetricSpec, value: float, n: int, profile: str, components: Mapping[str, Any]
) -> MetricValue:
    return MetricValue(
        metric_id=spec.id,
        value=value,
        unit=spec.unit,
        n=n,
        profile=profile,
        components=components,
    )


def _missing(
    spec: MetricSpec, reason: str, profile: str, components: Mapping[str, Any] | None = None
) -> MetricValue:
    return missing(spec.id, reason, unit=spec.unit, profile=profile, components=components)
