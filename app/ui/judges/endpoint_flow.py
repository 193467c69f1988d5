"""Reads, stores and tests endpoints on lanes. Main thread only; shows nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.endpoints import Capabilities, EndpointProfile, Price
from app.domain.errors import UserError
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.judges import endpoint_work as work

STORED = "The key is in the keyring now; it is kept nowhere else."


class EndpointFlow(QObject):
    """What is stored, as it was last read."""

    listed = Signal()
    saved = Signal(object, str)
    """The profile, and the name under which it was known before."""
    failed = Signal(str)
    tested = Signal(str, object)
    """Name of the endpoint, and a `Tested`."""
    rested = Signal()
    """No test is under way any more, whatever came of it."""
    models_found = Signal(object)
    prices_failed = Signal(str)
    key_stored = Signal(str)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self.profiles: tuple[EndpointProfile, ...] = ()
        self.prices: tuple[Price, ...] = ()
        self._known: tuple[Capabilities, ...] = ()
        self._test: Task | None = None
        self._saving_prices = 0
        self._found: tuple[EndpointProfile | None, Capabilities | None] = (None, None)
        """What the last test was of, and what it has found."""

    def known(self, name: str) -> tuple[Capabilities, ...]:
        """What is remembered of an endpoint, by model."""
        return tuple(c for c in self._known if c.endpoint == name)

    def fetch(self) -> None:
        """Read everything; `listed` answers."""
        self._run(Lane.READ, work.endpoint_listing, done=self._take)

    def _take(self, found: work.Endpoints) -> None:
        self.profiles, self._known = found.profiles, found.known
        if not self._saving_prices:  # else what was read is older than what was typed since
            self.prices = found.prices
        self.listed.emit()

    # writing ------------------------------------------------------------------------------------

    def save(self, profile: EndpointProfile, was: str) -> None:
        """Store an endpoint; under another name than `was`, that one goes."""

        def done(found: work.Endpoints) -> None:
            self._wrote(found)
            self.saved.emit(profile, was)

        tested, found = self._found
        if found is not None and (tested is None or not _same_place(tested, profile)):
            found = None
        self._run(Lane.WRITE, work.save_endpoint, profile, was, found, done=done)

    def remove(self, name: str) -> None:
        """Remove an endpoint."""
        self._run(Lane.WRITE, work.remove_endpoint, name, done=self._wrote)

    def restore(self, profile: EndpointProfile, known: Sequence[Capabilities]) -> None:
        """Bring a removed endpoint back, with what was known of it."""

        def done(found: work.Endpoints) -> None:
            self._wrote(found)
            self.saved.emit(profile, profile.name)

        self._run(Lane.WRITE, work.restore_endpoint, profile, tuple(known), done=done)

    def save_prices(self, prices: tuple[Price, ...]) -> None:
        """Store the whole table."""
        self.prices = prices
        self._saving_prices += 1

        def done(found: work.Endpoints) -> None:
            self._saving_prices -= 1
            self._wrote(found)

        def failed(error: BaseException) -> None:
            self._saving_prices -= 1
            if isinstance(error, UserError):
                self.prices_failed.emit(error.what)
            else:
                self._ctx.runner.failed.emit(error)

        ctx = self._ctx
        ctx.runner.run(Lane.WRITE, work.save_prices, ctx.ws, prices, done=done, failed=failed)

    def store_key(self, reference: str, key: str) -> None:
        """Hand a key to the keyring."""
        run = self._ctx.runner.run
        run(
            Lane.NET, work.store_key, reference, key,
            done=lambda _none: self.key_stored.emit(STORED), failed=self._on_failed,
        )  # fmt: skip

    def _wrote(self, found: work.Endpoints) -> None:
        self._take(found)
        self._ctx.bus.saved.emit(utc_now())
        self._ctx.bus.changed.emit(Changes(judges=True), self)

    # asking -------------------------------------------------------------------------------------

    @property
    def is_testing(self) -> bool:
        """Whether an endpoint is being asked."""
        return self._test is not None

    def test(self, profile: EndpointProfile) -> None:
        """Find out what an endpoint can do; `tested` answers."""
        ctx, keep = self._ctx, profile in self.profiles
        task = ctx.runner.task(Lane.NET, work.examine, ctx.ws, profile, keep)
        task.succeeded.connect(lambda found: self._on_tested(profile, found))
        task.failed.connect(self._on_failed)
        task.finished.connect(lambda: self._on_finished(task))
        self._test = task.start()

    def _on_tested(self, profile: EndpointProfile, found: work.Examined) -> None:
        self._found = (profile, found.found)
        self.profiles, self._known = found.all.profiles, found.all.known
        self.tested.emit(profile.name, found.tested)

    def _on_finished(self, task: Task) -> None:
        if self._test is task:
            self._test = None
            self.rested.emit()

    def fetch_models(self, profile: EndpointProfile) -> None:
        """Ask an endpoint for its models; `models_found` answers."""
        self._ctx.runner.run(
            Lane.NET, work.models_of, profile, done=self.models_found.emit, failed=self._on_failed
        )

    def stop(self) -> None:
        """Nobody waits for a test any more."""
        if self._test is not None:
            self._test.cancel()
            self._test = None
            self.rested.emit()

    def _run(
        self, lane: Lane, fn: Callable[..., Any], *args: Any, done: Callable[[Any], None]
    ) -> None:
        ctx = self._ctx
        ctx.runner.run(lane, fn, ctx.ws, *args, done=done, failed=self._on_failed)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.failed.emit(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)


def _same_place(one: EndpointProfile, other: EndpointProfile) -> bool:
    """Whether what was found of one holds for the other."""
    return (one.name, one.base_url, one.model) == (other.name, other.base_url, other.model)
