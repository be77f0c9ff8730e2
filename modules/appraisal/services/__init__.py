"""Every change of rounds, sheets, points, answers and follow-ups."""
