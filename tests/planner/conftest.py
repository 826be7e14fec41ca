"""Hypothesis without deadlines: the machine that runs the tests may be slow."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
