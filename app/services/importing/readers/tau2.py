"""tau2-bench: voice runs (ticks, with or without recordings) and text runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from app.audio import io
from app.domain.errors import BadInput, NotFound, UserError
from app.domain.json_shapes import listing, mapping
from app.domain.work import Work
from app.services.importing.foreign import ForeignAudio, ForeignCall, ForeignFailure
from app.services.importing.foreign_files import epoch_s, number, utc_iso, within, words
from app.services.importing.readers import tau2_facts, tau2_layout, tau2_speech, tau2_texts
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
    agent, version = tau2_facts.agent(info)
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
        conditions=tau2_facts.conditions(body, info),
        extra={"tau2": tau2_facts.summary(simulation)},
        metrics=tau2_facts.reported(body),
        agent=agent,
        agent_version=version,
        scenario_key=".".join(p for p in (domain, task) if p),
        persona=words(tau2_facts.environment(body, info).get("persona_name"), 60),
        outcome=words(body.get("termination_reason"), 60),
        attempt=attempt,
        recorded_at=utc_iso(epoch_s(body.get("start_time") or body.get("timestamp"))),
        unknown=tuple(f"simulation: {words(k)}" for k in body if k not in KNOWN),
        losses=(*spoken.losses, *tau2_facts.losses(simulation)),
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
        spoken = tau2_texts.of_messages(body, start, producer)
        duration_s = None
    if beside is not None and not any(x.kind == "transcript" and x.lines for x in spoken.layers):
        labelled = tau2_texts.of_labels(beside, producer)
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
