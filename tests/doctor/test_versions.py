"""Versions against bounds."""

from twilio_senders_mcp import __version__
from twilio_senders_mcp.doctor import versions
from twilio_senders_mcp.doctor.diagnosis import Diagnosis
from twilio_senders_mcp.doctor.versions import check_versions, compare_packages, compare_python

REQUIREMENTS = [
    "mcp<3,>=2.3",
    "pydantic<3,>=2.14",
    'uvloop>=0.22; (sys_platform != "win32") and extra == "http"',
    'openai<4,>=3; extra == "dev"',
    'colorama>=0.4; sys_platform == "nowhere"',
]


def compared(**installed: str) -> list[Diagnosis]:
    return list(compare_packages("1.0", REQUIREMENTS, installed.get))


def test_what_is_installed_here_is_within_its_bounds():
    python, packages = check_versions()
    assert (python.level, packages.level) == ("ok", "ok")
    assert packages.found.startswith(f"twilio-senders-mcp {__version__}; within their bounds: mcp ")
    assert "dbos 3." in packages.found


def test_packages_within_their_bounds_are_one_line():
    [packages] = compared(mcp="2.3.1", pydantic="2.14")
    assert packages.found == (
        "twilio-senders-mcp 1.0; within their bounds: mcp 2.3.1, pydantic 2.14 and 0 others."
    )


def test_a_package_outside_its_bounds_and_a_missing_one_are_problems_with_the_cure():
    old, missing, _ = compared(mcp="1.9")
    assert (old.level, old.found) == ("problem", "mcp 1.9 is outside the bounds of this server.")
    assert old.cure == 'Run: python -m pip install "mcp<3,>=2.3"'
    assert (missing.level, missing.found) == ("problem", "pydantic is missing.")


def test_a_package_of_the_extra_counts_where_it_is_installed_and_those_of_development_never():
    problem, packages = compared(mcp="2.3", pydantic="2.14", uvloop="0.1", openai="1", colorama="0")
    assert problem.found == "uvloop 0.1 is outside the bounds of this server."
    assert packages.found.endswith("and 0 others.")


def test_a_preliminary_version_within_the_bounds_counts():
    assert compared(mcp="2.4b1", pydantic="2.14")[0].level == "ok"


def test_a_python_that_is_too_old_is_a_problem():
    assert compare_python("3.12.1", ">=3.11") == Diagnosis("python", "ok", "Python 3.12.1.")
    old = compare_python("3.9.2", ">=3.11")
    assert (old.level, old.cure) == ("problem", "Install it with Python >=3.11.")


def test_a_package_that_is_not_installed_has_no_version():
    assert versions._installed_version("no-such-package-anywhere") is None
