"""Trials with their leases, and votes. A vote is only ever added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.ratings import Viewer
from app.domain.studies import Heard, Trial, VoidReason, Vote
from db.repos.base import dump
from db.repos.sessions import SessionRepo
from db.schema import studies as t

LEASE_S = 15
"""A window that has not been heard of for this long does not hold its trial any more."""

_VOTE = (
    "SELECT v.*, t.study_id, t.rater_id, t.stimulus_id "
    "FROM vote v JOIN trial t ON t.id = v.trial_id "
)
_SUBMITTED = (
    "EXISTS (SELECT 1 FROM study y JOIN stimulus m ON m.id = t.stimulus_id "
    "JOIN submission b ON b.call_id = m.call_id AND b.rubric_version_id = y.rubric_version_id "
    "AND b.rater_id = t.rater_id WHERE y.id = t.study_id AND y.instrument = 'rubric')"
)
"""That the form of a rubric study's call is submitted: what a vote is elsewhere."""
_VOIDED = (
    "EXISTS (SELECT 1 FROM block_void b WHERE b.study_id = t.study_id "
    "AND b.rater_id = t.rater_id AND b.block = t.block)"
)

_OPEN = (
    "(NOT EXISTS (SELECT 1 FROM vote v WHERE v.trial_id = t.id) "
    f"AND NOT {_VOIDED} AND NOT {_SUBMITTED})"
)
"""That a trial waits for a vote: never voted on, neither validly nor in vain."""


class VoteRepo(SessionRepo):
    """What raters are presented with and what they answer. A reviewer reads their own alone."""

    # trials ------------------------------------------------------------------------------------

    def add_trials(self, trials: Sequence[Trial]) -> None:
        """Append trials."""
        now = utc_now()
        self._insert(
            t.trial,
            [
                {n: getattr(x, n) for n in Trial.__slots__}
                | {"swapped": int(x.swapped), "created_at": now}
                for x in trials
            ],
        )

    def trials(self, study_id: str, rater_id: str) -> list[Trial]:
        """A rater's trials of a study, in their order."""
        rows = self._maps(
            "SELECT * FROM trial WHERE study_id = :s AND rater_id = :r ORDER BY position",
            {"s": study_id, "r": rater_id},
        )
        return [_trial(row) for row in rows]

    def has_position(self, trial: Trial) -> bool:
        """Whether the rater has a trial at that place already."""
        return bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM trial WHERE study_id = :s AND rater_id = :r "
                "AND position = :p)",
                {"s": trial.study_id, "r": trial.rater_id, "p": trial.position},
            )
        )

    def all_trials(self, study_id: str) -> list[Trial]:
        """Every rater's trials of a study; for its results."""
        rows = self._maps("SELECT * FROM trial WHERE study_id = :s ORDER BY seq", {"s": study_id})
        return [_trial(row) for row in rows]

    def trial(self, viewer: Viewer, trial_id: str) -> Trial | None:
        """One trial of the viewer's own."""
        row = self._map(
            "SELECT * FROM trial WHERE id = :i AND rater_id = :r",
            {"i": trial_id, "r": viewer.rater_id},
        )
        return None if row is None else _trial(row)

    def open_trials(self, study_id: str, rater_id: str) -> list[Trial]:
        """The trials that wait for a vote, in the order in which they come."""
        rows = self._maps(
            "SELECT t.* FROM trial t WHERE t.study_id = :s AND t.rater_id = :r "
            f"AND {_OPEN} ORDER BY t.block, t.position",
            {"s": study_id, "r": rater_id},
        )
        return [_trial(row) for row in rows]

    def next_open(self, study_id: str, rater_id: str) -> Trial | None:
        """The first of them."""
        row = self._map(
            "SELECT t.* FROM trial t WHERE t.study_id = :s AND t.rater_id = :r "
            f"AND {_OPEN} ORDER BY t.block, t.position LIMIT 1",
            {"s": study_id, "r": rater_id},
        )
        return None if row is None else _trial(row)

    def blocks(self, study_id: str, rater_id: str) -> dict[int, tuple[int, int]]:
        """Block → (trials, those that wait) of a rater."""
        rows = self._rows(
            f"SELECT t.block, count(*), sum({_OPEN}) FROM trial t "
            "WHERE t.study_id = :s AND t.rater_id = :r GROUP BY t.block ORDER BY t.block",
            {"s": study_id, "r": rater_id},
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def vote_times(self, study_id: str, rater_id: str) -> list[str]:
        """When a rater voted in a study, oldest first."""
        rows = self._rows(
            "SELECT v.voted_at FROM vote v JOIN trial t ON t.id = v.trial_id "
            "WHERE t.study_id = :s AND t.rater_id = :r ORDER BY v.seq",
            {"s": study_id, "r": rater_id},
        )
        return [row[0] for row in rows]

    def planned(self, study_id: str) -> dict[str, int]:
        """Stimulus → how many raters have a trial of it that still counts or may.

        Raters who are not active are left out: imported ones, and those who have gone.
        """
        rows = self._rows(
            "SELECT t.stimulus_id, count(DISTINCT t.rater_id) FROM trial t "
            "JOIN rater r ON r.id = t.rater_id AND r.active = 1 WHERE t.study_id = :s "
            f"AND NOT {_VOIDED} GROUP BY t.stimulus_id",
            {"s": study_id},
        )
        return {row[0]: row[1] for row in rows}

    def lease(self, trial_id: str, owner: str) -> bool:
        """Take a trial for a window; False while another one is on it."""
        return bool(
            self._run(
                "INSERT INTO trial_lease (trial_id, owner, beat_at) VALUES (:t, :o, :now) "
                "ON CONFLICT (trial_id) DO UPDATE SET owner = :o, beat_at = :now "
                "WHERE owner = :o OR julianday(:now) - julianday(beat_at) > "
                f"{LEASE_S} / 86400.0",
                {"t": trial_id, "o": owner, "now": utc_now()},
            )
        )

    # votes -------------------------------------------------------------------------------------

    def add(
        self,
        *,
        trial_id: str,
        session_id: str,
        value: float | None,
        raw_value: float | None,
        void_reason: VoidReason,
        score_id: str | None,
        heard: Heard,
        rt_ms: int,
        note: str = "",
        voted_at: str = "",
    ) -> tuple[str, str]:
        """Append a vote; its id and time. A trial takes one valid vote only.

        `voted_at` is given for votes that come from elsewhere; others are of now.
        """
        vote_id, now, valid = new_id(), voted_at or utc_now(), not void_reason
        self._insert(
            t.vote,
            {
                "id": vote_id,
                "trial_id": trial_id,
                "session_id": session_id,
                "value": value,
                "raw_value": raw_value,
                "valid": int(valid),
                "void_reason": void_reason,
                "score_id": score_id,
                "heard": dump(asdict(heard)),
                "rt_ms": rt_ms,
                "note": note,
                "voted_at": now,
                "valid_trial": trial_id if valid else None,
            },
        )
        return vote_id, now

    def of_rater(self, viewer: Viewer, study_id: str) -> list[Vote]:
        """The viewer's own votes in a study, oldest first."""
        rows = self._maps(
            f"{_VOTE} WHERE t.study_id = :s AND t.rater_id = :r ORDER BY v.seq",
            {"s": study_id, "r": viewer.rater_id},
        )
        return [_vote(row) for row in rows]

    def of_study(self, viewer: Viewer, study_id: str) -> list[Vote]:
        """Every vote of a study, for a lead; for a reviewer only their own."""
        if not viewer.is_lead:
            return self.of_rater(viewer, study_id)
        rows = self._maps(f"{_VOTE} WHERE t.study_id = :s ORDER BY v.seq", {"s": study_id})
        return [_vote(row) for row in rows]

    def has_vote(self, trial_id: str) -> bool:
        """Whether a trial was answered, validly or in vain."""
        return bool(
            self._value("SELECT EXISTS (SELECT 1 FROM vote WHERE trial_id = :t)", {"t": trial_id})
        )

    def has_valid(self, viewer: Viewer, study_id: str, stimulus_id: str) -> bool:
        """Whether the viewer has a vote on a stimulus that counts."""
        return bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM vote v JOIN trial t ON t.id = v.trial_id "
                "WHERE t.study_id = :s AND t.rater_id = :r AND t.stimulus_id = :m "
                f"AND v.valid = 1 AND NOT {_VOIDED})",
                {"s": study_id, "r": viewer.rater_id, "m": stimulus_id},
            )
        )

    def last_score(self, viewer: Viewer, item_id: str, criterion_id: str) -> str | None:
        """The viewer's newest row on an item and criterion."""
        found: str | None = self._value(
            "SELECT id FROM score WHERE item_id = :i AND criterion_id = :c AND rater_id = :r "
            "ORDER BY seq DESC LIMIT 1",
            {"i": item_id, "c": criterion_id, "r": viewer.rater_id},
        )
        return found


def _trial(row: Mapping[str, Any]) -> Trial:
    values = {name: row[name] for name in Trial.__slots__}
    return Trial(**{**values, "swapped": bool(row["swapped"])})


def _vote(row: Mapping[str, Any]) -> Vote:
    return Vote(
        id=row["id"],
        trial_id=row["trial_id"],
        study_id=row["study_id"],
        session_id=row["session_id"],
        rater_id=row["rater_id"],
        stimulus_id=row["stimulus_id"],
        value=row["value"],
        raw_value=row["raw_value"],
        valid=bool(row["valid"]),
        void_reason=row["void_reason"],
        score_id=row["score_id"],
        heard=Heard(**json.loads(row["heard"])),
        rt_ms=row["rt_ms"],
        note=row["note"],
        voted_at=row["voted_at"],
    )
