"""Reads: the relief mode, boards, and the self-check."""
