"""Live calls: one adapter a protocol behind one `AgentLink`, the call engine, its measures."""
