"""Environment and flags, read once into typed objects. Nothing else reads the environment.

It needs nothing but the standard library and two small modules of `twilio_senders_mcp.twilio`, so
that ``--help``, which lists the flags, is instant.
"""

from .declaration import SETTINGS, Settings
from .parsing import is_loopback, is_placeholder
from .problems import SettingsError
from .reading import load_settings
from .shell import shell_environment
from .sources import SettingSource, setting_sources
from .terminal import allows_color, is_completing

__all__ = [
    "SETTINGS",
    "SettingSource",
    "Settings",
    "SettingsError",
    "allows_color",
    "is_completing",
    "is_loopback",
    "is_placeholder",
    "load_settings",
    "setting_sources",
    "shell_environment",
]
