"""Judges' requests and replies, and what a run asks. Replies are only ever added."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.judging import NewReply, ReplyStatus, RunCost, StoredReply, Usage
from app.domain.ratings import ItemRef, Viewer
from db.repos.base import Repo, dump, listed
from db.repos.mappers import item_in
from db.repos.visibility import viewer_params, visible_scores
from db.schema import judging as t

_REPLY = """SELECT y.*, i.kind AS item_kind, i.start AS item_start, i."end" AS item_end,
    i.layer_id, i.layer_version, i.profile_id, i.turn_index, i.speaker, i.other_item_id
FROM judge_reply y JOIN item i ON i.id = y.item_id """

RULES = "baseline"
"""In place of an endpoint, of a judge that asks none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One time that a key was asked."""

    reply_id: str
    run_id: str | None
    status: ReplyStatus
    attempt: int


class ReplyRepo(Repo):
    """What judges were asked and answered. What a viewer may read is bound to visible scores."""

    def attempts(self, keys: Sequence[str]) -> dict[str, list[Attempt]]:
        """Key → its attempts in order, of the keys that were ever asked."""
        found: dict[str, list[Attempt]] = {}
        for at in range(0, len(keys), 500):
            marks, params = listed(keys[at : at + 500])
            rows = self._rows(
                "SELECT key, id, run_id, status, attempt FROM judge_reply "
                f"WHERE key IN ({marks}) ORDER BY attempt",
                params,
            )
            for key, reply_id, run_id, status, attempt in rows:
                made = Attempt(reply_id=reply_id, run_id=run_id, status=status, attempt=attempt)
                found.setdefault(key, []).append(made)
        return found

    def newest_attempt(self, key: str) -> int:
        """How often a key was asked."""
        return int(
            self._value(
                "SELECT coalesce(max(attempt), 0) FROM judge_reply WHERE key = :k", {"k": key}
            )
        )

    def add(self, new: NewReply, item_id: str) -> str:
        """Append a reply; its id."""
        reply_id = new_id()
        packed = {"request": new.request, "reply": new.reply, "parsed": new.parsed}
        self._insert(
            t.judge_reply,
            {
                "id": reply_id,
                "run_id": new.run_id,
                "call_id": new.call_id,
                "item_id": item_id,
                "judge_version_id": new.judge_version_id,
                "key": new.key,
                "attempt": new.attempt,
                "status": new.status,
                "failure": new.failure,
                "reason": new.reason,
                "criteria": dump(list(new.criteria)),
                "endpoint": new.endpoint,
                "model_reported": new.model_reported,
                "rung": new.rung,
                "packed": zlib.compress(dump(packed).encode("utf-8", "backslashreplace"), 6),
                "prompt_tokens": new.usage.prompt,
                "completion_tokens": new.usage.completion,
                "cached_tokens": new.usage.cached,
                "audio_tokens": new.usage.audio,
                "reasoning_tokens": new.usage.reasoning,
                "cost_micro": new.cost_micro,
                "currency": new.currency,
                "latency_ms": new.latency_ms,
                "http_attempts": new.http_attempts,
                "request_id": new.request_id,
                "created_at": utc_now(),
            },
        )
        return reply_id

    def usable(self, run_id: str, keys: Sequence[str]) -> list[str]:
        """Ids of the usable replies that a run got to keys."""
        if not keys:
            return []
        marks, params = listed(list(keys))
        rows = self._rows(
            f"SELECT id FROM judge_reply WHERE run_id = :r AND status = 'ok' AND key IN ({marks})",
            {**params, "r": run_id},
        )
        return [row[0] for row in rows]

    def latest_score(self, rater_id: str, item: ItemRef, criterion_id: str) -> str | None:
        """The judge's newest score of that stretch of speech, or of that call or pair."""
        found: str | None = self._value(
            "SELECT s.id FROM score s JOIN item i ON i.id = s.item_id WHERE s.call_id = :c "
            "AND s.rater_id = :r AND s.criterion_id = :k AND i.kind = :kind "
            'AND i.start = :start AND i."end" = :end AND i.speaker IS :speaker '
            "AND i.other_item_id IS :other ORDER BY s.seq DESC LIMIT 1",
            {
                "c": item.call_id,
                "r": rater_id,
                "k": criterion_id,
                "kind": item.kind,
                "start": item.span.start,
                "end": item.span.end,
                "speaker": item.speaker,
                "other": item.other_item_id,
            },
        )
        return found

    def link(self, score_ids: Iterable[str], reply_ids: Iterable[str]) -> None:
        """Note which replies scores follow from."""
        replies = list(reply_ids)
        self._insert(
            t.score_reply, [{"score_id": s, "reply_id": y} for s in score_ids for y in replies]
        )

    def of_score(self, viewer: Viewer, score_id: str) -> list[StoredReply]:
        """The replies behind a score, if the viewer may see every score that follows from them."""
        rows = self._maps(
            f"{_REPLY} JOIN score_reply sr ON sr.reply_id = y.id WHERE sr.score_id = :s "
            "AND NOT EXISTS (SELECT 1 FROM score_reply x JOIN score s ON s.id = x.score_id "
            f"WHERE x.reply_id = y.id AND NOT {visible_scores(viewer)}) ORDER BY y.seq",
            {"s": score_id, **viewer_params(viewer)},
        )
        return [_stored(row) for row in rows]

    def of_run(self, viewer: Viewer, run_id: str, limit: int = 1000) -> list[StoredReply]:
        """A run's newest replies first; a lead's alone, since they hold verdicts."""
        if not viewer.is_lead:
            return []
        rows = self._maps(
            f"{_REPLY} WHERE y.run_id = :r ORDER BY y.seq DESC LIMIT :n",
            {"r": run_id, "n": limit},
        )
        return [_stored(row) for row in rows]

    def get(self, viewer: Viewer, reply_id: str) -> StoredReply | None:
        """One reply; a lead's alone."""
        row = self._map(f"{_REPLY} WHERE y.id = :i", {"i": reply_id}) if viewer.is_lead else None
        return None if row is None else _stored(row)

    def parsed(self, reply_id: str) -> Any:
        """What was read out of a reply, for the engine that goes on with it."""
        packed = self._value("SELECT packed FROM judge_reply WHERE id = :i", {"i": reply_id})
        return None if packed is None else json.loads(zlib.decompress(packed))["parsed"]

    def bad(self, run_id: str, more: Sequence[str] = ()) -> list[dict[str, Any]]:
        """What stands unscored or failed among a run's requests, in order, without contents.

        Args:
            run_id: the run.
            more: ids of replies of other runs that count as well.
        """
        own = self._bad("y.run_id = :r", {"r": run_id})
        for at in range(0, len(more), 500):
            marks, params = listed(more[at : at + 500])
            own += self._bad(f"y.id IN ({marks})", params)
        return own

    def _bad(self, where: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self._maps(
            "SELECT y.id, y.call_id, c.code, v.name AS judge, y.status, y.failure, y.reason, "
            "y.attempt, y.criteria, y.created_at, v.model, i.turn_index FROM judge_reply y "
            "JOIN call c ON c.id = y.call_id JOIN judge_version v ON v.id = y.judge_version_id "
            "JOIN item i ON i.id = y.item_id "
            f"WHERE {where} AND y.status <> 'ok' AND NOT EXISTS "
            "(SELECT 1 FROM judge_reply n WHERE n.key = y.key AND n.attempt > y.attempt) "
            "ORDER BY y.seq",
            params,
        )

    def cost(self, run_id: str) -> RunCost:
        """What a run has used so far; rules cost nothing and are not asked."""
        row = self._row(
            "SELECT count(*), coalesce(sum(coalesce(prompt_tokens, 0) "
            "+ coalesce(completion_tokens, 0)), 0), coalesce(sum(cached_tokens), 0), "
            "coalesce(sum(cost_micro IS NULL AND status <> 'failed'), 0), "
            "coalesce(avg(latency_ms), 0) FROM judge_reply "
            "WHERE run_id = :r AND endpoint <> :rules",
            {"r": run_id, "rules": RULES},
        )
        assert row is not None, "an aggregate has a row"
        priced = self._rows(
            "SELECT currency, sum(cost_micro) FROM judge_reply "
            "WHERE run_id = :r AND cost_micro IS NOT NULL GROUP BY currency",
            {"r": run_id},
        )
        return RunCost(
            asked=row[0],
            tokens=row[1],
            cached_tokens=row[2],
            priced_micro={row[0]: row[1] for row in priced},
            unpriced=row[3],
            latency_ms=round(row[4]),
        )

    def scored(self, run_id: str) -> int:
        """How many verdicts with a value a run has given."""
        return int(
            self._value(
                "SELECT count(*) FROM score s JOIN run_call c ON c.call_id = s.call_id "
                "WHERE c.run_id = :r AND s.run_id = :r AND s.status = 'observed'",
                {"r": run_id},
            )
        )

    # what a run asks ---------------------------------------------------------------------------

    def plan(self, run_id: str, call_id: str, evaluator: str, asks: int) -> bool:
        """Note how many requests a judge has to make about a call; False where it was noted."""
        return bool(
            self._run(
                "INSERT INTO run_ask (run_id, call_id, evaluator, asks) VALUES (:r, :c, :e, :n) "
                "ON CONFLICT DO NOTHING",
                {"r": run_id, "c": call_id, "e": evaluator, "n": asks},
            )
        )

    def projected(self, run_id: str) -> dict[str, int]:
        """Judge → how many steps it will have made of all calls of the run.

        Of calls that are not planned yet, as many as of the mean planned one.
        """
        rows = self._rows(
            "SELECT s.evaluator, count(a.asks), coalesce(sum(a.asks), 0), "
            "(SELECT count(*) FROM run_call WHERE run_id = :r) FROM run_step s "
            "LEFT JOIN run_ask a ON a.run_id = s.run_id AND a.evaluator = s.evaluator "
            "WHERE s.run_id = :r GROUP BY s.evaluator",
            {"r": run_id},
        )
        return {
            name: asks + round((calls - planned) * (asks / planned if planned else 1))
            for name, planned, asks, calls in rows
        }

    def planned(self, run_id: str) -> dict[tuple[str, str], tuple[int, bool]]:
        """(call, judge) → (requests, whether it is through), of what is planned."""
        rows = self._rows(
            "SELECT call_id, evaluator, asks, settled FROM run_ask WHERE run_id = :r",
            {"r": run_id},
        )
        return {(c, e): (n, bool(settled)) for c, e, n, settled in rows}

    def settle(self, run_id: str, call_id: str, evaluator: str) -> bool:
        """Note that a judge is through with a call; False where that was noted."""
        return bool(
            self._run(
                "UPDATE run_ask SET settled = 1 WHERE run_id = :r AND call_id = :c "
                "AND evaluator = :e AND settled = 0",
                {"r": run_id, "c": call_id, "e": evaluator},
            )
        )


def _stored(row: Mapping[str, Any]) -> StoredReply:
    packed = json.loads(zlib.decompress(row["packed"]))
    new = NewReply(
        run_id=row["run_id"],
        call_id=row["call_id"],
        item=item_in(row),
        judge_version_id=row["judge_version_id"],
        key=row["key"],
        attempt=row["attempt"],
        status=row["status"],
        failure=row["failure"],
        reason=row["reason"],
        criteria=tuple(json.loads(row["criteria"])),
        endpoint=row["endpoint"],
        request=packed["request"],
        reply=packed["reply"],
        parsed=packed["parsed"],
        usage=Usage(
            prompt=row["prompt_tokens"],
            completion=row["completion_tokens"],
            cached=row["cached_tokens"],
            audio=row["audio_tokens"],
            reasoning=row["reasoning_tokens"],
        ),
        cost_micro=row["cost_micro"],
        currency=row["currency"],
        latency_ms=row["latency_ms"],
        http_attempts=row["http_attempts"],
        request_id=row["request_id"],
        model_reported=row["model_reported"],
        rung=row["rung"],
    )
    return StoredReply(id=row["id"], new=new, created_at=row["created_at"])
