"""The console: rounds, results, points, answers, follow-ups."""
