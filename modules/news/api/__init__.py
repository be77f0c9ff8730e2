"""/api/v1/news/."""
