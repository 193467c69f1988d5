"""tau2-bench: voice runs (ticks, with or without recordings) and text runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

from app.audio import io
from app.domain.errors import BadInput, NotFound, UserError
from app.domain.work import Work
from app.services.importing.foreign import ForeignAudio, ForeignCall, ForeignFailure
from app.services.importing.foreign_files import (
    epoch_s,
    listing,
    mapping,
    number,
    utc_iso,
    within,
    words,
)
from app.services.importing.readers import tau2_layout, tau2_speech
from app.services.importing.readers.tau2_layout import Simulation
from app.services.importing.readers.tau2_speech import Spoken
from app.services.importing.walk import shown

KNOWN = frozenset(
    "id task_id timestamp start_time end_time duration termination_reason trial seed mode ticks "
    "messages reward_info speech_environment review hallucination_check effect_timeline "
    "agent_cost user_cost info policy".split()
)
RECORDING = "both.wav"


class ReaderTau2:
    """Reads runs with a folder of simulations, and runs in one file."""

    source = "tau2"
    title = "tau2-bench"

    def sniff(self, path: Path) -> bool:
        """Whether there is a run."""
        try:
            return next(tau2_layout.run_files(path, tau2_layout.SNIFFED), None) is not None
        except OSError:
            return False

    def read(self, ctx: Work, path: Path) -> Iterator[ForeignCall | ForeignFailure]:
        """Each simulation of each run.

        Raises:
            NotFound: there is nothing at the path. BadInput: no run there. Cancelled.
        """
        if not path.exists():
            raise NotFound(f"There is nothing at {shown(path)}.", "Check the path.")
        runs = list(tau2_layout.run_files(path))
        if not runs:
            raise BadInput(
                f"{shown(path)} holds no run of tau2-bench.",
                "Name the folder with results.json, or a run's JSON file.",
            )
        only = path if path.is_file() and path.parent.name == tau2_layout.SIMULATIONS else None
        for run in runs:
            try:
                yield from self._of_run(ctx, run, only)
            except UserError as error:
                yield ForeignFailure(path=run, reason=str(error))

    def _of_run(
        self, ctx: Work, run: Path, only: Path | None
    ) -> Iterator[ForeignCall | ForeignFailure]:
        count = 0
        for found in tau2_layout.simulations(run, only):
            ctx.raise_if_cancelled()
            count += 1
            yield found if isinstance(found, ForeignFailure) else _call(found)
        if not count:
            yield ForeignFailure(
                path=run, reason="The run has no simulations. Its folder `simulations` may be lost."
            )


def _call(simulation: Simulation) -> ForeignCall:
    body, info = simulation.body, simulation.run.info
    environment = mapping(info.get("environment_info"))
    domain, task = words(environment.get("domain_name"), 60), words(simulation.task_id, 100)
    audio, beside = _audio(simulation)
    spoken, duration_s = _spoken(simulation, beside)
    trial = number(body.get("trial"))
    agent, version = _agent(info)
    attempt = int(trial) + 1 if trial is not None and 0 <= trial < 1e6 else 1
    again = f", trial {attempt - 1}" if attempt > 1 else ""
    return ForeignCall(
        source="tau2",
        identity=_identity(simulation),
        title=f"tau2 {domain} task {task}{again}".replace("  ", " "),
        path=simulation.path,
        duration_s=duration_s,
        audio=audio,
        layers=tuple(layer for layer in spoken.layers if layer.lines),
        events=tuple(spoken.events),
        documents={
            "tau2/simulation.json": simulation.data,
            "tau2/run.json": simulation.run.document(simulation.task_id),
        },
        conditions=_conditions(body, info),
        extra={"tau2": _summary(simulation)},
        metrics=_reported(body),
        agent=agent,
        agent_version=version,
        scenario_key=".".join(p for p in (domain, task) if p),
        persona=words(_environment(body, info).get("persona_name"), 60),
        outcome=words(body.get("termination_reason"), 60),
        attempt=attempt,
        recorded_at=utc_iso(epoch_s(body.get("start_time") or body.get("timestamp"))),
        unknown=tuple(f"simulation: {words(k)}" for k in body if k not in KNOWN),
        losses=(*spoken.losses, *_losses(simulation)),
    )


def _identity(simulation: Simulation) -> str:
    if simulation.id:
        return f"{simulation.id}/{simulation.task_id}/{simulation.body.get('trial')}"
    return hashlib.sha256(simulation.data).hexdigest()


def _spoken(simulation: Simulation, beside: Path | None) -> tuple[Spoken, float | None]:
    """(layers and events, length in seconds where it is known)."""
    body, info = simulation.body, simulation.run.info
    producer = f"tau2-bench {words(info.get('git_commit'), 12)}".strip()
    if listing(body.get("ticks")):
        length_s = tau2_speech.tick_s(body, info)
        ticks = tau2_speech.rows(body, length_s)
        spoken = tau2_speech.of_ticks(ticks, length_s, producer)
        duration_s: float | None = ticks[-1][0] + length_s
    else:
        start = epoch_s(body.get("start_time") or body.get("timestamp"))
        spoken = tau2_speech.of_messages(body, start, producer)
        duration_s = None
    if beside is not None and not any(x.kind == "transcript" and x.lines for x in spoken.layers):
        labelled = tau2_speech.of_labels(beside, producer)
        spoken.layers += labelled.layers
        spoken.losses += labelled.losses
        spoken.events += [] if any(e.kind == "tool" for e in spoken.events) else labelled.events
    return spoken, duration_s


def _audio(simulation: Simulation) -> tuple[tuple[ForeignAudio, ...], Path | None]:
    """(user left, assistant right; or one mixed channel), and the folder of labels."""
    folder = tau2_layout.artifacts(simulation)
    path = within(folder, RECORDING) if folder is not None else None
    if path is None:
        return (), folder
    try:
        channels = io.probe(path).channels
    except UserError:
        channels = 2
    if channels == 1:
        return (ForeignAudio(path=path, channel_index=0, role="mix"),), folder
    return (
        ForeignAudio(path=path, channel_index=0, role="caller"),
        ForeignAudio(path=path, channel_index=1, role="agent"),
    ), folder


def _agent(info: Mapping[str, Any]) -> tuple[str, str]:
    """(the model under test, how it was set up)."""
    native, agent = mapping(info.get("audio_native_config")), mapping(info.get("agent_info"))
    model = words(native.get("model"), 80)
    provider = words(native.get("provider") or native.get("cascaded_config_name"), 40)
    named = words(agent.get("llm"), 80) or f"{provider}:{model}".strip(":")
    effort = words(native.get("reasoning_effort"), 20)
    return named or words(agent.get("implementation"), 80), f"effort {effort}" if effort else ""


def _environment(body: Mapping[str, Any], info: Mapping[str, Any]) -> dict[str, Any]:
    """The caller's surroundings: those of the simulation, else those that the run configures."""
    own = mapping(body.get("speech_environment"))
    voice = mapping(mapping(info.get("user_info")).get("voice_settings"))
    return own or mapping(voice.get("speech_environment"))


def _conditions(body: Mapping[str, Any], info: Mapping[str, Any]) -> dict[str, Any]:
    """Noise, line and manner of the caller, where the run says them."""
    user = mapping(info.get("user_info"))
    around, manner = _environment(body, info), mapping(user.get("persona_config"))
    synthesis = mapping(mapping(user.get("voice_settings")).get("synthesis_config"))
    effects = mapping(around.get("source_effects_config")) or mapping(
        synthesis.get("source_effects_config")
    )
    noise = around.get("background_noise_file")
    noisy = effects.get("enable_background_noise") is True
    found: dict[str, Any] = {
        "complexity": words(around.get("complexity") or info.get("speech_complexity"), 40),
        "noise": words(PureWindowsPath(noise).stem, 60) if isinstance(noise, str) else "",
        "snr_db": number(effects.get("noise_snr_db")) if noisy or noise else None,
        "line": "telephone" if around.get("telephony_enabled") is True else "",
        "persona": words(around.get("persona_name"), 60),
        "verbosity": words(manner.get("verbosity"), 40),
        "interrupts": words(manner.get("interrupt_tendency"), 40),
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


def _reported(body: Mapping[str, Any]) -> dict[str, Any]:
    """The reward and its parts, costs, and what was found of the simulated caller."""
    reward = mapping(body.get("reward_info"))
    found: dict[str, Any] = {
        "reward": number(reward.get("reward")),
        "reward_basis": [words(b, 40) for b in listing(reward.get("reward_basis"))] or None,
        "db_match": mapping(reward.get("db_check")).get("db_match"),
        "nl_assertions": _met(reward.get("nl_assertions")),
        "communicate_checks": _met(reward.get("communicate_checks")),
        "action_checks": _met(reward.get("action_checks")),
        "agent_cost": number(body.get("agent_cost")),
        "user_cost": number(body.get("user_cost")),
        "duration_s": number(body.get("duration")),
        "review_errors": len(listing(mapping(body.get("review")).get("errors"))) or None,
    }
    return {k: v for k, v in found.items() if v is not None and not isinstance(v, dict | str)}


def _met(checks: object) -> list[bool] | None:
    """Of each check whether it was met; None where there is none."""
    found = [
        value
        for check in map(mapping, listing(checks))
        for value in (check.get("met", check.get("action_match")),)
        if isinstance(value, bool)
    ]
    return found or None


def _summary(simulation: Simulation) -> dict[str, Any]:
    body, info = simulation.body, simulation.run.info
    return {
        "id": words(simulation.id, 80),
        "task_id": words(simulation.task_id, 100),
        "mode": words(body.get("mode"), 40),
        "seed": number(body.get("seed")),
        "git_commit": words(info.get("git_commit"), 60),
        "termination_reason": words(body.get("termination_reason"), 60),
        "ticks": len(listing(body.get("ticks"))),
    }


def _losses(simulation: Simulation) -> list[str]:
    folder = simulation.run.path.parent
    losses = []
    try:
        notes = len(list(folder.glob("task_*_note_*_note.json")))
        discarded = (folder / "hallucination_discarded").is_dir()
    except OSError:
        return []
    if notes:
        losses.append(f"{notes} notes of people beside the run (not comments of a time).")
    if discarded:
        losses.append("Attempts that tau2 had discarded (hallucination_discarded).")
    return losses
