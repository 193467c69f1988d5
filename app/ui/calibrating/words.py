"""Calibration in words and figures: measures, states, intervals, and where a figure comes from."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.judging import JudgeVersion
from app.eval.agreement.resampling import RESAMPLES, SEED, WILSON, Estimate
from app.eval.calibration.evidence import State
from app.eval.calibration.ladder import LadderVerdict
from app.ui.judges.words import when_words
from app.ui.library.words import thousands

MEASURES: Mapping[str, str] = {
    "kappa_quadratic": "QWK", "kappa": "κ", "ac1": "AC1", "ac2": "AC2", "pearson": "PCC",
    "spearman": "SRCC", "kendall": "τ-b", "alpha_ordinal": "α ordinal",
    "alpha_nominal": "α nominal", "alpha_interval": "α interval", "icc_2_1": "ICC(2,1)",
    "icc_2_k": "ICC(2,k)", "rmse": "RMSE", "macro_f1": "macro F1", "kappa_linear": "κ linear",
    "scott_pi": "π",
}  # fmt: skip
"""Name of a figure → as it is written in the field."""
MEASURES_AT_LENGTH: Mapping[str, str] = {
    "kappa_quadratic": "Quadratic weighted kappa", "kappa": "Cohen's kappa",
    "ac1": "Gwet's AC1", "ac2": "Gwet's AC2, quadratic weights", "pearson": "Pearson correlation",
    "spearman": "Spearman rank correlation", "alpha_ordinal": "Krippendorff's alpha, ordinal",
    "alpha_nominal": "Krippendorff's alpha, nominal", "icc_2_1": "ICC(2,1)",
}  # fmt: skip
STATES: Mapping[State, str] = {
    0: "Not enough data", 1: "Do not use", 2: "Assist", 3: "Averages", 4: "Stand-in", 5: "Alone",
}  # fmt: skip
"""A state where room is short."""
STATES_AT_LENGTH: Mapping[State, str] = {
    0: "Not enough data", 1: "Do not use", 2: "Assist only", 3: "Averages, corrected",
    4: "Stand-in for a rater", 5: "Alone, audited",
}  # fmt: skip
UNDEFINED = "undefined"
_TOO_LITTLE = ("calls", "items")


def number(value: float, digits: int = 2, *, signed: bool = False) -> str:
    """A figure with a true minus sign; no sign before a rounded nothing."""
    text = f"{value:.{digits}f}"
    if not float(text):
        return text.replace("-", "")
    return text.replace("-", "−") if value < 0 else f"+{text}" if signed else text


def percent(value: float) -> str:
    """`48 %`."""
    return f"{value * 100:.0f} %"


def interval_words(found: Estimate) -> str:
    """`0.67 – 0.80`; empty where there is none."""
    if found.value is None or found.low is None or found.high is None:
        return ""
    return f"{number(found.low)} – {number(found.high)}"


def measure_words(name: str) -> str:
    """A figure's name as it is written in the field."""
    return MEASURES.get(name, name.replace("_", " "))


def with_measures(text: str) -> str:
    """A clause's words with the names of figures as they are written in the field."""
    for name in sorted(MEASURES, key=len, reverse=True):
        text = text.replace(f"({name})", f"({MEASURES[name]})")
    return text


def state_words(found: LadderVerdict, items: int) -> str:
    """The state for a cell of the matrix; of too little data, what there is too little of."""
    if found.state:
        return STATES[found.state]
    names = [c.name for c in found.failing]
    if any(name in _TOO_LITTLE for name in names):
        return f"n = {thousands(items)}, too few"
    if "humans" in names:
        return "Few raters"
    return "Fix rubric" if "rubric" in names else "Uncertain"


def judge_words(judge: JudgeVersion) -> tuple[str, str]:
    """A judge version in two lines: what it is, and which one."""
    first = f"{judge.ref} / {judge.model}" if judge.model else judge.ref
    which = f"prompt {judge.prompt_sha256[:6]}" if judge.model else "no model"
    parts = (which, judge.modality if judge.model else "", when_words(judge.created_at))
    return first, ", ".join(p for p in parts if p)


def based_on(found: Estimate) -> str:
    """Items, calls and raters that a figure rests on."""
    items = f"{thousands(found.n)} item{'' if found.n == 1 else 's'}"
    calls = f"{thousands(found.calls)} call{'' if found.calls == 1 else 's'}"
    return f"{items} in {calls}, {found.raters} rater{'' if found.raters == 1 else 's'}."


def method_words(found: Estimate) -> str:
    """How the interval was made, with draws and seed where there are any."""
    method = f"{found.method[:1].upper()}{found.method[1:]}"
    if found.method == WILSON or "ootstrap" not in found.method:
        return f"{method}."
    return f"{method}; {thousands(RESAMPLES)} draws, seed {SEED}."


def figure_words(found: Estimate) -> str:
    """`0.74, 95 % interval 0.67 to 0.80`, or why there is none."""
    if found.value is None:
        return f"undefined. {found.undefined}"
    if found.low is None or found.high is None:
        return f"{number(found.value)}, no interval"
    return f"{number(found.value)}, 95 % interval {number(found.low)} to {number(found.high)}"


def tip_of(title: str, found: Estimate | None, how: str = "") -> str:
    """All that a figure's tooltip says, one thing a line.

    Args:
        title: what the figure is.
        found: the figure; None where the scale does not have it.
        how: what was held against what.
    """
    if found is None:
        return f"{title}: not defined on this scale."
    lines = [f"{title}: {figure_words(found)}", based_on(found), how]
    if found.low is not None:
        lines.append(method_words(found))
    lines.append(found.warning)
    return "\n".join(line for line in lines if line)
