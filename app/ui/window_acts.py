"""What can be asked for anywhere in the window: runs, exports, settings, keys, signing in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.ratings import Viewer
from app.tasks.runner import Lane, TaskContext
from app.ui.context import UiContext
from app.ui.demo_acts import DemoActs
from app.ui.import_acts import ImportActs
from app.ui.screen import Screen

if TYPE_CHECKING:
    from app.domain.evaluation import Run
    from app.services.workspace import Workspace
    from app.ui.main_window import MainWindow


def _recover(task: TaskContext, ws: Workspace) -> tuple[str, ...]:
    from app.services import live_calls

    return tuple(call.code for call in live_calls.recover(task, ws))


def _call_ids(ws: Workspace, seqs: Sequence[int]) -> tuple[str, ...]:
    from app.services import browsing

    return tuple(browsing.uuids(ws, seqs))


class WindowActs(QObject):
    """Dialogs and long work started from anywhere in the window."""

    def __init__(self, ctx: UiContext, window: MainWindow) -> None:
        super().__init__(window)
        self._ctx, self._window = ctx, window
        self.imports = ImportActs(ctx, window)
        self.demo = DemoActs(ctx, window)

    def wire(self, screen: Screen) -> None:
        """Connect what the library and the list of runs ask for."""
        from app.ui.library.screen import LibraryScreen

        if isinstance(screen, LibraryScreen):
            screen.import_asked.connect(self.imports.ask_files)
            screen.folder_asked.connect(self.imports.ask_folder)
            screen.demo_asked.connect(self.demo.make_or_stop)
            screen.sound_asked.connect(self.check_sound)
            screen.export_asked.connect(self.open_export)
            screen.evaluate_asked.connect(self.open_new_run)
            screen.judge_asked.connect(self.open_judge_run)
            screen.scores_asked.connect(self.open_scores)
            screen.study_asked.connect(self.open_study)
            screen.compare_asked.connect(self.open_compare)
            screen.perturb_asked.connect(self.open_perturb)
        elif screen.key == "runs":
            from app.ui.runs.screen import RunsScreen

            assert isinstance(screen, RunsScreen)
            screen.new_asked.connect(self.open_new_run)

    def recover_calls(self) -> None:
        """Store live calls whose program went away in the middle."""
        if not (self._ctx.ws.path / "live").is_dir():
            return
        task = self._ctx.runner.task(Lane.CPU, _recover, self._ctx.ws)
        task.succeeded.connect(self._on_recovered)
        task.start()

    def _on_recovered(self, codes: tuple[str, ...]) -> None:
        if codes:
            self._ctx.bus.changed.emit(Changes(everything=True), self)
            words = f"Kept what was recorded of {', '.join(codes)}, which ended in the middle."
            self._ctx.bus.message.emit("info", words, "")

    # calls -----------------------------------------------------------------------------------

    def open_new_run(self, query: str = "", seqs: Sequence[int] = ()) -> None:
        """Ask what to compute on the selected calls, on what the query finds, or on all."""
        from app.ui.runs.new_run import NewRunDialog

        NewRunDialog(self._ctx, query, seqs, self._on_run_made, self._window).open()

    def _on_run_made(self, run: Run) -> None:
        self._ctx.bus.saved.emit(utc_now())
        self._ctx.runs.start(run.id)
        self._ctx.bus.changed.emit(Changes(runs=True), self)
        self._window.show_screen("runs", run_id=run.id)

    def open_judge_run(self, query: str = "", seqs: Sequence[int] = ()) -> None:
        """Ask which judges score the selected calls, or what the query finds."""
        from app.ui.runs.new_judge_run import open_new_judge_run

        open_new_judge_run(
            self._ctx,
            self._window,
            lambda key, told: self._window.show_screen(key, **told),
            seqs=tuple(seqs),
            query=query,
        )

    def open_scores(self, query: str, seqs: list[int]) -> None:
        """Show the scores of the selected calls, or of what the query finds."""
        self._show_about("scores", query, seqs)

    def open_study(self, query: str, seqs: list[int]) -> None:
        """Begin a study over the selected calls, or what the query finds."""
        self._show_about("studies", query, seqs)

    def _show_about(self, place: str, query: str, seqs: list[int]) -> None:
        if not seqs:
            self._window.show_screen(place, query=query)
            return
        self._ctx.runner.run(
            Lane.READ, _call_ids, self._ctx.ws, seqs,
            done=lambda ids: self._window.show_screen(place, call_ids=ids),
        )  # fmt: skip

    def open_compare(self, query: str, seqs: list[int]) -> None:
        """Hold the selected calls, or what the query finds, against another set."""
        self._window.show_screen("compare", query=query, seqs=seqs)

    def open_perturb(self, query: str = "", seqs: Sequence[int] = ()) -> None:
        """Ask how to perturb copies of the selected calls, or of what the query finds."""
        from app.ui.perturbing.dialog import PerturbDialog

        def compare(a_ids: Sequence[str], b_ids: Sequence[str]) -> None:
            self._window.show_screen("compare", a_ids=a_ids, b_ids=b_ids)

        PerturbDialog(
            self._ctx, query, seqs, self._on_run_made, compare, parent=self._window
        ).open()

    def open_export(self, query: str, seqs: list[int]) -> None:
        """Open the export dialog on the selected calls, or on what the query finds."""
        from app.ui.library.export_dialog import ExportDialog

        ExportDialog(self._ctx, query, seqs, self._window).open()

    # people, settings, help ------------------------------------------------------------------

    def ask_sign_in(self) -> None:
        """Ask who is working."""
        from app.services import raters
        from app.ui.sign_in import SignInDialog

        if self._ctx.live.is_on:
            words = "A call goes on, and it is yours to rate."
            self._ctx.bus.message.emit("info", words, "Hang up before someone else signs in.")
            return

        def open_dialog(known: list[Viewer]) -> None:
            SignInDialog(self._ctx, known, self._on_signed_in, self._window).open()

        self._ctx.runner.run(Lane.READ, raters.raters, self._ctx.ws, done=open_dialog)

    def _on_signed_in(self, viewer: Viewer) -> None:
        if viewer != self._ctx.viewer:
            self._ctx.viewer = viewer
            self._window.viewer_changed()

    def may_close(self) -> bool:
        """Whether the window may close now; asks where a call goes on, and closes it later."""
        if not self._ctx.live.is_on:
            return True
        from app.ui.live.leave_dialog import LeaveDialog

        LeaveDialog(self._ctx, self._window.close, self._window).open()
        return False

    def open_settings(self) -> None:
        """Open the settings."""
        from app.ui.settings.dialog import SettingsDialog

        SettingsDialog(self._ctx, self._window).open()

    def check_sound(self) -> None:
        """Open the settings on the page of the sound device, which has the ear check."""
        from app.ui.settings.dialog import SettingsDialog

        SettingsDialog(self._ctx, self._window, section="Sound").open()

    def open_keys(self) -> None:
        """Open the sheet of keys for the screen in front."""
        from app.ui.keys_sheet import KeysSheet

        front = self._window.front
        key, title = (front.key, front.title) if front is not None else ("", "")
        KeysSheet(self._ctx.theme, self._ctx.actions, key, title, self._window).open()

    def open_crash(self, error: BaseException) -> None:
        """Tell of an error of ours."""
        from app.ui.crash import CrashDialog

        CrashDialog(self._ctx.theme, error, self._window).open()
