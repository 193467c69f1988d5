"""Which judges a run asks, where, and by which names its steps go."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.endpoints import price_of
from app.domain.errors import BadInput
from app.domain.evaluation import EvaluatorSpec, Run
from app.domain.judging import JudgeDefinition
from app.services.judging import definitions, endpoints
from app.services.judging.asks import Judge
from app.services.judging.caps import Caps
from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeChoice:
    """A judge that a run is to ask."""

    ref: str
    """`gic@1`, or `gic` for its newest version."""
    endpoint: str = ""
    """Name of a profile; the only one there is where it is empty."""
    model: str = ""
    """The endpoint's own where it is empty."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """What differs from the definition's own."""


def resolve(ws: Workspace, choice: JudgeChoice) -> Judge:
    """The judge of a choice, its version, endpoint and model settled.

    Raises:
        BadInput: no model is named anywhere. NotFound: no such judge or endpoint.
    """
    definition = definitions.definition(ws, choice.ref)
    definition = replace(definition, params={**definition.params, **choice.params})
    return at_endpoint(ws, definition, choice.endpoint, choice.model)


def at_endpoint(ws: Workspace, definition: JudgeDefinition, endpoint: str, model: str) -> Judge:
    """A definition with where it is asked; a baseline judge is asked nowhere.

    Raises:
        BadInput: no endpoint or no model is named. NotFound: no such endpoint.
    """
    if definition.kind == "baseline":
        return Judge(name=definition.ref, definition=definition)
    known = endpoints.endpoints(ws)
    if not endpoint and len(known) != 1:
        names = ", ".join(profile.name for profile in known)
        raise BadInput(
            f"{definition.title} needs an endpoint.",
            f"Name one: {names}." if names else "Add one in Judges, Endpoints.",
        )
    profile = endpoints.endpoint(ws, endpoint) if endpoint else known[0]
    named = model.strip() or profile.model
    if not named:
        raise BadInput(f"{profile.name} has no model of its own.", "Name a model.")
    return Judge(name=definition.ref, definition=definition, endpoint=profile.name, model=named)


def judges_of(ws: Workspace, run: Run) -> list[Judge]:
    """The judges of a run, as they were chosen.

    Raises:
        NotFound: a definition is not there any more.
    """
    found = []
    for spec in run.specs:
        definition = definitions.definition(ws, spec.args["ref"])
        params = {**definition.params, **spec.args["params"]}
        found.append(
            Judge(
                name=spec.name,
                definition=replace(definition, params=params),
                endpoint=spec.args["endpoint"],
                model=spec.args["model"],
            )
        )
    return found


def titles(ws: Workspace, run: Run) -> dict[str, str]:
    """Each step of a run as it is called on screens; its ref where its judge is not there."""
    with ws.db.read() as uow:
        known = {d.ref: d.title for d in uow.judges.definitions()}
    found = {}
    for spec in run.specs:
        ref, model = spec.args["ref"], spec.args["model"]
        found[spec.name] = f"{known.get(ref, ref)} · {model}" if model else known.get(ref, ref)
    return found


def title_of(judges: Sequence[Judge]) -> str:
    """What a run asks, in a few words."""
    first, rest = judges[0].definition.title, len(judges) - 1
    return first if not rest else f"{first} and {rest} more"


def specs_of(judges: Sequence[Judge], choices: Sequence[JudgeChoice]) -> list[EvaluatorSpec]:
    """A step for each judge; the model tells two of one definition apart."""
    refs = [judge.definition.ref for judge in judges]
    specs: dict[str, EvaluatorSpec] = {}
    for judge, choice in zip(judges, choices, strict=True):
        ref = judge.definition.ref
        args = {
            "ref": ref, "endpoint": judge.endpoint, "model": judge.model,
            "params": dict(choice.params),
        }  # fmt: skip
        name = ref if refs.count(ref) == 1 else f"{ref} · {judge.model}"
        if name in specs and specs[name].args != args:
            name = f"{name} · {json.dumps(args['params'], sort_keys=True)}"
        specs[name] = EvaluatorSpec(name=name, args=args)
    return list(specs.values())


def check_caps(ws: Workspace, judges: Sequence[Judge], caps: Caps) -> None:
    """Refuse a cap on the cost of what has no price.

    Raises:
        BadInput: says which model.
    """
    if caps.cost_micro is None:
        return
    prices = endpoints.prices(ws)
    for judge in judges:
        if not judge.needs_model:
            continue
        price = price_of(prices, judge.endpoint, judge.model)
        if price is None or price.currency != caps.currency:
            raise BadInput(
                f"No price in {caps.currency} is known of {judge.model}, so that a cap on the "
                "cost would not hold.",
                "Write the price down, or cap tokens or requests.",
            )
