"""What a rater may know of studies: what is asked, what is left. Nothing that names a system."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, Literal

from app.domain.clock import utc_now
from app.domain.errors import NotFound
from app.domain.ratings import Viewer
from app.domain.studies import LISTENING, Instrument, Study, Vote
from app.services.studies.sessions import asked
from app.services.workspace import Workspace
from db.unit_of_work import Reader

ANSWER_S = 4.0
"""From the end of the sound to the next one, before the rater's own pace is known."""
PACE_VOTES = 20
"""Over how many of the newest votes the pace is taken."""
LONGEST_S = 120.0
"""A longer time between two votes was a break, not work."""

RaterClass = Literal["naive", "expert"]
LastTest = Literal["never", "over_12_months", "6_to_12_months", "under_6_months"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A study that a rater may work on."""

    study_id: str
    code: str
    instrument: Instrument
    question: str
    done: int
    left: int
    """Trials that wait for a vote; before the first session, how many there may be at most."""
    is_begun: bool
    due: str | None
    minutes_left: float
    """At the rater's pace, or by the clips' lengths before there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A session that can be gone on with: its set-up still holds."""

    session_id: str
    device: Mapping[str, Any]
    level: Mapping[str, Any]


def offered(ws: Workspace, viewer: Viewer) -> list[Offer]:
    """Open listening studies with something left for the viewer, due ones first."""
    found = []
    with ws.db.read() as uow:
        for study in uow.studies.all():
            if study.state == "open" and study.instrument in LISTENING:
                offer = _offer(uow, viewer, study)
                if offer.left:
                    found.append(offer)
    return sorted(found, key=lambda o: (o.due or "9999", o.code))


def _offer(uow: Reader, viewer: Viewer, study: Study) -> Offer:
    trials = uow.votes.trials(study.id, viewer.rater_id)
    votes = uow.votes.of_rater(viewer, study.id)
    left = len(uow.votes.open_trials(study.id, viewer.rater_id)) if trials else study.stimuli
    return Offer(
        study_id=study.id,
        code=study.code,
        instrument=study.instrument,
        question=study.design.question or asked(uow, study).question,
        done=len(votes),
        left=left,
        is_begun=bool(trials),
        due=study.due,
        minutes_left=left * (_pace_s(votes) or _length_s(uow, study) + ANSWER_S) / 60,
    )


def _pace_s(votes: Sequence[Vote]) -> float:
    """Median seconds from vote to vote; 0 before there are enough."""
    stamps = [datetime.datetime.fromisoformat(v.voted_at) for v in votes[-PACE_VOTES:]]
    gaps = [(b - a).total_seconds() for a, b in pairwise(stamps)]
    gaps = [g for g in gaps if g <= LONGEST_S]
    return median(gaps) if len(gaps) >= 3 else 0.0


def _length_s(uow: Reader, study: Study) -> float:
    stimuli = uow.studies.stimuli(study.id)
    total_ms = sum(s.length_ms + s.other_length_ms for s in stimuli)
    return total_ms / 1000 / max(1, len(stimuli))


def unfinished(ws: Workspace, viewer: Viewer, study_id: str) -> Unfinished | None:
    """The viewer's last session of a study, where it was neither ended nor too long ago."""
    with ws.db.read() as uow:
        study = uow.studies.get(study_id)
        events = uow.votes.events(study_id, viewer.rater_id)
    if study is None or not events:
        return None
    session_id = events[-1]["session_id"]
    own = [e for e in events if e["session_id"] == session_id]
    setup = {e["kind"]: e for e in own if e["body"].get("passed", True)}
    if "ended" in setup or not {"device", "digits", "level"} <= setup.keys():
        return None
    oldest = min(setup[k]["created_at"] for k in ("device", "digits", "level"))
    age = datetime.datetime.fromisoformat(utc_now()) - datetime.datetime.fromisoformat(oldest)
    if age.total_seconds() > 60 * study.design.setup_valid_min:
        return None
    return Unfinished(
        session_id=session_id, device=setup["device"]["body"], level=setup["level"]["body"]
    )


def upcoming(ws: Workspace, viewer: Viewer, session_id: str, count: int) -> tuple[str, ...]:
    """Hashes of the clips of the next trials, the one in front included, to be read ahead.

    Raises:
        NotFound: the session is not the viewer's.
    """
    with ws.db.read() as uow:
        found = uow.votes.session_of(session_id)
        if found is None or found[1] != viewer.rater_id:
            raise NotFound("That session is not one of yours.")
        waiting = uow.votes.open_trials(found[0], viewer.rater_id)[:count]
        stimuli = [uow.studies.stimulus(t.stimulus_id) for t in waiting]
    hashes = [h for s in stimuli if s is not None for h in (s.sha256, s.other_sha256) if h]
    return tuple(dict.fromkeys(hashes))


def hold(ws: Workspace, viewer: Viewer, trial_id: str, owner: str) -> bool:
    """Keep a trial for the window that shows it; False where another window has it by now."""
    with ws.db.human() as uow:
        if uow.votes.trial(viewer, trial_id) is None:
            return False
        return uow.votes.lease(trial_id, owner)


def class_of(*, last_test: LastTest, works_on_speech: bool) -> RaterClass:
    """ITU-T P.800: naive is who does not work on speech quality and has heard no test lately."""
    lately = last_test in ("under_6_months", "6_to_12_months")
    return "expert" if works_on_speech or lately else "naive"


def declare(
    ws: Workspace,
    viewer: Viewer,
    session_id: str,
    *,
    normal_hearing: bool,
    last_test: LastTest,
    works_on_speech: bool,
) -> RaterClass:
    """Store consent and declaration of a session; which class they make of the rater.

    Raises:
        NotFound: the session is not the viewer's.
    """
    found = class_of(last_test=last_test, works_on_speech=works_on_speech)
    body = {
        "normal_hearing": normal_hearing, "last_test": last_test,
        "works_on_speech": works_on_speech, "class": found,
    }  # fmt: skip
    with ws.db.human() as uow:
        owner = uow.votes.session_of(session_id)
        if owner is None or owner[1] != viewer.rater_id:
            raise NotFound("That session is not one of yours.")
        uow.votes.note(session_id, "consent", {"given": True})
        uow.votes.note(session_id, "declaration", body)
        uow.votes.declare(viewer.rater_id, found, body)
    return found
