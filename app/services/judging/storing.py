"""Stores what came of requests: reply, scores, links and counters in one transaction.

All of a run's writes go through one `Store`, on one thread, a few at a time: no transaction is
held longer than a person at the keyboard would notice.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.changes import Changes
from app.domain.endpoints import ChatReply
from app.domain.evaluation import Run
from app.domain.judging import NewReply, Usage, Verdict
from app.domain.ratings import Answer, Evidence, ItemRef, ScoreStatus
from app.services.judging.asks import Landed, Planned, Todo, Unit
from app.services.judging.run_notes import Skipped, keep_skipped, keep_standing
from app.services.workspace import Workspace
from db.repos.base import dump
from db.repos.replies import RULES
from db.repos.scores import NewScore
from db.unit_of_work import UnitOfWork

BUDGET_S = 0.006
"""After so long in a transaction, what else has come waits for the next one."""

PROJECT_EVERY_S = 1.0
"""How many steps a run has is reckoned anew as its calls are planned."""
ITEMS_KEPT = 1_000

Message = Planned | Landed


class LostError(Exception):
    """Another process works on the run by now; nothing of the transaction is stored."""


@dataclass(slots=True)
class Store:
    """What one process stores of one run."""

    ws: Workspace
    run: Run
    owner: str
    _open: dict[Unit, int] = field(default_factory=dict)
    """Asks that have not settled, of the units that are planned."""
    _owed: dict[Unit, tuple[int, int]] = field(default_factory=dict)
    """Reused and standing asks: counted when their unit settles, so once whatever happens."""
    _items: dict[ItemRef, str] = field(default_factory=dict)
    """Ids of the items of late."""
    _projected_s: float = 0.0

    def commit(self, inbox: deque[Message], worked_ms: int) -> tuple[str, Changes]:
        """Store what is in the inbox, as much as a short transaction holds; keep the lease.

        Returns:
            What someone wishes (`pause`, `cancel` or nothing), and what was touched.

        Raises:
            LostError: the run is another process's.
            EnvironmentFault: the database cannot be written.
        """
        with self.ws.db.machine() as uow:
            wish = uow.runs.beat(self.run.id, self.owner, worked_ms)
            if wish is None:
                raise LostError
            began = time.perf_counter()
            taken = 0
            while taken < len(inbox) and time.perf_counter() - began < BUDGET_S:
                message = inbox[taken]
                taken += 1
                if isinstance(message, Planned):
                    self._plan(uow, message)
                else:
                    self._land(uow, message)
            if began - self._projected_s > PROJECT_EVERY_S:
                uow.runs.project(self.run.id)
                self._projected_s = began
            uow.touch(Changes(runs=True))
        for _ in range(taken):  # whatever is in the inbox is not stored yet
            inbox.popleft()
        return wish, uow.changes

    def _plan(self, uow: UnitOfWork, planned: Planned) -> None:
        unit, run_id = planned.unit, self.run.id
        uow.replies.plan(run_id, unit.call_id, unit.judge, planned.asks)
        keep_standing(uow, run_id, planned.standing)
        for reason, is_part in ((planned.skipped, False), (planned.left_out, True)):
            if reason:
                told = Skipped(
                    call_id=unit.call_id, judge=unit.judge, reason=reason, is_part=is_part
                )
                keep_skipped(uow, run_id, told)
        self._open[unit] = len(planned.todo) + len(planned.landed)
        self._owed[unit] = (planned.reused, len(planned.standing))
        if not self._open[unit]:
            self._settle(uow, unit, bool(planned.skipped))
        for landed in planned.landed:
            self._land(uow, landed)

    def _land(self, uow: UnitOfWork, landed: Landed) -> None:
        todo = landed.todo
        item_id = self._item(uow, todo.ask.item)
        reply_id = uow.replies.add(new_reply(uow, self.run.id, landed), item_id)
        if not landed.final:
            return
        replies = [*(had.reply_id for had in todo.had.values()), reply_id]
        replies += uow.replies.usable(self.run.id, todo.keys[: landed.part])
        uow.replies.link(self._score(uow, landed), dict.fromkeys(replies))
        outcome = "done" if landed.status == "ok" else "failed"
        took_ms = landed.heard.latency_ms if landed.heard is not None else 0
        uow.runs.tally(self.run.id, todo.unit.judge, outcome, 1, took_ms)
        uow.touch(Changes(scores=frozenset({todo.unit.call_id})))
        self._open[todo.unit] -= 1
        if not self._open[todo.unit]:
            self._settle(uow, todo.unit, skipped=False)

    def _settle(self, uow: UnitOfWork, unit: Unit, skipped: bool) -> None:
        """A judge is through with a call."""
        del self._open[unit]
        reused, standing = self._owed.pop(unit)
        if not uow.replies.settle(self.run.id, unit.call_id, unit.judge):
            return
        for outcome, steps in (("reused", reused), ("failed", standing), ("skipped", int(skipped))):
            if steps:
                uow.runs.tally(self.run.id, unit.judge, outcome, steps, 0)
        uow.runs.through(self.run.id, unit.call_id)
        uow.summaries.refresh_raters(unit.call_id)
        uow.touch(Changes(calls=frozenset({unit.call_id})))

    def _item(self, uow: UnitOfWork, ref: ItemRef) -> str:
        if ref not in self._items:
            if len(self._items) >= ITEMS_KEPT:
                self._items.clear()
            self._items[ref] = uow.scores.item(ref)
        return self._items[ref]

    def _score(self, uow: UnitOfWork, landed: Landed) -> list[str]:
        todo = landed.todo
        if landed.status == "ok":
            answers = [(v.item or todo.ask.item, v.criterion_key, *_answer(v, todo))
                       for v in landed.verdicts]  # fmt: skip
        else:
            status: ScoreStatus = "parse_error" if landed.status == "unscored" else "provider_error"
            answer = Answer(status=status, rationale=_clean(landed.reason))
            details = {"failure": landed.failure}
            answers = [(todo.ask.item, key, answer, details) for key in todo.ask.criteria]
        criteria = {c.key: c.id for c in todo.rubric.criteria}
        return [
            self._add(uow, landed, item, criteria[key], answer, details)
            for item, key, answer, details in answers
        ]

    def _add(
        self,
        uow: UnitOfWork,
        landed: Landed,
        item: ItemRef,
        criterion_id: str,
        answer: Answer,
        details: Mapping[str, Any],
    ) -> str:
        version = landed.todo.version
        before = uow.replies.latest_score(version.rater_id, item, criterion_id)
        score_id, _ = uow.scores.add(
            NewScore(
                call_id=item.call_id,
                item_id=self._item(uow, item),
                rubric_version_id=landed.todo.rubric.id,
                criterion_id=criterion_id,
                rater_id=version.rater_id,
                answer=answer,
                phase="submitted",
                blind=True,
                duration_ms=landed.heard.latency_ms if landed.heard is not None else 0,
                supersedes_id=before,
                run_id=self.run.id,
                presentation=dump(dict(details)) if details else None,
            )
        )
        return score_id


def new_reply(uow: UnitOfWork, run_id: str | None, landed: Landed) -> NewReply:
    """What came of a request, as it is stored."""
    todo, heard = landed.todo, landed.heard
    key = todo.keys[landed.part]
    reply = heard if isinstance(heard, ChatReply) else None
    return NewReply(
        run_id=run_id,
        call_id=todo.unit.call_id,
        item=todo.ask.item,
        judge_version_id=todo.version.id,
        key=key,
        # Another run may have asked the same meanwhile.
        attempt=uow.replies.newest_attempt(key) + 1,
        status=landed.status,
        failure=landed.failure,
        reason=_clean(landed.reason),
        criteria=todo.ask.criteria,
        endpoint=todo.judge.endpoint if todo.ask.requests else RULES,
        request=heard.request if heard is not None else {},
        reply=reply.reply if reply is not None else None,
        parsed=landed.parsed,
        usage=reply.usage if reply is not None else Usage(),
        cost_micro=landed.cost_micro,
        currency=landed.currency,
        latency_ms=heard.latency_ms if heard is not None else 0,
        http_attempts=heard.http_attempts if heard is not None else 0,
        request_id=_clean(heard.request_id) if heard is not None else "",
        model_reported=_clean(reply.model) if reply is not None else "",
        rung=reply.rung if reply is not None else "schema",
    )


def _answer(verdict: Verdict, todo: Todo) -> tuple[Answer, Mapping[str, Any]]:
    applies = verdict.value is not None
    return Answer(
        status="observed" if applies else "not_applicable",
        value=verdict.value,
        na_reason="" if applies else _clean(verdict.rationale),
        rationale=_clean(verdict.rationale) if applies else "",
        evidence=tuple(_evidence(verdict.evidence, todo)),
        flagged=verdict.flagged,
    ), verdict.details


def _evidence(indices: Iterable[int], todo: Todo) -> Iterable[Evidence]:
    turns = todo.call.turns
    for index in indices:
        if 0 <= index < len(turns):
            yield Evidence(turn_id=f"t{index + 1}", span=turns[index].item.span)


def _clean(text: str) -> str:
    """Text that can be stored: a reply may hold half a character."""
    return text.encode("utf-8", "replace").decode()
