"""Drift in words: states, changes with their intervals, what a check said and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.eval.calibration.control import PSI_SHIFTED
from app.services.calibrating.drifting import NEVER
from app.ui.calibrating.plots.words import figure, interval, number, p_words, signed
from app.ui.calibrating.words import measure_words
from app.ui.judges.words import when_words
from app.ui.runs.words import local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.calibration_records import DriftCheck
    from app.eval.agreement.resampling import Estimate
    from app.eval.calibration.versions import Versions
    from app.services.calibrating.auditing import Audit
    from app.services.calibrating.drift_board import DriftRow, Moment
    from app.services.calibrating.improving import AnchorLook
    from app.services.calibrating.repeats import RaterRepeats

NONE = "–"


def state(row: DriftRow) -> tuple[str, str]:
    """The state as the verdict takes it, and its colour."""
    if row.anchors == "drifted":
        return "Drifted", "danger"
    if row.due and row.anchors != "unknown":
        return "Rerun due", "warn"
    return ("Not drifted", "success") if row.anchors == "held" else ("Not checked yet", "t3")


def change(found: Estimate) -> str:
    """`+0.32 (0.12 to 0.51)`."""
    if found.value is None:
        return NONE
    reach = interval(found, sign=True)
    return f"{signed(found.value)} ({reach})" if reach else signed(found.value)


def checked(check: DriftCheck | None) -> str:
    """When the newest check was put on record."""
    return when_words(check.created_at) if check is not None else "never"


def head(row: DriftRow) -> str:
    """What the anchors say of a row, in sentences."""
    if row.look is None and row.due == NEVER:
        return row.due
    if row.look is None:
        return "Scored the anchors once: nothing to hold it against yet. " + (
            row.due or "Rerun them in a month, or when the model changes."
        )
    said = f"On the anchors beside {row.look.beside}: {row.look.drift.words}"
    return f"{said} {row.due}".strip()


def looks(found: Sequence[AnchorLook]) -> str:
    """How worn the test split is: looks at it, with the reason of the last."""
    if not found:
        return "Nobody has looked at it yet."
    last = found[-1]
    times = "once" if len(found) == 1 else f"{len(found)} times"
    when = f"{', ' if len(found) == 1 else ', last '}on {local(last.at):%Y-%m-%d}"
    return f"Looked at {times}{when} because: {last.reason}"


def flips(row: DriftRow) -> str:
    """The flip table in a line."""
    if row.look is None:
        return "No item was scored twice."
    told = row.look.drift.flips
    if told is None:
        return "Such values are no classes to flip between: the change of the mean tells."
    p = "" if told.p is None else f", {p_words(told.p)} (McNemar, exact)"
    return f"{told.same} the same, {told.better} mended, {told.worse} broken{p}."


def chart(found: Audit) -> tuple[str, str]:
    """The control chart in a few words, and their colour."""
    if found.alarm is None:
        return "too few calls labelled since", "t3"
    return ("come apart from people", "danger") if found.alarm else ("as before", "t2")


def inputs(found: Audit) -> str:
    """Calls and scores since in a few words."""
    if found.scores is None and not any(v is not None for v in found.strata.values()):
        return "too few items scored since"
    moved = [n for n, v in found.strata.items() if v is not None and v >= PSI_SHIFTED]
    calls = f"other calls: {', '.join(moved)}" if moved else "calls alike"
    spread = found.scores is not None and found.scores >= PSI_SHIFTED
    return f"{calls}, {'scores spread otherwise' if spread else 'scores alike'}"


def moment(found: Moment) -> str:
    """A point of the plot of agreement, one thing a line."""
    return (
        f"{found.judge.label}\n{when_words(found.at)}, rubric version {found.rubric_version}\n"
        f"{measure_words(found.measure)} {figure(found.agreement)}"
    )


def compared(found: Versions) -> tuple[str, str]:
    """Two versions on the same items: what is shown, and by which figures."""
    head = {
        "better": "The new version is better.", "worse": "The new version is worse.",
        "no difference shown": "No difference is shown.",
    }[found.outcome]  # fmt: skip
    if found.error.value is None:
        return head, f"{found.error.undefined[:1].upper()}{found.error.undefined[1:]}"
    unit = found.unit[:1].upper() + found.unit[1:]
    said = [
        f"{unit} {change(found.error)} on {found.items} items in {found.calls} calls.",
        f"Mean {change(found.drift.mean)}.",
    ]
    if found.drift.kappa is not None:
        said.append(f"Agreement with consensus {change(found.drift.kappa)}.")
    if found.within_one_error:
        said.append("They lie within one standard error: keep the simpler or cheaper one.")
    return head, " ".join(said)


def repeats(found: RaterRepeats) -> tuple[str, ...]:
    """A rater's row: name, repeats, given alike, alpha, change, trend."""
    n = len(found.repeats)
    return (
        found.name,
        str(n),
        f"{found.same} of {n}" if n else NONE,
        _with_interval(found.alpha) if n else NONE,
        change(found.change) if n else NONE,
        _trend(found.trend),
    )


def _with_interval(found: Estimate) -> str:
    if found.value is None:
        return NONE
    reach = interval(found)
    return f"{number(found.value)} ({reach})" if reach else number(found.value)


def _trend(found: Estimate) -> str:
    if found.value is None:
        return NONE
    month = found.value * 30
    if found.low is None or found.high is None or found.low <= 0 <= found.high:
        return "none shown"
    return f"{signed(month)} a month"
