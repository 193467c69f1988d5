"""Raters: the people who sign in, and the judges."""

from __future__ import annotations

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.ratings import ADJUDICATION, Role, Viewer
from db.repos.base import Repo
from db.repos.mappers import viewer_in
from db.schema import rating as t


class RaterRepo(Repo):
    """Reads and writes raters."""

    def people(self) -> list[Viewer]:
        """Everyone who has signed in, by name."""
        rows = self._maps("SELECT * FROM rater WHERE kind = 'human' AND active = 1 ORDER BY name")
        return [viewer_in(row) for row in rows]

    def person(self, name: str) -> Viewer | None:
        """The person of that name, whatever its case."""
        row = self._map("SELECT * FROM rater WHERE kind = 'human' AND name = :n", {"n": name})
        return None if row is None else viewer_in(row)

    def is_active(self, rater_id: str) -> bool:
        """Whether someone may sign in as that rater."""
        return bool(self._value("SELECT active FROM rater WHERE id = :i", {"i": rater_id}))

    def set_active(self, rater_id: str, active: bool) -> bool:
        """Whether someone may sign in as that person; False where there is none.

        Raters without a person behind them, who came with a file, never become active.
        """
        return bool(
            self._run(
                "UPDATE rater SET active = :a WHERE id = :i AND kind = 'human' AND id <> :none "
                "AND NOT EXISTS (SELECT 1 FROM declaration d WHERE d.rater_id = rater.id "
                "AND json_extract(d.body, '$.imported') IS NOT NULL)",
                {"a": int(active), "i": rater_id, "none": ADJUDICATION},
            )
        )

    def add_person(self, name: str, role: Role, expertise: str = "") -> Viewer:
        """Add someone."""
        viewer = Viewer(rater_id=new_id(), name=name, role=role)
        self._insert(
            t.rater,
            {
                "id": viewer.rater_id,
                "kind": "human",
                "name": name,
                "role": role,
                "expertise": expertise,
                "created_at": utc_now(),
            },
        )
        return viewer

    def set_role(self, rater_id: str, role: Role) -> None:
        """Change someone's role."""
        self._run("UPDATE rater SET role = :r WHERE id = :i", {"r": role, "i": rater_id})

    def names(self) -> dict[str, str]:
        """Rater id → name, judges too."""
        return {row[0]: row[1] for row in self._rows("SELECT id, name FROM rater")}
