"""The list of studies: name and state, then instrument, progress and due date."""

from __future__ import annotations

from app.services.study_progress import Listed
from app.ui.judges.line_list import LineRow
from app.ui.studies.words import INSTRUMENT_WORDS, due_words, progress_words


def row_of(listed: Listed) -> LineRow:
    """A study as a row."""
    study = listed.study
    instrument = INSTRUMENT_WORDS[study.instrument]
    progress = "" if study.state == "draft" else progress_words(listed.done, listed.wanted)
    below = ", ".join(filter(None, [study.code, instrument, progress]))
    return LineRow(
        key=study.id,
        title=study.name,
        words=f"{study.name}, {study.state}, {below} {due_words(study.due)}".strip(),
        tag=study.state,
        below=below,
        right=due_words(study.due),
    )
