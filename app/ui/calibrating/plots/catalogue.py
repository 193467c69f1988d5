"""Every plot of a cell, in the order in which the chooser offers them."""

from __future__ import annotations

from app.ui.calibrating.plots.confusion_panel import ConfusionPanel
from app.ui.calibrating.plots.limits_panel import LimitsPanel
from app.ui.calibrating.plots.panel import Panel

PANELS: dict[str, type[Panel]] = {panel.key: panel for panel in (ConfusionPanel, LimitsPanel)}
