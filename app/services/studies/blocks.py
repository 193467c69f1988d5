"""Blocks: held against their study's rules when they end, asked again once if they break one."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.changes import Changes
from app.domain.errors import NotAllowed
from app.domain.ids import new_id
from app.domain.ratings import Answer, Viewer
from app.domain.studies import SessionKind, Study, Trial, Vote
from app.eval.listening.quality import failed_gold, is_straight
from app.services.studies.voting import study_of
from app.services.workspace import Workspace
from db.repos.scores import NewScore
from db.unit_of_work import Reader, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockResult:
    """What became of a block; `rule` names what it broke, empty where it counts."""

    block: int
    rule: str = ""
    reason: str = ""
    asked_again: bool = False


def close_block(ws: Workspace, viewer: Viewer, session_id: str, block: int) -> BlockResult:
    """Hold a finished block against the study's rules; what breaks one does not count.

    The votes stay. A block is asked again once.

    Raises:
        NotFound: the session is not the viewer's.
        NotAllowed: trials of the block wait for a vote.
    """
    with ws.db.human() as uow:
        study = study_of(uow, viewer, session_id)
        trials = [t for t in uow.votes.trials(study.id, viewer.rater_id) if t.block == block]
        if any(t.block == block for t in uow.votes.open_trials(study.id, viewer.rater_id)):
            raise NotAllowed(f"Block {block} is not finished.", "Answer all of its trials first.")
        votes = {v.trial_id: v for v in uow.votes.of_rater(viewer, study.id) if v.valid}
        rule, reason = ("", "") if block == 0 else _broken(uow, study, trials, votes)
        kind: SessionKind = "training" if block == 0 else "block_void" if rule else "block_done"
        uow.votes.note(session_id, kind, {"block": block, "rule": rule})
        again = False
        if rule:
            uow.votes.void_block(study.id, viewer.rater_id, block, rule, reason)
            _unscore(uow, viewer, study, votes, trials)
            again = _block_again(uow, viewer, study, trials)
        uow.touch(Changes(studies=True))
    return BlockResult(block=block, rule=rule, reason=reason, asked_again=again)


def _broken(
    uow: Reader, study: Study, trials: list[Trial], votes: dict[str, Vote]
) -> tuple[str, str]:
    """The first rule that a block breaks, with words; empty where it counts."""
    design, rated = study.design, []
    for trial in trials:
        stimulus, given = uow.studies.stimulus(trial.stimulus_id), votes.get(trial.id)
        if stimulus is None or given is None or given.value is None:
            continue
        right = stimulus.expected
        if stimulus.role == "rate":
            # The key that was pressed: of pairs, always the same side is what gives it away.
            rated.append(given.value if given.raw_value is None else given.raw_value)
        elif right is None:
            continue
        elif stimulus.role == "trap" and design.rules.get("trap") and given.value != right:
            return "trap", f"A control clip asked for {right:g} and got {given.value:g}."
        elif not design.rules.get("gold"):
            continue
        elif stimulus.role == "obvious" and given.value * right <= 0:
            return "gold", "Of a clip and its plainly bad self, the bad one was not told."
        elif stimulus.role == "gold" and failed_gold(given.value, right, design.gold_tolerance):
            return "gold", f"A clip of plain quality was given {given.value:g}, not {right:g}."
    if design.rules.get("straight") and is_straight(rated, design.min_block_variance):
        return "straight", "All answers of the block are nearly the same."
    return "", ""


def _unscore(
    uow: UnitOfWork, viewer: Viewer, study: Study, votes: dict[str, Vote], trials: list[Trial]
) -> None:
    """Take the block's scores out of what counts, by rows that say so."""
    for trial in trials:
        given = votes.get(trial.id)
        if given is None or given.score_id is None:
            continue
        score = uow.scores.own(viewer, given.score_id)
        if score is None:
            continue
        uow.scores.add(
            NewScore(
                call_id=score.item.call_id, item_id=score.item_id,
                rubric_version_id=score.rubric_version_id, criterion_id=score.criterion_id,
                rater_id=viewer.rater_id, phase="submitted", blind=score.blind,
                answer=Answer(status="cleared", rationale=f"Block void in {study.code}."),
                supersedes_id=score.id,
            )
        )  # fmt: skip


def _block_again(uow: UnitOfWork, viewer: Viewer, study: Study, trials: list[Trial]) -> bool:
    """Present a void block once more, at the end; not a second time."""
    if all(t.repeat_of for t in trials):  # of one asked for the first time, most are not
        return False
    whole = uow.votes.trials(study.id, viewer.rater_id)
    position = max(t.position for t in whole)
    block = max(t.block for t in whole) + 1
    first = [t for t in trials if t.repeat_of is None]
    uow.votes.add_trials(
        [
            Trial(
                id=new_id(), study_id=study.id, rater_id=viewer.rater_id, position=position + at,
                block=block, stimulus_id=t.stimulus_id, swapped=t.swapped, repeat_of=t.id,
            )
            for at, t in enumerate(first, start=1)
        ]
    )  # fmt: skip
    return True
