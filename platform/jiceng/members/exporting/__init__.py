"""Rosters on their way out: asked for with a reason, written in the background, fetched by the one who asked."""
