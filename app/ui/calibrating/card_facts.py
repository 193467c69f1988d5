"""Which figures stand above the matrix, by the scale of the dimension that is selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.rubrics import ScaleKind
from app.eval.agreement.pair_statistics import PRIMARY
from app.eval.agreement.resampling import Estimate
from app.services.calibrating.agreement import Cell, Panel
from app.ui.calibrating import words
from app.ui.library.words import calls_words, thousands

EACH = "The judge against each person, every pair pooled."
LEFT_OUT = "Each person left out in turn: held against the others' votes, mean over the persons."
LEFT_OUT_JUDGE = "The judge in the place of each person left out, on the same items; mean."
ALONE = "The judge against the one person who scored these items; there is no ceiling."
GOLD = "The judge against people's common value of each item."
_LEVELS: dict[ScaleKind, tuple[str, ...]] = {
    "ordinal": ("bias", "mae", "exact", "baseline_exact"),
    "interval": ("bias", "mae", "rmse", "spearman"),
    "binary": ("sensitivity", "specificity", "exact", "baseline_exact"),
    "nominal": ("macro_f1", "exact", "baseline_exact"),
}
"""What follows agreement and ceiling."""
_BESIDE: dict[ScaleKind, tuple[str, ...]] = {
    "ordinal": ("alpha_ordinal", "ac2", "spearman"),
    "interval": ("spearman", "icc_2_1", "rmse"),
    "binary": ("kappa", "alpha_nominal", "precision", "prevalence"),
    "nominal": ("alpha_nominal", "ac1"),
}
"""Figures that the tooltips of agreement tell as well."""
_CAPTIONS = {
    "bias": ("bias, judge − human", "Bias, judge less human", EACH),
    "mae": ("mean abs. error", "Mean absolute error", EACH),
    "rmse": ("root mean sq. error", "Root mean square error", EACH),
    "spearman": ("rank correlation", "Spearman rank correlation", EACH),
    "exact": ("exact", "Share of exactly the same value", EACH),
    "baseline_exact": (
        "majority class", "Share right for one who always says what people say most",
        "A judge must beat this to have learned anything.",
    ),
    "sensitivity": ("sensitivity", "Sensitivity", GOLD),
    "specificity": ("specificity", "Specificity", GOLD),
    "macro_f1": ("macro F1", "F1, mean over the classes", GOLD),
}  # fmt: skip
_SHARES = frozenset({"exact", "baseline_exact"})
_ABOUT_GOLD = frozenset({"sensitivity", "specificity", "macro_f1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One card: a figure over what it is."""

    value: str
    caption: str
    tip: str
    interval: str = ""
    is_quiet: bool = False
    """A yardstick, or nothing to tell."""


def facts(cell: Cell | None, panel: Panel | None) -> Sequence[Fact]:
    """The cards of a cell; of people alone where no judge scored it."""
    if cell is None:
        return () if panel is None else (*_counts(panel), *_people_alone(panel))
    agreement, kind = cell.found.evidence.agreement, cell.criterion.scale
    name = words.measure_words(agreement.measure)
    long = words.MEASURES_AT_LENGTH.get(agreement.measure, agreement.measure)
    beside = [(n, cell.found.people.get(n)) for n in _BESIDE[kind]]
    of_judge = [(n, cell.found.judge.get(n) or cell.found.gold.get(n)) for n in _BESIDE[kind]]
    how = ALONE if cell.found.evidence.humans == 1 else LEFT_OUT_JUDGE
    out = [*_counts(panel, cell)]
    out += [
        _figure(agreement.human, f"human-human {name}", f"{long}, people", LEFT_OUT, beside),
        _figure(cell.agreement, f"judge-human {name}", f"{long}, judge", how, of_judge),
        _figure(
            agreement.ratio, "ceiling ratio", "Judge-human as a share of human-human",
            "Both from the same resamples.",
        ),
    ]  # fmt: skip
    out += [fact for n in _LEVELS[kind] if (fact := _level(cell, n)) is not None]
    few = any(c.name in ("calls", "items") and not c.holds for c in cell.verdict.clauses[0])
    return [*out[:2], *(replace(f, is_quiet=True) for f in out[2:])] if few else out


def _counts(panel: Panel | None, cell: Cell | None = None) -> list[Fact]:
    if cell is not None:
        found = cell.found.evidence
        items, calls, raters = found.items, found.calls, found.humans
    else:
        assert panel is not None
        items, calls, raters = panel.items, panel.calls, len(panel.raters)
    each = f", {panel.votes / panel.items:.1f} per item" if panel and panel.items else ""
    more = ""
    if cell is not None:
        told = (
            (f"The judge scored {thousands(cell.judged)}, labelled or not.", cell.judged),
            (f"On {thousands(cell.failed)} it gave no value.", cell.failed),
            (f"{thousands(cell.not_blind)} scores were not blind and stand apart.", cell.not_blind),
        )
        more = "".join(f"\n{line}" for line, count in told if count)
    return [
        Fact(
            value=thousands(items), caption=f"items in {calls_words(calls)}",
            tip=f"Items that people and the judge both scored: {thousands(items)}.{more}",
        ),
        Fact(
            value=str(raters), caption=f"rater{'' if raters == 1 else 's'}{each}",
            tip=f"People who scored these items: {raters}{each}.",
        ),
    ]  # fmt: skip


def _people_alone(panel: Panel) -> list[Fact]:
    kind = panel.criterion.scale
    names = (PRIMARY[kind], *_BESIDE[kind])
    how = "People among themselves."
    return [
        _figure(
            panel.figures[n], f"human-human {words.measure_words(n)}",
            words.MEASURES_AT_LENGTH.get(n, words.measure_words(n)), how,
        )
        for n in names
        if n in panel.figures
    ]  # fmt: skip


def _figure(
    found: Estimate,
    caption: str,
    title: str,
    how: str,
    beside: Sequence[tuple[str, Estimate | None]] = (),
) -> Fact:
    more = [
        f"{words.measure_words(name)}: {words.figure_words(other)}"
        for name, other in beside
        if other is not None
    ]
    tip = "\n".join([words.tip_of(title, found, how), *more])
    if found.value is None:
        return Fact(value=words.UNDEFINED, caption=caption, tip=tip, is_quiet=True)
    return Fact(
        value=words.number(found.value), interval=words.interval_words(found),
        caption=caption, tip=tip,
    )  # fmt: skip


def _level(cell: Cell, name: str) -> Fact | None:
    found = (cell.found.gold if name in _ABOUT_GOLD else cell.found.judge).get(name)
    if found is None:
        return None
    caption, title, how = _CAPTIONS[name]
    tip = words.tip_of(title, found, how)
    if name == "exact":
        near = cell.found.judge.get("within_one")
        if near is not None and near.value is not None:
            caption = f"exact; within one {words.percent(near.value)}"
            tip += "\n" + words.tip_of("Share within one level", near)
    if found.value is None:
        return Fact(value=words.UNDEFINED, caption=caption, tip=tip, is_quiet=True)
    share = name in _SHARES
    value = (
        words.percent(found.value) if share else words.number(found.value, signed=name == "bias")
    )
    return Fact(value=value, caption=caption, tip=tip, is_quiet=name == "baseline_exact")
