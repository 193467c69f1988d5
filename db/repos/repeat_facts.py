"""What people gave when an item came to them again: forms that were repeated, votes as well.

CROSS JOIN keeps the order of tables: repeats are few and scores are many.
"""

from __future__ import annotations

from typing import NamedTuple

from db.repos.base import Repo


class Repeat(NamedTuple):
    """One item that a person rated twice, blind both times."""

    rater_id: str
    call_id: str
    criterion_key: str
    first: float
    again: float
    at: str
    """When it was rated again."""


_FORMS = """WITH r AS (SELECT a.rater_id, a.call_id,
    (SELECT b.id FROM submission b WHERE b.rater_id = a.rater_id AND b.call_id = a.call_id
        AND b.rubric_version_id = a.rubric_version_id AND b.created_at < a.drawn_at
        ORDER BY b.version DESC LIMIT 1) AS first,
    (SELECT b.id FROM submission b WHERE b.rater_id = a.rater_id AND b.call_id = a.call_id
        AND b.rubric_version_id = a.rubric_version_id AND b.created_at > a.drawn_at
        ORDER BY b.version LIMIT 1) AS again
    FROM assignment a WHERE a.rubric_version_id = :v AND a.policy LIKE 'repeat %')
SELECT r.rater_id, r.call_id, c.key, one.value, two.value, two.created_at FROM r
CROSS JOIN score one ON one.call_id = r.call_id AND one.submission_id = r.first
JOIN item i ON i.id = one.item_id
CROSS JOIN score two ON two.call_id = r.call_id AND two.submission_id = r.again
    AND two.criterion_id = one.criterion_id
JOIN item j ON j.id = two.item_id AND j.kind = i.kind AND j.speaker IS i.speaker
    AND j.start = i.start AND j."end" = i."end"
JOIN criterion c ON c.id = one.criterion_id
WHERE one.value IS NOT NULL AND two.value IS NOT NULL AND one.blind = 1 AND two.blind = 1
ORDER BY two.seq"""
_VOTES = """SELECT t.rater_id, m.call_id,
    coalesce(nullif(json_extract(y.design, '$.criterion'), ''), (SELECT c.key FROM criterion c
        WHERE c.rubric_version_id = y.rubric_version_id ORDER BY c.position LIMIT 1)),
    one.value, two.value, two.voted_at
FROM study y JOIN trial t ON t.study_id = y.id JOIN stimulus m ON m.id = t.stimulus_id
JOIN vote two ON two.trial_id = t.id JOIN vote one ON one.trial_id = t.repeat_of
WHERE y.rubric_version_id = :v AND m.role = 'rate' AND one.valid = 1 AND two.valid = 1
    AND one.value IS NOT NULL AND two.value IS NOT NULL AND NOT EXISTS (SELECT 1
        FROM block_void b JOIN trial f ON f.id = t.repeat_of WHERE b.study_id = t.study_id
        AND b.rater_id = t.rater_id AND b.block IN (t.block, f.block))
ORDER BY two.seq"""


class RepeatFacts(Repo):
    """Made over any connection; reads only. For leads alone: services ask who is looking."""

    def of(self, rubric_version_id: str) -> list[Repeat]:
        """Everything that came again on a rubric version, forms before votes, oldest first."""
        params = {"v": rubric_version_id}
        return [Repeat(*row) for sql in (_FORMS, _VOTES) for row in self._rows(sql, params)]
