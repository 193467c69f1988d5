"""Calls to servers that speak OpenAI's protocol: free base URL, key by reference, errors in words.

A request waits in a thread of its own, so that cancelling does not wait for the server. Trying
again is done here and not by the package, whose pauses cannot be cut short.
"""

from __future__ import annotations

import email.utils
import math
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, TypeVar

from app.models import secrets
from app.models.asr import IsCancelled, raise_if
from app.models.endpoint_words import Endpoint, in_words
from app.models.first_import import load_openai

T = TypeVar("T")

CONNECT_S = 10.0
LONGEST_PAUSE_S = 60.0
"""A server that asks for a longer pause is given up."""
POLL_S = 0.1
NO_KEY = "none"
"""Sent where no key is named: the package insists on one, and must not take that of OpenAI."""


class EndpointSession:
    """A client of one server; use it as a context.

    Raises:
        BadInput, EnvironmentFault: the key cannot be had (see `secrets.resolve`).
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._secret = secrets.resolve(endpoint.key_ref)
        load_openai()
        import openai

        self._client = openai.OpenAI(
            base_url=endpoint.base_url,
            api_key=self._secret.reveal() or NO_KEY,
            timeout=openai.Timeout(endpoint.timeout_s, connect=CONNECT_S),
            max_retries=0,
        )
        # Taken from the environment; they are OpenAI's affair and no other server's.
        self._client.organization = self._client.project = None

    def __enter__(self) -> EndpointSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.close()

    def ask(self, what: str, request: Callable[[Any], T], cancelled: IsCancelled) -> T:
        """Send a request, again where that may help.

        Args:
            what: it is for, as in "has no ...": `model whisper-1 for transcription`.
            request: given the `openai.OpenAI` client; called once an attempt, in a thread.
            cancelled: asked while waiting.

        Raises:
            Refused: the server will not do it as asked.
            NotFound: no such model or path. BadInput: too large.
            EnvironmentFault: key refused, busy, failing, silent or not there. Cancelled.
        """
        attempt = 0
        while True:
            raise_if(cancelled)
            try:
                waiting = _Waiting(lambda: request(self._client))
                return waiting.result(self._endpoint.timeout_s + CONNECT_S, cancelled)
            except Exception as error:  # of the package and of what lies beneath it
                pause = self._pause(error, attempt)
                if pause is None:
                    told = in_words(error, what, self._endpoint, self._secret)
                    if told is None:
                        raise
                    raise told from None  # the cause may quote the key
            _sleep(pause, cancelled)
            attempt += 1

    def _pause(self, error: Exception, attempt: int) -> float | None:
        """Seconds until the next attempt; None where there is none."""
        import openai

        if attempt >= self._endpoint.retries:
            return None
        if isinstance(error, openai.APIStatusError):
            status = error.status_code
            if status == 501 or (status < 500 and status not in (408, 409, 429)):
                return None
            if error.code == "insufficient_quota":
                return None
            asked = retry_after(error.response.headers)
            if asked is not None:
                return max(asked, 0.0) if asked <= LONGEST_PAUSE_S else None
        elif not isinstance(error, openai.APIConnectionError | TimeoutError):
            return None
        longest: float = min(self._endpoint.pause_s * 2.0**attempt, LONGEST_PAUSE_S)
        return longest * random.uniform(0.75, 1.0)


class _Waiting(Generic[T]):
    """A request in a thread; daemonic, so that one given up holds up nobody."""

    def __init__(self, request: Callable[[], T]) -> None:
        self._answers: list[T] = []
        self._errors: list[Exception] = []
        self._thread = threading.Thread(target=self._run, args=(request,), daemon=True)
        self._thread.start()

    def _run(self, request: Callable[[], T]) -> None:
        try:
            self._answers.append(request())
        except Exception as error:  # noqa: BLE001 - raised again by whoever waits
            self._errors.append(error)

    def result(self, timeout_s: float, cancelled: IsCancelled) -> T:
        """The answer, or what the request raised.

        Raises:
            TimeoutError: a server that sends a byte now and then has no other end.
            Cancelled.
        """
        until = time.monotonic() + timeout_s
        while self._thread.is_alive():
            self._thread.join(POLL_S)
            if self._thread.is_alive():
                raise_if(cancelled)
                if time.monotonic() > until:
                    raise TimeoutError
        if self._errors:
            raise self._errors[0]
        return self._answers[0]


def _sleep(seconds: float, cancelled: IsCancelled) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        raise_if(cancelled)
        time.sleep(min(left, POLL_S))


def retry_after(headers: Any) -> float | None:
    """Seconds that the server asks to wait: RFC 9110, 10.2.3, and OpenAI's milliseconds."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        with suppress(TypeError, ValueError):
            asked = float(headers.get(name)) * unit
            return None if math.isnan(asked) else asked
    with suppress(TypeError, ValueError):
        when = email.utils.parsedate_to_datetime(str(headers.get("retry-after")))
        return when.timestamp() - time.time()
    return None
