"""Which calls' error rates may be held against each other.

One recogniser, one normaliser, one unit, and conditions that differ in one thing only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.calls import Call
from app.domain.evaluation import StoredValue
from app.domain.metrics import MetricValue
from app.eval.text.conditions import GRID_DB, GRID_SLACK_DB, Tally, accent_delta, wer_noise

STANDARD = frozenset({"", "standard", "none", "native"})
"""What the condition `accent` says of a caller without a marked accent."""


@dataclass(frozen=True, slots=True)
class Rated:
    """One call's caller, as recognised: its errors and how the call was made."""

    tally: Tally
    accent: str
    noise: str
    snr_db: float | None

    @property
    def is_clean(self) -> bool:
        """Without noise, as far as its conditions say."""
        return not self.noise and self.snr_db is None


@dataclass(frozen=True, slots=True)
class Reading:
    """Rates that compare: by one recogniser, normaliser and unit (`wer` or `cer`)."""

    metric_id: str
    recogniser: str
    profile: str
    rated: tuple[Rated, ...]

    @property
    def common(self) -> dict[str, Any]:
        """What every figure made of it says."""
        return {"rate": self.metric_id, "recogniser": self.recogniser}


def readings(
    stored: Sequence[StoredValue], calls: Mapping[str, Call], producers: Mapping[str, str]
) -> list[Reading]:
    """Callers' newest rates, grouped. Character rates only where a call has no word rate.

    Args:
        stored: values of `wer` and `cer`.
        calls: by id; values of others are left out.
        producers: result id → the recogniser whose text was measured.
    """
    spoken = [s for s in stored if s.value.speaker == "caller" and s.value.status == "ok"]
    names = {s.result_id: _who(s, producers) for s in spoken}
    worded = {(s.call_id, names[s.result_id]) for s in spoken if s.value.metric_id == "wer"}
    groups: dict[tuple[str, str, str], dict[str, Rated]] = {}
    for one in spoken:
        metric, who = one.value.metric_id, names[one.result_id]
        if metric == "cer" and (one.call_id, who) in worded:
            continue
        if one.call_id in calls and "errors" in one.value.components:
            key = (metric, who, one.value.profile)
            groups.setdefault(key, {})[one.call_id] = _rated(one, calls[one.call_id])
    return [
        Reading(metric, who, profile, tuple(rated.values()))
        for (metric, who, profile), rated in groups.items()
    ]


def accent_figures(reading: Reading) -> Iterator[MetricValue]:
    """Both readings of the accent's rise, for each accent, on the texts that both sides read."""
    quiet = [r for r in reading.rated if r.is_clean]
    standard = [r.tally for r in quiet if r.accent in STANDARD]
    for accent in sorted({r.accent for r in quiet} - STANDARD):
        accented = [r.tally for r in quiet if r.accent == accent]
        shared = {t.text for t in standard} & {t.text for t in accented}
        left_out = len({t.text for t in (*standard, *accented)} - shared)
        found = accent_delta(
            [t for t in standard if t.text in shared],
            [t for t in accented if t.text in shared],
            profile=reading.profile,
        )
        more = {**reading.common, "accent": accent, "texts_left_out": left_out}
        for value in (found.relative, found.absolute):
            if not shared and standard and accented:
                value = replace(value, reason="No text was read on both sides.")
            parts = value.components
            calls = parts.get("calls_standard", 0) + parts.get("calls_accented", 0)
            yield replace(value, components={**parts, **more, "calls": calls})


def noise_figures(reading: Reading) -> Iterator[MetricValue]:
    """The rate over the grid of levels, for each kind of noise; without accents."""
    noisy = [r for r in reading.rated if r.snr_db is not None and r.accent in STANDARD]
    for noise in sorted({r.noise for r in noisy}):
        by_snr: dict[float, list[Tally]] = {}
        for one in noisy:
            if one.noise == noise and one.snr_db is not None:
                by_snr.setdefault(one.snr_db, []).append(one.tally)
        if any(abs(snr - level) <= GRID_SLACK_DB for snr in by_snr for level in GRID_DB):
            value = wer_noise(by_snr, profile=reading.profile, noise=noise).headline
            yield replace(value, components={**value.components, **reading.common})


def _who(stored: StoredValue, producers: Mapping[str, str]) -> str:
    """Whose text was measured: the role that it had, and the recogniser."""
    role = str(stored.args.get("hypothesis", "spoken"))
    return f"{role}, {producers.get(stored.result_id) or 'recogniser not known'}"


def _rated(stored: StoredValue, call: Call) -> Rated:
    how = call.extra.get("conditions")
    told: Mapping[str, Any] = how if isinstance(how, Mapping) else {}
    snr = told.get("snr_db")
    is_number = isinstance(snr, int | float) and not isinstance(snr, bool)
    return Rated(
        tally=Tally.of(stored.value.components),
        accent=str(told.get("accent") or "").strip().lower(),
        noise=str(told.get("noise") or "").strip(),
        snr_db=float(snr) if is_number else None,  # type: ignore[arg-type]
    )
