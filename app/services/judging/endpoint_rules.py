"""What an endpoint's profile and a price may hold."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date

from app.domain.endpoints import EndpointProfile, Price
from app.domain.errors import BadInput
from app.models import secrets
from app.models.endpoint_words import checked_url

NAME_CHARS = 60
MOST_S, MOST_RETRIES, MOST_AT_ONCE = 3600.0, 20, 256

_CURRENCY = re.compile(r"[A-Z]{3}")


def checked_profile(profile: EndpointProfile) -> EndpointProfile:
    """A profile without blanks around its texts.

    Raises:
        BadInput: a field cannot be used; says which.
    """
    name = " ".join(profile.name.split())
    if not name or len(name) > NAME_CHARS:
        raise BadInput("An endpoint needs a name.", f"It may have up to {NAME_CHARS} characters.")
    _within("The timeout", profile.timeout_s, 1.0, MOST_S)
    _within("The number of retries", profile.retries, 0, MOST_RETRIES)
    _within("The number of requests at once", profile.concurrency, 1, MOST_AT_ONCE)
    for what, limit in (("requests", profile.rpm), ("tokens", profile.tpm)):
        if limit is not None:
            _within(f"The limit of {what} a minute", limit, 1, math.inf)
    return replace(
        profile,
        name=name,
        base_url=checked_url(profile.base_url),
        key_ref=secrets.check(profile.key_ref),
        model=profile.model.strip(),
    )


def checked_price(price: Price) -> Price:
    """A price without blanks around its texts.

    Raises:
        BadInput: a field cannot be used; says which.
    """
    model, currency, as_of = (
        price.model.strip(),
        price.currency.strip().upper(),
        price.as_of.strip(),
    )
    if not model:
        raise BadInput("A price needs a model's name.", "A prefix ends in *, such as gpt-4.1*.")
    for amount in (price.input_per_m, price.output_per_m, price.cached_per_m, price.audio_per_m):
        if amount is not None:
            _within(f"A price of {model}", amount, 0.0, math.inf)
    if not _CURRENCY.fullmatch(currency):
        raise BadInput(f"{price.currency!r} is no currency.", "Give three letters, such as USD.")
    if as_of:
        try:
            date.fromisoformat(as_of)
        except ValueError:
            raise BadInput(f"{as_of!r} is no date.", "Give it as 2026-01-31.") from None
    endpoint = price.endpoint.strip()
    return replace(price, model=model, currency=currency, as_of=as_of, endpoint=endpoint)


def _within(what: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        limits = f"from {low:g} to {high:g}" if math.isfinite(high) else f"{low:g} or more"
        raise BadInput(f"{what} cannot be {value:g}.", f"It may be {limits}.")
