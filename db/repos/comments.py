"""Comments and markers: threads of versions, the newest of which is shown."""

from __future__ import annotations

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.ratings import Comment, Viewer
from db.repos.base import Repo, dump
from db.repos.mappers import comment_in
from db.repos.visibility import opened_call, viewer_params
from db.schema import rating as t

_COMMENT = "SELECT c.*, r.name AS rater_name FROM comment c JOIN rater r ON r.id = c.rater_id "
_NEWEST = "c.version = (SELECT max(n.version) FROM comment n WHERE n.thread_id = c.thread_id)"


class CommentRepo(Repo):
    """Reads are for a viewer: others' comments open with the call."""

    def of_call(self, viewer: Viewer, call_id: str) -> list[Comment]:
        """What the viewer may see, by time in the call."""
        rows = self._maps(
            _COMMENT + f"WHERE c.call_id = :c AND {_NEWEST} AND c.deleted = 0 "
            f"AND (c.rater_id = :viewer OR {opened_call(viewer, ':c')}) "
            "ORDER BY c.start, c.seq",
            {"c": call_id, **viewer_params(viewer)},
        )
        return [comment_in(row) for row in rows]

    def any_hidden(self, viewer: Viewer, call_id: str) -> bool:
        """Whether the call is closed to the viewer; true whether or not there is a comment.

        The answer must not tell if others commented.
        """
        return not self._value(
            f"SELECT {opened_call(viewer, ':c')}", {"c": call_id, **viewer_params(viewer)}
        )

    def newest(self, thread_id: str) -> tuple[Comment, bool] | None:
        """(newest version, whether it is deleted) of a thread."""
        row = self._map(
            _COMMENT + "WHERE c.thread_id = :t ORDER BY c.version DESC LIMIT 1", {"t": thread_id}
        )
        return None if row is None else (comment_in(row), bool(row["deleted"]))

    def version(self, comment_id: str) -> tuple[Comment, bool] | None:
        """(one stored version, whether it is a deletion)."""
        row = self._map(_COMMENT + "WHERE c.id = :i", {"i": comment_id})
        return None if row is None else (comment_in(row), bool(row["deleted"]))

    def add(self, comment: Comment, *, deleted: bool = False) -> str:
        """Append a version to the comment's thread (an empty one begins a thread); its id."""
        comment_id = new_id()
        thread_id = comment.thread_id or comment_id
        self._insert(
            t.comment,
            {
                "id": comment_id,
                "thread_id": thread_id,
                "version": self._value(
                    "SELECT coalesce(max(version), 0) + 1 FROM comment WHERE thread_id = :t",
                    {"t": thread_id},
                ),
                "call_id": comment.call_id,
                "rater_id": comment.rater_id,
                "start": comment.start,
                "end": comment.end,
                "body": comment.body,
                "severity": comment.severity,
                "tags": dump(list(comment.tags)),
                "turn_index": comment.turn_index,
                "is_marker": int(comment.is_marker),
                "deleted": int(deleted),
                "created_at": utc_now(),
            },
        )
        return comment_id
