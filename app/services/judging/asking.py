"""Asks an endpoint what is to be asked about one item, and reads the replies. Inside a loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.domain.endpoints import ChatFailed, ChatReply, ChatRequest, Price, price_of
from app.domain.errors import UserError
from app.domain.judging import AskFailure, Usage
from app.eval.judging.asks import ReplyProblem
from app.eval.judging.options import Options
from app.services.judging import sounds
from app.services.judging.asks import MOST_TRIES, Landed, Todo, prompt_tokens
from app.services.judging.caps import Meter, Share
from app.services.judging.journal import Journal
from app.services.workspace import Workspace

if TYPE_CHECKING:
    from app.models.chat import ChatClient

log = logging.getLogger("callbench.judging")

REPLY_TOKENS = 1_000
"""Expected at most where a judge sets no limit."""
CUT_OFF = ("length", "max_tokens")
"""Why a reply ended, in the endpoint's words, where it ran into its limit."""


@dataclass(slots=True, kw_only=True)
class Asker:
    """Asks one endpoint.

    Attributes:
        ws: for sound.
        client: of the endpoint.
        prices: as their user wrote them down.
        meter: lets requests go, and counts them.
        pool: where sound is decoded.
        journal: has replies that a killed process got, and gets each one that comes.
    """

    ws: Workspace
    client: ChatClient
    prices: tuple[Price, ...]
    meter: Meter
    pool: Executor
    journal: Journal | None = None

    async def carry_out(self, todo: Todo, land: Callable[[Landed], None]) -> None:
        """Ask all that is open, hand over what comes of it; the last is `final`.

        Nothing final comes where a cap is reached in the middle.
        """
        parsed: dict[int, Any] = {part: had.parsed for part, had in todo.had.items()}
        waiting = [part for part in range(len(todo.keys)) if part not in parsed]
        for part in waiting:
            is_last = part == waiting[-1]
            landed = await self._part(todo, part, parsed if is_last else None, land)
            if landed is None:
                return
            if landed.status != "ok" or is_last:
                land(replace(landed, final=True))
                return
            land(landed)
            parsed[part] = landed.parsed

    async def _part(
        self,
        todo: Todo,
        part: int,
        before: Mapping[int, Any] | None,
        land: Callable[[Landed], None],
    ) -> Landed | None:
        """One request until its reply can be used or the tries are over; None at a cap.

        Args:
            todo: what is asked.
            part: which of its requests.
            before: what the other parts gave, if this one completes the ask.
            land: takes the replies that are asked for once more.
        """
        most = self._most(todo, part)
        for number in range(_at(todo.tries, part) + 1, MOST_TRIES + 1):
            if not await self.meter.take(most):
                return None
            landed = await self._once(todo, part, number)
            self.meter.give(most, _used(landed))
            if landed.status == "ok" and before is not None:
                landed = _with_verdicts(landed, before)
            if landed.status != "unscored" or number == MOST_TRIES:
                return landed
            land(landed)
        return None

    async def _once(self, todo: Todo, part: int, number: int) -> Landed:
        landed = Landed(todo=todo, part=part, status="failed")
        try:
            reply = await self._reply(await self._request(todo, part, number))
        except ChatFailed as error:
            failure: AskFailure = error.kind  # type: ignore[assignment]
            return replace(landed, failure=failure, reason=error.reason, heard=error)
        except UserError as error:
            return replace(landed, failure="bad_request", reason=str(error))
        except Exception as error:  # one ask must not end the run
            log.exception("a request failed")
            return replace(landed, failure="bug", reason=_words(error))
        price = price_of(self.prices, todo.judge.endpoint, todo.judge.model)
        landed = replace(
            landed,
            heard=reply,
            cost_micro=None if price is None else price.micro(reply.usage),
            currency="" if price is None else price.currency,
        )
        return _understood(landed, reply)

    async def _reply(self, request: ChatRequest) -> ChatReply:
        if self.journal is None:
            return await self.client.ask(request)
        known = self.journal.take(request.key)
        if known is not None:
            return known
        reply = await self.client.ask(request)
        self.journal.add(request.key, reply)
        return reply

    def _most(self, todo: Todo, part: int) -> Share:
        """What a request may use at most, as far as that can be reckoned."""
        limit = todo.version.params.get("max_tokens")
        reply = limit if isinstance(limit, int) else REPLY_TOKENS
        usage = Usage(prompt=prompt_tokens(todo.ask.requests[part]), completion=reply)
        price = price_of(self.prices, todo.judge.endpoint, todo.judge.model)
        micro = None if price is None else price.micro(usage)
        return Share(tokens=usage.total or 0, cost_micro=micro or 0)

    async def _request(self, todo: Todo, part: int, number: int) -> ChatRequest:
        sent = todo.ask.requests[part]
        heard: Sequence[Mapping[str, Any]] = ()
        if sent.audio:
            loop, call_id = asyncio.get_running_loop(), todo.ask.item.call_id
            heard = await loop.run_in_executor(
                self.pool, sounds.heard, self.ws, call_id, sent.audio
            )
        attempt = _at(todo.attempts, part) - _at(todo.tries, part) + number
        return ChatRequest(
            key=f"{todo.keys[part]}-{attempt}",
            model=todo.judge.model,
            messages=sounds.with_sound(sent.messages, heard),
            params={k: v for k, v in todo.version.params.items() if k not in _OPTIONS},
            schema=sent.schema,
            schema_name=sent.schema_name,
        )


def _used(landed: Landed) -> Share:
    return Share(
        tokens=landed.usage.total or 0,
        cost_micro=landed.cost_micro or 0,
        currency=landed.currency,
    )


_OPTIONS = frozenset(Options.__dataclass_fields__)


def _understood(landed: Landed, reply: ChatReply) -> Landed:
    """The object in a reply, or why there is none."""
    from app.eval.judging.judge import parse

    try:
        if reply.refusal:
            raise ReplyProblem("refused", reply.refusal)
        if reply.finish == "content_filter":
            raise ReplyProblem("refused", "The endpoint's filter held the reply back.")
        sent = landed.todo.ask.requests[landed.part]
        return replace(landed, status="ok", parsed=parse(reply.text, sent.schema))
    except ReplyProblem as problem:
        if reply.finish in CUT_OFF and problem.kind in ("parse", "empty", "truncated"):
            problem = ReplyProblem("truncated", "The reply ran into its limit of tokens.")
        return replace(landed, status="unscored", failure=problem.kind, reason=problem.reason)
    except Exception as error:  # one reply must not end the run
        log.exception("a reply could not be read")
        return replace(landed, status="unscored", failure="bug", reason=_words(error))


def _with_verdicts(landed: Landed, before: Mapping[int, Any]) -> Landed:
    """The verdicts that all parts of an ask give together."""
    from app.eval.judging.judge import read

    todo = landed.todo
    objects = {**before, landed.part: landed.parsed}
    ordered = [objects[part] for part in sorted(objects)]
    try:
        verdicts = read(todo.judge.definition, todo.rubric, todo.ask, ordered)
        known = {criterion.key for criterion in todo.rubric.criteria}
        strange = [v.criterion_key for v in verdicts if v.criterion_key not in known]
        if strange:
            raise ReplyProblem("parse", f"The rubric does not ask about {', '.join(strange)}.")
        return replace(landed, verdicts=verdicts)
    except ReplyProblem as problem:
        return replace(landed, status="unscored", failure=problem.kind, reason=problem.reason)
    except Exception as error:  # one reply must not end the run
        log.exception("a verdict could not be read")
        return replace(landed, status="unscored", failure="bug", reason=_words(error))


def _at(counts: Sequence[int], part: int) -> int:
    return counts[part] if part < len(counts) else 0


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
