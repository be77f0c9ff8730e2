"""/api/v1/appraisal."""
