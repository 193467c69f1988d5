"""Where an answer whose boundaries moved would belong: most common speech, same speaker."""

from __future__ import annotations

from dataclasses import replace

from app.domain.calls import Span, Speaker
from app.domain.forms import Form
from app.domain.ratings import Answer, ItemRef, Score
from app.domain.rubrics import RubricVersion
from app.ui.scoring.stale_bar import heir


def turn(start: int, end: int, speaker: Speaker = "agent") -> ItemRef:
    return ItemRef(kind="turn", call_id="c", span=Span(start, end), speaker=speaker)


def form(*items: ItemRef) -> Form:
    rubric = RubricVersion(id="r", key="r", version=1, title="R", sha256="", criteria=())
    return Form(call_id="c", rubric=rubric, items=items)


def score(item: ItemRef) -> Score:
    return Score(
        id="s", item_id="i", item=item, criterion_id="k", criterion_key="k",
        rubric_version_id="r", rater_id="me", rater_kind="human",
        answer=Answer(status="observed", value=1), phase="draft", blind=True, duration_ms=0,
        created_at="", supersedes_id=None, submission_id=None, stale=True,
    )  # fmt: skip


def test_the_turn_with_most_of_the_old_speech_is_offered() -> None:
    old = score(turn(100, 200))
    assert heir(form(turn(0, 120), turn(125, 260)), old) == 1


def test_the_other_speaker_is_never_offered() -> None:
    assert heir(form(turn(100, 200, "caller")), score(turn(100, 200))) is None


def test_nothing_is_offered_where_the_speech_was_deleted() -> None:
    assert heir(form(turn(300, 400)), score(turn(100, 200))) is None


def test_a_call_item_is_not_mixed_up_with_a_turn() -> None:
    whole = replace(turn(0, 900), kind="call", speaker=None)
    assert heir(form(whole), score(turn(100, 200))) is None
