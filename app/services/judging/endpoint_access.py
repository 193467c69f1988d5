"""What someone who sets an endpoint up needs: its key into the keyring, its models listed."""

from __future__ import annotations

import asyncio

from app.domain.endpoints import ChatFailed, EndpointProfile
from app.domain.errors import EnvironmentFault
from app.models import secrets
from app.services.judging.endpoint_rules import checked_profile


def store_key(reference: str, key: str) -> None:
    """Hand a key to the system's keyring; it is kept nowhere else.

    Args:
        reference: `keyring:service/name`.
        key: the key itself.

    Raises:
        BadInput: the reference names no entry of the keyring, or the key is none.
        EnvironmentFault: there is no keyring, or it is locked.
    """
    secrets.store(reference, key)


def models_of(profile: EndpointProfile) -> tuple[str, ...]:
    """The models that an endpoint lists. Call from a worker's thread.

    Raises:
        BadInput: the profile cannot be used. EnvironmentFault: it does not answer, or has no list.
    """
    try:
        return asyncio.run(_listed(checked_profile(profile)))
    except ChatFailed as failed:
        raise EnvironmentFault(failed.reason, "Type the model's name instead.") from failed


async def _listed(profile: EndpointProfile) -> tuple[str, ...]:
    from app.models.chat import ChatClient

    async with ChatClient(profile) as client:
        return await client.models()
