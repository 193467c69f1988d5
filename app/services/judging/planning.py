"""What a judge has to ask about a call, and what of it is known already.

A request is known by its key: judge version, item and messages. What was answered before, in any
run, is not asked again.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.errors import BadInput, NotFound, UserError
from app.domain.judging import JudgeVersion
from app.domain.ratings import ItemRef
from app.domain.rubrics import RubricVersion
from app.eval.judging.asks import Ask, Plan
from app.eval.judging.call import JudgeCall
from app.services.judging import definitions, sounds
from app.services.judging.asks import (
    Had,
    Judge,
    Landed,
    Planned,
    Todo,
    Unit,
    ask_key,
    plain_key,
    rules_key,
)
from app.services.judging.calls import judge_call
from app.services.judging.run_notes import Pair
from app.services.judging.standing import stand
from app.services.workspace import Workspace

log = logging.getLogger("callbench.judging")

CALLS_KEPT = 8
"""Calls that are remembered while several judges look at them."""

NO_FLOW = "No task flow belongs to this call."
NOTHING = "There is nothing in this call that it judges."


class Planner:
    """Looks at one judge on one call after the other. One thread at a time.

    Args:
        ws: the workspace.
        judges: those of the run, by name.
        run_id: the run; None to look without one.
        retry_failed: ask again what an earlier run got no usable reply to.
        pairs: which calls pairwise judges compare.
        unstored: only look: no judge version is made.
        anew: as if no other run had asked before.
    """

    def __init__(
        self,
        ws: Workspace,
        judges: Mapping[str, Judge],
        run_id: str | None = None,
        *,
        retry_failed: bool = False,
        pairs: Sequence[Pair] = (),
        unstored: bool = False,
        anew: bool = False,
    ) -> None:
        self._ws, self._judges, self._run_id, self._retry = ws, judges, run_id, retry_failed
        self._partners: dict[str, list[str]] = {}
        for first, second in pairs:
            self._partners.setdefault(first, []).append(second)
        self._unstored, self._anew = unstored, anew
        self.deaf: frozenset[str] = frozenset()
        """Names of judges whose endpoint takes no sound."""
        self._calls: OrderedDict[tuple[str, bool], JudgeCall] = OrderedDict()
        self._rubrics: dict[tuple[str, str], RubricVersion] = {}
        self._versions: dict[tuple[str, str], JudgeVersion] = {}

    def plan(self, unit: Unit) -> Planned:
        """All that a judge has to do about a call; what cannot be judged says why."""
        judge = self._judges[unit.judge]
        if judge.definition.unit == "pair" and unit.call_id not in self._partners:
            return Planned(unit=unit)  # it is the second of its pairs, or in none
        try:
            if unit.judge in self.deaf:
                return _skip(unit, f"{judge.endpoint} takes no audio; {sounds.NOT_INSTEAD}")
            call = self._call(unit.call_id, masked=judge.needs_model)
            rubric = self._rubric(judge, call)
            if rubric is None:
                return _skip(unit, NO_FLOW)
            version = self.version(judge, rubric)
            if not judge.needs_model:
                return self._by_rules(unit, judge, version, rubric, call)
            return self._asked(unit, judge, version, rubric, call)
        except (NotFound, BadInput) as error:
            return _skip(unit, str(error))
        except UserError:  # such as a full disk: no call could be planned
            raise
        except Exception as error:  # one call must not end the run
            log.exception("%s cannot be planned on %s", unit.judge, unit.call_id)
            return _skip(unit, f"A fault of ours: {type(error).__name__}: {error}. See the log.")

    def version(self, judge: Judge, rubric: RubricVersion) -> JudgeVersion:
        """The judge version that gives the scores."""
        at = (judge.name, rubric.id)
        if at not in self._versions:
            self._versions[at] = (
                judge.unstored(rubric)
                if self._unstored
                else definitions.bind(
                    self._ws,
                    judge.definition,
                    rubric,
                    model=judge.model,
                    provider=judge.endpoint,
                )
            )
        return self._versions[at]

    def _asked(
        self,
        unit: Unit,
        judge: Judge,
        version: JudgeVersion,
        rubric: RubricVersion,
        call: JudgeCall,
    ) -> Planned:
        plan, others = self._plan(judge, rubric, call)
        if not plan.asks:
            return _skip(unit, plan.skipped or NOTHING)
        whole = [
            Todo(
                unit=unit, judge=judge, version=version, rubric=rubric, call=call, ask=ask,
                keys=self._keys(version, ask, other),
            )
            for ask, other in zip(plan.asks, others, strict=True)
        ]  # fmt: skip
        left_out = " ".join(plan.notes)
        planned = self._known(Planned(unit=unit, asks=len(whole), left_out=left_out), whole)
        plain = tuple(_without_model(todo) for todo in planned.todo if not todo.ask.requests)
        return replace(planned, todo=tuple(t for t in planned.todo if t.ask.requests), landed=plain)

    def _plan(
        self, judge: Judge, rubric: RubricVersion, call: JudgeCall
    ) -> tuple[Plan, Sequence[str]]:
        """The asks, and the second call of each; empty for what is no pair."""
        from app.eval.judging.judge import plan

        if judge.definition.unit != "pair":
            found = plan(judge.definition, rubric, call)
            return found, [""] * len(found.asks)
        asks: list[Ask] = []
        others: list[str] = []
        notes: list[str] = []
        why = ""
        for other_id in self._partners[call.call_id]:
            other = self._call(other_id, masked=judge.needs_model)
            found = plan(judge.definition, rubric, call, other)
            why = why or found.skipped
            notes += [note for note in found.notes if note not in notes]
            asks += [replace(ask, item=self._pair(call, other)) for ask in found.asks]
            others += [other_id] * len(found.asks)
        skipped = "" if asks else why
        return Plan(asks=tuple(asks), skipped=skipped, notes=tuple(notes)), others

    def _pair(self, call: JudgeCall, other: JudgeCall) -> ItemRef:
        with self._ws.db.machine() as uow:
            other_item_id = uow.scores.item(other.item)
        return replace(call.item, kind="pair", other_item_id=other_item_id)

    def _keys(self, version: JudgeVersion, ask: Ask, other: str) -> tuple[str, ...]:
        if not ask.requests:
            return (plain_key(version, ask),)
        return tuple(
            ask_key(version, ask, part, sounds.names(self._ws, ask.item.call_id, sent.audio), other)
            for part, sent in enumerate(ask.requests)
        )

    def _by_rules(
        self,
        unit: Unit,
        judge: Judge,
        version: JudgeVersion,
        rubric: RubricVersion,
        call: JudgeCall,
    ) -> Planned:
        from app.eval.judging.judge import baseline

        criteria = tuple(c.key for c in rubric.criteria)

        def todo(other: JudgeCall | None) -> Todo:
            item = call.item if other is None else self._pair(call, other)
            return Todo(
                unit=unit, judge=judge, version=version, rubric=rubric, call=call,
                ask=Ask(item=item, criteria=criteria), keys=(rules_key(version, call, other),),
            )  # fmt: skip

        others: Sequence[JudgeCall | None] = [None]
        if judge.definition.unit == "pair":
            others = [self._call(i, masked=False) for i in self._partners[call.call_id]]
        whole = [todo(other) for other in others]
        beside = {one.keys: other for one, other in zip(whole, others, strict=True)}
        planned = self._known(Planned(unit=unit, asks=len(whole)), whole)
        landed = []
        for one in planned.todo:
            verdicts = baseline(judge.definition, rubric, call, beside[one.keys])
            if not verdicts:
                return _skip(unit, NOTHING)
            landed.append(Landed(todo=one, part=0, status="ok", verdicts=verdicts, final=True))
        return replace(planned, todo=(), landed=tuple(landed))

    def _known(self, planned: Planned, whole: Sequence[Todo]) -> Planned:
        """Sort out what is answered, what stands, and what is to be asked."""
        with self._ws.db.read() as uow:
            rows = uow.replies.attempts([key for todo in whole for key in todo.keys])
            open_, reused, standing = [], 0, []
            for todo in whole:
                stands = [
                    stand(rows.get(k, ()), self._run_id, self._retry, anew=self._anew)
                    for k in todo.keys
                ]
                bad = next((s for s in stands if s.is_settled and s.state == "bad"), None)
                if bad is not None:
                    standing += [] if bad.is_own else [bad.reply_id]
                elif all(s.state == "ok" for s in stands):
                    reused += not any(s.is_own for s in stands)
                else:
                    had = {
                        part: Had(reply_id=s.reply_id, parsed=uow.replies.parsed(s.reply_id))
                        for part, s in enumerate(stands)
                        if s.state == "ok"
                    }
                    tries = tuple(s.tries for s in stands)
                    attempts = tuple(s.attempts for s in stands)
                    open_.append(replace(todo, had=had, attempts=attempts, tries=tries))
        return replace(planned, todo=tuple(open_), reused=reused, standing=tuple(standing))

    def _call(self, call_id: str, *, masked: bool) -> JudgeCall:
        at = (call_id, masked)
        if at not in self._calls:
            self._calls[at] = judge_call(self._ws, call_id, masked=masked)
            while len(self._calls) > CALLS_KEPT:
                self._calls.popitem(last=False)
        return self._calls[at]

    def _rubric(self, judge: Judge, call: JudgeCall) -> RubricVersion | None:
        """None where the judge goes by the call's task flow and it has none."""
        if judge.definition.rubric != definitions.TFC_RUBRIC:
            at = (judge.name, "")
            if at not in self._rubrics:
                self._rubrics[at] = definitions.rubric_for(self._ws, judge.definition)
            return self._rubrics[at]
        if call.flow is None:
            return None
        at = (judge.name, call.flow.id)
        if at not in self._rubrics:
            from app.services.judging.flow_rubrics import rubric_of_flow

            self._rubrics[at] = rubric_of_flow(self._ws, call.flow)
        return self._rubrics[at]


def _without_model(todo: Todo) -> Landed:
    from app.eval.judging.judge import read

    verdicts = read(todo.judge.definition, todo.rubric, todo.ask, ())
    return Landed(todo=todo, part=0, status="ok", verdicts=verdicts, final=True)


def _skip(unit: Unit, reason: str) -> Planned:
    return Planned(unit=unit, asks=1, skipped=reason)
