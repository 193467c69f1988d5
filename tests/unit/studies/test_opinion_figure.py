"""MOS over a set of calls comes from the votes of listening studies that count."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from app.domain.calls import Call
from app.domain.ratings import Viewer
from app.services import raters, set_figures
from app.services.set_figures import SetFigure
from app.services.workspace import Workspace


def mos(ws: Workspace, viewer: Viewer, calls: list[Call]) -> SetFigure:
    found = set_figures.human_figures(ws, viewer, [c.id for c in calls])
    return next(f for f in found if f.metric_id == "mos")


def test_opinions_of_a_study_are_the_figure_of_its_calls(
    ws: Workspace,
    lead: Viewer,
    rater: Viewer,
    filled: Callable[[int], list[Call]],
    kit: SimpleNamespace,
) -> None:
    calls = filled(2)
    assert mos(ws, lead, calls).value is None
    study = kit.open(ws, lead, calls, block=4)
    other = raters.sign_in(ws, "Bo", "reviewer")
    for viewer, shift in ((rater, 0), (other, 1)):
        kit.Session(ws, viewer, study).finish(lambda n, shift=shift: 1 + shift + n % 4)
    found = mos(ws, lead, calls)
    assert (found.n, found.raters) == (8, 2)
    assert found.value == pytest.approx(3.0)
    assert found.interval is not None
    # A reviewer's figure is made of what is open to them.
    assert mos(ws, rater, calls).raters <= 2
