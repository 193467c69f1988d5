"""Prompts from a judge's templates: sandboxed Jinja, with a small set of variables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.domain.errors import BadInput
from app.domain.rubrics import Criterion

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

DATA: Mapping[str, str] = {
    "turns": "What was said, tool calls among it, as far as the context rule shows it.",
    "turn": "The turn that is judged, where it is one.",
    "brief": "The agent's instructions; empty where they are not known.",
    "goal": "What the caller wants; empty where it is not known, and under “history”.",
    "tools": "The agent's tool calls alone.",
    "flow": "The steps of the call's task flow.",
    "call": "Language, and who ended the call (the latter under “whole” only).",
    "first": "Of a pair: what was said in the call that is called A.",
    "second": "Of a pair: what was said in the call that is called B.",
}
"""Variables that hold what is judged: JSON between <data …> delimiters, always shown whole."""

VARIABLES: Mapping[str, str] = {
    **DATA,
    "criterion": "What is asked: key, title, question, anchors, examples, na_allowed.",
    "criteria": "All that is asked in this request, each as “criterion”.",
    "na_rule": "When a criterion does not apply, in the rubric's words.",
    "overall": "Where a judge also gives an overall score: its criterion.",
    "rated": "Numbers of the turns that are to be rated, such as “2, 4, 6”.",
    "failure_modes": "Names of what can be wrong with a turn.",
    "language": "Language code of the call, or empty.",
    "pipeline": "How the agent is built: cascade, audio_llm, s2s, or empty.",
    "max_reason_words": "How many words a reason may have.",
    "reply": "What the reply looks like.",
}
"""Every variable of the templates, and what it holds."""


def messages(
    prompts: Mapping[str, str], values: Mapping[str, Any]
) -> tuple[Mapping[str, str], ...]:
    """System and user message of a judge's templates.

    Args:
        prompts: `system` (may be absent) and `user`.
        values: of those variables that are not empty.

    Raises:
        BadInput: a template cannot be filled in; says which and why.
    """
    whole = {**dict.fromkeys(VARIABLES, ""), **values}
    return tuple(
        {"role": role, "content": filled(role, prompts[role], whole)}
        for role in ("system", "user")
        if prompts.get(role, "").strip()
    )


def filled(role: str, source: str, values: Mapping[str, Any]) -> str:
    """One template with its values.

    Raises:
        BadInput: it cannot be filled in.
    """
    from jinja2 import TemplateError

    try:
        return template(source).render(values).strip()
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise BadInput(
            f"The judge's {role} prompt cannot be filled in: {str(error).rstrip('.')}.",
            "Mend it in the editor.",
        ) from error


def told(criterion: Criterion, names: Mapping[int, str] | None = None) -> Mapping[str, Any]:
    """A criterion as templates see it.

    Args:
        criterion: of the rubric.
        names: what levels are called in the reply, where that is not their value.
    """
    lines = (
        f"- {names[lv.value] if names else lv.value}"
        + (f" ({lv.label}): " if lv.label and not names else ": ")
        + lv.anchor
        for lv in criterion.levels
    )
    return {
        "key": criterion.key,
        "title": criterion.title,
        "question": criterion.question,
        "anchors": "\n".join(lines),
        "examples": criterion.examples,
        "na_allowed": criterion.na_allowed,
    }


@lru_cache(maxsize=128)
def template(source: str) -> Template:
    """The compiled template. What it is filled with is never compiled."""
    return environment().from_string(source)


@lru_cache(maxsize=1)
def environment() -> SandboxedEnvironment:
    """A sandbox in which an unknown variable is an error."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    # No HTML escaping: this is text for a model, and what is judged comes as escaped JSON.
    return SandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
