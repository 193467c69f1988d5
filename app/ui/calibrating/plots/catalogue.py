"""Every plot of a cell, in the order in which the chooser offers them."""

from __future__ import annotations

from app.ui.calibrating.plots.biases_panel import BiasesPanel
from app.ui.calibrating.plots.ceiling_panel import CeilingPanel
from app.ui.calibrating.plots.confusion_panel import ConfusionPanel
from app.ui.calibrating.plots.cost_panel import CostPanel
from app.ui.calibrating.plots.curve_panel import CurvePanel
from app.ui.calibrating.plots.estimate_panel import EstimatePanel
from app.ui.calibrating.plots.forest_panel import ForestPanel
from app.ui.calibrating.plots.limits_panel import LimitsPanel
from app.ui.calibrating.plots.panel import Panel
from app.ui.calibrating.plots.repeats_panel import RepeatsPanel
from app.ui.calibrating.plots.strata_panel import StrataPanel

_ORDER: tuple[type[Panel], ...] = (
    ConfusionPanel, LimitsPanel, CurvePanel, StrataPanel, ForestPanel, CeilingPanel, RepeatsPanel,
    BiasesPanel, EstimatePanel, CostPanel,
)  # fmt: skip
PANELS: dict[str, type[Panel]] = {panel.key: panel for panel in _ORDER}
