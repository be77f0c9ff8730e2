"""新手指南: how members take their first steps, and administrators go live."""
