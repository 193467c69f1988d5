"""The report's plots of a cell, each with the sentence that stands below it."""

from __future__ import annotations

from app.eval.agreement.resampling import Estimate
from app.services.calibrating import report_svg
from app.services.calibrating.detail import Source, part_of
from app.services.calibrating.detail_confusion import ConfusionView
from app.services.calibrating.detail_curve import CurveView
from app.services.calibrating.detail_limits import LimitsView
from app.services.calibrating.detail_people import ForestView
from app.services.calibrating.detail_strata import StrataView
from app.services.calibrating.report_words import figure_name, number
from app.services.workspace import Workspace


def plots(ws: Workspace, source: Source) -> list[dict[str, str]]:
    """Title and drawing, or why there is none."""
    who = f"{source.cell.judge.ref} on {source.cell.criterion.key}"
    out = []
    confusion = part_of(ws, source, "confusion")
    assert isinstance(confusion, ConfusionView)
    out.append(
        _plot("Confusion", confusion.reason, confusion.binned)
        | {"svg": "" if confusion.reason else report_svg.confusion(confusion, f"Confusion, {who}")}
    )
    limits = part_of(ws, source, "limits")
    assert isinstance(limits, LimitsView)
    svg = report_svg.limits(limits, f"Bland-Altman, {who}") if limits.limits else ""
    out.append(_plot("Bland-Altman", limits.reason, _limits_words(limits)) | {"svg": svg})
    curve = part_of(ws, source, "curve")
    assert isinstance(curve, CurveView)
    svg = report_svg.curve(curve, f"Calibration curve, {who}") if curve.levels else ""
    out.append(_plot("Calibration curve", curve.reason, _curve_words(curve)) | {"svg": svg})
    forest = part_of(ws, source, "forest")
    assert isinstance(forest, ForestView)
    out.append(_forest(forest, who))
    strata = part_of(ws, source, "strata")
    assert isinstance(strata, StrataView)
    out.append(_strata(strata, who))
    return out


def _plot(title: str, reason: str, words: str) -> dict[str, str]:
    return {"title": title, "words": reason or words}


def _limits_words(view: LimitsView) -> str:
    if view.limits is None or view.bias is None or view.bias.value is None:
        return ""
    words = f"Bias {number(view.bias.value, signed=True)}"
    if view.bias.low is not None and view.bias.high is not None:
        words += f" ({number(view.bias.low)} to {number(view.bias.high)})"
    if view.limits.lower is not None and view.limits.upper is not None:
        words += f"; limits of agreement {number(view.limits.lower)} to {number(view.limits.upper)}"
    if view.limits.slope is not None:
        words += f"; slope {number(view.limits.slope)}"
    return f"{words}; n = {view.of}."


def _curve_words(view: CurveView) -> str:
    if view.calibration_error is None:
        return ""
    words = f"Mean distance from the diagonal {number(view.calibration_error)}"
    if view.corrected_error is not None:
        words += f", {number(view.corrected_error)} after correction (held-out calls)"
    if view.ece is not None:
        words += f". Expected calibration error {number(view.ece)}, from {view.ece_from}"
    if any(level.corrected is not None for level in view.levels):
        words += ". Dots in the other colour: the same items after correction"
    return f"{words}."


def _forest(view: ForestView, who: str) -> dict[str, str]:
    rows = [(r.name, r.figure, r.group == "judge") for r in view.rows]
    svg = ""
    if any(e.value is not None for _, e, _ in rows):
        svg = report_svg.rows(rows, figure_name(view.measure), f"Judge and people, {who}")
    return _plot("Judge and people", view.reason, "The judge is in the colour of warnings.") | {
        "svg": svg
    }


def _strata(view: StrataView, who: str) -> dict[str, str]:
    rows: list[tuple[str, Estimate, bool]] = [
        (f"{r.division}: {r.name}", r.bias, r.off) for r in view.rows
    ]
    if view.whole is not None:
        rows.insert(0, ("all", view.whole.bias, False))
    svg = ""
    if any(e.value is not None for _, e, _ in rows):
        svg = report_svg.rows(rows, "judge − people", f"Bias by stratum, {who}", zero=True)
    words = "After correction." if view.is_corrected else "As the judge scored."
    if view.left_out:
        words += f" {view.left_out} classes with too few items are left out."
    return _plot("Bias by stratum", view.reason, words) | {"svg": svg}
