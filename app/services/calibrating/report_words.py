"""The report's wording: names of figures and what must be said beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.eval.agreement.resampling import RESAMPLES, SEED, Estimate
from app.eval.calibration.evidence import State

FIGURES: Mapping[str, str] = {
    "kappa_quadratic": "κ, quadratic weights (QWK)", "kappa_linear": "κ, linear weights",
    "kappa": "Cohen's κ", "ac1": "Gwet's AC1", "ac2": "Gwet's AC2, quadratic weights",
    "scott_pi": "Scott's π", "pearson": "Pearson correlation (PCC)",
    "spearman": "Spearman rank correlation (SRCC)", "kendall": "Kendall's τ-b", "rmse": "RMSE",
    "alpha_ordinal": "Krippendorff's α, ordinal", "alpha_nominal": "Krippendorff's α, nominal",
    "alpha_interval": "Krippendorff's α, interval", "alpha_ratio": "Krippendorff's α, ratio",
    "icc_1_1": "ICC(1,1)", "icc_2_1": "ICC(2,1), absolute agreement of one rater",
    "icc_3_1": "ICC(3,1), consistency of one rater", "icc_1_k": "ICC(1,k)",
    "icc_2_k": "ICC(2,k), absolute agreement of the panel's mean", "icc_3_k": "ICC(3,k)",
    "macro_f1": "macro F1", "exact": "Exact agreement", "within_one": "Agreement within one level",
    "bias": "Bias, judge − people", "sensitivity": "Sensitivity", "specificity": "Specificity",
    "precision": "Precision", "prevalence": "Prevalence", "youden": "Sensitivity + specificity − 1",
    "fleiss_kappa": "Fleiss' κ", "mae": "Mean absolute error",
    "baseline_exact": "Exact agreement of always the commonest value",
}  # fmt: skip
SHORT: Mapping[str, str] = {
    "kappa_quadratic": "QWK", "kappa": "κ", "ac1": "AC1", "pearson": "PCC",
}  # fmt: skip
"""Of figures that a verdict rests on, within a sentence."""
ESTIMATORS: Mapping[str, str] = {"ppi++": "PPI++", "rogan-gladen": "Rogan-Gladen"}
"""Of a corrected mean, as the field writes them."""
_NAMED = re.compile(r"\((\w+)\)")
_DRAWS = f"{RESAMPLES:,}".replace(",", "\u00a0")
STATES: Mapping[State, str] = {
    0: "Not enough data", 1: "Do not use", 2: "Assist only", 3: "Averages, corrected",
    4: "Stand-in for a rater", 5: "Alone, audited",
}  # fmt: skip

METHODS = (
    f"Intervals are 95 %, by bootstrap over calls, {_DRAWS} draws, seed {SEED}, unless "
    "another method stands beside a figure: items of one call are not independent, so calls are "
    "drawn and not items.",
    "κ on ordinal scales uses quadratic weights. Agreement in percent stands below it, since a "
    "κ can be low where nearly all items are of one class; AC1 or AC2 stand beside for that case.",
    "The ceiling is how well one person agrees with the rest of the panel, measured as the judge "
    "is: each person is left out in turn, and judge and person are held against the same rest.",
    "Unscored is not zero: abstentions, replies that could not be used and what does not apply "
    "are counted apart and enter no figure. A figure that these data do not define is undefined, "
    "never 0 or 1.",
    "Scores that people gave after seeing a judge's or another's are counted apart, and are in no "
    "figure of agreement. Final values of an adjudicator are nobody's vote.",
    "A mean of ratings by experts is called ACR-expert; one by a panel under P.800-style rules, "
    "ACR-panel (P.800-style). Neither is a mean opinion score of the public.",
    "Verdicts follow from a versioned rule whose clauses are printed. No words for ranges of κ "
    "are used: what agreement is enough depends on the ceiling and on what the judge is for.",
)
SYNTHETIC = (
    "{count} of {all} raters are synthetic: programs with a planted bias, no persons. What is said "
    "of people here is said of them."
)


def figure_name(name: str) -> str:
    """A figure as it is written in the field."""
    return FIGURES.get(name, name.replace("_", " "))


def with_figures(words: str) -> str:
    """A clause's words with figures named as they are in the field."""
    return _NAMED.sub(lambda found: f"({SHORT.get(found[1], found[1])})", words)


def number(value: float, digits: int = 2, *, signed: bool = False) -> str:
    """With a true minus; no sign before a rounded nothing."""
    text = f"{value:.{digits}f}"
    if not float(text):
        return text.replace("-", "")
    return text.replace("-", "−") if value < 0 else f"+{text}" if signed else text


def thousands(count: int) -> str:
    """`50 218` with a no-break space."""
    return f"{count:,}".replace(",", "\u00a0")


def counted(count: int, what: str, many: str = "") -> str:
    """`1 item`, `50 218 items`; `many` where the plural is not made with an s."""
    return f"{thousands(count)} {what if count == 1 else many or what + 's'}"


def when(stamp: str) -> str:
    """A stored time to the minute: `2026-11-30 16:47 UTC`."""
    return f"{stamp[:10]} {stamp[11:16]} UTC" if stamp else ""


def figure(name: str, found: Estimate, *, signed: bool = False) -> dict[str, Any]:
    """A row of a table of figures."""
    known = found.value is not None
    interval = ""
    if found.low is not None and found.high is not None:
        interval = f"{number(found.low)} to {number(found.high)}"
    return {
        "name": figure_name(name),
        "value": number(found.value, signed=signed) if found.value is not None else "undefined",
        "interval": interval,
        "based": f"{counted(found.n, 'item')} in {counted(found.calls, 'call')}, "
        f"{counted(found.raters, 'rater')}",
        "note": " ".join(w for w in (found.undefined if not known else "", found.warning) if w),
    }  # fmt: skip
