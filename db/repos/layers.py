"""Layers, their segments, and the append-only corrections over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.layer_edits import replay
from app.domain.segments import Layer, LayerEdit, Segment
from db.repos.base import Repo, dump
from db.repos.mappers import edit_in, layer_in, segment_in, segment_out
from db.schema import calls as t

_LAYER = (
    "SELECT layer.*, (SELECT max(number) FROM layer_edit WHERE layer_id = layer.id) AS edits "
    "FROM layer "
)


class LayerRepo(Repo):
    """Reads and writes layers. The version of a human layer is the number of its last edit.

    Undone edits count too (taking one back is an edit of its own), so that a version always
    means the same segments.
    """

    def of_call(self, call_id: str) -> list[Layer]:
        """Every layer of a call, oldest first."""
        rows = self._maps(_LAYER + "WHERE call_id = :c ORDER BY seq", {"c": call_id})
        return [_layer(row) for row in rows]

    def get(self, layer_id: str) -> Layer | None:
        """One layer."""
        row = self._map(_LAYER + "WHERE layer.id = :i", {"i": layer_id})
        return None if row is None else _layer(row)

    def add(self, layer: Layer, segments: Sequence[Segment]) -> None:
        """Store an immutable layer with its segments."""
        self._insert(
            t.layer,
            {
                "id": layer.id,
                "call_id": layer.call_id,
                "kind": layer.kind,
                "origin": layer.origin,
                "name": layer.name,
                "producer": layer.producer,
                "parent_id": layer.parent_id,
                "rater_id": layer.rater_id,
                "version": layer.version,
                "params": dump(layer.params),
                "created_at": layer.created_at or utc_now(),
            },
        )
        self._insert(t.segment, [segment_out(s, layer.id) for s in segments])

    def human_over(self, base_id: str) -> Layer | None:
        """The human layer that corrects this one, if there is one."""
        row = self._map(
            _LAYER + "WHERE parent_id = :p AND origin = 'human' ORDER BY seq DESC LIMIT 1",
            {"p": base_id},
        )
        return None if row is None else _layer(row)

    def stored_segments(self, layer_id: str) -> tuple[Segment, ...]:
        """The segments that the layer itself holds, in order of onset."""
        rows = self._maps(
            "SELECT * FROM segment WHERE layer_id = :i ORDER BY start, \"end\", speaker = 'agent'",
            {"i": layer_id},
        )
        return tuple(segment_in(row) for row in rows)

    def segments(self, layer: Layer, version: int | None = None) -> tuple[Segment, ...]:
        """The segments of a layer; of a human layer, its parent's with the edits replayed."""
        if layer.parent_id is None:
            return self.stored_segments(layer.id)
        parent = self.get(layer.parent_id)
        base = self.segments(parent) if parent is not None else ()
        return replay(base, self.edits(layer.id, version))

    def edits(self, layer_id: str, version: int | None = None) -> list[LayerEdit]:
        """The edits in force at a version (default: now), oldest first."""
        rows = self._maps(
            "SELECT * FROM layer_edit WHERE layer_id = :i AND number <= :v ORDER BY number",
            {"i": layer_id, "v": 1 << 60 if version is None else version},
        )
        revoked: dict[str, bool] = {}
        for row in rows:
            if row["target_id"] is not None:
                revoked[row["target_id"]] = row["op"] == "revoke"
        return [
            edit_in(m) for m in rows if m["target_id"] is None and not revoked.get(m["id"], False)
        ]

    def add_edit(
        self,
        layer_id: str,
        op: str,
        payload: dict[str, Any],
        rater_id: str,
        *,
        target_id: str | None = None,
    ) -> str:
        """Append an edit, or the revocation of one; its id."""
        edit_id = new_id()
        number = self._value(
            "SELECT coalesce(max(number), 0) + 1 FROM layer_edit WHERE layer_id = :i",
            {"i": layer_id},
        )
        self._insert(
            t.layer_edit,
            {
                "id": edit_id,
                "layer_id": layer_id,
                "number": number,
                "op": op,
                "payload": dump(payload),
                "target_id": target_id,
                "rater_id": rater_id,
                "created_at": utc_now(),
            },
        )
        return edit_id


def _layer(row: Any) -> Layer:
    return layer_in(row, row["edits"] or (0 if row["origin"] == "human" else row["version"]))
