"""Calls with their tracks, audio files, tags and the channel map of each source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.domain.calls import Call, ChannelMap, Finding, Track
from app.domain.clock import utc_now
from app.domain.errors import BadInput
from app.domain.ids import new_id
from app.domain.new import AudioBlob, NewCall
from db.repos.base import Repo, dump, listed
from db.repos.mappers import call_in, finding_out, track_in
from db.schema import calls as t

PATCHABLE = frozenset(
    {
        "title",
        "channel_map",
        "agent",
        "agent_version",
        "scenario_key",
        "persona",
        "attempt",
        "language",
        "outcome",
        "recorded_at",
        "flagged",
        "archived",
    }
)


class CallRepo(Repo):
    """Reads and writes calls."""

    def add(self, new: NewCall) -> str:
        """Store a new call and allot its code; the id.

        Raises:
            BadInput: the recording is there already.
        """
        known = self.find_content(new.content_sha256)
        if known is not None:
            raise BadInput(f"{new.source_path} is in the workspace already.", "Open that call.")
        now, call_id = utc_now(), new_id()
        number = self._value(
            "UPDATE workspace SET next_call = next_call + 1 RETURNING next_call - 1"
        )
        for blob in new.blobs:
            self.add_blob(blob)
        self._insert(
            t.call,
            {
                "seq": number,
                "id": call_id,
                "code": f"CB-{number:05d}",
                "imported_at": now,
                "warnings": dump([finding_out(f) for f in new.warnings]),
                "extra": dump(new.extra),
                **{
                    name: getattr(new, name)
                    for name in (
                        "title",
                        "rate_hz",
                        "frame_count",
                        "channel_map",
                        "source_path",
                        "source_key",
                        "content_sha256",
                        "recorded_at",
                        "agent",
                        "agent_version",
                        "scenario_key",
                        "persona",
                        "attempt",
                        "language",
                        "outcome",
                    )
                },
            },
        )
        self._insert(t.track, [_track_out(track, call_id) for track in new.tracks])
        self.set_tags(call_id, new.tags)
        return call_id

    def add_tracks(self, call_id: str, tracks: Sequence[Track], frame_count: int) -> None:
        """Add tracks that turned up later; the call becomes no shorter."""
        self._insert(t.track, [_track_out(track, call_id) for track in tracks])
        self._run(
            "UPDATE call SET frame_count = max(frame_count, :n) WHERE id = :c",
            {"n": frame_count, "c": call_id},
        )

    def add_blob(self, blob: AudioBlob) -> None:
        """Note an audio file; nothing happens where it is known."""
        self._run(
            "INSERT INTO audio_blob (sha256, ext, size_bytes, path, codec, created_at) "
            "VALUES (:sha256, :ext, :size, :path, :codec, :now) ON CONFLICT (sha256) DO NOTHING",
            {
                "sha256": blob.sha256,
                "ext": blob.ext,
                "size": blob.size_bytes,
                "path": blob.path,
                "codec": blob.codec,
                "now": utc_now(),
            },
        )

    def blob(self, sha256: str) -> AudioBlob | None:
        """The audio file with that content."""
        row = self._map("SELECT * FROM audio_blob WHERE sha256 = :s", {"s": sha256})
        if row is None:
            return None
        return AudioBlob(
            sha256=row["sha256"],
            ext=row["ext"],
            size_bytes=row["size_bytes"],
            path=row["path"],
            codec=row["codec"],
        )

    def move_blob(self, sha256: str, path: str | None) -> None:
        """Note where an audio file lies now: a path, or None for our own copy."""
        self._run("UPDATE audio_blob SET path = :p WHERE sha256 = :s", {"p": path, "s": sha256})

    def find_content(self, content_sha256: str) -> str | None:
        """The id of the call made from that recording."""
        found: str | None = self._value(
            "SELECT id FROM call WHERE content_sha256 = :s", {"s": content_sha256}
        )
        return found

    def resolve(self, ref: str, limit: int = 3) -> list[str]:
        """Ids that a reference may mean: exact id or code, else ids that begin so."""
        exact = self._rows("SELECT id FROM call WHERE id = :r OR code = :r", {"r": ref})
        if exact or len(ref) < 4:
            return [row[0] for row in exact]
        low = ref.lower()
        return [
            row[0]
            for row in self._rows(
                "SELECT id FROM call WHERE id >= :low AND id < :high LIMIT :n",
                {"low": low, "high": low + "\x7f", "n": limit},
            )
        ]

    def get(self, call_id: str) -> Call | None:
        """The call, or None."""
        found = self.many([call_id])
        return found[0] if found else None

    def many(self, call_ids: Sequence[str]) -> list[Call]:
        """The calls that are there, in the order asked for."""
        found: dict[str, Call] = {}
        for at in range(0, len(call_ids), 500):
            found |= self._chunk(call_ids[at : at + 500])
        return [found[i] for i in call_ids if i in found]

    def _chunk(self, call_ids: Sequence[str]) -> dict[str, Call]:
        marks, params = listed(call_ids)
        tracks: dict[str, list[Track]] = {}
        for row in self._maps(
            f"SELECT * FROM track WHERE call_id IN ({marks}) "
            "ORDER BY CASE role WHEN 'caller' THEN 0 WHEN 'agent' THEN 1 ELSE 2 END",
            params,
        ):
            tracks.setdefault(row["call_id"], []).append(track_in(row))
        tags: dict[str, list[str]] = {}
        for call_id, tag in self._rows(
            f"SELECT call_id, tag FROM call_tag WHERE call_id IN ({marks}) ORDER BY tag", params
        ):
            tags.setdefault(call_id, []).append(tag)
        rows = self._maps(f"SELECT * FROM call WHERE id IN ({marks})", params)
        return {
            m["id"]: call_in(m, tuple(tracks.get(m["id"], ())), tuple(tags.get(m["id"], ())))
            for m in rows
        }

    def seq(self, call_id: str) -> int | None:
        """The call's number, which the library pages by."""
        found: int | None = self._value("SELECT seq FROM call WHERE id = :i", {"i": call_id})
        return found

    def ids_of(self, seqs: Sequence[int] | np.ndarray[Any, Any]) -> list[str]:
        """The ids of calls by number, in the order asked for."""
        found: dict[int, str] = {}
        for at in range(0, len(seqs), 500):
            marks, params = listed([int(s) for s in seqs[at : at + 500]])
            found |= {
                row[0]: row[1]
                for row in self._rows(f"SELECT seq, id FROM call WHERE seq IN ({marks})", params)
            }
        return [found[int(s)] for s in seqs if int(s) in found]

    def patch(self, call_id: str, values: dict[str, Any]) -> None:
        """Change some of the columns that may change."""
        if not values:
            return
        if not values.keys() <= PATCHABLE:
            raise BadInput(f"A call has no {', '.join(sorted(values.keys() - PATCHABLE))}.")
        sets = ", ".join(f"{name} = :{name}" for name in values)
        plain = {k: int(v) if isinstance(v, bool) else v for k, v in values.items()}
        self._run(f"UPDATE call SET {sets} WHERE id = :call_id", {**plain, "call_id": call_id})

    def set_tags(self, call_id: str, tags: Sequence[str]) -> None:
        """Make these the call's tags; case does not tell tags apart."""
        self._run("DELETE FROM call_tag WHERE call_id = :c", {"c": call_id})
        unique = {tag.strip().casefold(): tag.strip() for tag in tags if tag.strip()}
        self._insert(t.call_tag, [{"call_id": call_id, "tag": tag} for tag in unique.values()])

    def set_findings(self, call_id: str, findings: Sequence[Finding]) -> None:
        """Make these the call's warnings."""
        self._run(
            "UPDATE call SET warnings = :w WHERE id = :c",
            {"w": dump([finding_out(f) for f in findings]), "c": call_id},
        )

    def set_extra(self, call_id: str, extra: dict[str, Any]) -> None:
        """Replace the call's free-form extras."""
        self._run("UPDATE call SET extra = :e WHERE id = :c", {"e": dump(extra), "c": call_id})

    def swap_speakers(self, call_id: str) -> None:
        """Exchange the roles of the caller's and the agent's track."""
        # By way of `mix`, as a call has one track of each role at any moment.
        for old, new in (("caller", "mix"), ("agent", "caller"), ("mix", "agent")):
            self._run(
                "UPDATE track SET role = :n WHERE call_id = :c AND role = :o",
                {"n": new, "c": call_id, "o": old},
            )

    def set_trim(self, call_id: str, role: str, trim_db: float) -> None:
        """Set a track's level trim in dB."""
        self._run(
            "UPDATE track SET trim_db = :t WHERE call_id = :c AND role = :r",
            {"t": trim_db, "c": call_id, "r": role},
        )

    def source_map(self, source_key: str) -> ChannelMap | None:
        """The channel map confirmed for a source."""
        found: ChannelMap | None = self._value(
            "SELECT channel_map FROM source WHERE key = :k", {"k": source_key}
        )
        return found

    def confirm_source(self, source_key: str, channel_map: ChannelMap, by: str) -> None:
        """Remember the channel map of a source."""
        self._run(
            "INSERT INTO source (key, channel_map, confirmed_by, confirmed_at) "
            "VALUES (:k, :m, :b, :now) ON CONFLICT (key) DO UPDATE SET "
            "channel_map = :m, confirmed_by = :b, confirmed_at = :now",
            {"k": source_key, "m": channel_map, "b": by, "now": utc_now()},
        )

    def all_tags(self) -> list[str]:
        """Every tag in use."""
        return [row[0] for row in self._rows("SELECT DISTINCT tag FROM call_tag ORDER BY tag")]


def _track_out(track: Track, call_id: str) -> dict[str, Any]:
    return {
        "id": track.id,
        "call_id": call_id,
        "role": track.role,
        "audio_sha256": track.audio_sha256,
        "channel_index": track.channel_index,
        "rate_hz": track.rate_hz,
        "frame_count": track.frame_count,
        "offset_frames": track.offset_frames,
        "drift_ppm": track.drift_ppm,
        "trim_db": track.trim_db,
    }
