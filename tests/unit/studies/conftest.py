"""Workspaces with short real recordings of two systems, timed by a known layer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.calls import Call, Span, Speaker
from app.domain.ids import new_id
from app.domain.imports import ImportOptions
from app.domain.ratings import Viewer
from app.domain.segments import Layer, Segment
from app.domain.studies import Heard, Instrument, Study, StudyDesign
from app.domain.work import Quiet
from app.services import importing, layers, opening, raters
from app.services.calls import get_call
from app.services.studies import blocks, choosing, making, sessions, voting
from app.services.studies.opening import open_study, plan
from app.services.workspace import Workspace
from tests.audio_files import dialogue, write_wav

RATE = 8000
TURN_S, GAP_S = 2.5, 0.3
ALL_HEARD = Heard(plays=1, heard_pct=100.0, device="null", out_rate_hz=48_000)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty workspace, made once: its tables and rubrics take longer than most tests."""
    folder = tmp_path_factory.mktemp("template") / "ws"
    opening.open_workspace(folder, create=True).close()
    return folder


@pytest.fixture
def ws(template: Path, tmp_path: Path) -> Iterator[Workspace]:
    opened = opening.open_workspace(shutil.copytree(template, tmp_path / "ws"))
    yield opened
    opened.close()


@pytest.fixture
def lead(ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Lee", "lead")


@pytest.fixture
def rater(ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Ann", "reviewer")


def fill(ws: Workspace, folder: Path, count: int) -> list[Call]:
    """Calls of two systems in turn, two of each scenario, with two agent turns each."""
    for n in range(count):
        path = folder / f"call{n:03d}.wav"
        folder.mkdir(parents=True, exist_ok=True)
        sound = dialogue(4 * (TURN_S + GAP_S), RATE, turn_s=TURN_S, gap_s=GAP_S, seed=n)
        write_wav(path, sound * (0.2 + 0.1 * (n % 5)), RATE)
    found = importing.scan(Quiet(), ws, [folder], ImportOptions(channels="caller,agent"))
    result = importing.commit(Quiet(), ws, found, detect=False)
    ids = [c.id for c in sorted(result.imported, key=lambda c: c.path)]
    for at, call_id in enumerate(ids):
        with ws.db.machine() as uow:
            uow.connection.exec_driver_sql(
                "UPDATE call SET agent = :a, agent_version = '1', scenario_key = :k WHERE id = :i",
                {"a": "kestrel" if at % 2 else "orin", "k": f"1.{at // 2 + 1}", "i": call_id},
            )
        _time(ws, call_id)
    return [get_call(ws, i) for i in ids]


def _time(ws: Workspace, call_id: str) -> None:
    layer = Layer(
        id=new_id(), call_id=call_id, kind="speech", origin="detector", name="known",
        producer="test", version=1,
    )  # fmt: skip
    found = []
    for at in range(4):
        start = 0.2 + at * (TURN_S + GAP_S)
        who: Speaker = "agent" if at % 2 else "caller"
        span = Span(round(start * RATE), round((start + TURN_S) * RATE))
        found.append(Segment(id=f"s{at}", speaker=who, span=span))
    layers.add_layer(ws, layer, found)


@pytest.fixture
def filled(ws: Workspace, tmp_path: Path) -> Callable[[int], list[Call]]:
    return lambda count: fill(ws, tmp_path / "recordings", count)


def opened_study(
    ws: Workspace,
    lead: Viewer,
    calls: list[Call],
    instrument: Instrument = "acr",
    *,
    with_controls: bool = False,
    **design: Any,
) -> Study:
    """An open study over two clips of each call, or their pairs."""
    rules = StudyDesign(**design)
    study = making.create(ws, lead, "Voices", instrument, rules, seed=7)
    rule = choosing.ClipRule(condition_by="agent")
    clips = choosing.clips(ws, calls, rule, rules.channels, study.seed)
    pairs = choosing.pairs(clips, study.seed) if instrument in ("ccr", "pairwise") else []
    return open_study(
        Quiet(), ws, lead, study.id, plan(study, clips, pairs, with_controls=with_controls)
    )


class Session:
    """A rater at work."""

    def __init__(self, ws: Workspace, viewer: Viewer, study: Study, owner: str = "w1") -> None:
        self.ws, self.viewer, self.study, self.owner = ws, viewer, study, owner
        self.id = sessions.begin(ws, viewer, study.id)
        for kind in ("consent", "declaration", "device", "digits", "level"):
            sessions.note(ws, viewer, self.id, kind, {"passed": True})

    def step(self) -> sessions.SessionStep:
        return sessions.next_step(self.ws, self.viewer, self.id, self.owner)

    def vote(self, value: float | None, heard: Heard = ALL_HEARD, **more: Any) -> Any:
        trial = self.step().trial
        assert trial is not None
        return voting.vote(
            self.ws, self.viewer, self.id, trial.trial_id, value, heard, rt_ms=500, **more
        )

    def finish(self, answer: Callable[[int], float]) -> int:
        """Answer everything; how many votes that took."""
        count = 0
        while (step := self.step()).kind != "done":
            if step.kind == "block_end":
                self.close(step.block)
                continue
            assert step.trial is not None, step
            voting.vote(
                self.ws, self.viewer, self.id, step.trial.trial_id, answer(count), ALL_HEARD
            )
            count += 1
        return count

    def close(self, block: int) -> None:
        blocks.close_block(self.ws, self.viewer, self.id, block)


@pytest.fixture
def kit() -> SimpleNamespace:
    return SimpleNamespace(open=opened_study, Session=Session, HEARD=ALL_HEARD, RATE=RATE)
