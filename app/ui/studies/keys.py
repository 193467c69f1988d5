"""Which key does what among studies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.ui.screen import StatusKey

if TYPE_CHECKING:
    from app.ui.studies.screen import StudiesScreen

TABS = ("progress", "quality", "results", "design")


def bind_studies_keys(screen: StudiesScreen) -> None:
    """Bind the screen's keys; a lead's only."""
    handlers: dict[str, Callable[[], object]] = {
        "studies.new": screen.new,
        "studies.pause": screen.verbs.pause,
        "studies.close": screen.verbs.close,
        "studies.adjudicate": screen.adjudicate,
        "studies.rubrics": screen.show_rubrics,
        "studies.export": screen.verbs.ask_export,
        "studies.refresh": screen.refresh,
        "studies.escape": screen.escape,
    }
    handlers |= {f"studies.{tab}": partial(screen.show_tab, tab) for tab in TABS}
    screen.ctx.actions.bind(screen, handlers, enabled=lambda _a: screen.ctx.viewer.is_lead)


def status_keys(screen: StudiesScreen) -> Sequence[StatusKey]:
    """Key hints; a reviewer has nothing to do here."""
    if not screen.ctx.viewer.is_lead:
        return ((("app.keys",), "all keys"),)
    study = screen.study
    if study is None:
        return ((("studies.new",), "new study"), (("app.keys",), "all keys"))
    hints: list[StatusKey] = [
        (("studies.progress", "studies.design"), "pages"),
        (("studies.new",), "new study"),
        (("studies.pause",), "pause"),
    ]
    if study.instrument == "rubric":
        hints.append((("studies.adjudicate",), "adjudicate"))
    else:
        hints.append((("studies.export",), "export"))
    return (*hints, (("app.keys",), "all keys"))
