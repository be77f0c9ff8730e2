"""Telling other systems what has happened: signed, retried for three days, each attempt on record."""
