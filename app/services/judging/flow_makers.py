"""Who makes a flow out of an SOP: rules alone (*baseline*), or a model at an endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Protocol, TypeVar

from app.domain.endpoints import ChatFailed, ChatReply, ChatRequest
from app.domain.errors import BadInput, EnvironmentFault
from app.domain.flows import FlowNode
from app.domain.judging import ASK_FAILURE_WORDS, sha256_of
from app.domain.work import Work
from app.eval.judging import flow_asks
from app.eval.judging.asks import ReplyProblem
from app.eval.judging.flow_asks import FlowAsk
from app.eval.judging.flow_baseline import baseline_nodes, baseline_prerequisites
from app.eval.judging.flow_units import units_of
from app.eval.judging.replies import read_reply
from app.services.assets import asset

Made = TypeVar("Made")
Nodes = tuple[FlowNode, ...]

BASELINE = "baseline"
REPLY_TOKENS, TOKENS_EACH = 1_500, 120
"""Room for a reply, and for each unit or node that it is about."""
TRIES = 2
"""A reply that cannot be used is asked for once more, with twice the room."""
POLL_S = 0.1
KEPT_CHARS = 20_000
"""So much of a reply is kept with the version."""


class Maker(Protocol):
    """The steps of a derivation that need judgement."""

    name: str
    """`baseline`, or the model's."""

    def parse(self, sop: str) -> Nodes:
        """Nodes of an SOP."""

    def criteria(self, nodes: Nodes, only: Sequence[str]) -> Nodes:
        """The nodes, with those of `only` put as criteria."""

    def prerequisites(self, nodes: Nodes) -> Nodes:
        """The nodes with what each needs."""

    def told(self) -> list[Mapping[str, Any]]:
        """What was asked and answered since the last time, to be kept."""


class Client(Protocol):
    """What is needed of `app.models.chat.ChatClient`."""

    async def ask(self, request: ChatRequest) -> ChatReply:
        """Ask for a completion."""

    async def close(self) -> None:
        """Close the connections."""


class BaselineMaker:
    """Rules alone: a first flow to edit, with no model and no endpoint."""

    name = BASELINE

    def parse(self, sop: str) -> Nodes:
        """The SOP's own steps."""
        return baseline_nodes(sop)

    def criteria(self, nodes: Nodes, _only: Sequence[str]) -> Nodes:
        """Rules reword nothing."""
        return nodes

    def prerequisites(self, nodes: Nodes) -> Nodes:
        """The key step before."""
        return baseline_prerequisites(nodes)

    def told(self) -> list[Mapping[str, Any]]:
        """Nobody was asked."""
        return []


class ModelMaker(AbstractContextManager["ModelMaker"]):
    """A model, asked in an event loop of its own in the thread that uses it.

    Args:
        work: is asked whether to stop while an answer is awaited.
        connect: makes the client; called inside the loop.
        model: its name.
    """

    def __init__(self, work: Work, connect: Callable[[], Client], model: str) -> None:
        self.name = model
        self._work, self._connect = work, connect
        self._loop = asyncio.Runner()
        self._client: Client | None = None
        self._told: list[Mapping[str, Any]] = []
        self._prompts = {
            name: asset("flow_prompts", f"{name}.md").read_text("utf-8")
            for name in flow_asks.ASK_NAMES
        }

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._client is not None:
            self._loop.run(self._client.close())
        self._loop.close()

    def parse(self, sop: str) -> Nodes:
        """Ask for nodes."""
        units = units_of(sop)
        ask = flow_asks.parse_ask(self._prompts["parse"], units)
        return self._asked(ask, lambda reply: flow_asks.parsed_nodes(reply, sop, units))

    def criteria(self, nodes: Nodes, only: Sequence[str]) -> Nodes:
        """Ask to reword."""
        some = [n for n in nodes if n.id in only]
        if not some:
            return nodes
        ask = flow_asks.criteria_ask(self._prompts["criteria"], some)
        return self._asked(ask, lambda reply: flow_asks.with_criteria(nodes, reply))

    def prerequisites(self, nodes: Nodes) -> Nodes:
        """Ask what comes before what."""
        ask = flow_asks.prerequisites_ask(self._prompts["prerequisites"], nodes)
        return self._asked(ask, lambda reply: flow_asks.with_prerequisites(nodes, reply))

    def told(self) -> list[Mapping[str, Any]]:
        """What was asked and answered since the last time."""
        found, self._told = self._told, []
        return found

    def _asked(self, ask: FlowAsk, read: Callable[[Any], Made]) -> Made:
        problem: ReplyProblem | None = None
        for attempt in range(1, TRIES + 1):
            reply = self._reply(ask, attempt)
            try:
                if reply.refusal:
                    raise ReplyProblem("refused", f"The model said: {reply.refusal}")
                made = read(read_reply(reply.text, ask.schema))
            except ReplyProblem as fault:
                problem = fault
                self._keep(ask, reply, fault.reason)
            else:
                self._keep(ask, reply, "")
                return made
        raise BadInput(
            f"{self.name} gave no usable answer when asked for {ask.name}: {problem}",
            "Try again, take another model, or derive the baseline and edit it.",
        )

    def _reply(self, ask: FlowAsk, attempt: int) -> ChatReply:
        body = [self.name, ask.name, attempt, [dict(m) for m in ask.messages]]
        room = REPLY_TOKENS + TOKENS_EACH * ask.size
        request = ChatRequest(
            key=sha256_of(body),
            model=self.name,
            messages=ask.messages,
            params={"temperature": 0, "max_tokens": room * attempt},
            schema=ask.schema,
            schema_name=f"flow_{ask.name}",
        )
        try:
            return self._loop.run(self._awaited(request))
        except ChatFailed as failed:
            said = ASK_FAILURE_WORDS.get(failed.kind, failed.kind)
            raise EnvironmentFault(
                f"The flow could not be derived. {said}: {failed.reason}",
                "Test the endpoint, or derive the baseline.",
            ) from failed

    async def _awaited(self, request: ChatRequest) -> ChatReply:
        if self._client is None:
            self._client = self._connect()
        asked = asyncio.ensure_future(self._client.ask(request))
        try:
            while not (await asyncio.wait({asked}, timeout=POLL_S))[0]:
                self._work.raise_if_cancelled()
            return asked.result()
        finally:
            if not asked.done():
                asked.cancel()
                await asyncio.gather(asked, return_exceptions=True)

    def _keep(self, ask: FlowAsk, reply: ChatReply, problem: str) -> None:
        self._told.append(
            {
                "ask": ask.name,
                "prompt_sha256": sha256_of(self._prompts[ask.name]),
                "model": reply.model or self.name,
                "request_id": reply.request_id,
                "prompt_tokens": reply.usage.prompt,
                "completion_tokens": reply.usage.completion,
                "latency_ms": reply.latency_ms,
                "http_attempts": reply.http_attempts,
                "rung": reply.rung,
                "text": reply.text[:KEPT_CHARS],
                "problem": problem,
            }
        )
