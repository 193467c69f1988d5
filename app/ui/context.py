"""What every screen is given: one bundle made by the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.audio.player import Player
    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace
    from app.tasks.bus import Bus
    from app.tasks.runner import TaskRunner
    from app.ui.actions import ActionTable
    from app.ui.live.desk import LiveDesk
    from app.ui.runs.supervisor import RunSupervisor
    from app.ui.settings.store import SettingsStore
    from app.ui.theme import Theme

DURING_A_CALL = "A call goes on, and this would be heard in it. Hang up first."


@dataclass(eq=False)
class UiContext:
    """The parts that screens share. `viewer` changes when someone else signs in."""

    ws: Workspace
    viewer: Viewer
    runner: TaskRunner
    bus: Bus
    theme: Theme
    actions: ActionTable
    settings: SettingsStore
    exported: bool = False
    """Whether calls are shown as they leave the workspace, for pictures that do."""

    @cached_property
    def player(self) -> Player:
        """The one player, made at first use: opening a sound device takes time."""
        from app.audio.player import Player

        player = Player()
        player.barred = self._barred
        device = self.settings.text("audio_device")
        if device:
            player.set_device(device)
        return player

    def _barred(self) -> str:
        """Why nothing may sound: a call would hear it, and its recording would not show it."""
        return DURING_A_CALL if self.has_live and self.live.is_on else ""

    @cached_property
    def runs(self) -> RunSupervisor:
        """What keeps runs going in this window; it takes none on before it is told to begin."""
        from app.ui.runs.supervisor import RunSupervisor

        return RunSupervisor(self)

    @cached_property
    def live(self) -> LiveDesk:
        """What keeps a live call going, whichever screen is in front."""
        from app.ui.live.desk import LiveDesk

        return LiveDesk(self)

    @property
    def has_live(self) -> bool:
        """Whether anything has asked for live calls yet."""
        return "live" in self.__dict__

    @property
    def has_runs(self) -> bool:
        """Whether anything has asked for the runs yet."""
        return "runs" in self.__dict__

    @property
    def has_player(self) -> bool:
        """Whether anything has asked for the player yet."""
        return "player" in self.__dict__
