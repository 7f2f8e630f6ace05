"""What becomes of signals: pure deciders that give intents with reasons, and the verb that applies one."""
