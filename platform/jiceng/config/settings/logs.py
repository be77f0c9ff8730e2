"""Log to standard error, one line an event; never bodies, never personal data."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Tells which characters a document uses: names of people among them.
    "loggers": {"fontTools": {"level": "WARNING"}, "fpdf": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
