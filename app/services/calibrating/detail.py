"""All that the plots below the matrix show of one cell, part by part, off the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.services.calibrating.detail_biases import BiasesView, biases_of
from app.services.calibrating.detail_confusion import ConfusionView, confusion_of
from app.services.calibrating.detail_cost import CostView, cost_of
from app.services.calibrating.detail_curve import CurveView, curve_of
from app.services.calibrating.detail_limits import LimitsView, limits_of
from app.services.calibrating.detail_people import CeilingView, ForestView, ceiling_of, forest_of
from app.services.calibrating.detail_repeats import RepeatsView, repeats_of
from app.services.calibrating.detail_source import Source, source_of
from app.services.calibrating.detail_strata import StrataView, strata_of
from app.services.workspace import Workspace

__all__ = ["PARTS", "Part", "Source", "part_of", "source_of"]

Part = (
    ConfusionView | LimitsView | CurveView | StrataView | ForestView | CeilingView | RepeatsView
    | BiasesView | Source | CostView
)  # fmt: skip
PARTS = (
    "confusion", "limits", "curve", "strata", "forest", "ceiling", "repeats", "biases", "estimate",
    "cost",
)  # fmt: skip
"""Names of the parts, in the order in which they are offered."""


def part_of(ws: Workspace, source: Source, name: str) -> Part:
    """One part of a cell.

    Args:
        ws: where measures, durations and requests are read.
        source: the cell's arrays.
        name: one of `PARTS`; the estimate is all in the cell, so that its part is the source.

    Raises:
        KeyError: there is no such part.
    """
    made: Mapping[str, Callable[[], Part]] = {
        "confusion": lambda: confusion_of(source), "limits": lambda: limits_of(source),
        "curve": lambda: curve_of(ws, source), "strata": lambda: strata_of(ws, source),
        "forest": lambda: forest_of(source), "ceiling": lambda: ceiling_of(source),
        "repeats": lambda: repeats_of(source), "biases": lambda: biases_of(ws, source),
        "estimate": lambda: source, "cost": lambda: cost_of(ws, source),
    }  # fmt: skip
    return made[name]()
