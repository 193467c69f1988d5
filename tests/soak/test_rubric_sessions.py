"""A rubric session of ten calls at the real window under Xvfb, with sound, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services import opening, raters, rating
from app.services.studies import making, queueing
from tests.soak.real_window import at_work, finished, window_env

CALLS = 10


@pytest.fixture
def env() -> Iterator[dict[str, str]]:
    with window_env() as found:
        yield found


@pytest.mark.timeout(1_800)
def test_ten_calls_from_the_queue_to_the_last_submission(
    env: dict[str, str], tmp_path: Path
) -> None:
    report = finished(at_work(env, "rubric_rater.py", str(tmp_path / "ws")))
    print(f"\n{report}")  # noqa: T201
    assert report["platform"] == "xcb"
    assert report["calls"] == report["opened"] == CALLS
    ws = opening.open_workspace(tmp_path / "ws")
    ann = raters.sign_in(ws, "Ann", "reviewer")
    with ws.db.read() as uow:
        study = next(s for s in uow.studies.all() if s.name == "Ten")
        ids = [s.call_id for s in uow.studies.stimuli(study.id)]
        rubric = uow.rubrics.get(study.rubric_version_id)
    queue = queueing.queue(ws, ann, study.id)
    assert (queue.done, len(queue.left), queue.skipped) == (CALLS, 0, 0)
    assert rubric is not None
    for call_id in ids:
        given = {s.criterion_key: s for s in rating.scores(ws, ann, call_id=call_id)
                 if s.rater_id == ann.rater_id and s.phase == "submitted"}  # fmt: skip
        for criterion in rubric.criteria:
            answer = given[criterion.key].answer
            assert answer.status == "observed"
            assert answer.rationale or answer.value not in criterion.rationale_required_at
        assert any(s.answer.evidence for s in given.values())
        assert all(s.blind for s in given.values())
    assert making.get(ws, study.id).state == "open"
    ws.close()
