"""Try a judge on one call, an unsaved one as well: replies and verdicts, stored nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from app.domain.endpoints import ChatReply
from app.domain.errors import BadInput
from app.domain.judging import JudgeDefinition, RunCost, Verdict
from app.domain.ratings import ItemRef
from app.domain.work import Quiet, Work
from app.services.judging import endpoints
from app.services.judging.asking import Asker
from app.services.judging.asks import Judge, Landed, Todo, Unit
from app.services.judging.caps import Caps, Meter
from app.services.judging.judging_runs import at_endpoint
from app.services.judging.planning import Planner
from app.services.judging.run_notes import Pair
from app.services.workspace import Workspace

LIMIT = 8
"""Items that are asked about."""
POLL_S = 0.1
"""How often a cancel is looked for."""
NOTHING_USED = RunCost(
    asked=0, tokens=0, cached_tokens=0, priced_micro={}, unpriced=0, latency_ms=0
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a judge said about one item: every reply, in order, and what was read out of them."""

    todo: Todo
    replies: tuple[Landed, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Empty where no reply could be used."""
        return self.replies[-1].verdicts if self.replies else ()

    @property
    def problem(self) -> str:
        """Why there is no verdict, in words."""
        return self.replies[-1].reason if self.replies else ""

    @property
    def texts(self) -> tuple[str, ...]:
        """The replies as the model wrote them."""
        return tuple(r.heard.text for r in self.replies if isinstance(r.heard, ChatReply))


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOut:
    """What came of a try-out."""

    tried: tuple[Tried, ...]
    skipped: str = ""
    """Why the judge does not apply to the call."""
    left_out: int = 0
    """Items of the call that were not asked about."""


def try_out(
    ws: Workspace,
    definition: JudgeDefinition,
    call_id: str,
    endpoint: str = "",
    model: str = "",
    limit: int = LIMIT,
    *,
    other_id: str = "",
    item: ItemRef | None = None,
    ctx: Work | None = None,
) -> TryOut:
    """Ask a judge about a call, without storing what it says. Call from a plain thread.

    Args:
        ws: the workspace.
        definition: it need not be stored.
        call_id: the call.
        endpoint: name of a profile; the only one there is where it is empty.
        model: the endpoint's own where it is empty.
        limit: how many items are asked about at most.
        other_id: the second call, for a pairwise judge.
        item: ask about this one alone.
        ctx: told of progress, and asked whether to stop.

    Raises:
        BadInput: no endpoint, no model, or no second call. NotFound. EnvironmentFault: no key.
        Cancelled.
    """
    judge = at_endpoint(ws, definition, endpoint, model)
    pairs: list[Pair] = []
    if definition.unit == "pair":
        if not other_id or other_id == call_id:
            raise BadInput("A pairwise judge compares two calls.", "Choose another call as well.")
        pairs = [(call_id, other_id)]
    planner = Planner(ws, {judge.name: judge}, pairs=pairs, unstored=True, anew=True)
    planned = planner.plan(Unit(call_id, judge.name))
    ruled = tuple(Tried(todo=landed.todo, replies=(landed,)) for landed in planned.landed)
    todo = [one for one in planned.todo if item is None or one.ask.item == item]
    work = Quiet() if ctx is None else ctx
    asked = asyncio.run(_ask(ws, judge, todo[:limit], work)) if todo else ()
    return TryOut(
        tried=(*ruled, *asked),
        skipped=planned.skipped,
        left_out=max(0, len(planned.todo) - len(todo[:limit])),
    )


async def _ask(ws: Workspace, judge: Judge, todo: Sequence[Todo], ctx: Work) -> tuple[Tried, ...]:
    from app.models.chat import ChatClient

    profile = endpoints.endpoint(ws, judge.endpoint)
    known = endpoints.capabilities(ws, judge.endpoint, judge.model)
    with ThreadPoolExecutor(1, "callbench-sound") as pool:
        async with ChatClient(profile, known) as client:
            asker = Asker(
                ws=ws, client=client, prices=endpoints.prices(ws),
                meter=Meter(Caps(), NOTHING_USED), pool=pool,
            )  # fmt: skip

            async def ask(one: Todo) -> Tried:
                replies: list[Landed] = []
                await asker.carry_out(one, replies.append)
                return Tried(todo=one, replies=tuple(replies))

            tasks = [asyncio.ensure_future(ask(one)) for one in todo]
            await _watched(tasks, ctx)
            return tuple(task.result() for task in tasks)


async def _watched(tasks: Sequence[asyncio.Task[Tried]], ctx: Work) -> None:
    """Wait for all, telling how many are done; a cancel ends every request at once."""
    try:
        while waiting := {task for task in tasks if not task.done()}:
            ctx.progress(len(tasks) - len(waiting), len(tasks))
            ctx.raise_if_cancelled()
            when = asyncio.FIRST_COMPLETED
            await asyncio.wait(waiting, timeout=POLL_S, return_when=when)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
