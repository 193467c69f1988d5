"""The report of a rubric: one HTML page with its plots inside, which needs nothing else.

Everything that comes from data is escaped. People are pseudonyms: the page is made to be passed on.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, EnvironmentFault
from app.domain.ids import new_id
from app.domain.ratings import Viewer
from app.domain.work import Work
from app.eval.calibration.rules import Rule
from app.services import places
from app.services.assets import asset
from app.services.calibrating import agreement, gather, report_words, rules
from app.services.calibrating.agreement import Cell, Panel
from app.services.calibrating.export_ids import pseudonym
from app.services.calibrating.published import published
from app.services.calibrating.rating_set import RatingSet
from app.services.calibrating.report_cell import cell_section
from app.services.calibrating.report_words import counted, thousands, when
from app.services.workspace import Workspace

SYNTHETIC = "synthetic"
ROLES = {"train": "train", "dev": "dev", "anchor_test": "anchor test", "mixed": "of two roles"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWritten:
    """What was written."""

    path: Path
    rubric: str
    judges: int
    dimensions: int
    frozen_at: str


def write_report(ctx: Work, ws: Workspace, viewer: Viewer, rubric: str, out: Path) -> ReportWritten:
    """Write the page.

    Args:
        ctx: progress and cancelling.
        ws: the workspace.
        viewer: a lead.
        rubric: key, `key@version` or id.
        out: the file; one that is there is replaced.

    Raises:
        NotAllowed: a reviewer. NotFound: no such rubric.
        BadInput: nothing is scored, or the place is a folder.
        EnvironmentFault: it cannot be written. Cancelled.
    """
    if out.is_dir():
        raise BadInput(f"{out} is a folder.", "Name a file, such as report.html.")
    read = gather.load(ws, viewer, rubric)
    pseudonyms = {r: pseudonym(read, r) for r in read.raters}
    found = _nameless(read)
    rule = rules.current(ws)
    ctx.progress(0, 0, "figures")
    cells = agreement.matrix(found, rule)
    sections = []
    for done, one in enumerate(cells):
        ctx.raise_if_cancelled()
        ctx.progress(done, len(cells), f"{one.judge.ref}, {one.criterion.key}")
        sections.append(cell_section(ws, found, one, rule))
    panels = [_panel(found, p, pseudonyms) for p in agreement.panels(found)]
    page = _page(found, rule, cells, panels, sections)
    ctx.raise_if_cancelled()
    _write(out, page)
    return ReportWritten(
        path=out, rubric=f"{found.rubric.key}@{found.rubric.version}",
        judges=len({c.judge.id for c in cells}), dimensions=len({c.criterion.key for c in cells}),
        frozen_at=found.frozen_at,
    )  # fmt: skip


def _nameless(found: RatingSet) -> RatingSet:
    """The set with `R1`, `R2`, ... for people's names, wherever they come up."""
    people = sorted(pseudonym(found, found.raters[n]) for n in found.people.tolist())
    short = {name: f"R{at}" for at, name in enumerate(people, start=1)}
    names = {
        rater: (kind, short.get(pseudonym(found, rater), "") if kind == "human" else name, known)
        for rater, (kind, name, known) in found.names.items()
    }
    return replace(found, names=names)


def _page(
    found: RatingSet,
    rule: Rule,
    cells: Sequence[Cell],
    panels: Sequence[dict[str, Any]],
    sections: Sequence[dict[str, Any]],
) -> str:
    import jinja2

    source = asset("templates", "calibration_report.html").read_text(encoding="utf-8")
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(source)
    return template.render(
        rubric=found.rubric, version=places.version(), data_of=when(found.frozen_at),
        facts=_facts(found, rule), warnings=_warnings(found), rows=_matrix(cells),
        dimensions=[c.title for c in found.rubric.criteria if _scored(cells, c.key)],
        panels=panels, cells=sections,
        published=_published(found), methods=report_words.METHODS,
    )  # fmt: skip


def _scored(cells: Sequence[Cell], key: str) -> bool:
    return any(c.criterion.key == key for c in cells)


def _facts(found: RatingSet, rule: Rule) -> dict[str, str]:
    splits = found.splits
    roles = ", ".join(
        f"{ROLES[r]} {thousands(found.roles.count(r))}" for r in ROLES if r in found.roles
    )
    frozen = f"frozen {splits.frozen_at[:10]}" if splits.is_frozen else "not frozen"
    return {
        "Rubric": f"{found.rubric.key} {found.rubric.version}, {found.rubric.sha256[:12]}",
        "Data": f"{counted(len(found.items), 'item')} in {counted(len(found.calls), 'call')}, "
        f"{counted(len(found.rows), 'score')}",
        "Raters": f"{counted(len(found.people), 'person', 'people')}, "
        f"{counted(len(found.judges), 'judge version')}",
        "Splits by call": f"{roles}; {frozen}",
        "Rule of verdicts": f"{rule.name} {rule.version}"
        + (f" ({rule.reason})" if rule.reason else ""),
    }


def _warnings(found: RatingSet) -> list[str]:
    people = [found.raters[n] for n in found.people.tolist()]
    synthetic = [p for p in people if SYNTHETIC in found.names[p][2].lower()]
    out = []
    if synthetic:
        out.append(report_words.SYNTHETIC.format(count=len(synthetic), all=len(people)))
    if not found.splits.is_frozen:
        out.append(
            "The splits are not frozen: a judge may have seen calls that it is examined on, so no "
            "verdict rests on anchors."
        )
    for kind, count in found.stale.items():
        whose = "people" if kind == "human" else "judges"
        out.append(
            f"{counted(count, 'score')} of {whose}: the speech is timed otherwise by now; left out."
        )
    return out


def _matrix(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    keys = list(dict.fromkeys(c.criterion.key for c in cells))
    judges = {c.judge.id: c.judge for c in cells}
    by_place = {(c.judge.id, c.criterion.key): c for c in cells}
    return [
        {
            "judge": judge.label,
            "sha": judge.short_sha,
            "cells": [_short(by_place.get((judge.id, key))) for key in keys],
        }
        for judge in judges.values()
    ]


def _short(one: Cell | None) -> dict[str, Any] | None:
    if one is None:
        return None
    held = one.found.evidence.agreement
    told = report_words.figure(held.measure, one.agreement)
    people = report_words.figure(held.measure, held.human)
    return {
        "anchor": anchor(one), "state": one.verdict.state,
        "name": report_words.STATES[one.verdict.state],
        "measure": report_words.SHORT.get(held.measure, told["name"]),
        "value": told["value"], "interval": told["interval"], "ceiling": people["value"],
    }  # fmt: skip


def anchor(one: Cell) -> str:
    """Where the page has a cell."""
    return f"c-{one.judge.short_sha}-{one.criterion.id[-12:]}"


def _panel(found: RatingSet, panel: Panel, pseudonyms: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": panel.criterion.title, "question": panel.criterion.question,
        "scale": panel.criterion.scale.capitalize(), "not_blind": _not_blind(panel),
        "figures": [report_words.figure(k, v) for k, v in panel.figures.items()],
        "raters": [
            {
                "name": found.names[r][1], "pseudonym": pseudonyms[r],
                "expertise": found.names.get(r, ("", "", ""))[2] or "not said",
                "harshness": report_words.number(panel.harshness[r], signed=True)
                if r in panel.harshness
                else "",
            }
            for r in sorted(panel.raters, key=lambda r: (len(found.names[r][1]), found.names[r][1]))
        ],
    }  # fmt: skip


def _not_blind(panel: Panel) -> str:
    if not panel.not_blind:
        return ""
    return f"; {counted(panel.not_blind, 'score')} not given blind, left out"


def _published(found: RatingSet) -> dict[str, Any] | None:
    told = published(found.rubric.key)
    if told is None:
        return None
    low, high = told["interval"]
    weights = "quadratic weights" if told["weights"] == "quadratic" else "no weights"
    return {
        **told, "weights": weights, "interval": f"{low:.3f} to {high:.3f}",
    }  # fmt: skip


def _write(out: Path, page: str) -> None:
    part = out.with_name(f".{out.name}.{new_id()}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        raise EnvironmentFault(
            f"{out} cannot be written: {error.strerror or error}.",
            "Choose a place that you may write to, with room on the disk.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
