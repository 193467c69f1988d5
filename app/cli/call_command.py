"""`callbench call`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting

if TYPE_CHECKING:
    from app.agents.profiles import CallProfile
    from app.services.live_calls import StoredCall
    from app.services.workspace import Workspace


@commands.command()
def call(
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help="A saved agent, or `practice`.")
    ] = "",
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="An agent's address (ws:// or https://).")
    ] = "",
    adapter: Annotated[
        str,
        typer.Option(
            "--adapter", metavar="NAME", help="openai-realtime, cascade, twilio or pipecat."
        ),
    ] = "openai-realtime",
    model: Annotated[str, typer.Option("--model", metavar="NAME")] = "",
    key: Annotated[
        str, typer.Option("--key", metavar="REF", help="env:NAME or keyring:service/name.")
    ] = "",
    dialect: Annotated[
        str, typer.Option("--dialect", metavar="NAME", help="ga, or beta for older servers.")
    ] = "ga",
    agent_first: Annotated[
        bool, typer.Option("--agent-first", help="Ask the agent to speak first.")
    ] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE",
            help="A setting of the agent, such as voice=NAME or brief=@FILE; may be repeated.",
        ),
    ] = None,
    save: Annotated[
        str, typer.Option("--save", metavar="NAME", help="Keep the agent as this profile.")
    ] = "",
    caller: Annotated[
        Path | None,
        typer.Option("--caller", metavar="FILE", help="Speak this recording, as it was recorded."),
    ] = None,
    device: Annotated[
        str | None, typer.Option("--device", metavar="NAME", help="A sound device, or `default`.")
    ] = None,
    by_turns: Annotated[
        bool, typer.Option("--by-turns", help="Each utterance of FILE waits for the agent.")
    ] = False,
    barge_in: Annotated[
        float | None,
        typer.Option(
            "--barge-in-after-ms", metavar="N",
            help="After the first, each utterance begins so long after the agent is heard.",
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", metavar="N", help="Hang up then (else when all is said)."),
    ] = None,
    replay: Annotated[
        str, typer.Option("--replay", metavar="CALL", help="Speak what a live call's caller said.")
    ] = "",
    elsewhere: Annotated[
        bool,
        typer.Option("--elsewhere", help="Call nobody: record --device and what is played."),
    ] = False,
    noise: Annotated[
        str, typer.Option("--noise", metavar="KIND:DB", help="Noise so far below the voice.")
    ] = "",
    line_: Annotated[
        str,
        typer.Option("--line", metavar="WORDS", help="ulaw, loss=PERCENT, delay=MS, gain=DB."),
    ] = "",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of noise and losses.")] = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Place a call from a recording or a sound device; it is recorded, measured and stored."""
    from app.agents.practice.faults import Faults
    from app.services import live_calls
    from app.services.calls import get_call

    with reporting(as_json=as_json) as outcome:
        if not elsewhere and bool(profile) == bool(url):
            raise WrongUsage("Name one agent: --profile or --url.", "Or --profile practice.")
        progress = Progress(quiet=as_json)
        with opened(workspace, create=True) as ws:
            for found in live_calls.recover(progress, ws):
                note(f"note: {found.code} was cut off with its program and is stored now.")
            dialled = (
                None
                if elsewhere
                else _dialled(ws, profile, url, adapter, model, key, dialect, agent_first)
            )
            if settings and dialled is not None:
                dialled = live_calls.with_settings(dialled, settings)
            if save and dialled is not None:
                dialled, _ = live_calls.save_profile(ws, replace(dialled, name=save))
            request = live_calls.LiveRequest(
                profile=dialled,
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


def _dialled(
    ws: Workspace,
    name: str,
    url: str,
    adapter: Any,
    model: str,
    key: str,
    dialect: Any,
    first: bool,
) -> CallProfile:
    from app.agents.profiles import CallProfile
    from app.services import live_calls

    if name and name != live_calls.PRACTICE:
        return live_calls.profile(ws, name)
    return CallProfile(
        name=name or model or url,
        adapter=adapter,
        url=url,
        model=model,
        key_ref=key,
        dialect=dialect,
        agent_first=first,
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
