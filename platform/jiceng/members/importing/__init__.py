"""Rosters on their way in: read, check against the registry, apply, take back."""
