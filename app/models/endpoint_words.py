"""A server that speaks OpenAI's protocol, by its address; and its refusals in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.domain.errors import BadInput, EnvironmentFault, NotFound, UserError
from app.models import secrets

REFUSALS = (400, 415, 422, 501)


class Refused(BadInput):
    """The server understood and will not do it as asked: another form of request may do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a server is and how patient to be with it.

    Attributes:
        base_url: such as `https://api.openai.com/v1` or `http://localhost:8000/v1`.
        key_ref: reference to its key (see `secrets`); empty for none.
        timeout_s: for one attempt.
        retries: how often to try again after the first attempt.
        pause_s: before the first of them; it doubles, unless the server says how long.
    """

    base_url: str
    key_ref: str = ""
    timeout_s: float = 120.0
    retries: int = 4
    pause_s: float = 0.5

    @property
    def host(self) -> str:
        """As named in messages and provenance."""
        return urlsplit(self.base_url).netloc


def checked_url(base_url: str) -> str:
    """`base_url` without blanks and a slash at its end.

    Raises:
        BadInput: it is no web address, or holds what may be a key.
    """
    base_url = base_url.strip().rstrip("/")
    remedy = "It looks like http://localhost:8000/v1."
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise BadInput("The base URL is no web address.", remedy) from None
    if not usable:
        raise BadInput("The base URL is no web address.", remedy)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise BadInput(
            "The base URL must hold no name, password or query.",
            f"Leave it out. {secrets.FORMS}",
        )
    return base_url


def in_words(
    error: Exception, what: str, endpoint: Endpoint, secret: secrets.Secret
) -> UserError | None:
    """An error of the openai package as one of ours; None for any other.

    Args:
        error: what a request raised.
        what: it was for, as in "has no ...".
        endpoint: the server.
        secret: its key, which servers like to repeat.
    """
    import openai

    host = endpoint.host
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return EnvironmentFault(
            f"{host} did not answer within {endpoint.timeout_s:g} s.", "Try again later."
        )
    if isinstance(error, openai.APIStatusError):
        said = secret.redact(_said(error))
        return _of_status(error.status_code, f" ({error.status_code}{said})", what, endpoint)
    if isinstance(error, openai.APIConnectionError):
        return EnvironmentFault(
            f"{host} cannot be reached, or closed the connection.",
            "Check that the server runs, the base URL and the network.",
        )
    if isinstance(error, openai.OpenAIError):
        return EnvironmentFault(f"{host} sent an answer that cannot be read.", "Try again later.")
    return None


def _of_status(status: int, note: str, what: str, endpoint: Endpoint) -> UserError:
    host, named = endpoint.host, endpoint.key_ref
    if status in (401, 403):
        remedy = f"Check the key that {named} holds." if named else secrets.FORMS
        return EnvironmentFault(f"{host} refused the key{note}.", remedy)
    if status == 404:
        return NotFound(
            f"{host} has no {what}{note}.",
            "Check the model's name, and the base URL, which usually ends in /v1.",
        )
    if status == 413:
        return BadInput(f"The request is too large for {host}{note}.")
    if status in REFUSALS:
        return Refused(f"{host} will not do this{note}.", "Check the model and its arguments.")
    if status == 429:
        return EnvironmentFault(
            f"{host} is too busy, or the quota is used up{note}.",
            "Try again later, or with fewer workers.",
        )
    return EnvironmentFault(f"{host} failed{note}.", "Try again later.")


def _said(error: Any) -> str:
    """What the server says of its refusal, one short line with a colon before it, if anything."""
    body = error.body
    if isinstance(body, dict):
        inner = body.get("error", body)
        body = inner.get("message") if isinstance(inner, dict) else inner
    if not isinstance(body, str) or body.lstrip().startswith("<"):
        return ""
    line = " ".join(body.split()).rstrip(".")
    return f": {line[:200]}" if line else ""
