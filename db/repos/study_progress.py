"""How far studies have come, counted in the database. For their owners."""

from __future__ import annotations

from typing import NamedTuple

from db.repos.base import Repo


class FormRow(NamedTuple):
    """One call of one rater in a rubric study."""

    rater_id: str
    rater: str
    call_id: str
    condition: str
    submitted_at: str | None
    skipped: str | None
    """Why it was left out; None where it was not."""


class StudyProgressRepo(Repo):
    """Made over any connection. Holds numbers and names, no score."""

    def wanted_items(self) -> dict[str, int]:
        """Study → stimuli that are rated."""
        rows = self._rows(
            "SELECT study_id, count(*) FROM stimulus WHERE role = 'rate' GROUP BY study_id"
        )
        return {row[0]: row[1] for row in rows}

    def voted(self) -> dict[str, int]:
        """Study → how often a rater has a valid vote on a stimulus that is rated."""
        rows = self._rows(
            "SELECT t.study_id, count(DISTINCT t.rater_id || '/' || t.stimulus_id) FROM vote v "
            "JOIN trial t ON t.id = v.trial_id JOIN stimulus m ON m.id = t.stimulus_id "
            "WHERE v.valid = 1 AND m.role = 'rate' GROUP BY t.study_id"
        )
        return {row[0]: row[1] for row in rows}

    def filled(self) -> dict[str, int]:
        """Rubric study → forms that were submitted on its calls by its raters."""
        rows = self._rows(
            "SELECT t.study_id, count(*) FROM trial t JOIN study y ON y.id = t.study_id "
            "JOIN stimulus m ON m.id = t.stimulus_id WHERE y.instrument = 'rubric' "
            "AND t.repeat_of IS NULL AND EXISTS ("
            "SELECT 1 FROM submission b WHERE b.call_id = m.call_id AND b.rater_id = t.rater_id "
            "AND b.rubric_version_id = y.rubric_version_id) GROUP BY t.study_id"
        )
        return {row[0]: row[1] for row in rows}

    def forms(self, study_id: str) -> list[FormRow]:
        """Every call of every rater of a rubric study; repeats left out."""
        rows = self._rows(
            "SELECT t.rater_id, r.name, m.call_id, m.condition, (SELECT min(b.created_at) "
            "FROM submission b WHERE b.call_id = m.call_id AND b.rater_id = t.rater_id "
            "AND b.rubric_version_id = y.rubric_version_id), "
            "(SELECT max(v.note) FROM vote v WHERE v.trial_id = t.id) "
            "FROM trial t JOIN study y ON y.id = t.study_id "
            "JOIN stimulus m ON m.id = t.stimulus_id JOIN rater r ON r.id = t.rater_id "
            "WHERE t.study_id = :s AND t.repeat_of IS NULL ORDER BY r.name, t.position",
            {"s": study_id},
        )
        return [FormRow(*row) for row in rows]
