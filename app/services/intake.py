"""Import to the end: take the calls in, then detect who speaks when in each.

A call whose timing cannot be detected stays imported; the failure becomes a warning.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from app.domain.errors import Cancelled, UserError
from app.domain.imports import DryRun, ImportChoices, ImportResult
from app.domain.work import Work
from app.services import calls, importing, layers, timing
from app.services.workspace import Workspace

log = logging.getLogger("callbench.intake")


def take_in(
    ctx: Work, ws: Workspace, found: DryRun, choices: ImportChoices | None = None
) -> ImportResult:
    """Import what a dry run found and detect the timing of every new call.

    Raises:
        Cancelled: asked for through `ctx`; what was imported by then stays.
    """
    result = importing.commit(ctx, ws, found, choices or ImportChoices())
    failures = detect_missing(ctx, ws, [call.id for call in result.imported])
    return replace(result, warnings=(*result.warnings, *failures))


def detect_missing(ctx: Work, ws: Workspace, call_ids: Sequence[str]) -> list[str]:
    """Detect the timing of those calls that no detector has been run on yet.

    Returns:
        One line for each call that it failed on.
    """
    failures: list[str] = []
    for done, call_id in enumerate(call_ids):
        ctx.raise_if_cancelled()
        if any(layer.origin == "detector" for layer in layers.layers(ws, call_id)):
            continue
        call = calls.get_call(ws, call_id)
        if not call.tracks:  # it came without a recording
            continue
        ctx.progress(done, len(call_ids), f"speech of {call.code}")
        try:
            timing.detect(ctx, ws, call)
        except Cancelled:
            raise
        except UserError as error:
            failures.append(f"{call.code}: speech could not be detected. {error}")
        except Exception as error:  # one recording's trouble must not stop the others
            log.exception("timing of %s", call.code)
            failures.append(f"{call.code}: speech could not be detected ({error}).")
    return failures
