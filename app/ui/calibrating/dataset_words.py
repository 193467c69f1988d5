"""A dataset in words: what a folder says that it holds, and what came of importing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.library.words import thousands

if TYPE_CHECKING:
    from app.services.calibrating.dataset_glance import Glance
    from app.services.calibrating.dataset_import import DatasetImported


def holds(found: Glance) -> str:
    """`Calibration dataset of “Tone”: 40 calls, ..., 120 scores by 3 people and 2 judges`."""
    counts = (_counted(found.calls, "call"), _counted(found.items, "item"))
    people = f"{thousands(found.people)} {'person' if found.people == 1 else 'people'}"
    by = f"{people} and {_counted(found.judges, 'judge version')}"
    scores = _counted(found.scores, "score")
    return f"Calibration dataset of “{found.rubric}”: {', '.join(counts)}, {scores} by {by}."


def came(found: DatasetImported) -> str:
    """What was added, and what was here."""
    calls = f"{_counted(found.calls_added, 'call')} added"
    if found.with_sound:
        calls += f", {thousands(found.with_sound)} with sound"
    if found.calls_known:
        calls += f" ({thousands(found.calls_known)} here already)"
    scores = f"{_counted(found.scores_added, 'score')} added"
    if found.scores_known:
        scores += f" ({thousands(found.scores_known)} here already)"
    return f"Imported as {found.rubric}. {calls}; {scores}."


def _counted(count: int, one: str) -> str:
    return f"{thousands(count)} {one}{'' if count == 1 else 's'}"
