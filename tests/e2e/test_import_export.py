"""A reviewer's story: import calls, look, export them, import the export elsewhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.calls import Span
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.imports import ImportOptions, ImportResult
from app.domain.ratings import Answer, Evidence, ItemRef, Viewer
from app.domain.work import Quiet
from app.services import commenting, exporting, importing, raters, rating, rubrics, timing
from app.services.calls import get_call
from app.services.exporting import tables
from app.services.workspace import Workspace

ASSETS = Path(__file__).resolve().parents[2] / "assets"
CALLS = ASSETS / "demo" / "calls"
LABELS = [f for f in exporting.FORMATS if f not in tables.WRITERS]
TABLES = sorted(tables.WRITERS)
RUBRICS = ("call_handling", "gic", "symbol_readings", "voice_metrics")
"""One of each scope, with criteria that may be not applicable."""


def take(ws: Workspace, *paths: Path, detect: bool = False, **options: Any) -> ImportResult:
    """Import these paths."""
    found = importing.scan(Quiet(), ws, list(paths), ImportOptions(**options))
    done = importing.commit(Quiet(), ws, found, detect=detect)
    assert done.failed == ()
    return done


def export(ws: Workspace, viewer: Viewer, name: str, out: Path, **more: Any) -> dict[str, bytes]:
    """Export and return the files but the manifest."""
    result = exporting.export(Quiet(), ws, viewer, name, out, **more)
    files = {p.name: p.read_bytes() for p in out.iterdir()}
    assert set(result.files) == set(files)
    return {k: v for k, v in files.items() if k != "manifest.json"}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, ImportResult]]:
    """The demo calls with detected timing, comments and two raters' forms."""
    ws = Workspace.open(tmp_path_factory.mktemp("reviewed") / "ws")
    rubrics.load_rubrics(ws, ASSETS / "rubrics")
    done = take(ws, CALLS, detect=True)
    for name, role in (("Ann", "reviewer"), ("Bo", "reviewer")):
        _review(ws, raters.sign_in(ws, name, role), done)  # type: ignore[arg-type]
    yield ws, done
    ws.close()


def _review(ws: Workspace, viewer: Viewer, done: ImportResult) -> None:
    call_id = done.imported[0].id if viewer.name == "Ann" else done.imported[1].id
    commenting.add(ws, viewer, call_id, start=8000, end=16000, body='=note "q"\nline two 你好')
    turns = timing.turn_set(ws, call_id)
    for rubric in rubrics.rubric_versions(ws):
        if rubric.key not in RUBRICS:
            continue
        form = rating.open_form(ws, viewer, call_id, rubric.id, turns)
        items = form.items or _clips(call_id)
        for item in items[:3]:
            for criterion in form.criteria_for(item):
                answer = Answer(
                    status="observed",
                    value=criterion.levels[0].value,
                    confidence=2,
                    rationale='=SUM(A1) "quoted", 你好\r\nsecond line',
                    evidence=(Evidence(turn_id="t1", span=item.span),),
                )
                rating.draft(ws, viewer, item, criterion.id, answer)
        rating.submit(ws, viewer, call_id, rubric.id)
        first = items[0]
        again = Answer(status="not_applicable", na_reason="+none")
        rating.draft(ws, viewer, first, form.criteria_for(first)[0].id, again)
        rating.submit(ws, viewer, call_id, rubric.id)


def _clips(call_id: str) -> tuple[ItemRef, ...]:
    """Two clips of a list at one place; each is known by its name."""
    return tuple(
        ItemRef(
            kind="clip",
            call_id=call_id,
            span=Span(8000, 16000),
            profile_id=f"symbol/s/{number}",
            speaker="agent",
        )
        for number in range(2)
    )


def lead(ws: Workspace) -> Viewer:
    """The command line's lead."""
    return raters.cli_viewer(ws)


@pytest.mark.parametrize("name", LABELS)
def test_labels_come_back_to_the_byte(
    reviewed: tuple[Workspace, ImportResult], name: str, tmp_path: Path
) -> None:
    ws, done = reviewed
    first = export(ws, lead(ws), name, tmp_path / "first")
    folder = tmp_path / "again"
    folder.mkdir()
    for item in done.imported:
        shutil.copy(item.path, folder)
        for file, data in first.items():
            if file.startswith(f"{item.code}."):
                (folder / file.replace(item.code, Path(item.path).stem, 1)).write_bytes(data)
    other = Workspace.open(tmp_path / "other")
    try:
        take(other, folder)
        second = export(other, lead(other), name, tmp_path / "second")
    finally:
        other.close()
    assert set(second) == set(first)
    for file, data in first.items():
        assert second[file] == data, file


@pytest.mark.parametrize("name", exporting.FORMATS)
def test_the_same_state_is_exported_to_the_same_bytes(
    reviewed: tuple[Workspace, ImportResult], name: str, tmp_path: Path
) -> None:
    ws, _ = reviewed
    for where in ("a", "b"):
        exporting.export(Quiet(), ws, lead(ws), name, tmp_path / where)
    names = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert names == sorted(p.name for p in (tmp_path / "b").iterdir())
    for file in names:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_the_manifest_tells_what_the_figures_rest_on(
    reviewed: tuple[Workspace, ImportResult], tmp_path: Path
) -> None:
    ws, done = reviewed
    exporting.export(Quiet(), ws, lead(ws), "csv", tmp_path / "out", query="agent:quill")
    body = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert body["filter"]["query"] == "agent:quill"
    assert 0 < body["counts"]["calls"] <= len(done.imported)
    for call in body["calls"]:
        assert call["profile"] == "callbench-1"
        assert call["speech_layer"]["name"].startswith("Silero")
    assert body["frozen_at"] < "9999"
    assert body["masked"] is False
    assert len(body["files"]["turns.csv"]["sha256"]) == 64


def test_rows_carry_layer_profile_and_reviewer(
    reviewed: tuple[Workspace, ImportResult], tmp_path: Path
) -> None:
    ws, done = reviewed
    files = export(ws, lead(ws), "jsonl", tmp_path / "out")
    turns = [json.loads(x) for x in files["turns.jsonl"].decode().splitlines()]
    assert {t["profile"] for t in turns} == {"callbench-1"}
    first = [t for t in turns if t["call_id"] == done.imported[0].id]
    found = timing.turn_set(ws, done.imported[0].id)
    assert [t["start_frame"] for t in first] == [t.span.start for t in found.turns]
    assert [t["text"] for t in first] == [t.text for t in found.turns]
    scores = [json.loads(x) for x in files["scores.jsonl"].decode("utf-8").split("\n") if x]
    assert {s["rater"][:2] for s in scores} == {"R-"}
    assert {s["blind"] for s in scores} == {True}
    replaced = {s["supersedes"] for s in scores} - {None}
    assert replaced == {s["score_id"] for s in scores if not s["current"]}
    assert b"Ann" not in b"".join(files.values())


@pytest.mark.parametrize("name", TABLES)
def test_scores_come_back_elsewhere(
    reviewed: tuple[Workspace, ImportResult], name: str, tmp_path: Path
) -> None:
    ws, _ = reviewed
    export(ws, lead(ws), name, tmp_path / "first")
    other = Workspace.open(tmp_path / "other")
    try:
        take(other, CALLS)
        came = exporting.import_scores(other, lead(other), tmp_path / "first")
        again = exporting.import_scores(other, lead(other), tmp_path / "first")
        export(other, lead(other), name, tmp_path / "second")
    finally:
        other.close()
    before, after = (_scores(tmp_path / x, name) for x in ("first", "second"))
    assert came.added == len(before) > 20
    assert (again.added, again.known) == (0, len(before))
    assert after == before


def _scores(folder: Path, name: str) -> list[dict[str, Any]]:
    """Exported score rows without what a workspace gives its own calls."""
    suffix = tables.WRITERS[name][0]
    rows = tables.read((folder / f"scores{suffix}").read_bytes(), suffix)[1]
    return [{k: v for k, v in r.items() if k not in ("call_id", "call_code")} for r in rows]


def test_a_reviewer_s_export_is_masked(
    reviewed: tuple[Workspace, ImportResult], tmp_path: Path
) -> None:
    ws, done = reviewed
    ann = raters.sign_in(ws, "Ann", "reviewer")
    export(ws, ann, "jsonl", tmp_path / "out")
    rows = tables.read((tmp_path / "out" / "scores.jsonl").read_bytes(), ".jsonl")[1]
    assert {r["rater_id"] for r in rows} == {ann.rater_id}
    notes = tables.read((tmp_path / "out" / "comments.jsonl").read_bytes(), ".jsonl")[1]
    assert {n["call_id"] for n in notes} == {done.imported[0].id}
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["masked"] is True


def test_scores_of_calls_that_are_not_here_are_counted(
    reviewed: tuple[Workspace, ImportResult], workspace: Workspace, tmp_path: Path
) -> None:
    ws, _ = reviewed
    export(ws, lead(ws), "csv", tmp_path / "out")
    came = exporting.import_scores(workspace, lead(workspace), tmp_path / "out")
    assert came.added == 0
    assert came.unmatched > 20
    assert any("not in this workspace" in w for w in came.warnings)


def test_only_a_lead_brings_in_scores(workspace: Workspace, tmp_path: Path) -> None:
    reviewer = raters.sign_in(workspace, "Ann", "reviewer")
    with pytest.raises(NotAllowed):
        exporting.import_scores(workspace, reviewer, tmp_path)
    with pytest.raises(BadInput, match="no exported scores"):
        exporting.import_scores(workspace, lead(workspace), tmp_path)


def test_unknown_formats_calls_and_folders(workspace: Workspace, tmp_path: Path) -> None:
    viewer = lead(workspace)
    with pytest.raises(BadInput, match="textgrid"):
        exporting.export(Quiet(), workspace, viewer, "docx", tmp_path / "out")
    with pytest.raises(NotFound):
        exporting.export(Quiet(), workspace, viewer, "csv", tmp_path / "out", call_ids=["x"])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("x")
    with pytest.raises(BadInput, match="not empty"):
        exporting.export(Quiet(), workspace, viewer, "csv", tmp_path / "mine")


def test_an_empty_workspace_exports_headers(workspace: Workspace, tmp_path: Path) -> None:
    files = export(workspace, lead(workspace), "csv", tmp_path / "out")
    assert files["turns.csv"].startswith(b"schema,call_id,")
    assert files["turns.csv"].count(b"\n") == 1


def test_exported_turns_are_a_transcript_again(
    reviewed: tuple[Workspace, ImportResult], workspace: Workspace, tmp_path: Path
) -> None:
    ws, done = reviewed
    export(ws, lead(ws), "csv", tmp_path / "out")
    audio = shutil.copy(done.imported[0].path, tmp_path)
    came = take(workspace, Path(audio), transcript=tmp_path / "out" / "turns.csv")
    mine = timing.turn_set(workspace, came.imported[0].id)
    theirs = timing.turn_set(ws, done.imported[0].id)
    assert [(t.speaker, t.text) for t in mine.turns] == [(t.speaker, t.text) for t in theirs.turns]


def test_real_speech(shared_data: Path, workspace: Workspace, tmp_path: Path) -> None:
    done = take(
        workspace,
        shared_data / "speech" / "stereo_diarization.wav",
        shared_data / "eva" / "demo" / "audio_mixed.mp3",
        detect=True,
    )
    stereo, mono = (get_call(workspace, i.id) for i in done.imported)
    assert (stereo.rate_hz, stereo.frame_count, stereo.channel_map) == (
        16000,
        80000,
        "caller,agent",
    )
    assert (mono.rate_hz, mono.channel_map) == (24000, "mono")
    assert "mono_mix" in {f.code for f in mono.warnings}
    lines = export(workspace, lead(workspace), "rttm", tmp_path / "out")[f"{stereo.code}.rttm"]
    assert {x.split()[2] for x in lines.decode().splitlines()} == {"1", "2"}


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) - len(data) // 3],
    "binary": lambda _data: bytes(range(256)) * 9,
    "empty": lambda _data: b"",
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["scores.csv", "rubrics.json"])
def test_a_damaged_export_is_refused_by_name(
    reviewed: tuple[Workspace, ImportResult], tmp_path: Path, name: str, damage: str
) -> None:
    ws, done = reviewed
    export(ws, lead(ws), "csv", tmp_path / "out")
    path = tmp_path / "out" / name
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    other = Workspace.open(tmp_path / "other")
    try:
        take(other, *(Path(item.path) for item in done.imported[:2]))
        with pytest.raises(BadInput, match="Export it again") as refused:
            exporting.import_scores(other, lead(other), tmp_path / "out")
        assert str(tmp_path / "out") in str(refused.value)
        assert rating.scores(other, lead(other)) == []
    finally:
        other.close()
