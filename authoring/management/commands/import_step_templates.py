"""Bring reusable steps in from files, folders or standard input."""

from authoring.importing import STEP_TEMPLATES
from authoring.management.commands import import_templates


class Command(import_templates.Command):
    """Import reusable steps as templates are imported; each file is taken in whole or not at all."""

    kind = STEP_TEMPLATES
    noun = "reusable step"
    actor = "command:import_step_templates"
    help = "Import reusable steps from JSON, JSON Lines or YAML: files, folders (searched), or - for standard input."
