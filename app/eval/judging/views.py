"""What a judge is shown of a call, as data blocks. Its context rule decides how much.

Turns carry 1-based labels ("turn 3"); a call's code, agent and origin are never shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.domain.judging import ContextRule
from app.eval.judging.call import JudgeCall, JudgeTurn, ToolUse
from app.eval.judging.data_blocks import block, dump, rows
from app.eval.judging.options import Options

HIDDEN = "(speaks; the words are withheld)"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_PIPELINES = ("cascade", "audio_llm", "s2s")


@dataclass(frozen=True, kw_only=True)
class View:
    """One call under one rule; what repeats between its prompts is made once."""

    call: JudgeCall
    rule: ContextRule
    options: Options

    def variables(self, turn: JudgeTurn | None = None) -> dict[str, str]:
        """The data blocks of a prompt, empty where the rule or the call gives nothing.

        Args:
            turn: what is judged; None for the whole call. Under `history` nothing later is shown.
        """
        made = {**self._fixed, "turns": self.turns(turn)}
        if turn is not None:
            made["turn"] = block("turn", self._line(turn))
        if self.rule != "alone":
            used = [dump(self._tool(t)) for t in self.call.tools if self._shown(t, turn)]
            made["tools"] = block("tools", rows(used)) if used else ""
        return made

    def turns(self, turn: JudgeTurn | None = None, name: str = "turns") -> str:
        """The turns that the rule shows, with tool calls where they happened; one a line."""
        if self.rule == "alone" and turn is not None:
            return self.only((turn,))
        lines = [line for thing, line in self._trace if self._shown(thing, turn)]
        return block(name, rows(lines)) if lines else ""

    def only(self, turns: Sequence[JudgeTurn]) -> str:
        """These turns and nothing else."""
        return block("turns", rows([self._line(t) for t in turns]))

    def citable(self, turn: JudgeTurn | None = None) -> tuple[int, ...]:
        """Indices of the turns that are shown, which evidence may name."""
        if self.rule == "alone" and turn is not None:
            return (turn.index,)
        return tuple(t.index for t in self.call.turns if self._shown(t, turn))

    @property
    def language(self) -> str:
        """The call's language code, if it is one."""
        return self.call.language if _LANGUAGE.fullmatch(self.call.language) else ""

    @property
    def pipeline(self) -> str:
        """How the agent is built, if that is known."""
        told = self.call.extra.get("pipeline")
        return str(told) if told in _PIPELINES else ""

    @cached_property
    def _fixed(self) -> dict[str, str]:
        """What does not depend on the judged turn."""
        call, whole = self.call, self.rule == "whole"
        facts = {"language": self.language or None}
        if whole:
            facts |= {"ended_by": call.ended_by or None}
        steps = [
            dump({"step": n.id, "text": n.text} | ({"only_if": n.trigger} if n.trigger else {}))
            for n in (call.flow.nodes if call.flow is not None and whole else ())
        ]
        brief = call.brief.strip() and self.rule != "alone"
        return {
            "call": block("call", dump(facts)),
            "brief": _text("brief", call.brief) if brief else "",
            "goal": _text("goal", call.goal) if call.goal.strip() and whole else "",
            "flow": block("flow", rows(steps)) if steps else "",
        }

    @cached_property
    def _trace(self) -> tuple[tuple[JudgeTurn | ToolUse, str], ...]:
        """Everything in order, each with its line."""
        tools: dict[int, list[ToolUse]] = {}
        last = len(self.call.turns) - 1
        for tool in self.call.tools if self.rule != "alone" else ():
            tools.setdefault(min(max(tool.after_turn, -1), last), []).append(tool)
        found: list[tuple[JudgeTurn | ToolUse, str]] = []
        for at in range(-1, len(self.call.turns)):
            if at >= 0:
                found.append((self.call.turns[at], self._line(self.call.turns[at])))
            found += [(t, dump(self._tool(t))) for t in tools.get(at, ())]
        return tuple(found)

    def _shown(self, thing: JudgeTurn | ToolUse, turn: JudgeTurn | None) -> bool:
        if turn is None or self.rule != "history":
            return True
        if isinstance(thing, JudgeTurn):
            return thing.index <= turn.index
        if thing.at_s is not None:
            return thing.at_s <= turn.end_s
        return thing.after_turn < turn.index

    def _line(self, turn: JudgeTurn) -> str:
        agent, text = turn.speaker == "agent", turn.text
        if agent and self.options.agent_text == "meant":
            text = self.call.meant(turn) or text
        made: dict[str, Any] = {
            "turn": turn.index + 1,
            "speaker": turn.speaker,
            "text": HIDDEN if agent and self.options.agent_text == "hidden" else text,
        }
        heard = "" if agent else self.call.heard(turn)
        if heard and heard != text:
            made["agent_heard"] = heard
        if turn.interrupted_by_other:
            made["cut_off"] = True
        return dump(made)

    def _tool(self, tool: ToolUse) -> Mapping[str, Any]:
        made = {"tool": tool.name}
        if tool.arguments and self.options.agent_text != "hidden":
            made["arguments"] = tool.arguments
        return {**made, "result": tool.result} if tool.result else made


def _text(name: str, text: str) -> str:
    """A longer text, one line of it a row."""
    return block(name, rows(dump(line) for line in text.split("\n")))
