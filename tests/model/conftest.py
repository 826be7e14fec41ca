"""Property tests judge results, not the load of the machine they run on."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
