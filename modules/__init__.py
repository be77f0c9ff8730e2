"""The feature modules: one folder each, switched on and off per tenant."""

INSTALLED = ("guide", "news", "study", "appraisal", "volunteering", "yellowpages", "rankings")
