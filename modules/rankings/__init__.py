"""Boards of people and units by period, private as long as the relief mode is on."""
