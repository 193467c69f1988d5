"""A run's requests in flight: one lane for each endpoint, all in one event loop.

A lane's workers take what is ready; whoever finds little left has the next call planned, on a
thread beside the loop, so that the endpoint need not wait for us.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from app.domain.busy import Busy
from app.domain.endpoints import ChatFailed, EndpointProfile, Price
from app.domain.judging import RunCost
from app.services.judging import endpoints
from app.services.judging.asking import Asker
from app.services.judging.asks import Judge, Landed, Planned, Todo, Unit
from app.services.judging.caps import Caps, Meter, note_of
from app.services.judging.journal import Journal
from app.services.judging.planning import Planner
from app.services.judging.storing import Message
from app.services.workspace import Workspace

WITHOUT_MODEL = ""
"""The lane of judges that ask nobody."""
HELPLESS = frozenset({"auth", "not_found", "connection"})
STUCK_AFTER = 10
"""So many requests in a row that failed for such a reason, and the rest would fail as well."""
MOST_UNSTORED = 16
"""Planning and asking wait for the database once so much is on its way to it."""
BREATH_S = 0.01


@dataclass(slots=True)
class Lane:
    """What goes to one endpoint."""

    endpoint: str
    units: deque[Unit]
    profile: EndpointProfile | None = None
    asker: Asker | None = None
    ready: deque[Todo] = field(default_factory=deque)
    planning: asyncio.Task[None] | None = None
    failed_in_a_row: int = 0

    @property
    def workers(self) -> int:
        """How many requests are in flight at a time."""
        return max(1, self.profile.concurrency) if self.profile is not None else 1


class Asking:
    """Everything that a run asks. Make it anywhere, `run` it in a loop of its own.

    Args:
        ws: the workspace.
        judges: those of the run, by name.
        units: what is not settled yet, in order.
        planner: says what each unit asks.
        caps: of the run.
        used: what it has used so far.
        inbox: where everything that must be stored is put, and stays until it is.
        arrived: called after something was put there.
        journal: of the run's replies.
    """

    def __init__(
        self,
        ws: Workspace,
        judges: Mapping[str, Judge],
        units: Sequence[Unit],
        planner: Planner,
        caps: Caps,
        used: RunCost,
        inbox: deque[Message],
        arrived: Callable[[], None],
        journal: Journal,
    ) -> None:
        self._ws, self._judges, self._planner, self._journal = ws, judges, planner, journal
        self._caps, self._used, self._inbox, self._arrived = caps, used, inbox, arrived
        by_endpoint: dict[str, deque[Unit]] = {}
        for unit in units:
            by_endpoint.setdefault(judges[unit.judge].endpoint, deque()).append(unit)
        self._lanes = [Lane(endpoint, found) for endpoint, found in by_endpoint.items()]
        self._prices: tuple[Price, ...] = endpoints.prices(ws)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._meter: Meter | None = None
        self._stopping = False
        self._fault: Exception | None = None
        self._flying: list[str] = []
        self.note = ""
        """Why it stopped before all was asked; empty where it did not, or was told to."""

    # any thread --------------------------------------------------------------------------------

    @property
    def busy(self) -> Busy:
        """Judges that requests are under way for, and how many may be at a time."""
        asking = [lane for lane in self._lanes if lane.profile is not None]
        return Busy(names=tuple(self._flying), places=sum(lane.workers for lane in asking))

    def stop(self) -> None:
        """Send nothing more; what is in flight may land."""
        self._stopping = True
        if self._meter is not None:
            self._call(self._meter.close)

    def kill(self) -> None:
        """Drop what is in flight."""
        self._stopping = True
        if self._task is not None:
            self._call(self._task.cancel)

    def _call(self, fn: Callable[[], object]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(fn)

    # the loop ----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Ask until nothing is left, a cap is reached, or told to stop.

        Raises:
            UserError: an endpoint's key cannot be had, or the machine is in the way of planning.
        """
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._meter = Meter(self._caps, self._used)
        async with AsyncExitStack() as stack:
            self._pool = stack.enter_context(ThreadPoolExecutor(1, "callbench-plan"))
            sounds = stack.enter_context(ThreadPoolExecutor(2, "callbench-sound"))
            for lane in self._lanes:
                await self._open(lane, stack, sounds)
            if self.note:
                return
            async with asyncio.TaskGroup() as group:
                for lane in self._lanes:
                    for _ in range(lane.workers):
                        group.create_task(self._work(lane))
        if self._fault is not None:
            raise self._fault
        if self._meter.stopped and not self.note:
            self.note = note_of([self._meter.stopped])

    async def _open(self, lane: Lane, stack: AsyncExitStack, sounds: ThreadPoolExecutor) -> None:
        if lane.endpoint == WITHOUT_MODEL:
            return
        from app.models.chat import ChatClient

        assert self._meter is not None, "made before the lanes are opened"
        mine = [j for j in self._judges.values() if j.endpoint == lane.endpoint]
        lane.profile = endpoints.endpoint(self._ws, lane.endpoint)
        try:
            for judge in mine:
                if judge.definition.modality == "audio":
                    await self._listen(lane.profile, judge)
        except ChatFailed as error:
            self.note = f"{lane.endpoint} cannot be asked: {error.reason}"
            return
        known = endpoints.capabilities(self._ws, lane.endpoint, mine[0].model)
        client = await stack.enter_async_context(ChatClient(lane.profile, known))
        lane.asker = Asker(
            ws=self._ws, client=client, prices=self._prices, meter=self._meter, pool=sounds,
            journal=self._journal,
        )  # fmt: skip

    async def _listen(self, profile: EndpointProfile, judge: Judge) -> None:
        """Find out whether an endpoint takes sound, unless that is known."""
        known = endpoints.capabilities(self._ws, judge.endpoint, judge.model)
        if known is None:
            from app.models.chat_probe import probe

            known = await probe(profile, judge.model)
            endpoints.remember(self._ws, known)
        if not known.audio:
            self._planner.deaf |= {judge.name}

    async def _work(self, lane: Lane) -> None:
        while (todo := await self._next(lane)) is not None:
            assert lane.asker is not None, "only a lane with an endpoint has anything to ask"
            self._flying.append(todo.judge.name)
            try:
                await lane.asker.carry_out(todo, lambda landed: self._landed(lane, landed))
            finally:
                self._flying.remove(todo.judge.name)

    async def _next(self, lane: Lane) -> Todo | None:
        while not (self._stopping or (self._meter and self._meter.stopped)):
            if len(self._inbox) > MOST_UNSTORED:
                # No more is asked than the database keeps up with.
                await asyncio.sleep(BREATH_S)
                continue
            if not self._inbox:
                self._journal.trim()
            if len(lane.ready) < lane.workers and lane.units and lane.planning is None:
                lane.planning = asyncio.create_task(self._plan(lane))
            if lane.ready:
                return lane.ready.popleft()
            if lane.planning is None:
                return None
            await asyncio.shield(lane.planning)
        return None

    async def _plan(self, lane: Lane) -> None:
        try:
            loop = asyncio.get_running_loop()
            planned = await loop.run_in_executor(self._pool, self._look, lane.units.popleft())
            self._put(planned)
            lane.ready.extend(planned.todo)
        except Exception as error:  # noqa: BLE001 - raised once what is in flight has landed
            self._fault = self._fault or error
            self.stop()
        finally:
            lane.planning = None

    def _look(self, unit: Unit) -> Planned:
        """On the planner's thread."""
        while len(self._inbox) > MOST_UNSTORED and not self._stopping:
            time.sleep(BREATH_S)
        return self._planner.plan(unit)

    def _landed(self, lane: Lane, landed: Landed) -> None:
        self._put(landed)
        lane.failed_in_a_row = lane.failed_in_a_row + 1 if landed.failure in HELPLESS else 0
        if lane.failed_in_a_row >= STUCK_AFTER and not self._stopping:
            self.note = (
                f"{STUCK_AFTER} requests in a row failed at {lane.endpoint}. {landed.reason}"
            )
            self.stop()

    def _put(self, message: Message) -> None:
        self._inbox.append(message)
        self._arrived()
