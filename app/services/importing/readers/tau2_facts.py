"""What a tau2-bench run and a simulation say of a call besides its speech."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any

from app.domain.json_shapes import listing, mapping
from app.services.importing.foreign_files import number, words
from app.services.importing.readers.tau2_layout import Simulation


def agent(info: Mapping[str, Any]) -> tuple[str, str]:
    """(the model under test, how it was set up)."""
    native, agent = mapping(info.get("audio_native_config")), mapping(info.get("agent_info"))
    model = words(native.get("model"), 80)
    provider = words(native.get("provider") or native.get("cascaded_config_name"), 40)
    named = words(agent.get("llm"), 80) or f"{provider}:{model}".strip(":")
    effort = words(native.get("reasoning_effort"), 20)
    return named or words(agent.get("implementation"), 80), f"effort {effort}" if effort else ""


def environment(body: Mapping[str, Any], info: Mapping[str, Any]) -> dict[str, Any]:
    """The caller's surroundings: those of the simulation, else those that the run configures."""
    own = mapping(body.get("speech_environment"))
    voice = mapping(mapping(info.get("user_info")).get("voice_settings"))
    return own or mapping(voice.get("speech_environment"))


def conditions(body: Mapping[str, Any], info: Mapping[str, Any]) -> dict[str, Any]:
    """Noise, line and manner of the caller, where the run says them."""
    user = mapping(info.get("user_info"))
    around, manner = environment(body, info), mapping(user.get("persona_config"))
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


def reported(body: Mapping[str, Any]) -> dict[str, Any]:
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


def summary(simulation: Simulation) -> dict[str, Any]:
    """Which simulation of which run it is."""
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


def losses(simulation: Simulation) -> list[str]:
    """What lies beside the run and is left there."""
    folder = simulation.run.path.parent
    found = []
    try:
        notes = len(list(folder.glob("task_*_note_*_note.json")))
        discarded = (folder / "hallucination_discarded").is_dir()
    except OSError:
        return []
    if notes:
        found.append(f"{notes} notes of people beside the run (not comments of a time).")
    if discarded:
        found.append("Attempts that tau2 had discarded (hallucination_discarded).")
    return found
