"""What went wrong with an attempt: its kind, in words without secrets, and whether to try again."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.errors import UserError
from app.domain.judging import AskFailure
from app.models.chat_reply import Disguised, Unreadable, storable
from app.models.endpoint_calls import LONGEST_PAUSE_S, retry_after
from app.models.endpoint_words import REFUSALS, Endpoint, in_words
from app.models.secrets import Secret

KINDS: Mapping[int, AskFailure] = {
    401: "auth", 403: "auth", 404: "not_found", 405: "not_found",
    408: "timeout", 409: "server", 429: "rate_limit", 501: "bad_request",
}  # fmt: skip
AGAIN = (408, 409, 429)
"""Of the refusals, those that may pass; and every failure of the server but 501."""
REQUEST_ID = "x-request-id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why an attempt failed."""

    kind: AskFailure
    reason: str
    again: bool = False
    """Whether another attempt may do."""
    pause_s: float = 0.0
    """As the server asks; 0 where it does not say."""
    status: int = 0
    said: str = ""
    """The server's words alone."""
    parameter: str = ""
    """Of the request, if the server names one."""
    request_id: str = ""

    @property
    def is_refusal(self) -> bool:
        """The server understood, and another form of request may do."""
        return self.status in REFUSALS


def fault_of(error: Exception, model: str, endpoint: Endpoint, secret: Secret) -> Fault | None:
    """An error of an attempt as a fault; None for one of ours.

    Args:
        error: of the openai package, of reading the reply, or of waiting for it.
        model: that was asked.
        endpoint: the server.
        secret: its key, which servers like to repeat.
    """
    import openai

    if isinstance(error, Unreadable):
        reason = f"{endpoint.host} sent an answer that is no chat completion."
        remedy = "Check the base URL, which usually ends in /v1."
        return Fault(kind="server", reason=f"{reason} {remedy}", again=True)
    told = in_words(error, f"model {model!r}", endpoint, secret)
    if told is None:
        return None
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, told, secret)
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return Fault(kind="timeout", reason=str(told), again=True)
    return Fault(kind="connection", reason=str(told), again=True)


def undisguised(error: Disguised, response: Any) -> Exception:
    """An error inside a success as the openai package would have raised it."""
    import openai

    inner = error.body.get("error")
    found = openai.APIStatusError("", response=response, body=inner)
    found.status_code = error.status
    return found


def back_off_s(first_s: float, retries: int) -> float:
    """A pause that doubles with every retry, of which chance takes up to a half."""
    longest: float = min(first_s * 2.0**retries, LONGEST_PAUSE_S)
    return longest * random.uniform(0.5, 1.0)


def _of_status(error: Any, told: UserError, secret: Secret) -> Fault:
    status, headers = error.status_code, error.response.headers
    kind: AskFailure = "server" if status >= 500 else "bad_request"
    pause_s = max(retry_after(headers) or 0.0, 0.0)
    again = status in AGAIN or (status >= 500 and status != 501)
    if error.code == "insufficient_quota" or pause_s > LONGEST_PAUSE_S:
        again = False
    advice = str(headers.get("x-should-retry", "")).lower()
    if advice in ("true", "false"):
        again = advice == "true"
    return Fault(
        kind=KINDS.get(status, kind),
        reason=storable(str(told)),
        again=again,
        pause_s=min(pause_s, LONGEST_PAUSE_S),
        status=status,
        said=secret.redact(_said(error.body)),
        parameter=str(error.param or ""),
        request_id=headers.get(REQUEST_ID, ""),
    )


def _said(body: Any) -> str:
    """The server's words; of a list of details (FastAPI), where and what, never our own input."""
    if not isinstance(body, dict):
        return str(body or "")[:500]
    details = body.get("detail")
    if isinstance(details, list):
        found = [d for d in details if isinstance(d, dict)]
        return "; ".join(f"{d.get('loc', '')} {d.get('msg', '')}" for d in found)
    message = body.get("message", details)
    return str(message or body.get("error") or "")
