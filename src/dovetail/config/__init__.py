"""Settings: what a project says about its modules, and the rules it gives.

In: `pyproject.toml` or `dovetail.toml`, arguments, environment.  Out: frozen records; every problem reported
at its place.  Must not know: C++, headers, how settings are acted upon.
"""

from dovetail.config.fields import Setting, Shape, settings_of
from dovetail.config.make import environment_settings, make_settings, override_settings, read_environment
from dovetail.config.order import in_order
from dovetail.config.read import read_project
from dovetail.config.settings import ModuleSettings, Project, Rule

__all__ = [
    "ModuleSettings",
    "Project",
    "Rule",
    "Setting",
    "Shape",
    "environment_settings",
    "in_order",
    "make_settings",
    "override_settings",
    "read_environment",
    "read_project",
    "settings_of",
]
