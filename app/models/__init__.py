"""Sessions of speech and language models; the only place that imports them."""

from __future__ import annotations

import os

# onnxruntime 1.31 otherwise keeps a device id and a queue of usage events in the user's cache;
# `disable_telemetry_events()` comes too late to stop that. It must be set before the import.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
