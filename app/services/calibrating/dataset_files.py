"""A dataset's folder as it is read: nothing of it is believed before its hashes fit."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from app.domain.errors import BadInput, EnvironmentFault
from app.domain.work import Work
from app.services.calibrating.export_manifest import DATASET
from app.services.exporting import folder as exported

if TYPE_CHECKING:
    from app.services.calibrating.dataset_manifest import ManifestShape
    from app.services.calibrating.dataset_shapes import (
        CallRow,
        ItemRow,
        ScoreRow,
        Shape,
        TranscriptRow,
    )

MOST_MANIFEST_BYTES = 64 << 20
MOST_TABLE_BYTES = 2 << 30
MOST_CLIP_BYTES = 4 << 30
MOST_FILES = 1_000_000
CHUNK = 1 << 20
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Half of a pair that only together is a letter."""
_NAME = re.compile(r"^[A-Za-z0-9_.,=@+ -]+$")
_AGAIN = "Export it again, or ask for the folder as it was exported."

S = TypeVar("S", bound="Shape")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A folder whose files are as its manifest says, read and checked."""

    folder: Path
    manifest: ManifestShape
    calls: Sequence[CallRow]
    items: Sequence[ItemRow]
    scores: Sequence[ScoreRow]
    transcripts: Sequence[TranscriptRow]
    files: Mapping[str, str]
    """Name → hash of everything that the manifest names."""


def is_dataset(folder: Path) -> bool:
    """Whether a folder says that it is a calibration dataset."""
    try:
        return str(told_by(folder).get("dataset", "")).startswith(DATASET.rpartition("/")[0])
    except (BadInput, EnvironmentFault):
        return False


def read(ctx: Work, folder: Path) -> Dataset:
    """Read a dataset.

    Raises:
        BadInput: it is none, a file is missing, changed, cut off or too large, a name leads out of
            the folder, or what is written in it cannot be.
        EnvironmentFault: it cannot be read. Cancelled.
    """
    from app.services.calibrating import dataset_shapes as shapes
    from app.services.calibrating.dataset_manifest import ManifestShape

    body = told_by(folder)
    if body.get("schema") != exported.SCHEMA or body.get("dataset") != DATASET:
        raise BadInput(
            f"{folder} holds no calibration dataset that this version reads.",
            "Choose the folder of an export, or install the newer version.",
        )
    files = _verified(ctx, folder, body.get("files"))
    manifest = _shaped(ManifestShape, body, exported.MANIFEST)
    found = Dataset(
        folder=folder, manifest=manifest, files=files,
        calls=_table(folder, files, "calls.jsonl", shapes.CallRow),
        items=_table(folder, files, "items.jsonl", shapes.ItemRow),
        scores=_table(folder, files, "scores.jsonl", shapes.ScoreRow),
        transcripts=_table(folder, files, "transcripts.jsonl", shapes.TranscriptRow),
    )  # fmt: skip
    _check(found)
    return found


def told_by(folder: Path) -> dict[str, Any]:
    """What a folder's manifest says, whatever it is; nothing of it is believed.

    Raises:
        BadInput: there is none, or it is damaged.
    """
    path = folder / exported.MANIFEST
    try:
        if path.stat().st_size > MOST_MANIFEST_BYTES:
            raise BadInput(f"{path} is too large for a manifest.", _AGAIN)
        body = _parsed(path.read_bytes())
    except OSError as error:
        raise BadInput(
            f"{folder} has no manifest that can be read: {error.strerror or error}.",
            "Choose the folder of an export.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is damaged.", _AGAIN) from error
    if not isinstance(body, dict):
        raise BadInput(f"{path} is no manifest.", _AGAIN)
    return body


def _verified(ctx: Work, folder: Path, listed: Any) -> dict[str, str]:
    if not isinstance(listed, dict) or len(listed) > MOST_FILES:
        raise BadInput(f"The manifest of {folder} lists no files.", _AGAIN)
    found = {}
    for done, (name, told) in enumerate(sorted(listed.items())):
        ctx.raise_if_cancelled()
        ctx.progress(done, len(listed), "checking files")
        path = _inside(folder, name)
        sha256 = told.get("sha256") if isinstance(told, dict) else None
        if not isinstance(sha256, str) or _hash(path, told.get("bytes")) != sha256:
            raise BadInput(f"{name} is not what the manifest says; nothing was taken.", _AGAIN)
        found[name] = sha256
    return found


def _inside(folder: Path, name: str) -> Path:
    """The file of that name, which must lie in the folder itself: no `..`, no links."""
    parts = PurePosixPath(name).parts
    plain = all(_NAME.match(part) and part not in (".", "..") for part in parts)
    if not parts or not plain or name != "/".join(parts):
        raise BadInput(f"The manifest of {folder} names {name!r}, which is no file of it.", _AGAIN)
    path = folder.joinpath(*parts)
    links = [folder.joinpath(*parts[: n + 1]) for n in range(len(parts))]
    if any(p.is_symlink() for p in links):
        raise BadInput(f"{name} is a link; nothing was taken.", "Copy the folder with its files.")
    return path


def _hash(path: Path, size: Any) -> str:
    most = MOST_CLIP_BYTES if path.suffix in (".wav", ".parquet") else MOST_TABLE_BYTES
    try:
        if not path.is_file() or path.stat().st_size != size or path.stat().st_size > most:
            return ""
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise EnvironmentFault(
            f"{path} cannot be read: {error.strerror or error}.", "Check its rights."
        ) from error
    return digest.hexdigest()


def _table(folder: Path, files: Mapping[str, str], name: str, shape: type[S]) -> list[S]:
    if name not in files:
        raise BadInput(f"{folder} has no {name}.", _AGAIN)
    return [_shaped(shape, row, f"{name}, line {at}") for at, row in _rows(folder / name)]


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for at, line in enumerate(file, start=1):
                yield at, _parsed(line)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path.name} is cut off or damaged; nothing was taken.", _AGAIN) from error


def _parsed(text: str | bytes) -> Any:
    """JSON as it is written by the book: a database does not take NaN, infinities or half letters.

    Raises:
        ValueError: it is none.
    """

    def finite(number: str) -> float:
        value = float(number)
        if not math.isfinite(value):
            raise ValueError(number)
        return value

    body = json.loads(text, parse_constant=finite, parse_float=finite)
    if _HALF.search(text if isinstance(text, str) else text.decode("utf-8")):
        json.dumps(body, ensure_ascii=False).encode("utf-8")
    return body


def _shaped(shape: type[S], body: Any, where: str) -> S:
    from pydantic import ValidationError

    try:
        return shape.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(x) for x in first["loc"])
        raise BadInput(f"{where}: {place} {first['msg']}; nothing was taken.", _AGAIN) from error


def _check(found: Dataset) -> None:
    """What one row says of another must hold."""
    calls = {c.call_id: c for c in found.calls}
    items = {i.item_id: i for i in found.items}
    criteria = {c.key: c for c in found.manifest.rubric.criteria}
    judges = {j.sha256 for j in found.manifest.judges}
    people = {r.rater_id for r in found.manifest.raters} | {"adjudication"}
    if len(calls) != len(found.calls) or len(items) != len(found.items):
        raise BadInput("A call or an item is there twice; nothing was taken.", _AGAIN)
    for item in found.items:
        call, other = calls.get(item.call_id), item.other_call_id
        if call is None or (other and other not in calls) or item.end_frame > call.frame_count:
            raise BadInput(f"The item {item.item_id} is of no call of the dataset.", _AGAIN)
    _check_records(found, judges, frozenset(criteria))
    seen: set[str] = set()
    for score in in_order(found.scores):
        criterion = criteria.get(score.dimension)
        known = score.judge_sha256 in judges if score.judge_sha256 else score.rater_id in people
        later = score.supersedes is not None and score.supersedes not in seen
        if criterion is None or score.item_id not in items or not known or later:
            raise BadInput(f"The score {score.score_id} is of nothing in the dataset.", _AGAIN)
        on_scale = score.value is None or any(x.value == score.value for x in criterion.levels)
        if not on_scale and criterion.scale != "interval":
            raise BadInput(f"The score {score.score_id} is not on its scale.", _AGAIN)
        if score.score_id in seen:
            raise BadInput(f"The score {score.score_id} is there twice.", _AGAIN)
        seen.add(score.score_id)


def _check_records(found: Dataset, judges: set[str], criteria: frozenset[str]) -> None:
    told = found.manifest.records
    made = {c.id for c in told.calibrations} | {None}
    places = [(r.judge_sha256, r.dimension) for r in told.checks]
    places += [(r.judge_sha256, r.dimension) for r in told.calibrations]
    places += [(r.judge_sha256, r.dimension) for r in told.verdicts]
    known = all(judge in judges and dimension in criteria for judge, dimension in places)
    if not known or any(v.calibration_id not in made for v in told.verdicts):
        raise BadInput("What is on record is of no judge of the dataset.", _AGAIN)


def in_order(scores: Sequence[ScoreRow]) -> list[ScoreRow]:
    """As they were given."""
    return sorted(scores, key=lambda s: (s.created_at, s.score_id))
