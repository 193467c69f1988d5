"""An agent put together here from three servers: one that hears, one that answers, one that speaks.

Microphone, the bundled speech detector, a recogniser, `chat.completions`, `/v1/audio/speech`. No
agent is needed, and it alone shows how long each of its stages took.
"""
