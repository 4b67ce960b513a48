"""The script of an exported folder ranks pages as the server does."""

import json
import shutil
import subprocess
import tomllib

import pytest

from twilio_senders_mcp.reference.search import search
from twilio_senders_mcp.site.search_data import search_index

pytestmark = pytest.mark.browser

RANK = """
const index = JSON.parse(require("fs").readFileSync(process.argv[3], "utf8"));
const code = require("fs").readFileSync(process.argv[2], "utf8");
const rank = new Function(`${code}; return rankPages;`)();
const queries = JSON.parse(require("fs").readFileSync(0, "utf8"));
const found = queries.map((q) => rank(index, q).pages.slice(0, 5).map((n) => index.pages[n].path));
console.log(JSON.stringify(found));
"""


def test_the_script_finds_the_pages_that_the_server_finds(root, tmp_path):
    queries = [
        question["ask"]
        for file in sorted((root / "tests/reference").glob("*questions.toml"))
        for question in tomllib.loads(file.read_text())["question"]
    ]
    queries += [
        "changes between march and may 2026",
        "changed since 2026-04-14",
        "latest changes",
        "may I change it",
        "Webhookadresse",
        "x" * 1000,
    ]
    (tmp_path / "rank.cjs").write_text(RANK)
    (tmp_path / "index.json").write_text(search_index())
    script = root / "server/twilio_senders_mcp/site/static/search.js"
    done = subprocess.run(
        [shutil.which("node") or "node", tmp_path / "rank.cjs", script, tmp_path / "index.json"],
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    expected = [[hit.page for hit in search(query).results[:5]] for query in queries]
    assert json.loads(done.stdout) == expected
