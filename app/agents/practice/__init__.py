"""The embedded practice agent: a server of ours that speaks the Realtime protocol, offline."""
