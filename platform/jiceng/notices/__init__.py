"""Messages to people: one inbox each, fed by every module, and the ways out of it."""
