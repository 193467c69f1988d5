"""What an endpoint can do with a model: found out by asking, not by its name.

A schema is believed only if a reply obeys it although the messages do not mention it, since some
servers take a schema and ignore it. Sound likewise: it must be counted, or be answered to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.clock import utc_now
from app.domain.endpoints import Capabilities, ChatFailed, ChatReply, ChatRequest, EndpointProfile
from app.domain.ids import new_id
from app.domain.judging import Rung
from app.models.chat import PAUSE_S, ChatClient
from app.models.chat_audio import audio_part, beeps

RATE_HZ = 16_000
RETRIES = 1
PROBE_TOKENS = 2000
"""Enough for a model that thinks before it answers."""
RUNGS: tuple[Rung, ...] = ("schema", "json", "text")
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["swatch", "layers"],
    "properties": {
        "swatch": {"type": "string", "enum": ["teal", "ochre"]},
        "layers": {"type": "integer", "enum": [1, 2, 3]},
    },
}
"""Names that no model uses by chance."""
QUESTION = "This is a connection test. Answer as briefly as you can."
BEEPS = 3
AUDIO_QUESTION = "How many beeps are in this recording? Answer with one digit."
_RIGHT = re.compile(r"\b(3|three)\b", re.IGNORECASE)
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)


async def probe(
    profile: EndpointProfile, model: str, *, key: str | None = None, pause_s: float = PAUSE_S
) -> Capabilities:
    """Ask a model a few short questions.

    Args:
        profile: the endpoint; it is asked with one retry at most.
        model: to ask.
        key: the key itself, instead of the one that the profile names.
        pause_s: before a retry.

    Raises:
        ChatFailed: it cannot be asked at all.
        BadInput, EnvironmentFault: see `ChatClient`.
    """
    asking = _Probe(replace(profile, retries=min(profile.retries, RETRIES)), model, key, pause_s)
    await asking.down_the_ladder()
    await asking.with_sound()
    return asking.found()


def obeys(reply: ChatReply) -> bool:
    """Whether a reply holds an object of `SCHEMA`, words around it or not."""
    text = _THOUGHT.sub("", reply.text)
    try:
        found = json.loads(text[text.index("{") : text.rindex("}") + 1])
    except ValueError:
        return False
    known: Mapping[str, Any] = SCHEMA["properties"]
    same_names = isinstance(found, dict) and found.keys() == known.keys()
    return same_names and all(found[name] in known[name]["enum"] for name in known)


class _Probe:
    """One probe of one model; what is known grows with every answer."""

    def __init__(
        self, profile: EndpointProfile, model: str, key: str | None, pause_s: float
    ) -> None:
        self._profile, self._key, self._pause_s = profile, key, pause_s
        self._known = Capabilities(
            endpoint=profile.name, model=model, rung="schema", audio=True, json_mode=False
        )
        self._obeyed: dict[Rung, bool] = {}
        self._audio = False
        self._notes: list[str] = []

    async def down_the_ladder(self) -> None:
        """Ask at each rung; words alone only where nothing better is obeyed."""
        lowest = -1
        for n, rung in enumerate(RUNGS):
            if n <= lowest or (rung == "text" and any(self._obeyed.values())):
                continue
            question = ({"role": "user", "content": QUESTION},)
            reply = await self._ask(question, rung, SCHEMA)
            self._obeyed[reply.rung] = obeys(reply)
            lowest = RUNGS.index(reply.rung)
        if self._obeyed.get("schema") is False:
            self._notes.append("It takes a JSON schema and ignores it.")
        if not any(self._obeyed.values()):
            self._notes.append("It kept to no schema: expect replies that cannot be used.")

    async def with_sound(self) -> None:
        """Ask about a sound of our own making."""
        sound = audio_part(beeps(BEEPS, RATE_HZ), RATE_HZ)
        content = [{"type": "text", "text": AUDIO_QUESTION}, sound]
        try:
            reply = await self._ask(({"role": "user", "content": content},), "text", None)
        except ChatFailed as failed:
            if failed.kind != "no_audio":
                self._notes.append(f"A request with sound failed: {failed.reason}")
            return
        self._audio = bool(reply.usage.audio) or _RIGHT.search(reply.text) is not None
        if not self._audio:
            self._notes.append("It takes a request with sound and gives no sign that it hears.")

    def found(self) -> Capabilities:
        """All that was learnt."""
        best: Rung = next((rung for rung in RUNGS if self._obeyed.get(rung)), "text")
        return replace(
            self._known,
            rung=best,
            audio=self._audio,
            json_mode=self._obeyed.get("json", False),
            probed_at=utc_now(),
            notes=tuple(self._notes),
        )

    async def _ask(
        self, messages: tuple[Mapping[str, Any], ...], rung: Rung, schema: Mapping[str, Any] | None
    ) -> ChatReply:
        model = self._known.model
        request = ChatRequest(
            key=new_id(),
            model=model,
            messages=messages,
            params={"temperature": 0, "max_tokens": PROBE_TOKENS},
            schema=schema,
        )
        start = replace(self._known, rung=rung)
        async with ChatClient(self._profile, start, key=self._key, pause_s=self._pause_s) as client:
            reply = await client.ask(request)
            manner = client.manner(model)
        self._known = replace(
            self._known,
            max_tokens_name=manner.limit,
            temperature="temperature" not in manner.refused,
        )
        return reply
