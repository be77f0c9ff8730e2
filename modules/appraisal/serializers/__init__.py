"""JSON of rounds, results, points, answers and follow-ups."""
