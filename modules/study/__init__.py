"""学习教育: materials, courses, exams, assignments, class hours, certificates and reflections."""
