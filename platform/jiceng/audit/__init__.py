"""Who did what, when, from where: entries that are only ever added."""
