"""What the screen says where there is no board to show: title, text, button, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """Words in the middle of the screen; `action` is what their button does."""

    title: str
    text: str
    button: str = ""
    action: str = ""


NOTHING_SCORED = Said(
    "Nothing is scored yet",
    "Calibration holds judges against people. Score calls with a rubric, or import labels that "
    "people gave elsewhere, then let a judge score the same calls. The sample project comes "
    "with all of it.",
    "Import labels", "calibrate.import",
)  # fmt: skip
REVIEWER = Said(
    "Calibration is for leads",
    "It shows everybody's scores, and whoever still has to score must not see them. What waits for "
    "you is under Score and Listen.",
    "Go to Score", "score",
)  # fmt: skip
READING = Said(
    "Reading scores", "Every figure is resampled by call for its interval.", "Stop", "stop"
)
STOPPED = Said(
    "Stopped before anything was computed", "Nothing is lost. Scores stay as they are.",
    "Read again", "calibrate.refresh",
)  # fmt: skip


def failed(what: str, remedy: str) -> Said:
    """Why there is no board, and what to do."""
    return Said(what, remedy, "Read again", "calibrate.refresh")
