"""What a judge's parameters say about asking and reading, apart from sampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from app.domain.errors import BadInput
from app.domain.judging import JudgeDefinition
from app.eval.outbound.interaction import NaMode

AgentText = Literal["said", "meant", "hidden"]
"""What stands for an agent's turn: the transcript, what its own log says it meant, or nothing."""
Need = Literal["brief", "meant", "heard"]
"""What a judge cannot do without: the agent's instructions, what it meant to say, or what the
platform's recogniser made of the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a judge; each is the parameter of that name in `judge.yaml`."""

    na_mode: NaMode = "exclude"
    """What "not applicable" counts in figures; it stands on every verdict."""
    zero_when_empty: tuple[str, ...] = ()
    """Criteria whose lowest level an empty reply of the agent gets; others do not apply to it."""
    needs: tuple[Need, ...] = ()
    """What a call must have for the judge to apply."""
    needs_brief: tuple[str, ...] = ()
    """Criteria that are left out where the agent's brief is not known."""
    agent_text: AgentText = "said"
    failure_modes: tuple[str, ...] = ()
    """What can be wrong with a turn, by name."""
    only_with_entities: bool = False
    """A turn that holds nothing to check does not apply."""
    turns_per_request: int = 0
    """How many turns are rated in one request; 0 for all."""
    max_reason_words: int = 60
    """How long a reason should be at most."""


def options_of(definition: JudgeDefinition) -> Options:
    """The options among a definition's parameters.

    Raises:
        BadInput: one has a value that it cannot have; says which.
    """
    given = definition.params
    found = Options(
        na_mode=given.get("na_mode", "exclude"),
        zero_when_empty=tuple(given.get("zero_when_empty", ())),
        needs=tuple(given.get("needs", ())),
        needs_brief=tuple(given.get("needs_brief", ())),
        agent_text=given.get("agent_text", "said"),
        failure_modes=tuple(given.get("failure_modes", ())),
        only_with_entities=bool(given.get("only_with_entities", False)),
        turns_per_request=int(given.get("turns_per_request", 0)),
        max_reason_words=int(given.get("max_reason_words", 60)),
    )
    _check(definition, "na_mode", (found.na_mode,), get_args(NaMode))
    _check(definition, "agent_text", (found.agent_text,), get_args(AgentText))
    _check(definition, "needs", found.needs, get_args(Need))
    return found


def _check(
    definition: JudgeDefinition, name: str, given: tuple[str, ...], allowed: tuple[str, ...]
) -> None:
    for value in given:
        if value not in allowed:
            raise BadInput(
                f"{definition.title}: {name} “{value}” is none of {', '.join(allowed)}.",
                "Change it in the judge's parameters.",
            )
