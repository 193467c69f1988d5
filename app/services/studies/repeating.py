"""A call of a rubric study comes again, blind: its form is empty, and what was given stays.

Without that a rater who grows milder and a judge that grows harsher look alike. A study that
reveals others' scores after submitting has no such calls, since nobody would be blind any more.
"""

from __future__ import annotations

from app.domain.changes import Changes
from app.domain.ratings import Answer, Viewer
from app.domain.studies import Trial
from db.repos.assignments import AssignmentRepo, repeat_policy
from db.repos.scores import NewScore
from db.unit_of_work import UnitOfWork


def begin(uow: UnitOfWork, viewer: Viewer, trial: Trial) -> None:
    """Empty the form of a repeated call, once: from then on a submission answers the repeat."""
    study = uow.studies.get(trial.study_id)
    stimulus = uow.studies.stimulus(trial.stimulus_id)
    if trial.repeat_of is None or study is None or stimulus is None:
        return
    if study.instrument != "rubric":
        return
    repo, policy = AssignmentRepo(uow.connection), repeat_policy(study.code)
    call_id, rubric_id = stimulus.call_id, study.rubric_version_id
    if repo.is_assigned(call_id, viewer.rater_id, policy):
        return
    repo.add(
        [{"call_id": call_id, "item_id": stimulus.item_id, "rater_id": viewer.rater_id,
          "rubric_version_id": rubric_id, "policy": policy, "stratum": stimulus.condition,
          "reason": "Blind repeat", "inclusion_prob": stimulus.inclusion_prob,
          "seed": study.seed}]
    )  # fmt: skip
    for score in uow.scores.form(viewer.rater_id, call_id, rubric_id):
        uow.scores.add(
            NewScore(
                call_id=call_id, item_id=score.item_id, rubric_version_id=rubric_id,
                criterion_id=score.criterion_id, rater_id=viewer.rater_id,
                answer=Answer(status="cleared"), phase="draft", blind=score.blind,
                supersedes_id=score.id,
            )
        )  # fmt: skip
    uow.touch(Changes(scores=frozenset({call_id}), studies=True))
