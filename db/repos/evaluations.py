"""Results of evaluators and their metric values: appended, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from app.domain.calls import Span
from app.domain.clock import utc_now
from app.domain.evaluation import Failure, NewResult, StoredValue
from app.domain.ids import new_id
from app.domain.metrics import Evidence, MetricValue
from app.domain.ratings import Viewer
from db.repos.base import Repo, dump, listed
from db.repos.visibility import awaits_caller, viewer_params
from db.schema import evaluation as t

_NEWEST = (
    "r.seq = (SELECT max(n.seq) FROM result n WHERE n.call_id = r.call_id "
    "AND n.evaluator = r.evaluator AND n.args = r.args)"
)
"""The newest result of each evaluator with its arguments on a call."""

_VALUES = (
    "SELECT v.*, r.id AS rid, r.evaluator, r.version, r.args, r.inputs, r.run_id, r.created_at "
    "FROM metric_value v JOIN result r ON r.id = v.result_id "
)


class EvaluationRepo(Repo):
    """Reads and writes results. A call's *newest* result of an evaluator is the one that counts."""

    def known(self, call_id: str) -> dict[str, tuple[str, int]]:
        """Key → (status, attempt) of the newest attempt, of every result of a call."""
        rows = self._rows(
            "SELECT key, status, attempt FROM result WHERE call_id = :c ORDER BY attempt",
            {"c": call_id},
        )
        return {key: (status, attempt) for key, status, attempt in rows}

    def add(self, new: NewResult) -> str:
        """Append a result with its values; the library's figures follow. Its id."""
        result_id = new_id()
        attempt = self._value(
            "SELECT coalesce(max(attempt), 0) + 1 FROM result WHERE call_id = :c AND key = :k",
            {"c": new.call_id, "k": new.key},
        )
        self._insert(
            t.result,
            {
                "id": result_id,
                "call_id": new.call_id,
                "run_id": new.run_id,
                "evaluator": new.evaluator,
                "version": new.version,
                "args": dump(dict(new.args)),
                "key": new.key,
                "inputs": dump(dict(new.inputs)),
                "attempt": attempt,
                "status": new.status,
                "failure": new.failure,
                "reason": new.reason,
                "detail": dump(dict(new.detail)),
                "duration_ms": new.duration_ms,
                "created_at": utc_now(),
            },
        )
        self._insert(t.metric_value, [_out(v, result_id, new.call_id) for v in new.values])
        self._show(new.call_id, new.values)
        return result_id

    def values(
        self, call_id: str, *, newest: bool = True, viewer: Viewer | None = None
    ) -> list[StoredValue]:
        """Every value of a call; with `newest` only those of each evaluator's newest result.

        With a viewer none of a live call that they placed and have still to rate.
        """
        told, params = _told(viewer)
        rule = f" AND {_NEWEST}" if newest else ""
        rows = self._maps(
            f"{_VALUES} WHERE v.call_id = :c{rule}{told} ORDER BY r.seq, v.seq",
            {"c": call_id, **params},
        )
        return [_stored(row) for row in rows]

    def values_of(
        self,
        call_ids: Sequence[str],
        metric_ids: Sequence[str],
        *,
        turns: bool = False,
        viewer: Viewer | None = None,
    ) -> list[StoredValue]:
        """The newest values of some metrics on some calls; of turns too where asked for.

        With a viewer none of a live call that they placed and have still to rate.
        """
        told, shown_to = _told(viewer)
        found: list[StoredValue] = []
        names, wanted = listed(metric_ids, "m")
        for start in range(0, len(call_ids), 500):
            marks, params = listed(call_ids[start : start + 500])
            rows = self._maps(
                f"{_VALUES} WHERE v.call_id IN ({marks}) AND v.metric_id IN ({names}) "
                f"AND {_NEWEST}{'' if turns else ' AND v.turn_id IS NULL'}{told} "
                "ORDER BY r.seq, v.seq",
                {**params, **wanted, **shown_to},
            )
            found += [_stored(row) for row in rows]
        return found

    def detail(self, result_id: str) -> dict[str, Any]:
        """What the evaluator kept beside its values; empty where there is no such result."""
        found = self._value("SELECT detail FROM result WHERE id = :i", {"i": result_id})
        return dict(json.loads(found)) if found else {}

    def result_of(self, call_id: str, evaluator: str) -> dict[str, Any] | None:
        """The newest result of an evaluator on a call, as a plain row with its detail."""
        row = self._map(
            "SELECT * FROM result WHERE call_id = :c AND evaluator = :e ORDER BY seq DESC LIMIT 1",
            {"c": call_id, "e": evaluator},
        )
        if row is None:
            return None
        return {
            **row,
            **{name: json.loads(row[name]) for name in ("args", "inputs", "detail")},
        }

    def failures(
        self, *, run_id: str | None = None, call_id: str | None = None, limit: int = 10_000
    ) -> list[Failure]:
        """Newest results that failed: of a run's calls and evaluators, or of one call."""
        where, params = [f"r.status = 'failed' AND {_NEWEST}"], {"limit": limit}
        if run_id is not None:
            where.append(
                "r.call_id IN (SELECT call_id FROM run_call WHERE run_id = :run) "
                "AND r.evaluator IN (SELECT evaluator FROM run_step WHERE run_id = :run)"
            )
            params["run"] = run_id  # type: ignore[assignment]
        if call_id is not None:
            where.append("r.call_id = :call")
            params["call"] = call_id  # type: ignore[assignment]
        rows = self._maps(
            "SELECT r.*, c.code FROM result r JOIN call c ON c.id = r.call_id "
            f"WHERE {' AND '.join(where)} ORDER BY r.seq LIMIT :limit",
            params,
        )
        return [_failure(row) for row in rows]

    def shown(self, keys: Sequence[str], seqs: Sequence[int]) -> dict[str, dict[int, float]]:
        """Key (`wer@caller`) → seq → value, of the library's rows `seqs`."""
        names, wanted = listed(keys, "k")
        marks, params = listed([int(s) for s in seqs])
        out: dict[str, dict[int, float]] = {key: {} for key in keys}
        if not keys or not seqs:
            return out
        for key, seq, value in self._rows(
            f"SELECT key, seq, value FROM call_metric WHERE key IN ({names}) AND seq IN ({marks})",
            {**wanted, **params},
        ):
            out[key][seq] = value
        return out

    def column(self, key: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Every call's number and value of a figure of the library; shapes (calls,)."""
        rows = self._rows("SELECT seq, value FROM call_metric WHERE key = :k", {"k": key})
        pairs = np.array(rows, np.float64).reshape(-1, 2)
        return pairs[:, 0].astype(np.int64), pairs[:, 1]

    def shown_keys(self) -> list[tuple[str, int]]:
        """Keys that any call has a value for, with how many calls."""
        rows = self._rows("SELECT key, count(*) FROM call_metric GROUP BY key ORDER BY key")
        return [(key, count) for key, count in rows]

    def _show(self, call_id: str, values: Iterable[MetricValue]) -> None:
        """Put the call-level values where the library finds them; drop those that are gone."""
        changed = False
        for value in values:
            if value.turn_id is not None:
                continue
            key = shown_key(value)
            place = {"k": key, "c": call_id}
            if value.value is None:
                changed |= bool(
                    self._run(
                        "DELETE FROM call_metric WHERE key = :k "
                        "AND seq = (SELECT seq FROM call WHERE id = :c)",
                        place,
                    )
                )
                continue
            changed |= bool(
                self._run(
                    "INSERT INTO call_metric (key, seq, value) SELECT :k, seq, :v FROM call "
                    "WHERE id = :c ON CONFLICT (key, seq) DO UPDATE SET value = excluded.value "
                    "WHERE value <> excluded.value",
                    {**place, "v": value.value},
                )
            )
        if changed:
            self._run(
                "UPDATE call_summary SET revision = (SELECT revision + 1 FROM workspace) "
                "WHERE call_id = :c",
                {"c": call_id},
            )
            self._run("UPDATE workspace SET revision = revision + 1")


def _told(viewer: Viewer | None) -> tuple[str, dict[str, Any]]:
    """What a viewer is told of values: a condition to add, with its parameters."""
    if viewer is None:
        return "", {}
    return f" AND NOT {awaits_caller('v.call_id')}", viewer_params(viewer)


def shown_key(value: MetricValue) -> str:
    """The library's name of a figure: `turn_taking`, `wer@caller`."""
    return f"{value.metric_id}@{value.speaker}" if value.speaker else value.metric_id


def _out(value: MetricValue, result_id: str, call_id: str) -> dict[str, Any]:
    return {
        "result_id": result_id,
        "call_id": call_id,
        "metric_id": value.metric_id,
        "speaker": value.speaker,
        "turn_id": value.turn_id,
        "status": value.status,
        "value": value.value,
        "reason": value.reason,
        "n": value.n,
        "unit": value.unit,
        "profile": value.profile,
        "components": dump(dict(value.components)),
        "evidence": dump(
            [[e.span.start, e.span.end, e.speaker, e.label, e.value] for e in value.evidence]
        ),
    }


def _stored(row: Mapping[str, Any]) -> StoredValue:
    evidence = tuple(
        Evidence(span=Span(start, end), speaker=speaker, label=label, value=value)
        for start, end, speaker, label, value in json.loads(row["evidence"])
    )
    value = MetricValue(
        metric_id=row["metric_id"],
        value=row["value"],
        unit=row["unit"],
        status=row["status"],
        reason=row["reason"],
        n=row["n"],
        speaker=row["speaker"],
        turn_id=row["turn_id"],
        profile=row["profile"],
        components=json.loads(row["components"]),
        evidence=evidence,
    )
    return StoredValue(
        value=value,
        call_id=row["call_id"],
        evaluator=row["evaluator"],
        version=row["version"],
        args=json.loads(row["args"]),
        inputs=json.loads(row["inputs"]),
        result_id=row["rid"],
        run_id=row["run_id"],
        created_at=row["created_at"],
    )


def _failure(row: Mapping[str, Any]) -> Failure:
    return Failure(
        call_id=row["call_id"],
        code=row["code"],
        evaluator=row["evaluator"],
        kind=row["failure"],
        reason=row["reason"],
        attempt=row["attempt"],
        created_at=row["created_at"],
    )
