"""A recipe of perturbations as data: what is done, in which order, with which seed.

In text it is a list of steps with their numbers, `babble:10 mulaw loss:0.05,80`; as JSON it goes
with every call that was made by it, so that it can be made again sample for sample.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from app.domain.calls import Speaker
from app.domain.errors import BadInput
from app.eval.perturb.noises import KINDS


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a step: its name, default, and what is allowed."""

    name: str
    default: float
    low: float
    high: float


STEPS: dict[str, tuple[Parameter, ...]] = {
    **{kind: (Parameter("snr_db", 15.0, -20.0, 60.0),) for kind in KINDS},
    "mulaw": (),
    "band": (Parameter("low_hz", 300.0, 0.0, 20_000.0), Parameter("high_hz", 3400.0, 100.0, 24e3)),
    "loss": (Parameter("rate", 0.03, 0.0, 0.9), Parameter("burst_ms", 60.0, 20.0, 2000.0)),
    "gain": (Parameter("gain_db", -12.0, -60.0, 40.0),),
    "clip": (Parameter("drive_db", 12.0, 0.0, 60.0),),
    "muffle": (Parameter("cutoff_hz", 1500.0, 200.0, 8000.0), Parameter("share", 1.0, 0.0, 1.0)),
}
"""Step → its numbers. A noise's is its SNR against the active speech level (ITU-T P.56)."""

ABOUT: dict[str, str] = {
    "pink": "pink noise",
    "traffic": "a road",
    "hum": "mains hum",
    "static": "a bad connection's noise and crackle",
    "babble": "other people talking",
    "mulaw": "8 kHz G.711 µ-law, 300 to 3,400 Hz",
    "band": "only a band of frequencies",
    "loss": "lost 20 ms packets, in bursts (Gilbert-Elliott)",
    "gain": "louder or quieter",
    "clip": "overdriven and clipped",
    "muffle": "dull, as through a cloth; all of it or a share of half-second stretches",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One perturbation with its numbers by name."""

    kind: str
    numbers: tuple[tuple[str, float], ...] = ()

    def number(self, name: str) -> float:
        """One of its numbers."""
        return dict(self.numbers)[name]

    def __str__(self) -> str:
        return ":".join([self.kind, ",".join(f"{v:g}" for _, v in self.numbers)]).rstrip(":")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Steps in order, for whose channel, and the seed of everything random in them."""

    steps: tuple[Step, ...]
    speakers: tuple[Speaker, ...] = ("caller",)
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """As kept with the calls that it made."""
        return {
            "steps": [{"kind": s.kind, **dict(s.numbers)} for s in self.steps],
            "speakers": list(self.speakers),
            "seed": self.seed,
        }

    @property
    def sha256(self) -> str:
        """What identifies it."""
        body = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(body.encode()).hexdigest()

    @property
    def words(self) -> str:
        """For titles: `babble 10 dB, mulaw`."""
        return ", ".join(_words(step) for step in self.steps)

    def conditions(self) -> dict[str, Any]:
        """What it makes of a call's conditions: `noise`, `snr_db`, `line`, `loss`."""
        found: dict[str, Any] = {}
        for step in self.steps:
            if step.kind in KINDS:
                found |= {"noise": step.kind, "snr_db": step.number("snr_db")}
            elif step.kind == "mulaw":
                found["line"] = "mulaw-8k"
            elif step.kind == "loss":
                found["loss"] = step.number("rate")
            else:
                found[step.kind] = dict(step.numbers)
        return found


def parse(text: str, *, speakers: tuple[Speaker, ...] = ("caller",), seed: int = 0) -> Recipe:
    """A recipe from its text.

    Raises:
        BadInput: an unknown step, or a number that it does not take.
    """
    steps = tuple(_step(word) for word in text.split())
    if not steps:
        raise BadInput("The recipe is empty.", f"Name steps such as: {', '.join(STEPS)}.")
    if not speakers:
        raise BadInput("No channel was chosen.", "Choose the caller's, the agent's, or both.")
    return Recipe(steps=steps, speakers=speakers, seed=seed)


def _step(word: str) -> Step:
    kind, _, given = word.partition(":")
    if kind not in STEPS:
        raise BadInput(f"There is no perturbation {kind!r}.", f"One of: {', '.join(STEPS)}.")
    parameters, texts = STEPS[kind], given.split(",") if given else []
    if len(texts) > len(parameters):
        names = " and ".join(p.name for p in parameters) or "no number"
        raise BadInput(f"{word}: {kind} takes {names}.")
    numbers = []
    for i, parameter in enumerate(parameters):
        value = _number(word, texts[i]) if i < len(texts) and texts[i] else parameter.default
        if not parameter.low <= value <= parameter.high:
            raise BadInput(
                f"{word}: {parameter.name} must lie between {parameter.low:g} and "
                f"{parameter.high:g}."
            )
        numbers.append((parameter.name, value))
    return Step(kind=kind, numbers=tuple(numbers))


def _number(word: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInput(f"{word}: {text!r} is no number.") from None


def _words(step: Step) -> str:
    if step.kind in KINDS:
        return f"{step.kind} {step.number('snr_db'):g} dB"
    if step.kind == "loss":
        return f"loss {step.number('rate'):.0%}"
    if step.kind == "gain":
        return f"gain {step.number('gain_db'):+g} dB"
    return step.kind
