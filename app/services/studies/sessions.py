"""Sessions: what comes next for a rater, with nothing in it that could unblind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.errors import NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion, Level
from app.domain.studies import SessionKind, Study, Trial
from app.services.studies import joining, making
from app.services.studies.session_rules import (
    break_left_s,
    ended_block,
    missing_setup,
    training_expired,
)
from app.services.workspace import Workspace
from db.unit_of_work import Reader

StepKind = Literal["setup", "training", "trial", "block_end", "break", "busy", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialView:
    """One trial as a rater may know it: no file, no call, no system, no scores."""

    trial_id: str
    number: int
    """Of the trials of its block, from 1."""
    block: int
    block_trials: int
    trials_left: int
    question: str
    levels: tuple[Level, ...]
    sounds: tuple[str, ...]
    """Hashes of the clips, in the order of playing."""
    lengths_ms: tuple[int, ...]
    is_training: bool
    replays: int | None
    gap_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStep:
    """What comes next."""

    kind: StepKind
    trial: TrialView | None = None
    missing: tuple[SessionKind, ...] = ()
    """Of `setup`: what is to be done first."""
    block: int = 0
    break_s: float = 0.0
    """How long a break still lasts; 0 for one that may be ended at any time."""


def begin(ws: Workspace, viewer: Viewer, study_id: str) -> str:
    """Begin a session; its id. Trials are made at the first one, an old training is repeated.

    Raises:
        NotAllowed: the study is not open. BadInput: nothing is left to rate.
    """
    study = making.get(ws, study_id)
    if study.state != "open":
        raise NotAllowed(f"{study.code} is {study.state}.", "Ask its owner to open it.")
    joining.join(ws, viewer, study.id)
    with ws.db.human() as uow:
        votes = uow.votes
        trials, waiting = (f(study.id, viewer.rater_id) for f in (votes.trials, votes.open_trials))
        if training_expired(study, trials, votes.of_rater(viewer, study.id), waiting):
            joining.train_again(uow, study, viewer.rater_id)
        return votes.add_session(study.id, viewer.rater_id)


def note(
    ws: Workspace, viewer: Viewer, session_id: str, kind: SessionKind, body: Mapping[str, Any]
) -> None:
    """Append what happened in a session.

    Raises:
        NotFound: it is not the viewer's.
    """
    with ws.db.human() as uow:
        _own_session(uow, viewer, session_id)
        uow.votes.note(session_id, kind, body)


def next_step(ws: Workspace, viewer: Viewer, session_id: str, owner: str) -> SessionStep:
    """What comes next in a session; a trial is leased to the window `owner`.

    Raises:
        NotFound: the session is not the viewer's.
    """
    with ws.db.read() as uow:
        study_id = _own_session(uow, viewer, session_id)
        study = uow.studies.get(study_id)
        if study is None:
            raise NotFound("That study is gone.")
        events = uow.votes.events(study_id, viewer.rater_id)
        blocks = uow.votes.blocks(study_id, viewer.rater_id)
        trial = uow.votes.next_open(study_id, viewer.rater_id)
        voted = uow.votes.vote_times(study_id, viewer.rater_id)
    missing = missing_setup(study, events, session_id)
    if missing:
        return SessionStep(kind="setup", missing=missing)
    ended = ended_block(events, blocks)
    if ended is not None:
        return SessionStep(kind="block_end", block=ended)
    if trial is None:
        return SessionStep(kind="done")
    rest_s = break_left_s(study, events, voted)
    if rest_s is not None:
        return SessionStep(kind="break", break_s=rest_s, block=trial.block)
    with ws.db.human() as write:
        if not write.votes.lease(trial.id, owner):
            return SessionStep(kind="busy")
    return SessionStep(
        kind="training" if trial.block == 0 else "trial", trial=_view(ws, study, trial, blocks)
    )


def _view(
    ws: Workspace, study: Study, trial: Trial, blocks: Mapping[int, tuple[int, int]]
) -> TrialView:
    with ws.db.read() as uow:
        stimulus = uow.studies.stimulus(trial.stimulus_id)
        criterion = asked(uow, study)
    if stimulus is None:
        raise NotFound("The stimulus of this trial is gone.")
    sounds = [(stimulus.sha256, stimulus.length_ms)]
    if stimulus.other_sha256:
        other = (stimulus.other_sha256, stimulus.other_length_ms)
        # The reference of a DCR trial is always heard first.
        sounds = [other, *sounds] if study.instrument == "dcr" else [*sounds, other]
    if trial.swapped:
        sounds.reverse()
    whole, left = blocks[trial.block]
    return TrialView(
        trial_id=trial.id,
        number=whole - left + 1,
        block=trial.block,
        block_trials=whole,
        trials_left=sum(n for _, n in blocks.values()),
        question=study.design.question or criterion.question,
        levels=levels_of(study, criterion.levels),
        sounds=tuple(s for s, _ in sounds),
        lengths_ms=tuple(n for _, n in sounds),
        is_training=trial.block == 0,
        replays=study.design.replays,
        gap_ms=study.design.gap_ms,
    )


def asked(uow: Reader, study: Study) -> Criterion:
    """The criterion that a listening study asks: the design's, or the rubric's first.

    Raises:
        NotFound: the rubric is gone.
    """
    rubric = uow.rubrics.get(study.rubric_version_id)
    if rubric is None:
        raise NotFound(f"The rubric of {study.code} is gone.")
    wanted = study.design.criterion
    return next((c for c in rubric.criteria if c.key == wanted), rubric.criteria[0])


def levels_of(study: Study, levels: Sequence[Level]) -> tuple[Level, ...]:
    """The answers that a study offers of its rubric's levels, in their order."""
    design = study.design
    if study.instrument != "pairwise":
        return tuple(levels)
    kept = [v for v in levels if design.points == 7 or abs(v.value) <= 1]
    return tuple(v for v in kept if v.value != 0 or (design.ties and design.points != 2))


def _own_session(uow: Reader, viewer: Viewer, session_id: str) -> str:
    found = uow.votes.session_of(session_id)
    if found is None or found[1] != viewer.rater_id:
        raise NotFound("That session is not one of yours.")
    return found[0]
