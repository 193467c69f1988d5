"""Studies with their stimuli. Designs and stimuli are only ever added; states are appended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.studies import Instrument, Stimulus, Study, StudyDesign, StudyState
from db.repos.base import Repo, dump
from db.schema import studies as t

_STUDY = (
    "SELECT s.*, x.state, x.snapshot_sha256, "
    "(SELECT name FROM rater WHERE rater.id = s.created_by) AS author, "
    "(SELECT min(o.created_at) FROM study_state o WHERE o.study_id = s.id AND o.state = 'open') "
    "AS frozen_at, (SELECT count(*) FROM stimulus m WHERE m.study_id = s.id) AS stimuli "
    "FROM study s JOIN study_state x ON x.seq = "
    "(SELECT max(n.seq) FROM study_state n WHERE n.study_id = s.id) "
)
_PLACES = (
    'SELECT m.sha256, m.other_sha256, i.call_id, c.rate_hz, i.start, i."end" FROM stimulus m '
    "JOIN item p ON p.id = m.item_id JOIN item i ON i.id IN (p.id, p.other_item_id) "
    "JOIN call c ON c.id = i.call_id WHERE m.study_id = :s ORDER BY m.number, i.id"
)


class StimulusPlace(NamedTuple):
    """A stimulus's clips and a stretch of a call that is heard in them."""

    sha256: str
    other_sha256: str
    call_id: str
    rate_hz: int
    start: int
    end: int


class StudyRepo(Repo):
    """Reads and appends studies, their states and stimuli."""

    def add(
        self,
        *,
        name: str,
        instrument: Instrument,
        rubric_version_id: str,
        design: StudyDesign,
        seed: int,
        query: str,
        due: str | None,
        rater_id: str | None,
    ) -> str:
        """Store a study as a draft; its id."""
        study_id, now = new_id(), utc_now()
        self._insert(
            t.study,
            {
                "id": study_id,
                "name": name,
                "instrument": instrument,
                "rubric_version_id": rubric_version_id,
                "design": dump(design.to_json()),
                "seed": seed,
                "query": query,
                "due": due,
                "created_by": rater_id,
                "created_at": now,
            },
        )
        self.set_state(study_id, "draft", rater_id=rater_id)
        return study_id

    def set_state(
        self,
        study_id: str,
        state: StudyState,
        *,
        rater_id: str | None = None,
        snapshot_sha256: str | None = None,
        note: str = "",
    ) -> None:
        """Append what becomes of a study; its snapshot stays unless a new one is given."""
        before = self._value(
            "SELECT snapshot_sha256 FROM study_state WHERE study_id = :s ORDER BY seq DESC LIMIT 1",
            {"s": study_id},
        )
        self._insert(
            t.study_state,
            {
                "study_id": study_id,
                "state": state,
                "snapshot_sha256": (before or "") if snapshot_sha256 is None else snapshot_sha256,
                "rater_id": rater_id,
                "note": note,
                "created_at": utc_now(),
            },
        )

    def get(self, study_id: str) -> Study | None:
        """One study, by id or by its code (`S-0007`)."""
        number = study_id[2:] if study_id.upper().startswith("S-") else ""
        where = "s.seq = :n" if number.isdecimal() else "s.id = :i"
        row = self._map(
            f"{_STUDY} WHERE {where}",
            {"i": study_id, "n": int(number) if number.isdecimal() else 0},
        )
        return None if row is None else _study(row)

    def all(self) -> list[Study]:
        """Every study, newest first."""
        return [_study(row) for row in self._maps(_STUDY + "ORDER BY s.seq DESC")]

    def add_stimuli(self, stimuli: Sequence[Stimulus]) -> None:
        """Append stimuli."""
        self._insert(t.stimulus, [{n: getattr(s, n) for n in Stimulus.__slots__} for s in stimuli])

    def stimuli(self, study_id: str) -> list[Stimulus]:
        """A study's stimuli, in their order."""
        rows = self._maps(
            "SELECT * FROM stimulus WHERE study_id = :s ORDER BY number", {"s": study_id}
        )
        return [_stimulus(row) for row in rows]

    def places(self, study_id: str) -> list[StimulusPlace]:
        """Where in which call the stimuli were cut: a row each, two for a pair of two calls."""
        rows = self._rows(_PLACES, {"s": study_id})
        return [StimulusPlace(*row) for row in rows]

    def stimulus(self, stimulus_id: str) -> Stimulus | None:
        """One stimulus."""
        row = self._map("SELECT * FROM stimulus WHERE id = :i", {"i": stimulus_id})
        return None if row is None else _stimulus(row)


def _study(row: Mapping[str, Any]) -> Study:
    return Study(
        id=row["id"],
        number=row["seq"],
        name=row["name"],
        instrument=row["instrument"],
        rubric_version_id=row["rubric_version_id"],
        design=StudyDesign.from_json(json.loads(row["design"])),
        seed=row["seed"],
        query=row["query"],
        created_by=row["author"] or "",
        created_at=row["created_at"],
        due=row["due"],
        state=row["state"],
        frozen_at=row["frozen_at"],
        snapshot_sha256=row["snapshot_sha256"],
        stimuli=row["stimuli"],
    )


def _stimulus(row: Mapping[str, Any]) -> Stimulus:
    return Stimulus(**{name: row[name] for name in Stimulus.__slots__})
