"""The calibration demo: short calls, three synthetic raters and six rule judges, by known faults.

Four judge replies, two judge pairs of calls.

Nothing of it is a stored result: raters' answers are drawn from a plan and a seed as it is added,
and the judges are run on the imported calls. Adding it again adds only what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.domain.evaluation import JUDGING, Run
from app.domain.imports import ImportOptions, ImportResult
from app.domain.query import parse
from app.domain.ratings import Answer, Viewer
from app.domain.rubrics import RubricVersion
from app.domain.work import Work
from app.services import calls, demo_calls, demo_pairs, demo_truth, rubrics, scenarios, timing
from app.services.assets import asset
from app.services.calibrating import splits
from app.services.calibrating.board import SYNTHETIC
from app.services.demo_truth import FOLDER, Truth, Values
from app.services.judging.run_notes import Pair
from app.services.rating_forms import items_of
from app.services.workspace import Workspace
from db.repos.assignments import AssignmentRepo
from db.repos.calibration_facts import CalibrationFacts
from db.repos.scores import NewScore
from db.unit_of_work import UnitOfWork

TITLE = "Calibration demo"
PAIRS = "Calibration demo, pairs"
AGAIN = "Calibration demo, anchors once more"
REASON = "Drawn at random for the calibration demo"
NOBODY = Viewer(rater_id="", name=TITLE, role="lead")


def add(ctx: Work, ws: Workspace) -> ImportResult:
    """Add the calls, the raters' answers and the judges' verdicts that are not there yet.

    The calls go into the archive: calibration sees them there, and the library stays as it was.

    Raises:
        EnvironmentFault: the workspace cannot be written, or our files are missing.
        Cancelled: asked for through `ctx`; running it again completes it.
    """
    from app.services.judging import definition_files

    truth = demo_truth.read_truth()
    scenarios.load_scenarios(ws, asset("scenarios"))
    rubrics.load_rubrics(ws, asset(FOLDER, "rubrics"))
    definition_files.load_judges(ws, asset(FOLDER, "judges"))
    result, ids = _calls(ctx, ws)
    people = _raters(ws, truth)
    _compare(ctx, ws, truth, people, ids)
    # Last, so that Calibrate opens with replies: what was scored last comes first there.
    _rate(ctx, ws, truth, _newest(ws, truth.rubric), people, ids)
    _judge(ctx, ws, sorted(truth.judges), [ids[key] for key in sorted(ids)])
    return result


def _newest(ws: Workspace, key: str) -> RubricVersion:
    return max((r for r in rubrics.rubric_versions(ws) if r.key == key), key=lambda r: r.version)


def _compare(
    ctx: Work, ws: Workspace, truth: Truth, people: Mapping[str, Viewer], ids: Mapping[str, str]
) -> None:
    """The raters' preferences on pairs, and the judges of pairs on the same ones."""
    pairs, chance = demo_pairs.drawn(ws, truth, ids)
    if not pairs:
        return
    rubric = _newest(ws, truth.pairs.rubric)
    demo_pairs.rate(ctx, ws, truth, rubric, people, ids, pairs, chance)
    compared = list(dict.fromkeys(call_id for two in pairs for call_id in two))
    _run(ctx, ws, PAIRS, sorted(truth.pairs.judges), compared, pairs=pairs)


def _calls(ctx: Work, ws: Workspace) -> tuple[ImportResult, dict[str, str]]:
    """What was imported, and each call by its key. Until the judges run, they are archived."""
    options = ImportOptions(channels="caller,agent", source=TITLE, text_role="intended")
    result, ids = demo_calls.bring(ctx, ws, asset(FOLDER, "calls"), options)
    if _made(ws, TITLE) is None:
        with ws.db.machine() as uow:
            for call_id in ids.values():
                calls.change_call(uow, NOBODY, call_id, {"archived": True}, log=False)
    return result, ids


def _raters(ws: Workspace, truth: Truth) -> dict[str, Viewer]:
    """The synthetic raters, whom nobody can sign in as."""
    found = {}
    with ws.db.human() as uow:
        for one in truth.raters:
            known = uow.raters.person(one.name)
            if known is None:
                known = uow.raters.add_person(one.name, "reviewer", SYNTHETIC)
                uow.raters.set_active(known.rater_id, False)
            found[one.name] = known
    return found


def _rate(
    ctx: Work, ws: Workspace, truth: Truth, rubric: RubricVersion, people: Mapping[str, Viewer],
    ids: Mapping[str, str],
) -> None:  # fmt: skip
    """Submit a form for each rater and drawn call that has none."""
    given = demo_truth.answers(truth, rubric)
    chosen = sorted(next(iter(given.values())))
    for done, key in enumerate(chosen):
        ctx.raise_if_cancelled()
        ctx.progress(done, len(chosen), "Answers of the synthetic raters")
        if key not in ids:
            continue
        with ws.db.read() as reader:
            waiting = [
                viewer for viewer in people.values()
                if not reader.scores.last_submission(viewer.rater_id, ids[key], rubric.id)[0]
            ]  # fmt: skip
        if waiting:
            _submit(ws, truth, rubric, waiting, ids[key], {n: g[key] for n, g in given.items()})


def _submit(
    ws: Workspace, truth: Truth, rubric: RubricVersion, waiting: Sequence[Viewer], call_id: str,
    given: Mapping[str, Sequence[Values]],
) -> None:  # fmt: skip
    items = items_of(call_id, rubric, timing.turn_set(ws, call_id))
    criteria = {c.key: c.id for c in rubric.criteria}
    with ws.db.machine() as uow:
        for viewer in waiting:
            _assign(uow, truth, rubric, viewer, call_id)
            submission_id = uow.scores.add_submission(viewer.rater_id, call_id, rubric.id)[0]
            for item, values in zip(items, given[viewer.name], strict=True):
                item_id = uow.scores.item(item)
                for key, value in values.items():
                    uow.scores.add(
                        NewScore(
                            call_id=call_id, item_id=item_id, rubric_version_id=rubric.id,
                            criterion_id=criteria[key], rater_id=viewer.rater_id,
                            answer=Answer(status="observed", value=value), phase="submitted",
                            blind=True, submission_id=submission_id,
                        )
                    )  # fmt: skip
        uow.summaries.refresh_raters(call_id)


def _assign(
    uow: UnitOfWork, truth: Truth, rubric: RubricVersion, viewer: Viewer, call_id: str
) -> None:
    """Say with which chance the call came to the rater: means are corrected by it."""
    chance = truth.labelled / len(truth.plan)
    AssignmentRepo(uow.connection).add([
        {"call_id": call_id, "item_id": None, "rater_id": viewer.rater_id, "policy": "random",
         "reason": REASON, "rubric_version_id": rubric.id, "inclusion_prob": chance,
         "seed": truth.seed}
    ])  # fmt: skip


def _judge(ctx: Work, ws: Workspace, names: Sequence[str], call_ids: Sequence[str]) -> None:
    """Run the demo's judges once, and the first of them again on the anchors."""
    _run(ctx, ws, TITLE, names, call_ids)
    anchors = _anchors(ws, call_ids)
    if anchors:
        _run(ctx, ws, AGAIN, names[:1], anchors, anew=True)


def _run(
    ctx: Work, ws: Workspace, title: str, names: Sequence[str], call_ids: Sequence[str],
    *, anew: bool = False, pairs: Sequence[Pair] | None = None,
) -> None:  # fmt: skip
    """Make and carry out a judge run unless it is done; one that was left unfinished goes on."""
    from app.services.judging import judging_runs
    from app.services.judging.judge_choices import JudgeChoice

    run = _made(ws, title)
    if run is None:
        choices = [JudgeChoice(ref=name) for name in names]
        run = judging_runs.create(
            ws, NOBODY, call_ids, choices, title=title, anew=anew, pairs=pairs
        )
    if run.is_live:
        judging_runs.drive(ctx, ws, run.id)


def _made(ws: Workspace, title: str) -> Run | None:
    """The demo's own judge run of that title."""
    with ws.db.read() as uow:
        return next((r for r in uow.runs.all() if r.kind == JUDGING and r.title == title), None)


def _anchors(ws: Workspace, call_ids: Sequence[str]) -> list[str]:
    """The demo's frozen anchors; none where splits are not frozen.

    They are frozen here only where the workspace holds samples alone: elsewhere a lead decides.
    """
    if _holds_samples_alone(ws, len(call_ids)):
        splits.freeze(ws, NOBODY)
    with ws.db.read() as uow:
        split = splits.stored(uow)
        facts = CalibrationFacts(uow.connection).calls(call_ids)
    return [c.id for c in facts if split.is_frozen and split.role(c) == "anchor_test"]


def _holds_samples_alone(ws: Workspace, known: int) -> bool:
    """Whether every call came with the program; `known` of them are this demo's."""
    folders = (asset("demo", "calls"), asset(FOLDER, "calls"))
    most = known + len(list(folders[0].glob("*.flac")))
    with ws.db.read() as uow:
        seqs = [n for words in ("", "archived:yes") for n in uow.library.seqs(NOBODY, parse(words))]
        if len(seqs) > most:
            return False
        found = uow.calls.many(uow.calls.ids_of(seqs))
    return all(Path(c.source_path).parent in folders for c in found)
