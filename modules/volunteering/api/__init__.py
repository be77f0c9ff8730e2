"""/api/v1/volunteering/."""
