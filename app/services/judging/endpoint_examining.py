"""Asking an endpoint what it lists and what its model can do, told in words. Stores nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.endpoints import Capabilities, ChatFailed, EndpointProfile
from app.domain.judging import Rung
from app.domain.work import Work
from app.models.chat import ChatClient
from app.models.chat_probe import probe

UNREACHABLE = ("connection", "timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointReport:
    """What a test of an endpoint found."""

    ok: bool
    """Whether the model can be asked."""
    model: str
    """That was asked; empty where none was known."""
    words: tuple[str, ...]
    """For a person: what works, what does not and what to do next."""
    models: tuple[str, ...] = ()
    """That the endpoint lists."""
    capabilities: Capabilities | None = None
    round_trip_ms: int | None = None
    """Of the list of models."""


async def examined(profile: EndpointProfile, model: str, ctx: Work) -> EndpointReport:
    """What an endpoint can do with a model; by default its own, or else the first it lists.

    Raises:
        BadInput, EnvironmentFault: see `ChatClient`.
    """
    ctx.progress(0, 2, "Asking for its models")
    try:
        names, round_trip_ms = await _listed(profile)
        words = [f"It lists {len(names)} models, in {round_trip_ms} ms."]
    except ChatFailed as failed:
        if failed.kind in UNREACHABLE:
            return EndpointReport(ok=False, model=model, words=(failed.reason,))
        # Some servers have no list, and some keys may not read it: the model may answer all the
        # same.
        names, round_trip_ms, words = (), None, ["It lists no models."]
    model = model or profile.model or next(iter(names), "")
    if model and names and model not in names:
        words.append(f"{model} is not among them.")
    found, told = await _probed(profile, model, ctx)
    return EndpointReport(
        ok=found is not None,
        model=model,
        words=(*words, *told),
        models=names,
        capabilities=found,
        round_trip_ms=round_trip_ms,
    )


async def _listed(profile: EndpointProfile) -> tuple[tuple[str, ...], int]:
    """The models, and milliseconds that the list took."""
    async with ChatClient(profile) as client:
        started_s = time.perf_counter()
        found = await client.models()
        return found, round((time.perf_counter() - started_s) * 1000)


async def _probed(
    profile: EndpointProfile, model: str, ctx: Work
) -> tuple[Capabilities | None, list[str]]:
    if not model:
        return None, ["Type the name of a model to test it."]
    ctx.progress(1, 2, f"Asking {model}")
    try:
        found = await probe(profile, model)
    except ChatFailed as failed:
        return None, [failed.reason]
    return found, _in_words(found)


_RUNG_WORDS: Mapping[Rung, str] = {
    "schema": "Replies keep to a JSON schema.",
    "json": "Replies are JSON; the schema is given in words.",
    "text": "Replies are plain text; the schema is given in words.",
}


def _in_words(found: Capabilities) -> list[str]:
    audio = "It hears: audio judges can be used." if found.audio else "It takes no audio."
    words = [f"{found.model} answers.", _RUNG_WORDS[found.rung], audio]
    if not found.temperature:
        words.append("It takes no temperature, so the same question may get another answer.")
    return [*words, *found.notes]
