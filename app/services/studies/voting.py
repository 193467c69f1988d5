"""Votes: on disk before the next trial is shown; void ones are kept and asked again."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ids import new_id
from app.domain.ratings import Answer, Viewer
from app.domain.studies import PAIRED, Heard, Stimulus, Study, Trial, VoidReason, why_void
from app.services.studies.sessions import asked, levels_of
from app.services.workspace import Workspace
from db.repos.base import dump
from db.repos.scores import NewScore
from db.unit_of_work import Reader, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteReceipt:
    """The acknowledgement of a durable vote."""

    vote_id: str
    voted_at: str
    void_reason: VoidReason
    asked_again: bool
    changes: Changes


def vote(
    ws: Workspace,
    viewer: Viewer,
    session_id: str,
    trial_id: str,
    raw_value: float | None,
    heard: Heard,
    *,
    rt_ms: int = 0,
    fault: bool = False,
    note: str = "",
) -> VoteReceipt:
    """Store one vote; it is on disk when this returns.

    Args:
        ws: the workspace.
        viewer: whose.
        session_id: the session that it is given in.
        trial_id: the trial.
        raw_value: as on the screen, first clip less second; None for a fault.
        heard: how it was played.
        rt_ms: from the end of the sound to the key.
        fault: a technical fault, told by the rater.
        note: what they say of it.

    Raises:
        NotFound: the trial or session is not the viewer's.
        NotAllowed: the trial has a valid vote, or the study is not open.
        BadInput: the value is not offered.
    """
    with ws.db.human() as uow:
        trial, study, stimulus = _of_trial(uow, viewer, session_id, trial_id)
        void = why_void(heard, fault=fault)
        if raw_value is None and not fault:
            raise BadInput("A vote needs a value.", "Choose one of the answers.")
        _check_value(uow, study, raw_value)
        value = None if raw_value is None else _unswapped(study, trial, raw_value)
        score_id = None
        again = uow.votes.has_valid(viewer, study.id, stimulus.id)
        if not void and value is not None and stimulus.role == "rate" and not again:
            score_id = _score(uow, viewer, study, stimulus, value, heard, rt_ms)
        vote_id, now = uow.votes.add(
            trial_id=trial.id, session_id=session_id, value=value, raw_value=raw_value,
            void_reason=void, score_id=score_id, heard=heard, rt_ms=max(rt_ms, 0), note=note,
        )  # fmt: skip
        if void:
            _ask_again(uow, trial)
        uow.touch(Changes(studies=True, scores=frozenset({stimulus.call_id} if score_id else ())))
    return VoteReceipt(
        vote_id=vote_id, voted_at=now, void_reason=void, asked_again=bool(void),
        changes=uow.changes,
    )  # fmt: skip


def _ask_again(uow: UnitOfWork, trial: Trial) -> None:
    """The same stimulus once more, at the end of its block."""
    last = max(t.position for t in uow.votes.trials(trial.study_id, trial.rater_id))
    uow.votes.add_trials(
        [
            Trial(
                id=new_id(), study_id=trial.study_id, rater_id=trial.rater_id, position=last + 1,
                block=trial.block, stimulus_id=trial.stimulus_id, swapped=trial.swapped,
                repeat_of=trial.id,
            )
        ]
    )  # fmt: skip


def _score(
    uow: UnitOfWork, viewer: Viewer, study: Study, stimulus: Stimulus, value: float, heard: Heard,
    rt_ms: int,
) -> str:  # fmt: skip
    """The vote's row in the score table."""
    criterion_id = asked(uow, study).id
    before = uow.votes.last_score(viewer, stimulus.item_id, criterion_id)
    score_id, _ = uow.scores.add(
        NewScore(
            call_id=stimulus.call_id, item_id=stimulus.item_id,
            rubric_version_id=study.rubric_version_id, criterion_id=criterion_id,
            rater_id=viewer.rater_id, answer=Answer(status="observed", value=round(value)),
            phase="submitted", blind=not uow.scores.could_have_seen(viewer, stimulus.call_id),
            duration_ms=max(rt_ms, 0), supersedes_id=before,
            presentation=dump({"study": study.id, "plays": heard.plays}),
        )
    )  # fmt: skip
    return score_id


def _unswapped(study: Study, trial: Trial, raw_value: float) -> float:
    """Always of the first item less the second."""
    turned = trial.swapped and study.instrument in PAIRED
    return -raw_value if turned and raw_value else raw_value


def _check_value(uow: Reader, study: Study, raw_value: float | None) -> None:
    if raw_value is None:
        return
    allowed = [v.value for v in levels_of(study, asked(uow, study).levels)]
    if raw_value not in allowed:
        shown = ", ".join(str(v) for v in allowed)
        raise BadInput(f"{raw_value:g} is not one of the answers.", f"Use {shown}.")


def study_of(uow: Reader, viewer: Viewer, session_id: str) -> Study:
    """The study of a session of the viewer's own. NotFound where it is not."""
    found = uow.votes.session_of(session_id)
    study = uow.studies.get(found[0]) if found is not None else None
    if found is None or study is None or found[1] != viewer.rater_id:
        raise NotFound("That session is not one of yours.")
    return study


def _of_trial(
    uow: Reader, viewer: Viewer, session_id: str, trial_id: str
) -> tuple[Trial, Study, Stimulus]:
    study = study_of(uow, viewer, session_id)
    trial = uow.votes.trial(viewer, trial_id)
    stimulus = uow.studies.stimulus(trial.stimulus_id) if trial is not None else None
    if trial is None or stimulus is None or trial.study_id != study.id:
        raise NotFound("That trial is not one of this session.")
    if study.state != "open":
        raise NotAllowed(f"{study.code} is {study.state}.", "Ask its owner to open it.")
    if uow.votes.has_vote(trial.id):
        raise NotAllowed("That trial has its vote already.", "Go on with the next one.")
    return trial, study, stimulus
