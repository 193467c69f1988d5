"""What leaves a study: whole, safe in spreadsheets, the same again; and what comes back in."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.calls import Call
from app.domain.errors import BadInput, NotAllowed
from app.domain.ratings import Viewer
from app.domain.studies import Study
from app.services import raters
from app.services.calls import get_call
from app.services.formats.cells import unguard
from app.services.studies import exporting, results, votes_in
from app.services.workspace import Workspace

Filled = Callable[[int], list[Call]]


def read(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_text("utf-8"), newline="")))


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(x) for x in (folder / name).read_text("utf-8").splitlines()]


@pytest.fixture
def voted(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> Callable[..., Study]:
    def make(instrument: str = "acr", **design: Any) -> Study:
        study: Study = kit.open(ws, lead, filled(4), instrument, **design)
        for who in (rater, raters.sign_in(ws, "Bea", "reviewer")):
            session = kit.Session(ws, who, study)
            session.vote(None, fault=True, note="=HYPERLINK(1)")
            session.finish(lambda n: 1 + n % 3)
        return study

    return make


def test_votes_and_figures(
    ws: Workspace, lead: Viewer, voted: Callable[..., Study], tmp_path: Path
) -> None:
    study = voted(block=20)
    made = exporting.export_study(ws, lead, study.code, tmp_path / "one")
    assert set(made.files) == {
        "votes.csv", "votes.parquet", "mos_per_item.csv", "mos_per_condition.csv", "manifest.json",
    }  # fmt: skip
    rows = read(made.out_dir, "votes.csv")
    assert len(rows) == made.votes == 18
    assert sum(r["valid"] == "1" for r in rows) == 16
    assert {r["void_reason"] for r in rows if r["valid"] == "0"} == {"fault"}
    assert all(r["rater_id"].startswith("R-") for r in rows), "no names"
    import pyarrow.parquet as pq

    stored = pq.read_table(made.out_dir / "votes.parquet").to_pylist()
    assert [r["value"] for r in stored] == [float(r["value"]) if r["value"] else None for r in rows]
    found = results.results(ws, lead, study.id)
    per_item = read(made.out_dir, "mos_per_item.csv")
    assert [float(r["mean"]) for r in per_item] == [i.opinion.mean for i in found.items]
    used = {(r["id"], r["votes_used"]) for r in read(made.out_dir, "mos_per_condition.csv")}
    assert used == {
        (c, u) for c in ("orin", "kestrel")
        for u in ("by_the_rules", "all_valid", "without_outliers")
    }  # fmt: skip
    manifest = json.loads((made.out_dir / "manifest.json").read_text("utf-8"))
    assert manifest["study"]["snapshot_sha256"] == study.snapshot_sha256
    assert manifest["study"]["wording"].startswith("ACR, expert panel, 2 raters")
    for name, told in manifest["files"].items():
        data = (made.out_dir / name).read_bytes()
        assert told["sha256"] == hashlib.sha256(data).hexdigest()


def test_again_is_the_same_to_the_byte(
    ws: Workspace, lead: Viewer, voted: Callable[..., Study], tmp_path: Path
) -> None:
    study = voted()
    one = exporting.export_study(ws, lead, study.id, tmp_path / "one")
    two = exporting.export_study(ws, lead, study.id, tmp_path / "two")
    exporting.export_study(ws, lead, study.id, tmp_path / "one")
    for name in one.files:
        assert (one.out_dir / name).read_bytes() == (two.out_dir / name).read_bytes()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(BadInput):
        exporting.export_study(ws, lead, study.id, tmp_path / "mine")


def test_cells_that_a_spreadsheet_would_run_are_marked(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace, tmp_path: Path
) -> None:
    calls = filled(2)
    with ws.db.human() as uow:
        uow.connection.exec_driver_sql("UPDATE call SET agent = '=1+1' WHERE agent = 'orin'")
    study = kit.open(ws, lead, [get_call(ws, c.id) for c in calls])
    kit.Session(ws, rater, study).finish(lambda n: 1 + n)
    made = exporting.export_study(ws, lead, study.id, tmp_path / "out")
    cells = {r["condition_id"] for r in read(made.out_dir, "votes.csv")}
    assert cells == {"'=1+1", "kestrel"}
    assert {r["id"] for r in read(made.out_dir, "mos_per_condition.csv")} == {"'=1+1", "kestrel"}
    assert unguard("'=1+1") == "=1+1"


def test_preferences_and_ties(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace, tmp_path: Path
) -> None:
    study = kit.open(ws, lead, filled(4), "pairwise", question="Which is calmer?")
    stimuli = {s.number: s for s in _stimuli(ws, study)}
    kit.Session(ws, rater, study).finish(lambda n: (3, 0, -1, 2)[n])
    made = exporting.export_study(ws, lead, study.id, tmp_path / "out")
    told, ties = lines(made.out_dir, "preference.jsonl"), lines(made.out_dir, "ties.jsonl")
    assert (len(told), len(ties)) == (3, 1)
    assert {t["margin"] for t in told} == {3, 1, 2}
    by_item = {i.stimulus.number: i.opinion.mean for i in results.results(ws, lead, study.id).items}
    for row in told:
        stimulus, mean = stimuli[row["item_id"]], by_item[row["item_id"]]
        wanted = stimulus.sha256 if (mean or 0) > 0 else stimulus.other_sha256
        assert row["chosen"]["audio_sha256"] == wanted
        assert row["prompt"] == "Which is calmer?"


def _stimuli(ws: Workspace, study: Study) -> list[Any]:
    with ws.db.read() as uow:
        return list(uow.studies.stimuli(study.id))


def test_our_own_votes_come_back_elsewhere_and_stay_apart(
    ws: Workspace, lead: Viewer, voted: Callable[..., Study], tmp_path: Path
) -> None:
    study = voted(block=20)
    before = results.results(ws, lead, study.id)
    made = exporting.export_study(ws, lead, study.id, tmp_path / "out")
    file = made.out_dir / "votes.csv"
    again = votes_in.import_votes(ws, lead, file)
    assert (again.added, again.known, again.faults) == (0, 18, ())
    # Where the sessions are not known, they are another laboratory's votes.
    away = tmp_path / "away.csv"
    sessions = {r["session_id"] for r in read(made.out_dir, "votes.csv")}
    text = file.read_text("utf-8")
    for session in sessions:
        text = text.replace(session, f"x{session[1:]}")
    away.write_text(text, "utf-8")
    found = votes_in.import_votes(ws, lead, away)
    assert (found.study.code, found.added, found.known, found.raters) == (study.code, 18, 0, 2)
    twice = votes_in.import_votes(ws, lead, away)
    assert (twice.added, twice.known) == (0, 18)
    after = results.results(ws, lead, study.id)
    assert after.conditions == before.conditions
    assert {n: o.mean for n, o in after.imported.items()} == {
        n: o.mean for n, o in before.conditions.items()
    }
    marked = [r for r in after.raters if r.imported]
    assert [r.imported for r in marked] == ["away.csv"] * 2
    names = {r.name for r in marked}
    assert not names & {p.name for p in raters.raters(ws)}, "nobody signs in as them"
    with ws.db.read() as uow:
        assert uow.connection.exec_driver_sql("SELECT count(*) FROM score").scalar() == 16
    third = exporting.export_study(ws, lead, study.id, tmp_path / "with")
    rows = read(third.out_dir, "votes.csv")
    assert [r["imported"] for r in rows].count("away.csv") == 18
    assert {r["voted_at"] for r in rows[:18]} == {r["voted_at"] for r in rows[18:]}


def test_rows_that_do_not_fit_are_told_one_by_one(
    ws: Workspace, lead: Viewer, rater: Viewer, voted: Callable[..., Study], tmp_path: Path
) -> None:
    study = voted(block=20)
    one, two = _stimuli(ws, study)[:2]
    body = [
        "HITId,workerid,file,vote,condition",
        f"H1,W1,https://x/clips/{one.sha256}.wav?sas=1,4,a",
        f"H1,W1,{two.sha256}.wav,5,a",
        f"H2,W2,{one.sha256}.wav,9,a",
        f"H2,W2,{'0' * 64}.wav,3,a",
        "H2,W2,somewhere/else.wav,3,a",
        f"H2,W2,{one.sha256}.wav,good,a",
        f"H2,,{one.sha256}.wav,3,a",
        f"H2,W2,{one.sha256}.wav,2,a",
    ]
    file = tmp_path / "batch_votes_per_worker_.csv"
    file.write_text("\n".join(body), "utf-8")
    found = votes_in.import_votes(ws, lead, file)
    assert (found.format, found.added, found.raters) == ("p808", 3, 2)
    assert [f.row for f in found.faults] == [4, 5, 6, 7, 8]
    reasons = [f.reason for f in found.faults]
    assert "9 is not one of" in reasons[0]
    assert "no such stimulus" in reasons[1]
    assert "not named after" in reasons[2]
    assert "no number" in reasons[3]
    assert reasons[4] == "no rater"
    again = votes_in.import_votes(ws, lead, file)
    assert (again.added, again.known) == (0, 3)
    with pytest.raises(NotAllowed):
        votes_in.import_votes(ws, rater, file)


@pytest.mark.parametrize(
    ("data", "match"),
    [(b"a,b\n1,2\n", "no votes"), (b"\xff\xfe\x00", "not UTF-8"), (b"", "no votes")],
)
def test_other_files_are_refused(
    ws: Workspace, lead: Viewer, tmp_path: Path, data: bytes, match: str
) -> None:
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(BadInput, match=match):
        votes_in.import_votes(ws, lead, tmp_path / "x.csv")
    with pytest.raises(BadInput, match="cannot be read"):
        votes_in.import_votes(ws, lead, tmp_path / "none.csv")


def test_votes_of_no_study_here_are_refused(ws: Workspace, lead: Viewer, tmp_path: Path) -> None:
    file = tmp_path / "v.csv"
    file.write_text(f"workerid,file,vote\nW,{'a' * 64}.wav,3\n", "utf-8")
    with pytest.raises(BadInput, match="No study"):
        votes_in.import_votes(ws, lead, file)


def test_clips_can_go_with_it(
    ws: Workspace, lead: Viewer, voted: Callable[..., Study], tmp_path: Path
) -> None:
    study = voted()
    made = exporting.export_study(ws, lead, study.id, tmp_path / "out", with_sounds=True)
    sounds = [f for f in made.files if f.startswith("sounds/")]
    assert {f"sounds/{s.sha256}.wav" for s in _stimuli(ws, study)} == set(sounds)
    for name in sounds:
        data = (made.out_dir / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == Path(name).stem
    assert len(read(made.out_dir, "stimuli.csv")) == 8
