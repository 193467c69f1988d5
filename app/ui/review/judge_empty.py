"""What the judge tab says where it shows no verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.services.judging.seen_verdicts import Hiding

NOBODY = (
    "No judge has judged this call",
    "A judge run works in the background; its verdicts appear here.",
    "Judge this call",
)
HIDDEN = (
    "Hidden until you submit",
    "Judges’ verdicts on this call stay hidden until you have submitted your own scores.",
    "Score call",
)
KEPT = ("Hidden", "This workspace keeps judges’ verdicts from reviewers.", "")
NOTHING_OPEN = (
    "Nothing to show",
    "Verdicts on what you have not scored and submitted yourself stay hidden.",
    "",
)
AWAITED_WORDS = "Its verdicts appear here as they come."


def words_for(hiding: Hiding, awaited: str) -> tuple[str, str, str]:
    """Title, text and button; `awaited` is the code of a run that will bring verdicts."""
    if hiding:
        return {"all": HIDDEN, "rest": NOTHING_OPEN, "always": KEPT}[hiding]
    return (f"{awaited} is judging this call", AWAITED_WORDS, "") if awaited else NOBODY
