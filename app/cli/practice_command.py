"""`callbench practice-agent`."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from app.cli.base import JsonOption, commands, leave
from app.cli.output import emit, line, note, reporting


@commands.command("practice-agent")
def practice_agent(
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="0: any free one.", min=0, max=65_535)
    ] = 0,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault", metavar="FAULT",
            help="Misbehave: slow=MS, deaf, talk-over=MS, drop=PERCENT, die=SECONDS; repeatable.",
        ),
    ] = None,
    brief: Annotated[
        Path | None, typer.Option("--brief", metavar="FILE", help="Follow this brief (YAML).")
    ] = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")
    ] = "127.0.0.1",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """A voice agent of our own on this machine, to practise on. Ctrl-C ends it."""
    from app.agents.practice import faults
    from app.agents.practice.server import PracticeServer
    from app.services import live_calls

    with reporting(as_json=as_json) as outcome:
        wanted = faults.parse(fault or [])
        followed = live_calls.practice_brief(brief)
        with PracticeServer(followed, wanted, host=host, port=port) as server:
            if as_json:
                emit({"url": server.url, "port": server.port, "scenario": followed.scenario})
            else:
                line(f"{followed.title}: {server.url}")
                note(f"callbench call --url {server.url} --device default")
            sys.stdout.flush()  # whoever started this as a child waits for the address
            with suppress(KeyboardInterrupt):
                server.wait()
    leave(outcome)
