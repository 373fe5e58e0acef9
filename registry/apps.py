from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Templates and versions."""

    name = "registry"

    def ready(self) -> None:
        """Add the registry's own publish checks."""
        from registry import publish_checks  # noqa: PLC0415  it reads models, which are not there before

        publish_checks.register(publish_checks.target_exists)
        publish_checks.register(publish_checks.prerequisites_exist)
        publish_checks.register(publish_checks.prerequisites_end)
