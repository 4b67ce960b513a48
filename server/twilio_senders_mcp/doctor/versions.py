"""The versions of Python and of the packages, against the bounds that this project declares."""

import platform
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution, version
from typing import Final

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from .diagnosis import Diagnosis

_PROJECT: Final = "twilio-senders-mcp"
_EXTRA: Final = "http"
_NAMED: Final = ("mcp", "httpx2", "pydantic", "dbos")
"""The packages whose versions are told: what goes wrong in a library mostly goes wrong in these."""


def check_versions() -> list[Diagnosis]:
    """Compare what is installed with the bounds in the metadata of this package."""
    project = distribution(_PROJECT)
    return [
        compare_python(platform.python_version(), project.metadata["Requires-Python"]),
        *compare_packages(project.version, project.requires or (), _installed_version),
    ]


def compare_python(found: str, required: str) -> Diagnosis:
    """Compare the version of Python with what is required."""
    if SpecifierSet(required).contains(found, prereleases=True):
        return Diagnosis("python", "ok", f"Python {found}.")
    return Diagnosis(
        "python",
        "problem",
        f"Python {found} is outside the bounds of this server.",
        f"Install it with Python {required}.",
    )


def compare_packages(
    own: str, requirements: Sequence[str], installed_version: Callable[[str], str | None]
) -> Iterator[Diagnosis]:
    """Yield each package that is not within its bounds, and one diagnosis for those that are.

    The packages of the extra ``http`` count where they are installed; those of ``dev`` do not.
    """
    fitting: dict[str, str] = {}
    for requirement in map(Requirement, requirements):
        found = installed_version(requirement.name)
        marker = requirement.marker
        if marker is not None and not marker.evaluate({"extra": "" if found is None else _EXTRA}):
            continue
        if found is not None and requirement.specifier.contains(found, prereleases=True):
            fitting[requirement.name] = found
            continue
        state = "is missing" if found is None else f"{found} is outside the bounds of this server"
        yield Diagnosis(
            "packages",
            "problem",
            f"{requirement.name} {state}.",
            f'Run: python -m pip install "{requirement.name}{requirement.specifier}"',
        )
    named = ", ".join(f"{name} {fitting[name]}" for name in _NAMED if name in fitting)
    others = len(fitting.keys() - {*_NAMED})
    yield Diagnosis(
        "packages", "ok", f"{_PROJECT} {own}; within their bounds: {named} and {others} others."
    )


def _installed_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
