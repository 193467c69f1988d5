"""What a run needs before its first step: models that are fetched once, with progress.

In a step a long download would count against the step's time, and nobody would see how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.errors import Cancelled
from app.domain.work import Work
from app.eval.asr.evaluators import WhisperAsr
from app.eval.base import Evaluator

TOLD_EVERY = 5
"""Percent."""


def prepare(ctx: Work, evaluators: Sequence[Evaluator], tell: Callable[[str], None]) -> None:
    """Fetch the models that evaluators name and that are not on this machine.

    Args:
        ctx: cancellation.
        evaluators: of the run.
        tell: given words about how far it is, a few times; nothing where all is there.

    Raises:
        EnvironmentFault: no network, no room. NotFound: no such model. Cancelled.
    """
    for evaluator in evaluators:
        if isinstance(evaluator, WhisperAsr) and not evaluator.folder.strip():
            _fetch(ctx, evaluator.model, tell)


def _fetch(ctx: Work, name: str, tell: Callable[[str], None]) -> None:
    from app.models.whisper_download import fetch
    from app.models.whisper_models import find

    if find(name) is not None:
        return
    told = -TOLD_EVERY

    def progress(done: int, total: int) -> None:
        nonlocal told
        percent = 100 * done // total if total else 0
        if percent >= told + TOLD_EVERY:
            told = percent
            tell(f"Fetching Whisper {name}, {percent} %")

    def cancelled() -> bool:
        try:
            ctx.raise_if_cancelled()
        except Cancelled:
            return True
        return False

    tell(f"Fetching Whisper {name}")
    fetch(name, progress, cancelled)
    tell("")
