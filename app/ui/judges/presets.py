"""Where well-known servers are found, and what they usually need. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.endpoints import EndpointProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A server that speaks OpenAI's language."""

    key: str
    title: str
    base_url: str
    key_ref: str = ""
    concurrency: int = 4
    note: str = ""


PRESETS: tuple[Preset, ...] = (
    Preset(
        key="openai", title="OpenAI", base_url="https://api.openai.com/v1",
        key_ref="env:OPENAI_API_KEY", concurrency=8,
        note="Calls leave this machine, and are paid for.",
    ),
    Preset(
        key="vllm", title="vLLM", base_url="http://localhost:8000/v1", concurrency=16,
        note="Started by vllm serve; takes strict schemas.",
    ),
    Preset(
        key="ollama", title="Ollama", base_url="http://localhost:11434/v1", concurrency=2,
        note="The model must have been pulled; its context may need to be made longer.",
    ),
    Preset(
        key="lmstudio", title="LM Studio", base_url="http://localhost:1234/v1", concurrency=2,
        note="Start its local server first.",
    ),
    Preset(
        key="llamacpp", title="llama.cpp", base_url="http://localhost:8080/v1", concurrency=2,
        note="Started by llama-server; takes what slots it was given at a time.",
    ),
    Preset(key="other", title="Other", base_url="", note="Any address up to and with /v1."),
)  # fmt: skip
BY_KEY = {preset.key: preset for preset in PRESETS}


def preset_of(base_url: str) -> Preset:
    """The preset of an address; `other` where it is none's."""
    address = base_url.strip().rstrip("/")
    return next((p for p in PRESETS if p.base_url and p.base_url == address), BY_KEY["other"])


def new_profile(preset: Preset, taken: frozenset[str]) -> EndpointProfile:
    """A profile to begin with, under a name that is free."""
    base = preset.title.lower().replace(" ", "-") if preset.key != "other" else "endpoint"
    name, at = base, 2
    while name in taken:
        name, at = f"{base}-{at}", at + 1
    return EndpointProfile(
        name=name, base_url=preset.base_url, key_ref=preset.key_ref, concurrency=preset.concurrency
    )
