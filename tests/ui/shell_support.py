"""A window on a workspace for the shell's and library's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtWidgets import QApplication

from app.domain.calls import Track
from app.domain.new import AudioBlob, NewCall
from app.domain.ratings import Role
from app.services import browsing, calls, raters
from app.services.workspace import Workspace
from app.tasks.bus import Bus
from app.tasks.runner import TaskRunner
from app.ui.actions import ActionTable
from app.ui.context import UiContext
from app.ui.main_window import MainWindow
from app.ui.settings.store import SettingsStore
from app.ui.theme import Theme

RATE_HZ = 8000


@contextmanager
def context(
    ws: Workspace, *, role: Role = "lead", config: Path | None = None
) -> Iterator[UiContext]:
    """The parts that screens share, closed again."""
    runner = TaskRunner()
    name = "Lena" if role == "lead" else "Rosa"
    ctx = UiContext(
        ws=ws,
        viewer=raters.sign_in(ws, name, role),
        runner=runner,
        bus=Bus(),
        theme=Theme(),
        actions=ActionTable(),
        settings=SettingsStore(config),
    )
    try:
        yield ctx
    finally:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow):
                window.close()
        if ctx.has_player:
            ctx.player.close()
        runner.close()


def add_calls(ws: Workspace, count: int, **fields: Any) -> list[str]:
    """Calls without audio, titled `Call 1`...; every second one by agent `nora`."""
    ids = []
    with ws.db.machine() as uow:
        for n in range(1, count + 1):
            sha = f"{n:064x}"
            new = NewCall(
                title=f"Call {n}",
                rate_hz=RATE_HZ,
                frame_count=RATE_HZ * 10 * n,
                channel_map="caller,agent",
                tracks=tuple(
                    Track(
                        id=f"{n}-{role}",
                        role=role,  # type: ignore[arg-type]
                        audio_sha256=sha,
                        channel_index=index,
                        rate_hz=RATE_HZ,
                        frame_count=RATE_HZ * 10 * n,
                    )
                    for index, role in enumerate(("caller", "agent"))
                ),
                blobs=(AudioBlob(sha256=sha, ext=".wav", size_bytes=1),),
                source_path=f"call{n}.wav",
                content_sha256=sha,
                agent="nora" if n % 2 else "marlow",
                agent_version="1.0",
                **fields,
            )
            ids.append(calls.add_call(uow, new))
            browsing.update_summary(uow, ids[-1], sparkline=bytes(np.arange(106, dtype=np.uint8)))
    return ids


def wait_listed(qtbot: Any, library: Any, rows: int) -> None:
    """Wait until the library shows so many rows, their page and the facets."""

    def ready() -> bool:
        model = library.model
        return (
            model.rowCount() == rows
            and (rows == 0 or model.row(0) is not None)
            and library.found.sides is not None
            and library.found.sides.totals.count == rows
        )

    qtbot.waitUntil(ready, timeout=10_000)
