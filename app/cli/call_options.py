"""The options of `callbench call`: whom to call, who speaks, over which line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProfileOption = Annotated[
    str, typer.Option("--profile", metavar="NAME", help="A saved agent, or `practice`.")
]
UrlOption = Annotated[
    str, typer.Option("--url", metavar="URL", help="An agent's address (ws:// or https://).")
]
AdapterOption = Annotated[
    str,
    typer.Option("--adapter", metavar="NAME", help="openai-realtime, cascade, twilio or pipecat."),
]
ModelOption = Annotated[str, typer.Option("--model", metavar="NAME")]
KeyOption = Annotated[
    str, typer.Option("--key", metavar="REF", help="env:NAME or keyring:service/name.")
]
DialectOption = Annotated[
    str, typer.Option("--dialect", metavar="NAME", help="ga, or beta for older servers.")
]
AgentFirstOption = Annotated[
    bool, typer.Option("--agent-first", help="Ask the agent to speak first.")
]
SettingsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE",
        help="A setting of the agent, such as voice=NAME or brief=@FILE; may be repeated.",
    ),
]  # fmt: skip
SaveOption = Annotated[
    str, typer.Option("--save", metavar="NAME", help="Keep the agent as this profile.")
]
CallerOption = Annotated[
    Path | None,
    typer.Option("--caller", metavar="FILE", help="Speak this recording, as it was recorded."),
]
DeviceOption = Annotated[
    str | None, typer.Option("--device", metavar="NAME", help="A sound device, or `default`.")
]
ByTurnsOption = Annotated[
    bool, typer.Option("--by-turns", help="Each utterance of FILE waits for the agent.")
]
BargeInOption = Annotated[
    float | None,
    typer.Option(
        "--barge-in-after-ms", metavar="N",
        help="After the first, each utterance begins so long after the agent is heard.",
    ),
]  # fmt: skip
SecondsOption = Annotated[
    float | None,
    typer.Option("--seconds", metavar="N", help="Hang up then (else when all is said)."),
]
ReplayOption = Annotated[
    str, typer.Option("--replay", metavar="CALL", help="Speak what a live call's caller said.")
]
ElsewhereOption = Annotated[
    bool, typer.Option("--elsewhere", help="Call nobody: record --device and what is played.")
]
NoiseOption = Annotated[
    str, typer.Option("--noise", metavar="KIND:DB", help="Noise so far below the voice.")
]
LineOption = Annotated[
    str, typer.Option("--line", metavar="WORDS", help="ulaw, loss=PERCENT, delay=MS, gain=DB.")
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", help="Of noise and losses.")]
