"""Blind repeats: opinions and forms come again, late, and never replace what was given first."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from app.domain.calls import Call, Span
from app.domain.ratings import Answer, ItemRef, Score, Viewer
from app.domain.rubrics import Criterion
from app.domain.studies import Study, StudyDesign
from app.domain.work import Quiet
from app.services import rating
from app.services.calibrating import gather, repeats
from app.services.calibrating.dimension import dimension
from app.services.calls import get_call
from app.services.studies import making, queueing
from app.services.studies.opening import open_study
from app.services.studies.planning import plan_items
from app.services.workspace import Workspace

Filled = Callable[[int], list[Call]]


def test_opinions_come_again_and_only_the_first_is_a_score(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(8), block=5, repeat_share=0.25)
    given = iter(1 + n % 4 for n in range(100))
    kit.Session(ws, rater, study).finish(lambda _n: next(given))
    found = gather.load(ws, lead, making.rubric_of(ws, study).id)
    mine = [r for r in repeats.of_people(ws, lead, found) if r.repeats]
    assert [r.rater_id for r in mine] == [rater.rater_id]
    with ws.db.read() as uow:
        trials = uow.votes.trials(study.id, rater.rater_id)
        votes = {v.trial_id: v for v in uow.votes.of_rater(rater, study.id)}
    again = [t for t in trials if t.repeat_of]
    assert {t.block for t in again} == {max(t.block for t in trials)}
    assert len(mine[0].repeats) == len(again) >= 2
    assert [votes[t.id].score_id for t in again] == [None] * len(again)
    pairs = sorted((votes[t.repeat_of or ""].value, votes[t.id].value) for t in again)
    assert sorted((r.first, r.again) for r in mine[0].repeats) == pairs


def opened(ws: Workspace, lead: Viewer, calls: list[Call], **more: object) -> Study:
    design = StudyDesign(block=4, repeat_share=0.25, **more)  # type: ignore[arg-type]
    study = making.create(
        ws, lead, "Manner", "rubric", design, rubric_key="telephone_voice", seed=5
    )
    return open_study(
        Quiet(), ws, lead, study.id, plan_items(ws, lead, study, [c.id for c in calls])
    )


def rows_of(ws: Workspace, lead: Viewer) -> list[Score]:
    """Everything that was ever submitted."""
    with ws.db.read() as uow:
        return uow.scores.visible(lead, newest=False)


def answer(ws: Workspace, viewer: Viewer, call_id: str, criterion: Criterion, value: int) -> None:
    item = ItemRef(kind="call", call_id=call_id, span=Span(0, get_call(ws, call_id).frame_count))
    rating.draft(ws, viewer, item, criterion.id, Answer(status="observed", value=value))


def test_a_form_comes_again_empty_and_both_rounds_are_compared(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled
) -> None:
    study = opened(ws, lead, filled(8))
    rubric = making.rubric_of(ws, study)
    criterion = rubric.criteria[0]
    seen: dict[str, list[bool]] = {}
    while (call := queueing.take(ws, rater, study.id, "w")) is not None:
        with ws.db.read() as uow:
            form = uow.scores.form(rater.rater_id, call.call_id, rubric.id)
        open_answers = [s for s in form if s.answer.status != "cleared"]
        seen.setdefault(call.call_id, []).append(not open_answers)
        answer(ws, rater, call.call_id, criterion, 4 if len(seen[call.call_id]) == 1 else 3)
        rating.submit(ws, rater, call.call_id, rubric.id)
    twice = [c for c, times in seen.items() if len(times) == 2]
    assert len(twice) == 2
    assert all(all(times) for times in seen.values())
    queue = queueing.queue(ws, rater, study.id)
    assert (queue.left, queue.done) == ((), 10)
    found = gather.load(ws, lead, rubric.id)
    (mine,) = [r for r in repeats.of_people(ws, lead, found) if r.repeats]
    assert {(r.first, r.again) for r in mine.repeats} == {(4.0, 3.0)}
    assert mine.same == 0
    assert mine.change.value == -1.0
    # The first round is the vote; the second is kept, and counts for nothing but steadiness.
    people = dimension(found, criterion.key).people
    assert people.values.shape == (8, 1)
    assert set(people.values.ravel().tolist()) == {4.0}
    assert {s.answer.value for s in rating.scores(ws, lead)} == {4}
    assert len(rows_of(ws, lead)) == 10


def test_a_changed_form_is_no_repeat(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled
) -> None:
    study = opened(ws, lead, filled(8))
    rubric = making.rubric_of(ws, study)
    call = queueing.take(ws, rater, study.id, "w")
    assert call is not None
    for value in (4, 3):
        answer(ws, rater, call.call_id, rubric.criteria[0], value)
        rating.submit(ws, rater, call.call_id, rubric.id)
    found = gather.load(ws, lead, rubric.id)
    assert not any(r.repeats for r in repeats.of_people(ws, lead, found))
    assert len(queueing.queue(ws, rater, study.id).left) == 9


def test_nobody_is_blind_twice_where_a_study_reveals(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled
) -> None:
    study = opened(ws, lead, filled(8), reveal=True)
    assert len(queueing.queue(ws, rater, study.id).left) == 8


def test_a_form_is_corrected_within_its_round(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled
) -> None:
    study = opened(ws, lead, filled(8))
    rubric = making.rubric_of(ws, study)
    rounds: dict[str, int] = {}
    while (call := queueing.take(ws, rater, study.id, "w")) is not None:
        at = rounds[call.call_id] = rounds.get(call.call_id, 0) + 1
        for value in (1, 2) if at == 1 else (4, 5):
            answer(ws, rater, call.call_id, rubric.criteria[0], value)
            rating.submit(ws, rater, call.call_id, rubric.id)
    assert sorted(rounds.values()) == [1] * 6 + [2] * 2
    found = gather.load(ws, lead, rubric.id)
    assert set(dimension(found, rubric.criteria[0].key).people.values.ravel().tolist()) == {2.0}
    (mine,) = [r for r in repeats.of_people(ws, lead, found) if r.repeats]
    assert {(r.first, r.again) for r in mine.repeats} == {(2.0, 4.0)}
