"""The text of calls as full-text search has it: the current transcript, folded."""

from __future__ import annotations

from collections.abc import Iterator

from db.repos.base import Repo


class CallTexts(Repo):
    """Made over any connection; reads only. Nothing is masked here: it never leaves the program."""

    def of_all(self) -> Iterator[tuple[str, str]]:
        """(call id, folded text, a line an utterance) of every call that has one."""
        cursor = self._connection.exec_driver_sql(
            "SELECT c.id, t.folded FROM call_text t JOIN call c ON c.seq = t.seq ORDER BY c.seq"
        )
        for row in cursor:
            yield row[0], row[1]
