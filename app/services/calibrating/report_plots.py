"""The report's plots of a cell, each with the sentence that stands below it."""

from __future__ import annotations

from collections.abc import Sequence

from app.eval.agreement.resampling import Estimate
from app.services.calibrating import report_svg
from app.services.calibrating.detail import Source, part_of
from app.services.calibrating.detail_confusion import ConfusionView
from app.services.calibrating.detail_curve import CurveView
from app.services.calibrating.detail_limits import LimitsView
from app.services.calibrating.detail_people import ForestView
from app.services.calibrating.detail_strata import StrataView
from app.services.calibrating.report_words import counted, figure_name, number, thousands
from app.services.workspace import Workspace

MOVED = " Dots are moved a little, so that equal ones do not hide each other."


def plots(ws: Workspace, source: Source) -> list[dict[str, str]]:
    """Title, drawing and the words below it; where there is no drawing, the words say why."""
    who = f"{source.cell.judge.ref} on {source.cell.criterion.key}"
    confusion = part_of(ws, source, "confusion")
    assert isinstance(confusion, ConfusionView)
    limits = part_of(ws, source, "limits")
    assert isinstance(limits, LimitsView)
    curve = part_of(ws, source, "curve")
    assert isinstance(curve, CurveView)
    forest = part_of(ws, source, "forest")
    assert isinstance(forest, ForestView)
    strata = part_of(ws, source, "strata")
    assert isinstance(strata, StrataView)
    return [
        _confusion(confusion, who), _limits(limits, who), _curve(curve, who), _forest(forest, who),
        _strata(strata, who),
    ]  # fmt: skip


def _plot(title: str, words: str, svg: str) -> dict[str, str]:
    return {"title": title, "words": words, "svg": svg}


def _confusion(view: ConfusionView, who: str) -> dict[str, str]:
    if view.reason:
        return _plot("Confusion", view.reason, "")
    same = sum(line[at] for at, line in enumerate(view.counts))
    words = f"{thousands(same)} of {counted(view.n, 'item')} on the diagonal, in bold."
    if view.open:
        words += f" On {thousands(view.open)} more, people have no common value."
    words = f"{words} {view.binned}".strip()
    return _plot("Confusion", words, report_svg.confusion(view, f"Confusion, {who}", words))


def _limits(view: LimitsView, who: str) -> dict[str, str]:
    if view.limits is None:
        return _plot("Bland-Altman", view.reason, "")
    words = _limits_words(view)
    return _plot("Bland-Altman", words, report_svg.limits(view, f"Bland-Altman, {who}", words))


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
    return f"{words}; n = {thousands(view.of)}.{MOVED if view.jitter else ''}"


def _curve(view: CurveView, who: str) -> dict[str, str]:
    if not view.levels:
        return _plot("Calibration curve", view.reason, "")
    words = _curve_words(view)
    svg = report_svg.curve(view, f"Calibration curve, {who}", words)
    return _plot("Calibration curve", words, svg)


def _curve_words(view: CurveView) -> str:
    if view.calibration_error is None:
        return ""
    words = f"Mean distance from the diagonal {number(view.calibration_error)}"
    if view.corrected_error is not None:
        words += f", {number(view.corrected_error)} after correction (held-out calls)"
    if view.ece is not None:
        words += f". Expected calibration error {number(view.ece)}, from {view.ece_from}"
    if any(level.corrected is not None for level in view.levels):
        words += ". Rings: the same items after correction"
    return f"{words}."


def _forest(view: ForestView, who: str) -> dict[str, str]:
    rows = [(r.name, r.figure, r.name.startswith("Judge")) for r in view.rows]
    words = view.reason or "Diamonds are the judge."
    name, title = figure_name(view.measure), f"Judge and people, {who}"
    return _plot("Judge and people", words, _rows(rows, name, title, words))


def _strata(view: StrataView, who: str) -> dict[str, str]:
    rows = [(f"{r.division}: {r.name}", r.bias, r.off) for r in view.rows]
    if view.whole is not None:
        rows.insert(0, ("all", view.whole.bias, False))
    words = "After correction." if view.is_corrected else "As the judge scored."
    if any(off for _, _, off in rows):
        words += " Diamonds are off by more than the rule allows."
    if view.left_out:
        words += f" {thousands(view.left_out)} with too few items left out."
    words = view.reason or words
    svg = _rows(rows, "judge − people", f"Bias by stratum, {who}", words, zero=True)
    return _plot("Bias by stratum", words, svg)


def _rows(
    rows: Sequence[tuple[str, Estimate, bool]], name: str, title: str, words: str, *,
    zero: bool = False,
) -> str:  # fmt: skip
    if all(figure.value is None for _, figure, _ in rows):
        return ""
    return report_svg.rows(rows, name, title, words, zero=zero)
