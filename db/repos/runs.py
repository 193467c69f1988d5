"""Runs over calls: what is to be done, how far it is, and which process works on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.clock import utc_now
from app.domain.evaluation import JUDGING, EvaluatorSpec, Run, RunState, StepProgress, Where
from app.domain.ids import new_id
from db.repos.base import Repo, dump
from db.repos.replies import ReplyRepo
from db.schema import evaluation as t

_RUN = (
    "SELECT run.*, (SELECT name FROM rater WHERE rater.id = run.created_by) AS rater_name, "
    "(SELECT count(*) FROM run_call WHERE run_id = run.id) AS calls FROM run "
)
LEASE_S = 15
"""A process that has not been heard of for this long does not hold its run any more."""

Counts = Mapping[str, int]


class RunRepo(Repo):
    """Reads and writes runs. The counters change in the transaction of what they count."""

    def add(
        self,
        *,
        kind: str,
        title: str,
        query: str,
        specs: Sequence[EvaluatorSpec],
        call_ids: Sequence[str],
        where: Where,
        workers: int,
        rater_id: str | None,
        retry_failed: bool = False,
    ) -> str:
        """Store a new run with its calls; the id."""
        run_id = new_id()
        self._insert(
            t.run,
            {
                "id": run_id,
                "kind": kind,
                "title": title,
                "query": query,
                "specs": dump([s.to_json() for s in specs]),
                "where_run": where,
                "workers": workers,
                "created_by": rater_id,
                "created_at": utc_now(),
                "state": "queued",
                "retry_failed": int(retry_failed),
                "steps": len(specs) * len(call_ids),
            },
        )
        calls = [{"run_id": run_id, "position": i, "call_id": c} for i, c in enumerate(call_ids)]
        self._insert(t.run_call, calls)
        self._insert(t.run_step, [{"run_id": run_id, "evaluator": s.name} for s in specs])
        return run_id

    def get(self, run_id: str) -> Run | None:
        """One run, by id or by its code (`R-0042`)."""
        number = run_id[2:] if run_id.upper().startswith("R-") else ""
        where = "run.seq = :n" if number.isdecimal() else "run.id = :i"
        row = self._map(
            _RUN + f"WHERE {where}", {"i": run_id, "n": int(number) if number.isdecimal() else 0}
        )
        return None if row is None else _run(row)

    def all(self, limit: int = 500) -> list[Run]:
        """Runs, newest first."""
        rows = self._maps(_RUN + "ORDER BY run.seq DESC LIMIT :n", {"n": limit})
        return [_run(row) for row in rows]

    def steps(self, run: Run) -> list[StepProgress]:
        """Each evaluator's progress, in the order of running."""
        rows = {
            row["evaluator"]: row
            for row in self._maps("SELECT * FROM run_step WHERE run_id = :r", {"r": run.id})
        }
        totals = ReplyRepo(self._connection).projected(run.id) if run.kind == JUDGING else {}
        return [
            _step(spec.name, rows[spec.name], totals.get(spec.name, run.calls))
            for spec in run.specs
        ]

    def pending(self, run_id: str) -> list[tuple[str, int]]:
        """(call, evaluators settled) of the calls that are not through, in order."""
        rows = self._rows(
            "SELECT call_id, settled FROM run_call WHERE run_id = :r AND settled < "
            "(SELECT count(*) FROM run_step WHERE run_id = :r) ORDER BY position",
            {"r": run_id},
        )
        return [(call_id, settled) for call_id, settled in rows]

    def call_ids(self, run_id: str) -> list[str]:
        """All its calls, in order."""
        rows = self._rows(
            "SELECT call_id FROM run_call WHERE run_id = :r ORDER BY position", {"r": run_id}
        )
        return [row[0] for row in rows]

    def settle(self, run_id: str, call_id: str, counted: Sequence[tuple[str, str, int]]) -> None:
        """Note (evaluator, outcome, milliseconds) of a call: `done`, `failed`, `reused`, `skipped`.

        In the transaction that stores the result, so that a kill neither repeats nor misses one.
        """
        for evaluator, outcome, work_ms in counted:
            self.tally(run_id, evaluator, outcome, 1, work_ms)
        self._run(
            "UPDATE run_call SET settled = settled + :n WHERE run_id = :r AND call_id = :c",
            {"n": len(counted), "r": run_id, "c": call_id},
        )

    def tally(self, run_id: str, evaluator: str, outcome: str, steps: int, work_ms: int) -> None:
        """Count steps of an evaluator that came out alike, whichever calls they are of."""
        self._run(
            f"UPDATE run_step SET {outcome} = {outcome} + :n, work_ms = work_ms + :ms "
            "WHERE run_id = :r AND evaluator = :e",
            {"r": run_id, "e": evaluator, "n": steps, "ms": work_ms},
        )
        self._run(
            f"UPDATE run SET {outcome} = {outcome} + :n WHERE id = :r", {"n": steps, "r": run_id}
        )

    def through(self, run_id: str, call_id: str) -> None:
        """Note that one more evaluator is through with a call."""
        self._run(
            "UPDATE run_call SET settled = settled + 1 WHERE run_id = :r AND call_id = :c",
            {"r": run_id, "c": call_id},
        )

    def project(self, run_id: str) -> None:
        """Set the steps of a judge run to what is planned, and to be expected of the rest."""
        steps = sum(ReplyRepo(self._connection).projected(run_id).values())
        self._run("UPDATE run SET steps = :n WHERE id = :r", {"n": steps, "r": run_id})

    # the lease ---------------------------------------------------------------------------------

    def claim(self, run_id: str, owner: str) -> bool:
        """Take a run for a process; False where it is over or another process works on it."""
        return bool(
            self._run(
                "UPDATE run SET owner = :o, beat_at = :now, state = 'running', wish = '', "
                "note = '', started_at = coalesce(started_at, :now) WHERE id = :r AND "
                "(state IN ('queued', 'paused') OR (state = 'running' AND (owner = :o OR "
                f"julianday(:now) - julianday(beat_at) > {LEASE_S} / 86400.0)))",
                {"o": owner, "r": run_id, "now": utc_now()},
            )
        )

    def beat(self, run_id: str, owner: str, worked_ms: int) -> str | None:
        """Say that the process is alive; what it is asked: ``, `pause`, `cancel`; None: lost."""
        return self._value(  # type: ignore[no-any-return]
            "UPDATE run SET beat_at = :now, active_ms = active_ms + :ms "
            "WHERE id = :r AND owner = :o AND state = 'running' RETURNING wish",
            {"now": utc_now(), "r": run_id, "o": owner, "ms": worked_ms},
        )

    def note(self, run_id: str, words: str) -> None:
        """Say what a running run waits for; empty when it goes on."""
        self._run("UPDATE run SET note = :n WHERE id = :r", {"n": words, "r": run_id})

    def wish(self, run_id: str, wish: str) -> None:
        """Ask the process that works on a run to pause or to cancel."""
        self._run("UPDATE run SET wish = :w WHERE id = :r", {"w": wish, "r": run_id})

    def leave(self, run_id: str, state: RunState, note: str = "") -> None:
        """Put a run into a state in which nobody works on it."""
        over = state in ("done", "cancelled", "failed")
        self._run(
            "UPDATE run SET state = :s, note = :n, owner = '', beat_at = NULL, wish = '', "
            "finished_at = CASE WHEN :over THEN :now ELSE NULL END WHERE id = :r",
            {"s": state, "n": note, "over": int(over), "now": utc_now(), "r": run_id},
        )

    def orphans(self) -> list[str]:
        """Runs whose process is gone: marked as running, and not heard of for the lease's time."""
        rows = self._rows(
            "SELECT id FROM run WHERE state = 'running' AND "
            f"julianday(:now) - julianday(beat_at) > {LEASE_S} / 86400.0",
            {"now": utc_now()},
        )
        return [row[0] for row in rows]


def _run(row: Mapping[str, Any]) -> Run:
    return Run(
        id=row["id"],
        number=row["seq"],
        kind=row["kind"],
        title=row["title"],
        query=row["query"],
        specs=tuple(
            EvaluatorSpec(name=s["name"], args=s["args"]) for s in json.loads(row["specs"])
        ),
        state=row["state"],
        calls=row["calls"],
        steps=row["steps"],
        done=row["done"],
        failed=row["failed"],
        reused=row["reused"],
        skipped=row["skipped"],
        where=row["where_run"],
        workers=row["workers"],
        retry_failed=bool(row["retry_failed"]),
        created_by=row["rater_name"] or "",
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        active_s=row["active_ms"] / 1000,
        note=row["note"],
    )


def _step(name: str, row: Mapping[str, Any], calls: int) -> StepProgress:
    worked = row["done"]
    return StepProgress(
        name=name,
        title=name,
        total=calls,
        done=row["done"],
        failed=row["failed"],
        reused=row["reused"],
        skipped=row["skipped"],
        mean_s=row["work_ms"] / 1000 / worked if worked else None,
    )
