"""What an agent was told to do, and what its caller wanted, as plain text for a judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.json_shapes import listing, mapping
from app.domain.scenarios import Step, steps
from app.eval.eva.documents import SCENARIO, Files
from app.eval.eva.record import stored_context
from app.eval.turns import tau2
from app.services.judging.call_tools import VAPI, document, vapi_messages


def brief_of(scenario: Mapping[str, Any], documents: Mapping[str, bytes]) -> str:
    """The agent's instructions: its side of the scenario, else those that its log holds.

    Nothing of the caller's side is in it.
    """
    agent = mapping(scenario.get("agent"))
    if agent:
        return "\n".join(_agent_lines(agent, steps(scenario)))
    context = stored_context(Files(documents))
    told = "\n\n".join(
        str(context[name]) for name in ("agent_role", "agent_instructions") if context.get(name)
    )
    return told or _tau2_policy(documents) or _vapi_prompt(documents)


def goal_of(scenario: Mapping[str, Any], documents: Mapping[str, bytes]) -> str:
    """What the caller wants, in a few lines; empty where nobody says."""
    user = mapping(scenario.get("user"))
    if user:
        concerns = mapping(user.get("concerns"))
        return "\n".join(
            (*_field("Concern", concerns.get("primary")), *_field("Asks", user.get("must_ask")))
        )
    record = Files(documents).mapping(SCENARIO) or {}
    goal = mapping(record.get("user_goal")).get("high_level_user_goal")
    return str(goal or _tau2_reason(documents))


def _agent_lines(agent: Mapping[str, Any], procedure: tuple[Step, ...]) -> Iterator[str]:
    yield from _field("Role", agent.get("role"))
    yield from _field("Task", agent.get("core_task"))
    yield from _field("Known of the other party", agent.get("target_profile"))
    yield from _field("Opening", agent.get("opening"))
    if procedure:
        yield "Procedure:"
        for number, step in enumerate(procedure, start=1):
            when = f"If this happens: {step.trigger}. " if step.trigger else ""
            yield f"{number}. {when}{step.text}"
    pairs = [mapping(p) for p in listing(agent.get("faq"))]
    if pairs:
        yield "Questions and answers:"
        yield from (f"- {p.get('q', '')} {p.get('a', '')}" for p in pairs)
    yield from _field("Ends when", agent.get("termination"))
    yield from _field("Closing", agent.get("closings"))


def _field(title: str, value: Any) -> Iterator[str]:
    """One line for a text; a heading and a line each for a list."""
    if isinstance(value, str) and value.strip():
        yield f"{title}: {value.strip()}"
    elif isinstance(value, list) and value:
        yield f"{title}:"
        yield from (f"- {entry}" for entry in value)


def _tau2_policy(documents: Mapping[str, bytes]) -> str:
    info = mapping(document(documents, tau2.RUN).get("info"))
    return str(mapping(info.get("environment_info")).get("policy") or "")


def _tau2_reason(documents: Mapping[str, bytes]) -> str:
    for task in listing(document(documents, tau2.RUN).get("tasks")):
        told = mapping(mapping(task).get("user_scenario")).get("instructions")
        reason = told.get("reason_for_call") if isinstance(told, Mapping) else told
        if isinstance(reason, str):
            return reason
    return ""


def _vapi_prompt(documents: Mapping[str, bytes]) -> str:
    rows = map(mapping, vapi_messages(document(documents, VAPI)))
    told = (str(m.get("message") or "") for m in rows if m.get("role") == "system")
    return next((text for text in told if text), "")
