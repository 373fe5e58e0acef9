"""The settings of a run: those of production. What is shorter than there (leases, delays) is set by its variables."""

from workflows_site.settings import *  # noqa: F403

# It changes nothing unless its environment asks for that: see apps.py.
INSTALLED_APPS = [*INSTALLED_APPS, "torture"]  # noqa: F405
