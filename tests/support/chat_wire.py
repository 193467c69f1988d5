"""What the loopback judge can do, and the bodies of its replies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tests.support.chat_answers import Answer, Asked, Behaviour, chat, error

Support = Literal["yes", "refused", "ignored"]
"""`ignored`: taken without complaint, and without effect."""
MODELS = ("judge-large", "judge-small")


@dataclass
class Abilities:
    """What the server can do; it may be changed while it runs."""

    schema: Support = "yes"
    json_mode: Support = "yes"
    audio: bool = True
    max_tokens: bool = True
    """False: as reasoning models, which take `max_completion_tokens` alone."""
    temperature: bool = True
    key: str = ""
    """Asked for in every request, if not empty."""
    models: tuple[str, ...] = MODELS
    strict_models: bool = False
    """Whether other models are not found."""

    def refusal(self, asked: Asked) -> Behaviour | None:
        """What it says to a request that it cannot serve; None if it can."""
        body = asked.body
        if self.key and asked.headers.get("authorization") != f"Bearer {self.key}":
            told = asked.headers.get("authorization", "").removeprefix("Bearer ")
            return error(401, f"Incorrect API key provided: {told}", code="invalid_api_key")
        if self.strict_models and body.get("model") not in self.models:
            return error(404, f"The model {body.get('model')!r} does not exist")
        if asked.audio and not self.audio:
            return error(400, "content part type 'input_audio' is not supported")
        if "max_tokens" in body and not self.max_tokens:
            words = "'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
            return error(400, words, code="unsupported_parameter", param="max_tokens")
        if body.get("temperature", 1) != 1 and not self.temperature:
            words = "'temperature' does not support 0 with this model."
            return error(400, words, code="unsupported_value", param="temperature")
        return self._of_form(asked.form)

    def _of_form(self, form: str) -> Behaviour | None:
        support = {"json_schema": self.schema, "json_object": self.json_mode}.get(form, "yes")
        if support == "refused":
            words = f"'response_format' of type '{form}' is not supported"
            return error(400, words, param="response_format")
        return chat if support == "ignored" else None


def completion(asked: Asked, answer: Answer) -> dict[str, Any]:
    """The body of a chat completion."""
    message = {"role": "assistant", "content": answer.content, "refusal": answer.refusal}
    body: dict[str, Any] = {
        "id": f"chatcmpl-{asked.number}",
        "object": "chat.completion",
        "created": 1_750_000_000,
        "model": f"{asked.body.get('model')}-2026-01-01",
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish}],
    }
    if answer.usage is not None:
        body["usage"] = {**usage(asked, answer.content or ""), **answer.usage}
    return body


def usage(asked: Asked, content: str) -> dict[str, Any]:
    """Tokens: a quarter of the characters, and ten for a second of 16 kHz sound of 16 bits."""
    audio = sum(len(sound) for sound in asked.audio) // 3200
    prompt, made = len(asked.text) // 4 + audio, len(content) // 4
    return {
        "prompt_tokens": prompt,
        "completion_tokens": made,
        "total_tokens": prompt + made,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": audio},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }
