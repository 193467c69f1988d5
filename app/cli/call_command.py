"""`callbench call`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.cli import call_options as opt
from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.agents.profiles import CallProfile
    from app.services.live_calls import StoredCall
    from app.services.workspace import Workspace


@commands.command()
def call(
    profile: opt.ProfileOption = "",
    url: opt.UrlOption = "",
    adapter: opt.AdapterOption = "openai-realtime",
    model: opt.ModelOption = "",
    key: opt.KeyOption = "",
    dialect: opt.DialectOption = "ga",
    agent_first: opt.AgentFirstOption = False,
    settings: opt.SettingsOption = None,
    save: opt.SaveOption = "",
    caller: opt.CallerOption = None,
    device: opt.DeviceOption = None,
    by_turns: opt.ByTurnsOption = False,
    barge_in: opt.BargeInOption = None,
    seconds: opt.SecondsOption = None,
    replay: opt.ReplayOption = "",
    elsewhere: opt.ElsewhereOption = False,
    noise: opt.NoiseOption = "",
    line_: opt.LineOption = "",
    seed: opt.SeedOption = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Place a call from a recording or a sound device; it is recorded, measured and stored."""
    from app.agents.practice.faults import Faults
    from app.services import live_calls
    from app.services.calls import get_call

    told = _Agent(
        name=profile, url=url, adapter=adapter, model=model, key=key, dialect=dialect,
        first=agent_first, settings=settings or (), save=save,
    )  # fmt: skip
    with reporting(as_json=as_json) as outcome:
        if not elsewhere and bool(profile) == bool(url):
            raise WrongUsage("Name one agent: --profile or --url.", "Or --profile practice.")
        progress = Progress(quiet=as_json)
        with opened(workspace, create=True) as ws:
            _recover(progress, ws)
            request = live_calls.LiveRequest(
                profile=None if elsewhere else _dialled(ws, told),
                practice=Faults() if profile == live_calls.PRACTICE else None,
                caller=caller,
                device=device,
                sample_caller=caller is None and device is None and not replay,
                replay_of=get_call(ws, replay).id if replay else "",
                record_only=elsewhere,
                noise=live_calls.noise_of(noise, seed) if noise else None,
                line=live_calls.line_of(line_, seed),
                barge_in_ms=barge_in,
                by_turns=by_turns,
                seconds=seconds,
            )
            stored = live_calls.place(progress, ws, request)
        progress.done()
        emit(shape(stored)) if as_json else _print(stored)
    leave(outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agent:
    """Who is to be called, in the words of the command line."""

    name: str
    url: str
    adapter: Any
    model: str
    key: str
    dialect: Any
    first: bool
    settings: Sequence[str]
    save: str


def _recover(progress: Progress, ws: Workspace) -> None:
    from app.services import live_calls

    for found in live_calls.recover(progress, ws):
        note(f"note: {found.code} was cut off with its program and is stored now.")


def _dialled(ws: Workspace, told: _Agent) -> CallProfile:
    """The agent to call: a saved one or what was told, with its settings; kept where asked."""
    from app.services import live_calls

    dialled = _named(ws, told)
    if told.settings:
        dialled = live_calls.with_settings(dialled, told.settings)
    if told.save:
        dialled, _ = live_calls.save_profile(ws, replace(dialled, name=told.save))
    return dialled


def _named(ws: Workspace, told: _Agent) -> CallProfile:
    from app.agents.profiles import CallProfile
    from app.services import live_calls

    if told.name and told.name != live_calls.PRACTICE:
        return live_calls.profile(ws, told.name)
    return CallProfile(
        name=told.name or told.model or told.url,
        adapter=told.adapter,
        url=told.url,
        model=told.model,
        key_ref=told.key,
        dialect=told.dialect,
        agent_first=told.first,
    )


def shape(stored: StoredCall) -> dict[str, Any]:
    """The JSON of a call that was placed. What is not known is null."""
    found = stored.measures
    return {
        "call_id": stored.call_id,
        "dropped": stored.dropped,
        "duration_s": round(stored.duration_s, 3),
        "turns": [
            {
                "mouth_to_ear_ms": round(t.mouth_to_ear_ms, 1),
                "wire_ms": _ms(t.wire_ms),
                "degraded": t.degraded,
            }
            | ({"stages": {k: _ms(v) for k, v in t.stages.items()}} if t.stages else {})
            for t in found.turns
        ],
        "barge_ins": [
            {
                "detect_ms": _ms(b.detect_ms),
                "flush_ms": _ms(b.flush_ms),
                "stop_ms": _ms(b.stop_ms),
            }
            for b in found.barge_ins
        ],
        "stream": {"underruns": found.stream.underruns, "overruns": found.stream.overruns},
    }


def _ms(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _print(stored: StoredCall) -> None:
    found = stored.measures
    line(f"{stored.code}: {stored.duration_s:.1f} s. {stored.words}")
    for turn in found.turns:
        wire = "" if turn.wire_ms is None else f", of it the line {turn.wire_ms:.0f} ms"
        worse = " (degraded)" if turn.degraded else ""
        line(f"response {turn.mouth_to_ear_ms:.0f} ms{wire}{worse}")
        if turn.stages:
            told = ", ".join(f"{name} {ms:.0f}" for name, ms in turn.stages.items())
            line(f"  as the agent's stages say, ms from the end of speech: {told}")
    for cut in found.barge_ins:
        if cut.stop_ms is None:
            line("barge-in: the agent did not stop within 2 s")
            continue
        detect = "" if cut.detect_ms is None else f", noticed after {cut.detect_ms:.0f} ms"
        line(f"barge-in: silence after {cut.stop_ms:.0f} ms{detect}")
    line(f"under-runs {found.stream.underruns}, over-runs {found.stream.overruns}")
