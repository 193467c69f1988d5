"""A dataset that comes in, goes out again with the same bytes; one that was changed does not."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.cli.output import Progress
from app.domain.calls import Span, Track, TrackRole
from app.domain.errors import BadInput, NotAllowed
from app.domain.ids import new_id
from app.domain.new import AudioBlob, NewCall
from app.domain.ratings import ItemRef
from app.domain.segments import Layer, Segment, Word
from app.services import calls, raters, redacting
from app.services.calibrating import adapters, auditing, gather, rules, splits
from app.services.calibrating.dataset_import import import_dataset, is_dataset
from app.services.calibrating.export import export_dataset
from app.services.calibrating.records import corrected_scores
from app.services.rubrics import add_rubric, rubric_of
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import FRAMES, RATE, World, noisy, truth, world
from tests.unit.calibrating.test_items import give, timed, turn

N = 48
QUIET = Progress(quiet=True)
SECRET = "Zanzibar"
ROLES: tuple[TrackRole, ...] = ("caller", "agent")


@pytest.fixture
def panel(workspace: Workspace) -> World:
    return scored(workspace)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset on disk; tests change copies of it."""
    folder = tmp_path_factory.mktemp("dataset")
    ws = Workspace.open(folder / "workspace")
    made = scored(ws)
    export_dataset(QUIET, ws, made.lead, "synthetic", folder / "set")
    ws.close()
    return folder / "set"


def scored(workspace: Workspace) -> World:
    made = world(workspace, N)
    real = truth(N)
    people = [made.person(name) for name in ("Ann", "Ben", "Cleo")]
    for at, person in enumerate(people):
        made.say(person, "tone", noisy(real, at, sd=0.4))
    judge = made.judge()
    first = made.say(judge, "tone", noisy(real, 9, bias=1.0, sd=0.4))
    made.say(judge, "tone", noisy(real, 10, bias=1.0, sd=0.4), again=first)
    made.say(judge, "help", noisy(real, 8), rationale="It helped.")
    made.draw(people[0], made.calls[:20], 0.5)
    splits.freeze(workspace, made.lead)
    rules.choose(workspace, made.lead, "dashboard gate", "Patients.")
    return made


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "elsewhere")
    yield opened
    opened.close()


def lead(ws: Workspace) -> Any:
    return raters.sign_in(ws, "Lea", "lead")


def same(one: Path, two: Path) -> None:
    names = sorted(p.relative_to(one).as_posix() for p in one.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(two).as_posix() for p in two.rglob("*") if p.is_file())
    differing = [n for n in names if (one / n).read_bytes() != (two / n).read_bytes()]
    assert differing == []


def test_out_in_and_out_again_is_the_same_to_the_byte(
    panel: World, elsewhere: Workspace, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", one, forms=adapters.FORMS)
    assert is_dataset(one)
    result = import_dataset(QUIET, elsewhere, lead(elsewhere), one)
    assert (result.calls_added, result.scores_added) == (N, 6 * N)
    assert result.notes == ()
    export_dataset(QUIET, elsewhere, lead(elsewhere), "synthetic", two, forms=adapters.FORMS)
    same(one, two)
    again = import_dataset(QUIET, elsewhere, lead(elsewhere), one)
    assert (again.calls_added, again.scores_added, again.scores_known) == (0, 0, 6 * N)
    export_dataset(QUIET, elsewhere, lead(elsewhere), "synthetic", two, forms=adapters.FORMS)
    same(one, two)


def test_it_comes_back_into_its_own_workspace_without_a_trace(panel: World, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", one)
    result = import_dataset(QUIET, panel.ws, panel.lead, one)
    assert (result.calls_added, result.scores_added, result.calls_known) == (0, 0, N)
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", two)
    same(one, two)


def test_what_was_blind_stays_without_judges(
    panel: World, elsewhere: Workspace, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", one, with_judges=False)
    import_dataset(QUIET, elsewhere, lead(elsewhere), one)
    export_dataset(QUIET, elsewhere, lead(elsewhere), "synthetic", two, with_judges=False)
    same(one, two)


@dataclass
class Spoken:
    """Calls with sound and words, turns and pairs; one word of the first is redacted."""

    world: World
    word: Span


@pytest.fixture
def spoken(workspace: Workspace, make_wav: Callable[..., Path]) -> Spoken:
    made = world(workspace, 2)
    made.rubric = add_rubric(workspace, rubric_of(PARTS))
    rng = np.random.default_rng(3)
    ids = []
    for at in range(6):
        path = make_wav(f"{at}.wav", rng.uniform(-0.5, 0.5, (FRAMES, 2)), RATE)
        ids.append(_call(workspace, path, at))
    made.calls = tuple(ids)
    word = Span(8_000, 12_000)
    redacting.redact(workspace, made.lead, ids[0], word, "agent")
    people = [made.person("Ann"), made.person("Ben")]
    judge = made.judge()
    with workspace.db.machine() as uow:
        whole = {
            c: uow.scores.item(ItemRef(kind="call", call_id=c, span=Span(0, FRAMES))) for c in ids
        }
    for rater in (*people, judge):
        for call_id in ids:
            turn = ItemRef(
                kind="turn", call_id=call_id, span=Span(0, 16_000), turn_index=0, speaker="agent"
            )
            give(made, rater, "turn", turn, 1)
        for one, two in zip(ids[::2], ids[1::2]):
            pair = ItemRef(kind="pair", call_id=one, span=Span(0, FRAMES), other_item_id=whole[two])
            give(made, rater, "better", pair, 1, (1, 1) if rater == judge else ())
        made.say(rater, "whole", [1] * 6, rationale=f"The agent said {SECRET} twice.")
    return Spoken(made, word)


LEVELS = [{"value": v, "anchor": str(v)} for v in (-1, 0, 1)]
PARTS = {
    "key": "parts",
    "title": "parts",
    "criteria": [
        {"key": k, "title": k, "question": "?", "scope": scope, "levels": LEVELS}
        for k, scope in (("turn", "agent_turn"), ("better", "pair"), ("whole", "call"))
    ],
}


def _call(ws: Workspace, path: Path, at: int) -> str:
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    tracks = tuple(
        Track(
            id=new_id(), role=role, audio_sha256=sha256, channel_index=channel, rate_hz=RATE,
            frame_count=FRAMES,
        )
        for channel, role in enumerate(ROLES)
    )  # fmt: skip
    words = (
        Word(text="Go", span=Span(0, 4_000)), Word(text="to", span=Span(4_000, 8_000)),
        Word(text=SECRET, span=Span(8_000, 12_000)), Word(text="now.", span=Span(12_000, 16_000)),
    )  # fmt: skip
    line = Segment(
        id=new_id(), speaker="agent", span=Span(0, 16_000), text=f"Go to {SECRET} now.",
        words=words,
    )  # fmt: skip
    with ws.db.machine() as uow:
        call_id = calls.add_call(
            uow,
            NewCall(
                title=f"Call {at}", rate_hz=RATE, frame_count=FRAMES,
                channel_map="caller,agent", tracks=tracks, content_sha256=f"{at + 50:064x}",
                blobs=(AudioBlob(sha256=sha256, ext=".wav", size_bytes=len(data), path=str(path)),),
                source_path=str(path), agent=f"mara {at % 2}", extra={"consent": "given"},
            ),
        )  # fmt: skip
        layer = Layer(
            id=new_id(), call_id=call_id, kind="transcript", origin="import", name="t",
            producer="t", version=1,
        )  # fmt: skip
        uow.layers.add(layer, [line] if at == 0 else [_other(line)])
    return call_id


def _other(line: Segment) -> Segment:
    return Segment(id=new_id(), speaker="agent", span=line.span, text="Hello there.")


def _lines(path: Path) -> list[str]:
    """What a file says, row by row."""
    if path.suffix != ".parquet":
        return path.read_bytes().decode("latin-1").splitlines()
    from pyarrow import parquet

    table = parquet.read_table(path)
    columns = [c for c in table.column_names if c != "audio"]
    return [str(row) for row in table.select(columns).to_pylist()]


def _scores_of(folder: Path, call_id: str) -> list[Any]:
    items = [json.loads(x) for x in (folder / "items.jsonl").read_text("utf-8").splitlines()]
    mine = {i["item_id"] for i in items if i["call_id"] == call_id}
    rows = [json.loads(x) for x in (folder / "scores.jsonl").read_text("utf-8").splitlines()]
    return [r for r in rows if r["item_id"] in mine]


def test_sound_goes_out_and_comes_in_and_what_is_redacted_does_not(
    spoken: Spoken, elsewhere: Workspace, tmp_path: Path
) -> None:
    import wave

    made = spoken.world
    one, two = tmp_path / "one", tmp_path / "two"
    written = export_dataset(
        QUIET, made.ws, made.lead, "parts", one, audio=True, forms=adapters.FORMS
    )
    assert written.clips == 12
    # Nobody redacted the other calls' rationales: the word is theirs to say.
    said = [line for path in one.rglob("*") if path.is_file() for line in _lines(path)]
    assert any(SECRET in line for line in said)
    assert not any(made.calls[0] in line and SECRET.lower() in line.lower() for line in said)
    theirs = _scores_of(one, made.calls[0])
    assert len(theirs) == 3 * 3
    assert SECRET not in json.dumps(theirs)
    items = [json.loads(x) for x in (one / "items.jsonl").read_text("utf-8").splitlines()]
    turn = next(i for i in items if i["kind"] == "turn" and i["call_id"] == made.calls[0])
    assert turn["redacted"]
    assert turn["transcript"] == "agent: Go to [redacted] now."
    with wave.open(str(one / turn["audio"]), "rb") as file:
        sound = np.frombuffer(file.readframes(FRAMES), "<i2").reshape(-1, 2)
    assert not sound[spoken.word.start : spoken.word.end, 1].any()
    assert sound[spoken.word.start : spoken.word.end, 0].any()
    assert len(sound) == 16_000
    result = import_dataset(QUIET, elsewhere, lead(elsewhere), one)
    assert result.with_sound == 6
    export_dataset(
        QUIET, elsewhere, lead(elsewhere), "parts", two, audio=True, forms=adapters.FORMS
    )
    same(one, two)


def test_raters_come_as_pseudonyms_whom_nobody_can_sign_in_as(
    exported: Path, elsewhere: Workspace
) -> None:
    viewer = lead(elsewhere)
    import_dataset(QUIET, elsewhere, viewer, exported)
    found = gather.load(elsewhere, viewer, "synthetic")
    names = {found.names[found.raters[n]][1] for n in found.people}
    assert len(names) == 3
    assert all(n.startswith("r-") for n in names)
    with elsewhere.db.read() as uow:
        assert [p.name for p in uow.raters.people()] == ["Lea"]


def test_what_is_on_record_and_who_decided_come_along_without_names(
    panel: World, elsewhere: Workspace, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    judge = next(iter(gather.load(panel.ws, panel.lead, "synthetic").judges.values()))
    ann = raters.sign_in(panel.ws, "Ann", "reviewer").rater_id
    tone = panel.rubric.criteria[0].id
    about = {
        "rubric_version_id": panel.rubric.id, "criterion_id": tone, "judge_version_id": judge.id,
    }  # fmt: skip
    with panel.ws.db.human() as uow:
        repo = uow.calibration_records
        repo.add_check(kind="human", drifted=False, body={"raters": {ann: 0.1}}, **about)
        made = repo.add_calibration(snapshot_sha256="0" * 64, body=SHIFT, rater_id=ann, **about)
        repo.add_verdict(
            calibration_id=made.id, where={}, state=3, rule="default 1", body={},
            snapshot_at="", valid_until=None, waived_by=ann, reason="Known limits.", rater_id=ann,
            **about,
        )  # fmt: skip
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", one)
    records = json.loads((one / "manifest.json").read_text("utf-8"))["records"]
    assert [len(records[k]) for k in ("checks", "calibrations", "verdicts")] == [1, 1, 1]
    assert all(ann not in p.read_text("utf-8") for p in one.rglob("*.json*"))
    import_dataset(QUIET, elsewhere, lead(elsewhere), one)
    export_dataset(QUIET, elsewhere, lead(elsewhere), "synthetic", two)
    same(one, two)


def test_a_copy_keeps_the_split_of_its_original(
    workspace: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    made = world(workspace, 8)
    with workspace.db.machine() as uow:
        for original, copy in zip(made.calls[:4], made.calls[4:]):
            uow.calls.set_extra(copy, {"conditions": {"perturbed_from": original}})
    made.say(made.person("Ann"), "tone", [1, 2, 3, 4], calls=made.calls[4:])
    export_dataset(QUIET, workspace, made.lead, "synthetic", one)
    rows = [json.loads(x) for x in (one / "calls.jsonl").read_text("utf-8").splitlines()]
    assert {r["copy_of_sha256"] for r in rows} == {f"{at:064x}" for at in range(4)}
    import_dataset(QUIET, elsewhere, lead(elsewhere), one)
    export_dataset(QUIET, elsewhere, lead(elsewhere), "synthetic", two)
    same(one, two)


def test_scores_that_were_left_out_are_told_there_too(
    workspace: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    made = world(workspace, 2)
    made.rubric = add_rubric(workspace, rubric_of(PARTS))
    ann, call_id = made.person("Ann"), made.calls[0]
    before = timed(made, call_id, [(0, 8000), (40_000, 48_000)])
    give(made, ann, "turn", turn(call_id, before, 1, (0, 8000)), 1)
    give(made, ann, "turn", turn(call_id, before, 2, (40_000, 48_000)), 1)
    timed(made, call_id, [(0, 8000), (50_000, 60_000)])
    export_dataset(QUIET, workspace, made.lead, "parts", one)
    told = json.loads((one / "manifest.json").read_text("utf-8"))["left_out"]
    assert told == {"stale_scores": {"human": 1}}
    import_dataset(QUIET, elsewhere, lead(elsewhere), one)
    export_dataset(QUIET, elsewhere, lead(elsewhere), "parts", two)
    same(one, two)


def _rewrite(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change a file and have the manifest agree with it."""
    data = change((folder / name).read_bytes())
    (folder / name).write_bytes(data)
    body = json.loads((folder / "manifest.json").read_text("utf-8"))
    body["files"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    (folder / "manifest.json").write_text(json.dumps(body), "utf-8")


def _manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    body = json.loads((folder / "manifest.json").read_text("utf-8"))
    change(body)
    (folder / "manifest.json").write_text(json.dumps(body), "utf-8")


def _lead_out(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        _manifest(folder, lambda b: b["files"].update({name: {"sha256": "0" * 64, "bytes": 0}}))

    return change


def _link(folder: Path) -> None:
    (folder / "real.jsonl").write_bytes((folder / "gold.jsonl").read_bytes())
    (folder / "gold.jsonl").unlink()
    (folder / "gold.jsonl").symlink_to(folder / "real.jsonl")


SHIFT: dict[str, Any] = {
    "form": "linear", "inputs": ["tone"], "range": [1, 5],
    "params": {"intercept": -1.0, "slopes": [1.0]}, "by": "a lead",
}  # fmt: skip
ODDS = {"slopes": [1.0], "cuts": [0.0, 1.0], "levels": [1, 2, 3]}


def _correction(body: dict[str, Any], at: str = "2026-01-01T00:00:00Z") -> Callable[[Path], None]:
    """A correction in use, as the page of drift would apply it."""

    def add(manifest: dict[str, Any]) -> None:
        row = {
            "id": "c", "judge_sha256": manifest["judges"][0]["sha256"], "dimension": "tone",
            "snapshot_sha256": "", "body": body, "created_at": at,
        }  # fmt: skip
        manifest["records"] = {"calibrations": [row]}

    return lambda folder: _manifest(folder, add)


def _nested(depth: int) -> dict[str, Any]:
    return {"a": _nested(depth - 1)} if depth else {}


HARM: dict[str, Callable[[Path], Any]] = {
    "changed": lambda f: (f / "scores.jsonl").write_bytes(b"{}\n"),
    "missing": lambda f: (f / "paired.csv").unlink(),
    "cut off": lambda f: _rewrite(f, "scores.jsonl", lambda d: d[:-20]),
    "no json": lambda f: _rewrite(f, "items.jsonl", lambda d: d + b"[" * 100_000),
    "path up": _lead_out("../workspace/x"),
    "absolute": _lead_out("/etc/passwd"),
    "backslash": _lead_out("a\\..\\b"),
    "link": _link,
    "off scale": lambda f: _rewrite(
        f, "scores.jsonl", lambda d: d.replace(b'"value":5', b'"value":9')
    ),
    "value of text": lambda f: _rewrite(
        f, "scores.jsonl", lambda d: d.replace(b'"value":5', b'"value":"5"')
    ),
    "huge number": lambda f: _rewrite(
        f, "calls.jsonl", lambda d: d.replace(b'"frame_count":80000', b'"frame_count":1e400')
    ),
    "unscored with a value": lambda f: _rewrite(
        f, "scores.jsonl", lambda d: d.replace(b'"observed"', b'"abstained"')
    ),
    "strange criterion": lambda f: _rewrite(
        f, "scores.jsonl", lambda d: d.replace(b'"dimension":"tone"', b'"dimension":"x"')
    ),
    "not a number": lambda f: _rewrite(
        f, "scores.jsonl", lambda d: d.replace(b'"presentation":{}', b'"presentation":{"a":NaN}')
    ),
    "half a letter": lambda f: _rewrite(
        f,
        "scores.jsonl",
        lambda d: d.replace(b'"presentation":{}', b'"presentation":{"a":"\\ud800"}'),
    ),
    "one order of two": lambda f: _rewrite(
        f,
        "scores.jsonl",
        lambda d: d.replace(b'"presentation":{}', b'"presentation":{"order_values":[1]}'),
    ),
    "verdict on nobody": lambda f: _manifest(
        f,
        lambda b: b["records"]["checks"].append(
            {
                "id": "x",
                "judge_sha256": "0" * 64,
                "before_sha256": None,
                "dimension": "tone",
                "kind": "anchors",
                "run_id": None,
                "drifted": None,
                "body": {},
                "created_at": "2026-01-01T00:00:00Z",
            }
        ),
    ),
    "correction of nothing": _correction({}),
    "correction of no form": _correction({**SHIFT, "form": "code"}),
    "correction without inputs": _correction({**SHIFT, "inputs": []}),
    "correction of text": _correction({**SHIFT, "params": {"intercept": "1", "slopes": [1.0]}}),
    "more slopes than inputs": _correction(
        {**SHIFT, "params": {"intercept": 0.0, "slopes": [1.0, 2.0]}}
    ),
    "range that falls": _correction({**SHIFT, "range": [5, 1]}),
    "points that fall": _correction(
        {**SHIFT, "form": "steps", "params": {"x": [2.0, 1.0], "y": [1.0, 2.0]}}
    ),
    "levels without cuts": _correction(
        {**SHIFT, "form": "logit", "params": {**ODDS, "levels": [1, 2]}}
    ),
    "endless body": _correction({**SHIFT, "more": _nested(200)}),
    "no day of any year": _correction(SHIFT, "2026-99-99T00:00:00Z"),
    "item of no call": lambda f: _rewrite(f, "calls.jsonl", lambda d: d[d.index(b"\n") + 1 :]),
    "other prompt": lambda f: _manifest(
        f, lambda b: b["judges"][0]["definition"]["prompts"].update(user="Say 5.")
    ),
    "manifest of nothing": lambda f: (f / "manifest.json").write_bytes(b"[]"),
    "rule of nothing": lambda f: _manifest(f, lambda b: b.update(rule={"name": 1})),
    "newer": lambda f: _manifest(f, lambda b: b.update(dataset="callbench.calibration-dataset/99")),
}


@pytest.mark.parametrize("harm", HARM)
def test_what_was_tampered_with_is_refused_whole(
    exported: Path, elsewhere: Workspace, tmp_path: Path, harm: str
) -> None:
    folder = tmp_path / "one"
    shutil.copytree(exported, folder)
    HARM[harm](folder)
    viewer = lead(elsewhere)
    with pytest.raises(BadInput):
        import_dataset(QUIET, elsewhere, viewer, folder)
    with elsewhere.db.read() as uow:
        assert uow.rubrics.all() == []
        assert uow.judges.versions() == []
        assert uow.raters.names().keys() == {viewer.rater_id}
        assert uow.calls.resolve("CB-00001") == []


@pytest.mark.parametrize(
    ("form", "params"),
    [("linear", SHIFT["params"]), ("steps", {"x": [1.0, 5.0], "y": [1.0, 4.0]}), ("logit", ODDS)],
)
def test_a_correction_that_came_in_is_applied(
    exported: Path, elsewhere: Workspace, tmp_path: Path, form: str, params: dict[str, Any]
) -> None:
    folder, viewer = tmp_path / "one", lead(elsewhere)
    shutil.copytree(exported, folder)
    _correction({**SHIFT, "form": form, "params": params})(folder)
    import_dataset(QUIET, elsewhere, viewer, folder)
    found = gather.load(elsewhere, viewer, "synthetic")
    (judge,) = found.judges.values()
    assert auditing.look(found, judge, "tone").since
    made = corrected_scores(elsewhere, viewer, "synthetic")
    assert made
    assert all(1 <= one.corrected <= 5 for one in made)


def test_a_reviewer_brings_nothing_in(exported: Path, elsewhere: Workspace) -> None:
    with pytest.raises(NotAllowed):
        import_dataset(QUIET, elsewhere, raters.sign_in(elsewhere, "Rea", "reviewer"), exported)
