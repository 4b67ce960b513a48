"""The flags of the settings that have one, as arguments of argparse."""

import argparse
from functools import partial
from typing import Final

from .declaration import SETTINGS

SETTING_FLAGS: Final = {
    name: setting.flag.partition(" ")[0] for name, setting in SETTINGS.items() if setting.flag
}
"""Flags by the names of their settings."""


def add_setting_flags(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take the flags of settings.

    One that is given leaves its text under the setting's name, or the text that it stands for if
    it takes no value; one that is not given leaves nothing.
    """
    group = parser.add_argument_group("settings", "A flag overrides the variable in parentheses.")
    for name, flag in SETTING_FLAGS.items():
        setting = SETTINGS[name]
        default = f", default {setting.default_text}" if setting.default_text else ""
        summary = f"{setting.description} ({name.upper()}{default})".replace("`", "")
        add = partial(group.add_argument, flag, dest=name, default=argparse.SUPPRESS, help=summary)
        if metavar := setting.flag.partition(" ")[2]:
            add(metavar=metavar)
        else:
            add(action="store_const", const=setting.flag_text)
