"""Opinion studies as rows: conditions, and how well each model predicts the votes."""

from __future__ import annotations

from app.eval.agreement.p1401 import FEWEST_VOTES, Fit
from app.eval.listening.opinion import Opinion
from app.services.calibrating.detail_mos import MosView, Predicted
from app.ui.calibrating.plots.words import number
from app.ui.library.words import thousands
from app.ui.studies.grid import Cell, Column, Row
from app.ui.studies.plots import FEWEST, Estimate

CONDITIONS = (
    Column(title="Condition", px=150, right=False, stretch=True),
    Column(title="Mean", px=56),
    Column(title="95 % t", px=100, tip="As if all votes were independent: too narrow"),
    Column(title="95 % bootstrap", px=110, tip="Raters and clips drawn anew: the one to report"),
    Column(title="Votes", px=56),
    Column(title="Raters", px=64),
)
MODELS = (
    Column(title="Model", px=120, right=False, stretch=True),
    Column(title="Mapping", px=90, right=False),
    Column(title="Clips", px=50),
    Column(title="Pearson", px=64),
    Column(title="Spearman", px=72),
    Column(title="RMSE", px=58, tip="Squared errors over clips less coefficients of the mapping"),
    Column(title="RMSE*", px=62, tip="Beyond each clip's own interval"),
    Column(title="Outliers", px=66, tip="Clips whose error exceeds their interval"),
)
MAPPINGS = ("as it is", "first order", "third order")


def condition_rows(view: MosView) -> tuple[Row, ...]:
    """Conditions, the best first."""
    found = view.results.conditions
    names = sorted(found, key=lambda n: -(found[n].mean or 0.0))
    return tuple(_condition(n, found[n], view.simple.get(n)) for n in names)


def _condition(name: str, told: Opinion, simple: tuple[float, float] | None) -> Row:
    few = told.n < FEWEST
    ink = "t3" if few else "t1"
    plain = told.method == "t"
    cells = (
        Cell(text=f"{name}, too few votes" if few else name, token=ink, weight=500),
        Cell(text=number(told.mean), token=ink, weight=600),
        Cell(text=_ends(*(simple or (None, None))), token="t2"),
        Cell(text="–" if plain else _ends(told.low, told.high), token="t2"),
        Cell(text=thousands(told.n), token="t2"),
        Cell(text=thousands(told.raters), token="t2"),
    )
    return Row(key=name, cells=cells)


def _ends(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{number(low)}–{number(high)}"


def estimates(view: MosView) -> list[Estimate]:
    """Conditions for the plot."""
    found = view.results.conditions
    out = []
    for row in condition_rows(view):
        told = found[row.key]
        low, high = view.simple.get(row.key, (None, None))
        out.append(
            Estimate(key=row.key, name=row.key, value=told.mean, low=told.low, high=told.high,
                     plain_low=low, plain_high=high, n=told.n)
        )  # fmt: skip
    return out


def model_rows(view: MosView) -> tuple[Row, ...]:
    """Three rows a model: as it is, and after either mapping."""
    return tuple(
        _model(one, at, made)
        for one in view.predicted
        for at, made in enumerate(one.fits)
    )  # fmt: skip


def _model(one: Predicted, at: int, made: Fit | None) -> Row:
    key, mapping = f"{one.metric}|{at}", MAPPINGS[at]
    name = Cell(text=one.title if at == 0 else "", weight=500)
    if made is None:
        blank = (Cell(text="–", token="t3"),) * 6
        return Row(
            key=key, cells=(name, Cell(text=mapping, token="t3"), *blank), tip=one.cubic_reason
        )  # fmt: skip
    grey = "t3" if one.few_votes else "t1"
    share = "–" if made.outlier_ratio is None else f"{made.outlier_ratio:.0%}".replace("%", " %")
    cells = (
        name,
        Cell(text=mapping if made.monotone else f"{mapping}, falls", token="t2"),
        Cell(text=str(made.n), token="t2"),
        Cell(text=number(made.pcc, 3)),
        Cell(text=number(made.srcc, 3)),
        Cell(text=number(made.rmse, 3)),
        Cell(text=number(made.rmse_star, 3), token=grey),
        Cell(text=share, token=grey),
    )
    tip = f"Below {FEWEST_VOTES} votes a clip RMSE* and outliers mean nothing."
    return Row(key=key, cells=cells, tip=tip if one.few_votes else "")


def model_note(view: MosView) -> str:
    """What to know of the table."""
    notes = [
        "Predictions are of the whole call's speaker; votes are of its clip. Mapped per study by "
        "ITU-T P.1401; RMSE divides by clips less coefficients (2, 4)."
    ]
    if any(p.few_votes for p in view.predicted):
        notes.append(f"Grey: fewer than {FEWEST_VOTES} votes on some clip.")
    notes += sorted({p.cubic_reason for p in view.predicted if p.cubic_reason})
    if view.missing:
        notes.append(f"Not measured on these calls: {', '.join(view.missing)}.")
    return " ".join(notes)
