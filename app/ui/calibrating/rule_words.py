"""The thresholds of the rule in words, by the state that they decide."""

from __future__ import annotations

from collections.abc import Mapping

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Enough data": {
        "least_calls": "Calls, at least",
        "least_items": "Items, at least",
        "least_humans": "People, at least",
        "human_alpha": "People's own α must reach",
        "widest_agreement": "Half-width of the agreement, at most",
        "least_rare_items": "Items of the rarest class, at least",
    },
    "Do not use": {
        "margin": "Below people by more than",
        "least_consistency": "Order consistency below",
    },
    "Assist only": {"above_chance": "Agreement, lower bound above"},
    "Averages, corrected": {
        "mean_half_width": "Half-width of the corrected mean, at most",
        "cv_bias": "Bias after correction within",
        "cv_bias_binary": "The same for checks, as a share",
        "stratum_bias_factor": "Bias of a stratum, in multiples of the whole's",
    },
    "Stand-in for a rater": {
        "epsilon": "ε of the alternative annotator test",
        "winning_rate": "Winning rate, at least",
        "gap_within_margin": "Must lie within the margin below people",
        "consistency": "Consistency of order and repeats, at least",
        "lowest_agreement": "Agreement, lower bound at least",
        "lowest_ceiling_ratio": "… or its share of the ceiling",
        "agreement": "Agreement itself, at least",
        "exact": "Same value, share of items",
    },
    "Alone, audited": {
        "alone_humans": "People, at least",
        "alone_items": "Items, at least",
        "alone_calls": "Calls, at least",
        "critical_sensitivity": "Sensitivity of critical checks, lower bound",
        "audit_rate": "Audited share of calls, at least",
    },
}
OFF = "off"
"""As a threshold that leaves its clause out is written."""


def shown(value: object) -> str:
    """A threshold as it stands in its field."""
    if value is None:
        return OFF
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def read(text: str) -> object:
    """What stands in a field as a threshold.

    Raises:
        ValueError: it is none.
    """
    word = text.strip().lower().replace(",", ".")
    if word in (OFF, ""):
        return None
    if word in ("yes", "no"):
        return word == "yes"
    return int(word) if word.isdecimal() else float(word)
