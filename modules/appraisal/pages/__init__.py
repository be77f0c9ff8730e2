"""The phone: scoring, own results, the public survey, follow-ups."""
