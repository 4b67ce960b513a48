"""The picture of the README shows what happens on the sandbox, and anybody can read it."""

import re
from xml.etree import ElementTree as ET

import pytest
from fleet_picture import COLLEAGUES_URL, EDITED, THEMES, change_the_fleet, picture

pytestmark = pytest.mark.anyio

SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 20_000


@pytest.fixture(params=THEMES)
def theme(request):
    return request.param


@pytest.fixture
def file(root, theme):
    return root / f"docs/fleet-{theme}.svg"


async def test_the_picture_is_that_of_a_run(file, theme, write_generated):
    current = picture(await change_the_fleet(), theme)
    if write_generated:
        file.write_text(current)
    assert file.read_text() == current


async def test_the_run_of_the_picture_leaves_alone_what_a_colleague_changed():
    verdicts = [line for line in await change_the_fleet() if line.kind in ("good", "left")]
    assert len(verdicts) == 5
    [left] = [line.text for line in verdicts if not line.text.endswith(": applied")]
    assert left.startswith(f"{EDITED}: conflict")
    assert left.endswith(COLLEAGUES_URL)


def test_the_picture_is_small_and_its_text_is_text_with_a_title_and_a_description(file):
    assert file.stat().st_size < LARGEST
    drawing = ET.fromstring(file.read_text())  # noqa: S314 - a file of our own
    names = [drawing.find(f"{SVG}{tag}") for tag in ("title", "desc")]
    ids = [name.get("id") for name in names if name is not None and name.text]
    assert drawing.get("role") == "img"
    assert drawing.get("aria-labelledby") == " ".join(map(str, ids))
    assert len(list(drawing.iter(f"{SVG}text"))) > 10


def test_the_readme_shows_the_picture_for_both_color_schemes_and_describes_it(root):
    shown = re.search(r"<picture>(.*?)</picture>", (root / "README.md").read_text(), re.DOTALL)
    assert shown
    assert '<source media="(prefers-color-scheme: dark)" srcset="docs/fleet-dark.svg">' in shown[1]
    assert re.search(r'<img src="docs/fleet-light.svg" alt="[^"]{40,}"', shown[1])
