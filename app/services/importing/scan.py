"""The dry run: what an import would do. Reads everything once, writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.audio import io
from app.domain.calls import ChannelMap
from app.domain.errors import Cancelled, UserError
from app.domain.imports import (
    DryRun,
    DryRunEntry,
    DuplicateOf,
    FailedFile,
    ImportOptions,
    Pair,
)
from app.domain.work import Work
from app.services.importing import pairing
from app.services.importing.examine import Candidate, Examined, examine
from app.services.importing.walk import Found, shown, walk
from app.services.workspace import Workspace

WORKERS = 2
"""Decoding and hashing release the interpreter; more workers only crowd out the window."""


def scan(
    ctx: Work, ws: Workspace, paths: Sequence[Path], options: ImportOptions | None = None
) -> DryRun:
    """What importing `paths` (files and folders) would do.

    Args:
        ctx: progress and cancellation.
        ws: the workspace, for duplicates and for channel maps confirmed before.
        paths: files or folders.
        options: how to import; default: guess everything.

    Raises:
        Cancelled: asked for through `ctx`.
    """
    chosen = options or ImportOptions()
    asked = [p for pair in chosen.pairs for p in (pair.caller, pair.agent)]
    found = walk(ctx, [*(Path(p) for p in paths), *asked], recursive=chosen.recursive)
    candidates = _candidates(found, chosen)
    results = _examine_all(ctx, _Known(ws), candidates, chosen)
    failed = list(found.failed)
    entries: list[DryRunEntry] = []
    for result in results:
        failed += result.failed
        if result.entry is not None:
            entries.append(result.entry)
    warnings = _option_warnings(chosen, candidates)
    used = {t.path for e in entries for t in e.transcripts} | {p for r in results for p in r.used}
    nearby = [p for group in found.transcripts.values() for p in group]
    named = {Path(p) for p in paths}
    unused = [shown(p) for p in nearby if p not in used and (p in named or _in_folder(p, paths))]
    return DryRun(
        entries=tuple(_mark_duplicates(ws, entries)),
        failed=tuple(failed),
        ignored=found.ignored,
        unused=tuple(unused),
        warnings=tuple(warnings),
        options=chosen,
    )


def _in_folder(path: Path, tops: Sequence[Path]) -> bool:
    return any(Path(top).is_dir() and path.is_relative_to(top) for top in tops)


def _option_warnings(options: ImportOptions, candidates: Sequence[Candidate]) -> list[str]:
    if options.transcript is not None and len(candidates) > 1:
        return [
            f"{shown(options.transcript)} was given for {len(candidates)} recordings; each one "
            "takes it. Import them one by one if that is not meant."
        ]
    return []


class _Known:
    """Confirmed channel maps, read once per source. Call from any thread."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._maps: dict[str, ChannelMap | None] = {}

    def __call__(self, source: str) -> ChannelMap | None:
        if source not in self._maps:
            with self._ws.db.read() as reader:
                self._maps[source] = reader.calls.source_map(source)
        return self._maps[source]


def _candidates(found: Found, options: ImportOptions) -> list[Candidate]:
    """One for each call: pairs asked for, pairs by name (of mono files), then single files."""
    asked = {p: pair for pair in options.pairs for p in (pair.caller, pair.agent)}
    result = [
        Candidate(
            audio=(p.caller, p.agent),
            offset_s=p.offset_s,
            base="",
            nearby=tuple(found.transcripts.get(p.caller.parent, ())),
        )
        for p in options.pairs
        if p.caller in found.audio and p.agent in found.audio
    ]
    rest = [p for p in found.audio if p not in asked]
    partner: dict[Path, Pair] = {}
    bases: dict[Path, str] = {}
    if options.pair_by_name and options.channels != "mono":
        for named in pairing.pairs(rest):
            if _is_mono(named.caller) and _is_mono(named.agent):
                pair = Pair(caller=named.caller, agent=named.agent, offset_s=options.pair_offset_s)
                partner[named.caller] = partner[named.agent] = pair
                bases[named.caller] = named.base
    per_folder: dict[Path, int] = {}
    for path in rest:
        per_folder[path.parent] = per_folder.get(path.parent, 0) + 1
    for path in rest:
        pair_of = partner.get(path)
        if pair_of is not None and pair_of.agent == path:
            continue
        audio = (path,) if pair_of is None else (pair_of.caller, pair_of.agent)
        result.append(
            Candidate(
                audio=audio,
                offset_s=0.0 if pair_of is None else pair_of.offset_s,
                base=bases.get(path, ""),
                nearby=tuple(found.transcripts.get(path.parent, ())),
                alone=per_folder[path.parent] == len(audio),
            )
        )
    return result


def _is_mono(path: Path) -> bool:
    try:
        return io.probe(path).channels == 1
    except UserError:
        return False


@dataclass(frozen=True, slots=True)
class _Cancellable:
    """A worker's view of the scan's context: cancellation only; the scan counts files itself."""

    ctx: Work

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Drop the report."""

    def partial(self, value: object) -> None:
        """Drop the value."""

    def raise_if_cancelled(self) -> None:
        """As the scan."""
        self.ctx.raise_if_cancelled()


def _examine_all(
    ctx: Work, known: Any, candidates: Sequence[Candidate], options: ImportOptions
) -> list[Examined]:
    """Examine with a small pool, in order of the candidates."""
    done: list[Examined | None] = [None] * len(candidates)
    inner = _Cancellable(ctx)
    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="scan")
    try:
        waiting: dict[Future[Examined], int] = {
            pool.submit(_safely, inner, known, candidate, options): i
            for i, candidate in enumerate(candidates)
        }
        open_futures = set(waiting)
        while open_futures:
            ready, open_futures = wait(open_futures, timeout=0.2, return_when=FIRST_COMPLETED)
            ctx.raise_if_cancelled()
            for future in ready:
                done[waiting[future]] = future.result()
            count = len(candidates) - len(open_futures)
            ctx.progress(count, len(candidates), f"{count} of {len(candidates)} recordings read")
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return [d for d in done if d is not None]


def _safely(ctx: Work, known: Any, candidate: Candidate, options: ImportOptions) -> Examined:
    """One file's failure never ends the scan."""
    try:
        return examine(ctx, known, candidate, options)
    except UserError as error:
        return Examined(failed=tuple(_failed(p, error) for p in candidate.audio))
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - a decoder's own fault must not stop the others
        what = f"It could not be read ({type(error).__name__}: {error}). Export it again as WAV."
        return Examined(
            failed=tuple(FailedFile(path=shown(p), reason=what) for p in candidate.audio)
        )


def _failed(path: Path, error: UserError) -> FailedFile:
    return FailedFile(path=shown(path), reason=str(error))


def _mark_duplicates(ws: Workspace, entries: Sequence[DryRunEntry]) -> list[DryRunEntry]:
    """Entries with what they repeat: a call of the workspace, or an earlier entry."""
    first: dict[str, DryRunEntry] = {}
    marked: list[DryRunEntry] = []
    with ws.db.read() as reader:
        for entry in entries:
            call_id = reader.calls.find_content(entry.key)
            if call_id is not None:
                call = reader.calls.get(call_id)
                code = call.code if call is not None else ""
                found = DuplicateOf(path=entry.path, call_id=call_id, code=code)
                marked.append(replace(entry, duplicate=found))
            elif entry.key in first:
                marked.append(replace(entry, duplicate=DuplicateOf(path=first[entry.key].path)))
            else:
                first[entry.key] = entry
                marked.append(entry)
    return marked
