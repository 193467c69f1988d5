"""Every way by which words or sound of a call leave the workspace, and that each obeys.

Two guards: the modules that hand calls out must read them through `app.services.outgoing`, and
whatever writes a file, fills the clipboard or speaks to somebody else must be known here.
"""

from __future__ import annotations

import ast
import base64
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app import cli
from app.cli.output import Progress
from app.domain.calls import Span
from app.domain.ratings import Answer, Evidence, ItemRef
from app.domain.redaction import MARK
from app.domain.work import Quiet
from app.eval.judging.asks import AudioPart
from app.services import commenting, exporting, layers, outgoing, rating, review_page, rubrics
from app.services.assets import asset
from app.services.evaluating import inputs
from app.services.formats.stm import IGNORE
from app.services.judging import sounds
from app.services.judging.call_tools import masked_tool
from app.services.judging.calls import judge_call
from app.services.studies import rendering
from tests.unit.redacting.conftest import RATE, SAID, SECRET, WORDS, Place, add_layer

ROOT = Path(__file__).parents[3]

THROUGH_THE_DOOR = (
    "app/services/exporting",
    "app/services/calibrating/export.py",
    "app/services/calibrating/export_*.py",
    "app/services/calibrating/audio_folder.py",
    "app/services/calibrating/dataset_sound.py",
    "app/services/calibrating/disagreement_file.py",
    "app/services/studies/exporting.py",
    "app/services/studies/rubric_results.py",
    "app/services/studies/rendering.py",
    "app/services/judging",
    "app/services/review_page.py",
    "app/cli",
)
"""What hands calls out."""
RAW = {
    ("layers", "transcript"), ("layers", "segments"), ("layers", "told_lines"),
    ("timing", "turn_set"), ("commenting", "comments"), ("media", "open_media"),
}  # fmt: skip
"""What reads a call as it is."""
MAY = {
    # Masks what it reads, by `outgoing.Outgoing`, inside one transaction.
    "app/services/judging/calls.py": {"uow.layers.segments"},
    "app/services/exporting/pinned.py": {"uow.layers.segments"},
    # Spans of turns alone, for the screen.
    "app/services/judging/reading.py": {"timing.turn_set"},
    "app/services/calibrating/export_source.py": {"layers.transcript"},
}

WRITERS = {
    # Exports, which the door stands before.
    "app/services/exporting/folder.py", "app/services/review_page.py",
    "app/services/calibrating/audio_folder.py", "app/services/calibrating/dataset_sound.py",
    "app/services/calibrating/disagreement_file.py",
    "app/ui/comparing/export.py", "app/ui/scores/export.py",
    # No call in them: plots, pictures (drawn as exported), settings, rubrics, figures of judges.
    "app/ui/widgets/plotting.py", "app/ui/screenshot/render.py", "app/ui/settings/store.py",
    "app/services/rubric_editing.py", "app/cli/calibrate_command.py",
    "app/ui/calibrating/plots/saving.py", "app/services/calibrating/report.py",
    # Into the workspace and its caches.
    "app/services/studies/rendering.py", "app/services/importing/store.py",
    "app/services/importing/readers/segment_wav.py", "app/agents/recording.py",
    "app/audio/track_file.py", "app/models/transcription.py",
}  # fmt: skip
CLIPBOARDS = {
    "app/ui/review/reply_dialog.py", "app/ui/scores/screen.py", "app/ui/crash.py",
    "app/ui/runs/source_section.py",
}  # fmt: skip


def sources(*patterns: str) -> list[Path]:
    found: list[Path] = []
    for pattern in patterns:
        path = ROOT / pattern
        found += path.rglob("*.py") if path.is_dir() else ROOT.glob(pattern)
    return sorted(found)


def calls_in(path: Path) -> set[str]:
    """Dotted names of what a module calls."""
    tree = ast.parse(path.read_text("utf-8"))
    return {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}


def test_what_hands_calls_out_reads_them_through_the_door() -> None:
    forgot = {}
    for path in sources(*THROUGH_THE_DOOR):
        name = path.relative_to(ROOT).as_posix()
        raw = {
            c for c in calls_in(path)
            if c == "uow.layers.segments" or tuple(c.rsplit(".", 2)[-2:]) in RAW
        } - MAY.get(name, set())  # fmt: skip
        if raw:
            forgot[name] = raw
    assert not forgot, "read these by app.services.outgoing instead"


def test_every_way_out_is_known() -> None:
    writes = (".write_text(", ".write_bytes(", '.open("w', 'wave.open(out, "wb")', ".save(str(")
    found, boards = set(), set()
    for path in sources("app"):
        text, name = path.read_text("utf-8"), path.relative_to(ROOT).as_posix()
        if any(w in text for w in writes):
            found.add(name)
        if "clipboard()" in text:
            boards.add(name)
    assert found <= WRITERS, "does it obey redactions? Test it here, then name it"
    assert boards <= CLIPBOARDS


@pytest.fixture
def told(place: Place) -> Place:
    """The secret in every text that belongs to the call."""
    ws, call_id = place.ws, place.call.id
    add_layer(ws, call_id, "transcript", [("caller", 3000, 18_000, SAID)], timed=False)
    commenting.add(ws, place.lead, call_id, start=9000, body="says something private")
    commenting.add(ws, place.lead, call_id, start=30_000, body=f"he repeats {WORDS[0]} here")
    rubrics.load_rubrics(ws, asset("rubrics"))
    rubric = next(
        r for r in rubrics.rubric_versions(ws) if any(c.scope == "call" for c in r.criteria)
    )
    item = ItemRef(kind="call", call_id=call_id, span=Span(0, place.call.frame_count))
    for criterion in rubric.criteria:
        if criterion.scope == "call":
            answer = Answer(
                status="observed", value=criterion.levels[0].value,
                rationale=f"It asked for {WORDS[1].title()}!",
                evidence=(Evidence(turn_id="t2", span=Span(20_000, 36_000)),),
            )  # fmt: skip
            rating.draft(ws, place.lead, item, criterion.id, answer)
            break
    rating.submit(ws, place.lead, call_id, rubric.id)
    with ws.db.human() as uow:
        uow.calls.patch(call_id, {"title": f"A call about {WORDS[0]}"})
    place.redact()
    return place


def holds_no_secret(folder: Path) -> None:
    files = [p for p in folder.rglob("*") if p.is_file()]
    assert files
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace").casefold()
        assert not [w for w in WORDS if w in text], path.name
        assert "something private" not in text, path.name


@pytest.mark.parametrize("name", exporting.FORMATS)
def test_no_export_format_holds_the_words(told: Place, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    exporting.export(Progress(quiet=True), told.ws, told.lead, name, out)
    if name == "parquet":
        from pyarrow import parquet

        for path in out.glob("*.parquet"):
            path.with_suffix(".json").write_text(
                json.dumps(str(parquet.read_table(path).to_pylist()))
            )
    holds_no_secret(out)
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert manifest["redaction"] == "masked"
    assert manifest["counts"]["redacted_calls"] == 1
    assert manifest["calls"][0]["redacted_spans"] == {"caller": 1, "agent": 0}


def test_stm_says_what_must_not_be_scored(told: Place, tmp_path: Path) -> None:
    exporting.export(Quiet(), told.ws, told.lead, "stm", tmp_path / "out")
    (path,) = (tmp_path / "out").glob("*.stm")
    ignored = [line.split() for line in path.read_text().splitlines() if IGNORE in line]
    assert [(x[1], x[2], float(x[3]), float(x[4])) for x in ignored] == [("A", "caller", 1.0, 2.0)]


def test_an_export_without_redactions_says_so(place: Place, tmp_path: Path) -> None:
    exporting.export(Quiet(), place.ws, place.lead, "jsonl", tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["redaction"] == "none"
    assert WORDS[0] in (tmp_path / "out" / "turns.jsonl").read_text()


def test_the_review_page_and_the_command_line_obey(
    told: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = review_page.write(told.ws, told.lead, tmp_path / "page", [])
    holds_no_secret(tmp_path / "page")
    assert MARK in page.read_text()
    plan = review_page.plan(told.ws, told.lead)
    assert not any(w in p.title for p in plan for w in WORDS)
    for more in ([], ["--json", "--metrics"]):
        assert cli.run(["show", "CB-00001", "--workspace", str(told.ws.path), *more]) == 0
        out = capsys.readouterr().out
        assert MARK in out
        assert not any(w in out.casefold() for w in WORDS)


def test_a_judge_is_shown_and_told_nothing_of_it(told: Place) -> None:
    ws, call = told.ws, told.call
    masked, plain = judge_call(ws, call.id), judge_call(ws, call.id, masked=False)
    assert not any(w in repr(masked) for w in WORDS)
    assert all(w in repr(plain) for w in WORDS)
    assert [t.item for t in masked.turns] == [t.item for t in plain.turns]
    part = AudioPart(speaker="caller", span=Span(4000, 18_000))
    ((_, found),) = [("", sounds.heard(ws, call.id, [part])[0])]
    data = base64.b64decode(found["input_audio"]["data"])
    samples, rate_hz = soundfile.read(io.BytesIO(data))
    assert rate_hz == RATE
    assert not samples[SECRET.start - 4000 : SECRET.end - 4000].any()
    assert samples[SECRET.end - 4000 + RATE // 100 :].any()


def test_what_a_judge_is_asked_has_another_key_once_it_is_redacted(place: Place) -> None:
    ws, call_id = place.ws, place.call.id
    near = AudioPart(speaker="caller", span=Span(4000, 18_000))
    far = AudioPart(speaker="agent", span=Span(20_000, 30_000))
    before = sounds.names(ws, call_id, [near, far])
    shown = repr(judge_call(ws, call_id))
    made = place.redact()
    after = sounds.names(ws, call_id, [near, far])
    assert after[0] != before[0]
    assert after[1] == before[1]
    assert repr(judge_call(ws, call_id)) != shown
    from app.services import redacting

    redacting.take_back(ws, place.lead, made.id)
    assert sounds.names(ws, call_id, [near, far]) == before
    assert repr(judge_call(ws, call_id)) == shown


def test_tool_calls_at_that_time_go_out_empty(told: Place) -> None:
    from app.eval.judging.call import ToolUse

    hide = outgoing.of_call(told.ws, told.call.id)
    turns = outgoing.turn_set(told.ws, told.call.id).turns
    made = [
        masked_tool(
            hide,
            ToolUse(after_turn=at, name="set", arguments=f'{{"p": "{WORDS[0]}"}}', result="done"),
            turns, told.call,
        )
        for at in (0, 1)
    ]  # fmt: skip
    assert (made[0].arguments, made[0].result) == (MARK, MARK)
    assert (made[1].arguments, made[1].result) == (f'{{"p": "{MARK}"}}', "done")


def test_events_at_that_time_lose_their_labels(told: Place) -> None:
    marks = [{"kind": "dtmf", "start": at, "label": told} for at, told in ((9000, "47"), (1, "#"))]
    call = replace(told.call, extra={"events": marks})
    shown = outgoing.of_call(told.ws, told.call.id).call(call)
    assert [e["label"] for e in shown.extra["events"]] == [MARK, "#"]


def test_the_aligned_texts_of_a_picture_are_masked(told: Place) -> None:
    from app.services.aligned_text import AlignedLine, AlignedText, AlignedWord, masked

    words = [
        AlignedWord(op="hit", reference=w, hypothesis=w, span=Span(at, at + 500))
        for w, at in (("is", 7000), (WORDS[0], 9000))
    ]
    found = AlignedText(hypothesis="spoken", lines=(
        AlignedLine(speaker="caller", words=tuple(words)),
        AlignedLine(speaker="agent", words=tuple(words)),
    ))  # fmt: skip
    shown = masked(found, outgoing.of_call(told.ws, told.call.id))
    assert [[w.reference for w in line.words] for line in shown.lines] == [
        ["is", MARK], ["is", WORDS[0]]
    ]  # fmt: skip


def test_what_is_copied_of_a_judges_reply_is_masked(told: Place) -> None:
    from app.ui.review.reply_words import ReplyText

    hidden = outgoing.of_call(told.ws, told.call.id).hidden
    text = ReplyText(
        title="", facts=(), said=f"It said {WORDS[0]}.", asked="", request="", reply="",
        hidden=hidden,
    )  # fmt: skip
    assert text.copied("said") == f"It said {MARK}."
    assert text.part("said") == f"It said {WORDS[0]}."


def test_clips_frozen_before_a_redaction_stay_in_and_are_not_exported(place: Place) -> None:
    from app.domain.ids import new_id
    from app.domain.studies import Stimulus, StudyDesign
    from app.services.studies import making, redacted_sounds

    ws = place.ws
    rubrics.load_rubrics(ws, asset("rubrics"))
    study = making.create(ws, place.lead, "Clips", "acr", StudyDesign())
    with ws.db.human() as uow:
        for number, span in enumerate((Span(4000, 18_000), Span(24_000, 36_000)), start=1):
            item = ItemRef(kind="clip", call_id=place.call.id, span=span)
            uow.studies.add_stimuli(
                [
                    Stimulus(
                        id=new_id(), study_id=study.id, number=number, role="rate",
                        item_id=uow.scores.item(item), call_id=place.call.id, condition="a",
                        sha256=f"sha{number}",
                    )
                ]
            )  # fmt: skip
    early = place.redact(Span(24_000, 25_000))
    with ws.db.human() as uow:
        uow.studies.set_state(study.id, "open", rater_id=place.lead.rater_id)
    assert redacted_sounds.find(ws, making.get(ws, study.id)).sounds == frozenset()
    place.redact()
    found = redacted_sounds.find(ws, making.get(ws, study.id))
    assert found.sounds == {"sha1"}
    assert found.calls == 1
    from app.services import redacting, undo

    redacting.take_back(ws, place.lead, early.id)
    undo.undo(ws, place.lead, place.call.id)  # in force anew: the clip was cut by then
    assert redacted_sounds.find(ws, making.get(ws, study.id)).sounds == {"sha1", "sha2"}


def test_a_transcription_endpoint_hears_silence_and_others_hear_all(told: Place) -> None:
    from app.eval.asr.evaluators import EndpointAsr
    from app.eval.audio import CallAudio
    from app.eval.base import Watch
    from app.eval.registry import build

    remote = EndpointAsr(base_url="https://asr.example/v1", model="m")
    local = build("signal.levels")
    on = inputs.shelf(told.ws, told.call.id)
    assert on is not None
    assert inputs.facts(on, remote)["muted"] == {"caller": [[8000, 16_000]], "agent": []}
    assert "muted" not in inputs.facts(on, local)
    heard = [CallAudio(inputs.load(told.ws, on, e), Watch()).pcm("caller") for e in (remote, local)]
    assert not heard[0][SECRET.start : SECRET.end].any()
    assert heard[1][SECRET.start : SECRET.end].all()


def test_stimuli_cut_after_a_redaction_are_silent_there(told: Place) -> None:
    clip = rendering.cut(Quiet(), told.ws, told.call, Span(4000, 18_000), "caller")
    assert not clip.samples[SECRET.start - 4000 : SECRET.end - 4000].any()
    assert np.abs(clip.samples).max() > 0.1


def test_the_workspace_itself_loses_nothing(told: Place) -> None:
    assert layers.transcript(told.ws, told.call.id)[0].text == SAID
    assert len(commenting.comments(told.ws, told.lead, told.call.id)) == 2
