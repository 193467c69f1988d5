"""Editing rubrics: drafts are checked in words and become new versions; old versions stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app.domain.changes import Changes
from app.domain.errors import BadInput, EnvironmentFault, NotAllowed
from app.domain.ids import new_id
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion, Level, RubricVersion, ScaleKind
from app.services.calibrating.prompt_guard import refuse_anchors
from app.services.rubrics import read_rubric, rubric_of
from app.services.workspace import Workspace

RULE, EXAMPLES_MOST = "na_rule", 20
"""The key of a rubric's not-applicable rule among its extras."""
_RESTORED = ("restores", "after")
DIGITS = range(10)
"""A level's value is the digit to press; pairs also go below zero."""

SCALES: Mapping[ScaleKind, tuple[Level, ...]] = {
    "ordinal": tuple(Level(value=v, anchor="") for v in (5, 4, 3, 2, 1)),
    "binary": (Level(value=1, anchor="", label="Yes"), Level(value=0, anchor="", label="No")),
    "nominal": tuple(Level(value=v, anchor="") for v in (1, 2, 3)),
    "interval": tuple(Level(value=v, anchor="") for v in range(9, -1, -1)),
}
"""What a criterion's scale begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that keeps a draft from being saved."""

    words: str
    criterion: int | None = None
    """Place of the criterion; None where it is of the rubric itself."""


def blank(title: str = "") -> RubricVersion:
    """A new rubric with one empty criterion; not stored."""
    return RubricVersion(
        id="", key="", version=0, title=title, sha256="", criteria=(blank_criterion(()),)
    )


def blank_criterion(taken: Iterable[Criterion]) -> Criterion:
    """An empty criterion on the usual scale, with a key that is free."""
    return Criterion(
        id=new_id(),
        key=_free("criterion", {c.key for c in taken}),
        title="",
        question="",
        scope="call",
        scale="ordinal",
        levels=SCALES["ordinal"],
    )


def copy_of(rubric: RubricVersion) -> RubricVersion:
    """A draft of a new rubric with the same criteria."""
    return replace(rubric, id="", key="", version=0, title=f"{rubric.title}, copy", sha256="")


def with_scale(criterion: Criterion, scale: ScaleKind) -> Criterion:
    """The criterion on another kind of scale; anchors of values that both have stay."""
    if scale == criterion.scale:
        return criterion
    if scale != "binary" and criterion.scale != "binary":
        return replace(criterion, scale=scale)
    known = {level.value: level for level in criterion.levels}
    levels = tuple(
        replace(level, anchor=known[level.value].anchor) if level.value in known else level
        for level in SCALES[scale]
    )
    values = {level.value for level in levels}
    asked = tuple(v for v in criterion.rationale_required_at if v in values)
    return replace(criterion, scale=scale, levels=levels, rationale_required_at=asked)


def problems(draft: RubricVersion) -> tuple[Problem, ...]:
    """Everything that is missing or wrong, in the order of the form."""
    found = []
    if not draft.title.strip():
        found.append(Problem(words="The rubric has no title."))
    if not draft.criteria:
        found.append(Problem(words="The rubric has no criterion. Add one."))
    keys = [c.key for c in draft.criteria]
    for at, criterion in enumerate(draft.criteria):
        words = list(_of_criterion(criterion))
        if keys.index(criterion.key) != at:
            words.append("has the same key as one above it")
        name = f"“{criterion.title.strip()}”" if criterion.title.strip() else "It"
        found += [Problem(words=f"{at + 1}. {name} {w}.", criterion=at) for w in words]
    return tuple(found)


def _of_criterion(criterion: Criterion) -> Iterable[str]:
    if not criterion.title.strip():
        yield "has no title"
    if not criterion.question.strip():
        yield "asks no question"
    yield from _of_scale(criterion)
    if criterion.weight < 0:
        yield "has a negative weight"


def _of_scale(criterion: Criterion) -> Iterable[str]:
    values = [level.value for level in criterion.levels]
    if len(values) < 2:
        yield "needs at least two levels"
    if len(set(values)) < len(values):
        yield f"has the value {next(v for v in values if values.count(v) > 1)} twice"
    if criterion.scale == "binary" and len(values) != 2:
        yield "is binary, so it has two levels"
    if criterion.scope not in ("pair",) and any(v not in DIGITS for v in values):
        yield "has a value that no digit key gives; use 0 to 9"
    for level in criterion.levels:
        if not level.anchor.strip():
            yield f"has no written anchor at {level.value}"
    for value in criterion.rationale_required_at:
        if value not in values:
            yield f"asks a rationale at {value}, which is not on its scale"


def save(ws: Workspace, viewer: Viewer, draft: RubricVersion) -> RubricVersion:
    """Store a draft as the next version of its rubric, or as a rubric of its own.

    Earlier versions stay, and what was scored stays with its own.

    Args:
        ws: the workspace.
        viewer: a lead.
        draft: its key names the rubric that it continues; an empty key makes a new one.

    Raises:
        NotAllowed: a reviewer may not edit rubrics.
        BadInput: something is missing, nothing differs from the newest version, or it quotes a
            call of the test split.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead edits rubrics.", "Sign in as a lead.")
    wrong = problems(draft)
    if wrong:
        more = f" ({len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise BadInput(f"{wrong[0].words}{more}", "Mend it, then save again.")
    with ws.db.human() as uow:
        stored = uow.rubrics.all()
        key = draft.key or _free(slug(draft.title), {r.key for r in stored})
        own = [r for r in stored if r.key == key]
        extra = {k: v for k, v in draft.extra.items() if k not in _RESTORED}
        draft = replace(draft, key=key, extra=extra)
        made = rubric_of(body_of(draft))
        newest = own[-1] if own else None
        if newest is not None and meaning(newest) == meaning(made):
            raise BadInput(f"Nothing differs from version {newest.version}.")
        if uow.rubrics.find(made.sha256) is not None:
            # The words of an earlier version again: the same body may be stored only once.
            again = {"restores": next(r.version for r in own if r.sha256 == made.sha256)}
            again["after"] = newest.version if newest is not None else 0
            made = rubric_of(body_of(replace(draft, extra={**extra, **again})))
        # Its words go into prompts.
        refuse_anchors(uow, body_of(made), "" if newest is None else body_of(newest))
        made = replace(made, version=newest.version + 1 if newest is not None else 1)
        uow.rubrics.add(made)
        uow.touch(Changes(rubrics=True))
    return made


def meaning(rubric: RubricVersion) -> dict[str, Any]:
    """What a version says, apart from ids, number and what it restores."""
    return {k: v for k, v in body_of(rubric).items() if k not in _RESTORED}


def body_of(rubric: RubricVersion) -> dict[str, Any]:
    """The plain form that `rubrics.rubric_of` reads, without the version."""
    body: dict[str, Any] = {"key": rubric.key, "title": rubric.title.strip()}
    if rubric.source:
        body["source"] = rubric.source
    body |= {k: v for k, v in rubric.extra.items() if v not in ("", None)}
    body["criteria"] = [_plain(c) for c in rubric.criteria]
    return body


def _plain(criterion: Criterion) -> dict[str, Any]:
    body: dict[str, Any] = {
        "key": criterion.key,
        "title": criterion.title.strip(),
        "question": criterion.question.strip(),
        "scope": criterion.scope,
        "scale": criterion.scale,
        "na_allowed": criterion.na_allowed,
    }
    if not criterion.higher_is_better:
        body["higher_is_better"] = False
    if criterion.weight != 1.0:
        body["weight"] = criterion.weight
    if criterion.rationale_required_at:
        body["rationale_required_at"] = sorted(criterion.rationale_required_at)
    body["levels"] = [
        {k: v for k, v in asdict(level).items() if v != ""} for level in criterion.levels
    ]
    examples = [e.strip() for e in criterion.examples if e.strip()]
    if examples:
        body["examples"] = examples[:EXAMPLES_MOST]
    return body


def to_yaml(rubric: RubricVersion) -> str:
    """A rubric as a file that can be imported again."""
    import yaml

    body = body_of(rubric)
    numbered = {"key": body.pop("key"), "version": max(rubric.version, 1), **body}
    return str(yaml.safe_dump(numbered, sort_keys=False, allow_unicode=True, width=100))


def export_file(rubric: RubricVersion, path: Path) -> None:
    """Write a rubric as YAML.

    Raises:
        EnvironmentFault: it cannot be written.
    """
    try:
        path.write_text(to_yaml(rubric), encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(
            f"{path} could not be written: {error.strerror or error}.", "Choose another folder."
        ) from error


def import_file(path: Path) -> RubricVersion:
    """A draft from a YAML file, to be looked at before it is saved.

    Raises:
        BadInput: the file is no rubric.
    """
    return read_rubric(path)


def slug(title: str) -> str:
    """A key made of a title: `Handles hardship` → `handles_hardship`."""
    return "_".join(re.findall(r"[a-z0-9]+", title.lower()))[:48] or "rubric"


def keyed(criterion: Criterion, others: Sequence[Criterion]) -> Criterion:
    """A criterion that was never saved takes its key from its title."""
    return replace(criterion, key=_free(slug(criterion.title), {c.key for c in others}))


def _free(wanted: str, taken: Iterable[str]) -> str:
    known, at = set(taken), 2
    found = wanted
    while found in known:
        found, at = f"{wanted}_{at}", at + 1
    return found
