"""Saved views: a rater's own, and those shared with everybody (no rater)."""

from __future__ import annotations

from app.domain.browsing import SavedView, Sort
from app.domain.clock import utc_now
from db.repos.base import Repo
from db.schema import library as t


class ViewRepo(Repo):
    """Reads and writes saved views."""

    def of(self, rater_id: str) -> list[SavedView]:
        """The rater's own views and the shared ones, in order."""
        rows = self._maps(
            "SELECT * FROM saved_view WHERE rater_id = :r OR rater_id IS NULL "
            "ORDER BY position, created_at",
            {"r": rater_id},
        )
        return [
            SavedView(
                id=m["id"],
                name=m["name"],
                query_text=m["query"],
                sort=Sort(m["sort_key"], bool(m["descending"])),
                shared=m["rater_id"] is None,
                position=m["position"],
            )
            for m in rows
        ]

    def put(self, rater_id: str, view: SavedView) -> None:
        """Add a view, or replace the one of that id."""
        self._run("DELETE FROM saved_view WHERE id = :i", {"i": view.id})
        self._insert(
            t.saved_view,
            {
                "id": view.id,
                "rater_id": None if view.shared else rater_id,
                "name": view.name,
                "query": view.query_text,
                "sort_key": view.sort.key,
                "descending": int(view.sort.descending),
                "position": view.position,
                "created_at": utc_now(),
            },
        )

    def delete(self, view_id: str) -> None:
        """Remove a view."""
        self._run("DELETE FROM saved_view WHERE id = :i", {"i": view_id})
