"""Exchange caller and agent of a call that was imported the wrong way round."""

from __future__ import annotations

from app.domain.calls import ChannelMap
from app.domain.changes import Changes
from app.domain.errors import BadInput
from app.domain.ratings import Viewer
from app.services.workspace import Workspace


def swap_channels(ws: Workspace, viewer: Viewer, call_id: str) -> Changes:
    """Put the caller where the agent was, and the other way round.

    Layers that were measured on the old order are the timing service's to renew.

    Raises:
        BadInput: the recording is a mono mix, which has no order of channels.
    """
    from app.services.calls import get_call, update_call

    call = get_call(ws, call_id)
    if call.is_mono:
        raise BadInput(
            f"{call.code} is a mono mix: both speakers are on one channel.",
            "Import a stereo recording, or one file for each speaker.",
        )
    swapped: ChannelMap = "agent,caller" if call.channel_map == "caller,agent" else "caller,agent"
    return update_call(ws, viewer, call.id, channel_map=swapped)
