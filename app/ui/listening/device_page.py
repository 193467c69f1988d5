"""Which output the session plays through, and whether left is left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from app.audio import clip_build
from app.tasks.runner import Lane
from app.ui.listening import work
from app.ui.listening.choice_list import ChoiceList
from app.ui.listening.page import SetupPage
from app.ui.listening.words import device as device_words
from app.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from app.audio.devices import DeviceInfo
    from app.domain.errors import UserError
    from app.ui.listening.session import ListenSession
    from app.ui.listening.work import Opened, SetupSounds

NOTHING = (
    "There is no output that makes a sound. Connect headphones, then look again: a vote on what "
    "cannot be heard would not count."
)
CHECK_GAIN_DB = -6.0


class DevicePage(SetupPage):
    """Chooses and opens an output. A silent stand-in is refused."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session, "Put your headphones on", "I hear left and right")
        theme = self.theme
        self.say(
            "Choose the output that they are connected to. It must stay the same until you stop."
        )
        self.list = ChoiceList(theme, "", ())
        self.list.chosen.connect(self._on_chosen)
        self.body.addWidget(self.list)
        self.facts = self.say("Looking for outputs…", "t3")
        row = QHBoxLayout()
        self.check = Button(
            theme, "Play left, then right", icon="headphones", action="listen.play",
            actions=self.table,
        )  # fmt: skip
        self.check.clicked.connect(self.play)
        self.look_again = Button(theme, "Look again", icon="arrow-counter-clockwise")
        self.look_again.clicked.connect(self.arrive)
        row.addWidget(self.check)
        row.addWidget(self.look_again)
        row.addStretch()
        self.body.addLayout(row)
        self.sounds: SetupSounds | None = None
        self._reason = ""
        self._found: list[DeviceInfo] = []
        self._opened: Opened | None = None
        self._asked = self._sounds_hz = 0
        self.keys |= {
            "listen.play": self.play,
            "listen.up": lambda: self.list.step(-1),
            "listen.down": lambda: self.list.step(1),
        }
        for digit in range(1, 10):
            self.keys[f"listen.digit_{digit}"] = partial(self.list.choose, digit - 1)

    @property
    def is_open(self) -> bool:
        """Whether an output that makes sound is open."""
        return self._opened is not None

    def arrive(self) -> None:
        """Look for outputs; the one used last is opened."""
        self._close()
        self.facts.setText("Looking for outputs…")
        self.session.run(
            Lane.CPU, self.session.list_outputs, done=self._on_listed, failed=self._on_failed
        )

    def say_reason(self, words: str) -> None:
        """Say why the rater is back here; it is said once an output is open."""
        self._reason = words

    def _close(self) -> None:
        self._opened = None
        self._asked += 1
        self.say_problem("")
        self._show()

    def _on_listed(self, found: list[DeviceInfo]) -> None:
        self._found = found
        self.list.show_choices([d.name for d in found])
        if not found:
            self.facts.setText("")
            self.say_problem(NOTHING)
            self.go.setEnabled(False)
            return
        wanted = self.session.device_key or self.session.ctx.settings.text("audio_device")
        at = next((n for n, d in enumerate(found) if d.key == wanted), None)
        if at is None:
            at = next((n for n, d in enumerate(found) if d.is_default), 0)
        self.list.choose(at)

    def _on_chosen(self, index: int) -> None:
        self._close()
        asked, key = self._asked, self._found[index].key
        self.facts.setText("Opening it…")

        def done(told: tuple[Opened, SetupSounds]) -> None:
            if asked == self._asked:
                self._on_opened(*told)
            elif self.session.is_left:
                self.session.leave()  # gives back what was opened too late

        def failed(error: UserError) -> None:
            if asked == self._asked:
                self._on_failed(error)

        self.session.run(Lane.CPU, self._open, key, done=done, failed=failed)

    def _open(self, key: str) -> tuple[Opened, SetupSounds]:
        opened = work.open_device(self.session.player, key)
        return opened, work.setup_sounds(opened.facts.rate_hz)

    def _on_opened(self, opened: Opened, sounds: SetupSounds) -> None:
        if opened.facts.is_silent:
            self.facts.setText("")
            self.say_problem(NOTHING)
            self._show()
            return
        self._opened, self.sounds = opened, sounds
        self.session.take_device(opened)
        self.facts.setText(device_words(opened.facts, work.BLOCK_MS))
        self.say_problem(self._reason)
        self._reason = ""
        self._show()

    def _on_failed(self, error: UserError) -> None:
        self.facts.setText("")
        self.say_problem(str(error))
        self._show()

    def _show(self) -> None:
        self.go.setEnabled(self.is_open)
        self.check.setEnabled(self.is_open)

    def play(self) -> None:
        """A spoken number left, another one right."""
        if self.sounds is None or not self.is_open:
            return
        player = self.session.player
        player.set_gain(CHECK_GAIN_DB)
        left = clip_build.one_ear(self.sounds.digits[1], left=True)
        right = clip_build.one_ear(self.sounds.digits[2], left=False)
        player.load([clip_build.in_turn([left, right], player.rate_hz // 3)])
        player.play()
        self.facts.setText("“One” is in your left ear, “two” in your right ear.")

    def depart(self) -> None:
        """Fall silent; what is being opened comes too late."""
        self._asked += 1
        self.session.player.stop()

    def confirm(self) -> None:
        """Log the output and go on."""
        opened = self._opened
        if opened is None:
            self.say_problem(self.problem.text() or "Wait until the output is open.")
            return
        self.session.ctx.settings.set("audio_device", opened.key)
        facts = opened.facts
        body = {
            "passed": True, "key": opened.key, "name": facts.name, "rate_hz": facts.rate_hz,
            "latency_ms": round(facts.latency_ms, 1), "buffer_ms": work.BLOCK_MS,
            "sink": opened.system.sink if opened.system is not None else "",
        }  # fmt: skip
        self.session.note("device", body, self.passed.emit)
