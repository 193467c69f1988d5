"""Where the steps of a run are computed: threads here, processes here, or a Dask cluster.

Each is an `Executor` with two things more that a run needs: how many steps to keep in flight, and
a way to be rid of a step that hangs. A worker that hangs or dies costs the step that it was on
and no other.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, Protocol

from app.domain.errors import BadInput, EnvironmentFault
from app.eval.base import Watch
from app.eval.work import Done, Job, perform

log = logging.getLogger("callbench.eval")

NICENESS = 10
"""Of workers' processes: playback and the window come first."""


class Pool(Protocol):
    """See the module."""

    @property
    def capacity(self) -> int:
        """How many steps run at a time."""

    def submit(self, job: Job) -> Future[Done]:
        """Start a step; at most `capacity` are in flight."""

    def drop(self, future: Future[Done]) -> None:
        """Be rid of a step: its future must not be waited for any more."""

    def close(self) -> None:
        """Stop; steps in flight are dropped."""


class ThreadPool:
    """Steps in threads of this process: for the call on the screen."""

    def __init__(self, workers: int = 1) -> None:
        self.capacity = workers
        self._stopped = False
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="eval")

    def submit(self, job: Job) -> Future[Done]:
        """Queue a step."""
        return self._threads.submit(perform, job, Watch(lambda: self._stopped))

    def drop(self, future: Future[Done]) -> None:
        """A thread cannot be killed: it ends by itself, and the pool goes on with a new one."""
        future.cancel()
        old, self._threads = self._threads, ThreadPoolExecutor(self.capacity)
        old.shutdown(wait=False)

    def close(self) -> None:
        """Tell the steps to stop; do not wait for them."""
        self._stopped = True
        self._threads.shutdown(wait=False, cancel_futures=True)


class ProcessPool:
    """Steps in processes, one executor to a process: the death of one is nobody else's."""

    def __init__(self, workers: int) -> None:
        self.capacity = workers
        self._slots = [_Slot() for _ in range(workers)]

    def submit(self, job: Job) -> Future[Done]:
        """Give a step to a free worker."""
        slot = next((s for s in self._slots if s.is_free), None)
        if slot is None:
            raise RuntimeError("more steps in flight than workers")
        return slot.submit(job)

    def drop(self, future: Future[Done]) -> None:
        """Kill the worker that is on it."""
        for slot in self._slots:
            if slot.holds(future):
                slot.kill()

    def close(self) -> None:
        """Kill every worker."""
        for slot in self._slots:
            slot.kill()


class _Slot:
    """One worker process behind an executor of its own, made when it is first needed."""

    def __init__(self) -> None:
        self._executor: Executor | None = None
        self._pid = 0
        self._future: Future[Done] | None = None

    @property
    def is_free(self) -> bool:
        return self._future is None or self._future.done()

    def holds(self, future: Future[Done]) -> bool:
        return self._future is future

    def submit(self, job: Job) -> Future[Done]:
        if self._future is not None and isinstance(self._failure(), BrokenProcessPool):
            self.kill()
        if self._executor is None:
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(1, mp_context=context, initializer=_settle)
            self._pid = self._executor.submit(os.getpid).result()
        self._future = self._executor.submit(perform, job)
        return self._future

    def _failure(self) -> BaseException | None:
        future = self._future
        return future.exception() if future and future.done() and not future.cancelled() else None

    def kill(self) -> None:
        """End the process at once; the next step gets a new one."""
        if self._executor is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self._pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor, self._future = None, None


def _settle() -> None:
    """In a new worker: one thread per model session, behind everything that people wait for."""
    from app.models.threads import use_threads

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run decides when its workers end
    threading.Thread(target=_end_with_parent, daemon=True).start()
    use_threads(1)
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(NICENESS)


def _end_with_parent() -> None:
    """A worker whose window was killed has nobody to work for."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class DaskPool:
    """Steps on a cluster of `dask.distributed`; its workers must see the workspace's folder.

    Args:
        address: of the scheduler, such as `tcp://host:8786`.

    Raises:
        EnvironmentFault: nobody answers there.
        BadInput: the address is none.
    """

    def __init__(self, address: str, *, timeout_s: float = 10.0) -> None:
        from distributed import Client

        connect: Any = Client  # without types
        try:
            self._client: Any = connect(address, timeout=timeout_s, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise EnvironmentFault(
                f"No Dask scheduler answers at {address}.", "Start it, or check the address."
            ) from error
        except ValueError as error:
            raise BadInput(f"{address} is no address of a Dask scheduler.", str(error)) from error
        if not self._client.nthreads():
            self._client.close()
            raise EnvironmentFault(
                f"The Dask scheduler at {address} has no workers.", "Start workers first."
            )
        self._executor: Executor = self._client.get_executor(pure=False, retries=0)

    @property
    def capacity(self) -> int:
        """The cluster's threads by now, and as many again in its queue."""
        threads: int = sum(self._client.nthreads().values())
        return max(1, 2 * threads)

    def submit(self, job: Job) -> Future[Done]:
        """Send a step to the cluster."""
        future: Future[Done] = self._executor.submit(perform, job)
        return future

    def drop(self, future: Future[Done]) -> None:
        """The cluster forgets the step; the worker's thread ends it by itself."""
        future.cancel()

    def close(self) -> None:
        """Leave the cluster as it is."""
        self._executor.shutdown(wait=False)
        self._client.close(timeout=5)


def died(future: Future[Done]) -> str:
    """Why a future has no answer of its own, in words; empty where it has one."""
    error = future.exception()
    if error is None:
        return ""
    log.warning("a worker was lost: %r", error)
    if isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker":
        return "The worker's process ended while it was on this step."
    return f"The worker gave no answer ({type(error).__name__}: {error})."[:500]


def open_pool(where: str, workers: int, address: str = "") -> Pool:
    """The pool of that kind."""
    if where == "dask":
        return DaskPool(address)
    return ProcessPool(workers) if where == "processes" else ThreadPool(workers)
