"""Votes from a file, appended to a study's stimuli by raters of their own.

They are never mixed with the votes that were given here: they become no scores, count for no
rater's share, and results show them apart.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed
from app.domain.ids import new_id
from app.domain.ratings import Viewer
from app.domain.studies import PAIRED, Stimulus, Study, Trial
from app.services.studies import making
from app.services.studies.sessions import asked, levels_of
from app.services.studies.vote_rows_in import BadRow, Fault, VoteIn, read
from app.services.workspace import Workspace
from db.repos.exchange import ExchangeRepo
from db.unit_of_work import Reader, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class VotesImported:
    """What came in, and row by row what did not."""

    study: Study
    format: str
    added: int
    known: int
    """Votes that are here already: given here, or imported before."""
    raters: int
    faults: tuple[Fault, ...]
    changes: Changes


def import_votes(ws: Workspace, viewer: Viewer, path: Path, study_ref: str = "") -> VotesImported:
    """Append the votes of a file; doing it twice adds nothing the second time.

    Args:
        ws: the workspace.
        viewer: a lead.
        path: a `votes.csv` of an exported study, or the P.808 toolkit's votes per worker with
            clips named after the hashes of a study's stimuli.
        study_ref: which study; found by the stimuli where it is empty.

    Raises:
        NotAllowed: not a lead, or the study is a draft.
        BadInput: no file of votes, or none of it fits a study.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead can bring in other people's votes.", "Ask a lead.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Check the name.") from error
    kind, votes, faults = read(data)
    study = _study(ws, votes, study_ref)
    if study.state == "draft":
        raise NotAllowed(f"{study.code} has no stimuli yet.", "Open it first.")
    told = {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "format": kind}
    with ws.db.human() as uow:
        intake = _Intake(uow, study, told)
        for row, vote in votes:
            try:
                intake.take(vote)
            except BadRow as error:
                faults.append(Fault(row=row, reason=str(error)))
        uow.touch(Changes(studies=True, raters=True))
    return VotesImported(
        study=making.get(ws, study.id), format=kind, added=intake.added, known=intake.known,
        raters=len(intake.sessions), faults=tuple(sorted(faults, key=lambda f: f.row)),
        changes=uow.changes,
    )  # fmt: skip


def _study(ws: Workspace, votes: Sequence[tuple[int, VoteIn]], ref: str) -> Study:
    """The study that is named, or the one whose stimuli the votes are on."""
    if ref:
        return making.get(ws, ref)
    hashes = {v.stimulus_sha256 for _, v in votes}
    codes = {v.study_code for _, v in votes}
    fitting = []
    with ws.db.read() as uow:
        for study in uow.studies.all():
            if hashes & {s.sha256 for s in uow.studies.stimuli(study.id)}:
                fitting.append(study)
    named = [s for s in fitting if s.code in codes] or fitting
    if len(named) == 1:
        return named[0]
    if not named:
        raise BadInput(
            "No study of this workspace has these stimuli.",
            "Name the study, or open it here first.",
        )
    raise BadInput(
        f"The votes fit several studies: {', '.join(s.code for s in named)}.", "Name one of them."
    )


class _Intake:
    """Appends votes in one transaction."""

    def __init__(self, uow: UnitOfWork, study: Study, told: Mapping[str, str]) -> None:
        self._uow, self._study, self._told = uow, study, told
        self._people = ExchangeRepo(uow.connection)
        self._stimuli = _stimuli(uow, study)
        self._values = {float(v.value) for v in levels_of(study, asked(uow, study).levels)}
        self._known: dict[str, list[Trial]] = {}
        self._next: dict[str, int] = {}
        self._nth: Counter[tuple[str, str]] = Counter()
        self._void = {(b["rater_id"], b["block"]) for b in uow.votes.voided_blocks(study.id)}
        self.sessions: dict[str, str] = {}
        self.added = self.known = 0

    def take(self, vote: VoteIn) -> None:
        """Append one vote, unless it is here.

        Raises:
            BadRow: it does not fit the study.
        """
        stimulus = self._stimulus(vote)
        if vote.raw_value is not None and vote.raw_value not in self._values:
            raise BadRow(f"{vote.raw_value:g} is not one of the study's answers")
        turned = vote.swapped and self._study.instrument in PAIRED
        if vote.raw_value is not None and vote.value != (
            -vote.raw_value if turned else vote.raw_value
        ):
            raise BadRow("value and raw_value do not fit the order of presentation")
        if vote.session_id and self._uow.votes.session_of(vote.session_id) is not None:
            self.known += 1  # it was given in this workspace
            return
        rater_id = self._rater_id(vote.worker)
        before = self._before(rater_id)
        self._nth[rater_id, stimulus.id] += 1
        if self._is_here(vote, stimulus, before, self._nth[rater_id, stimulus.id]):
            self.known += 1
            return
        self._append(vote, stimulus, rater_id)

    def _stimulus(self, vote: VoteIn) -> Stimulus:
        found = self._stimuli.get(vote.stimulus_sha256, [])
        fitting = [
            s for s in found
            if s.role == vote.role and vote.other_sha256 in ("", s.other_sha256)
        ]  # fmt: skip
        if not fitting:
            raise BadRow(f"{self._study.code} has no such stimulus ({vote.stimulus_sha256[:12]})")
        return fitting[0]

    def _is_here(self, vote: VoteIn, stimulus: Stimulus, before: list[Trial], nth: int) -> bool:
        if vote.position is not None:
            return any(t.position == vote.position for t in before)
        return sum(t.stimulus_id == stimulus.id for t in before) >= nth

    def _before(self, rater_id: str) -> list[Trial]:
        """The rater's trials as they were before this import."""
        if rater_id not in self._known:
            before = self._uow.votes.trials(self._study.id, rater_id)
            self._known[rater_id] = before
            self._next[rater_id] = max((t.position for t in before), default=0) + 1
        return self._known[rater_id]

    def _append(self, vote: VoteIn, stimulus: Stimulus, rater_id: str) -> None:
        votes, study = self._uow.votes, self._study
        session_id = self._session(vote, rater_id)
        position = vote.position or self._next[rater_id]
        self._next[rater_id] = max(self._next[rater_id], position + 1)
        trial = Trial(
            id=new_id(), study_id=study.id, rater_id=rater_id, position=position, block=vote.block,
            stimulus_id=stimulus.id, swapped=vote.swapped,
        )  # fmt: skip
        if votes.has_position(trial):
            raise BadRow(f"trial {position} of {vote.worker} comes twice")
        votes.add_trials([trial])
        votes.add(
            trial_id=trial.id, session_id=session_id, value=vote.value, raw_value=vote.raw_value,
            void_reason=vote.void_reason, score_id=None, heard=vote.heard, rt_ms=vote.rt_ms,
            note="imported", voted_at=vote.voted_at,
        )  # fmt: skip
        if vote.block_void and (rater_id, vote.block) not in self._void:
            self._void.add((rater_id, vote.block))
            votes.void_block(study.id, rater_id, vote.block, vote.block_void, "As imported.")
        self.added += 1

    def _rater_id(self, worker: str) -> str:
        """The same for the same worker of the same study, whichever file they come in."""
        named = f"{self._study.id}/{self._told['format']}/{worker}"
        return hashlib.sha256(named.encode()).hexdigest()[:32]

    def _session(self, vote: VoteIn, rater_id: str) -> str:
        if rater_id not in self.sessions:
            if not self._people.has_rater(rater_id):
                name = f"{vote.worker} (imported into {self._study.code})"
                self._people.add_person(rater_id, name)
                rater_class = vote.rater_class if vote.rater_class == "naive" else "expert"
                self._uow.votes.declare(rater_id, rater_class, {"imported": dict(self._told)})
            self.sessions[rater_id] = self._uow.votes.add_session(
                self._study.id, rater_id, {"imported": dict(self._told)}
            )
        return self.sessions[rater_id]


def _stimuli(uow: Reader, study: Study) -> dict[str, list[Stimulus]]:
    found: dict[str, list[Stimulus]] = defaultdict(list)
    for stimulus in uow.studies.stimuli(study.id):
        found[stimulus.sha256].append(stimulus)
    return found
