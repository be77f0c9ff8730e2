"""Every look at rounds, sheets, results, points, answers and follow-ups."""
