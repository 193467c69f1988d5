"""How each screen is made. Its modules are loaded then, on the first visit, and not before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.ui.context import UiContext
from app.ui.screen import Screen

Factory = Callable[[UiContext, QWidget], Screen]


def _library(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.library.screen import LibraryScreen

    return LibraryScreen(ctx, parent)


def _review(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.review.screen import ReviewScreen

    return ReviewScreen(ctx, parent)


def _score(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.scoring.screen import ScoringScreen

    return ScoringScreen(ctx, parent)


def _runs(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.runs.screen import RunsScreen

    return RunsScreen(ctx, parent)


def _listen(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.listening.screen import ListenScreen

    return ListenScreen(ctx, parent)


def _live(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.live.screen import LiveScreen

    return LiveScreen(ctx, parent)


def _studies(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.studies.screen import StudiesScreen

    return StudiesScreen(ctx, parent)


def _rubrics(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.rubrics.screen import RubricsScreen

    return RubricsScreen(ctx, parent)


def _adjudicate(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.adjudicating.screen import AdjudicateScreen

    return AdjudicateScreen(ctx, parent)


def _judges(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.judges.screen import JudgesScreen

    return JudgesScreen(ctx, parent)


def _calibrate(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.calibrating.screen import CalibrateScreen

    return CalibrateScreen(ctx, parent)


def _scores(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.scores.screen import ScoresScreen

    return ScoresScreen(ctx, parent)


def _compare(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.comparing.screen import CompareScreen

    return CompareScreen(ctx, parent)


FACTORIES: dict[str, Factory] = {
    "library": _library,
    "review": _review,
    "score": _score,
    "runs": _runs,
    "listen": _listen,
    "live": _live,
    "studies": _studies,
    "rubrics": _rubrics,
    "adjudicate": _adjudicate,
    "judges": _judges,
    "calibrate": _calibrate,
    "scores": _scores,
    "compare": _compare,
}
