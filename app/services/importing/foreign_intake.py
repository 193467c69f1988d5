"""Importing paths from another system: which reader takes each, and one result for all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.domain.errors import BadInput, NotFound
from app.domain.work import Work
from app.services.importing import foreign_commit
from app.services.importing.foreign import Reader
from app.services.importing.foreign_result import ForeignResult
from app.services.importing.readers import PLACES, reader, sniffed
from app.services.importing.walk import shown
from app.services.workspace import Workspace

AUTO = "auto"


def take_in(
    ctx: Work,
    ws: Workspace,
    source: str,
    paths: Sequence[Path],
    *,
    dataset: Path | None = None,
    dry_run: bool = False,
    in_place: bool = False,
) -> ForeignResult:
    """Import (or with `dry_run` only look at) what another system left at `paths`.

    Args:
        ctx: progress and cancellation.
        ws: the workspace.
        source: a key of the table of readers, or `auto` to tell by the files themselves.
        paths: files or folders.
        dataset: EVA's dataset, for its scenarios.
        dry_run: write nothing.
        in_place: leave recordings where they are.

    Raises:
        NotFound: no such source or path. BadInput: nothing there can be read. Cancelled.
    """
    chosen = [(path, _reader(source, path, dataset)) for path in paths]
    found: list[ForeignResult] = []
    for path, its_reader in chosen:
        if dry_run:
            found.append(foreign_commit.look(ctx, ws, its_reader, path))
        else:
            found.append(foreign_commit.take_in(ctx, ws, its_reader, path, in_place=in_place))
    return _joined(found)


def hint(path: Path) -> str:
    """A sentence where a path holds another system's run; empty if it does not."""
    found = sniffed(path)
    if found is None:
        return ""
    return (
        f"{shown(path)} looks like {found.title}: import it with --source {found.source} to have "
        "its logs, transcripts and figures as well."
    )


def _reader(source: str, path: Path, dataset: Path | None) -> Reader:
    if not path.exists():
        raise NotFound(f"There is nothing at {shown(path)}.", "Check the path.")
    if source == AUTO:
        found = sniffed(path)
        if found is None:
            raise BadInput(
                f"{shown(path)} is of no system that is known here.",
                f"Name it with --source: {', '.join(PLACES)}; or import its recordings without.",
            )
        source = found.source
    if dataset is None:
        return reader(source)
    if source != "eva":
        raise BadInput("Only EVA runs have a dataset.", "Leave out --dataset.")
    from app.services.importing.readers.eva import ReaderEva

    return ReaderEva(dataset=dataset)


def _joined(found: Sequence[ForeignResult]) -> ForeignResult:
    sources = list(dict.fromkeys(r.source for r in found))
    return ForeignResult(
        source=sources[0] if len(sources) == 1 else ", ".join(sources),
        items=tuple(i for r in found for i in r.items),
        duplicates=tuple(d for r in found for d in r.duplicates),
        failed=tuple(f for r in found for f in r.failed),
        warnings=tuple(w for r in found for w in r.warnings),
        dry_run=any(r.dry_run for r in found),
    )
