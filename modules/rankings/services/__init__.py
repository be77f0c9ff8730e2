"""Writes: the relief mode, and who is named."""
