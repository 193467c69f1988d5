"""`callbench doctor`."""

from __future__ import annotations

from app.cli import text
from app.cli.base import JsonOption, WorkspaceOption, commands, leave
from app.cli.output import emit, note, reporting
from app.services import places


@commands.command()
def doctor(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Check versions, devices, models, the database, space, fonts and display."""
    from app.services.doctor import examine

    with reporting(as_json=as_json) as outcome:
        report = examine(workspace or places.default_workspace())
        emit(report.to_json()) if as_json else text.print_doctor(report)
        outcome.exit_code = int(not report.ok)
        if not report.ok and not as_json:
            note("error: Some checks failed. The lines above say what to do.")
    leave(outcome)
