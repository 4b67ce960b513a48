# Each target sets itself up: a virtual environment in .venv with the project in it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The tests that need nothing besides Python.
QUICK := not inspector and not conformance and not browser and not bundle

.PHONY: demo test check format inspector conformance browser bench bench-peers fuzz soak clients docs \
	generated dist wheel-demo bundle minimum clean

demo: $(VENV)/.installed
	@$(BIN)/twilio-senders-mcp demo

test: $(VENV)/.installed-dev
	$(BIN)/pytest -n auto -m "$(QUICK)"

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/pyright
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto -m "$(QUICK)"
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

format: $(VENV)/.installed-dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# MCP Inspector against the configurations in tests/e2e; needs Node 20+.
inspector: $(VENV)/.installed-dev .ci/node/.installed
	$(BIN)/pytest -m inspector

# The official MCP conformance suite, in both revisions; needs npm.
conformance: $(VENV)/.installed-dev .ci/conformance/.installed
	$(BIN)/pytest tests/conformance -rP --show-capture=stdout

# The documentation site in a real browser; needs Node 20+ and Chromium.
browser: $(VENV)/.installed-dev .ci/node/.installed
	$(BIN)/pytest -m browser

# Writes the documentation site to build/docs, for any host of static files.
docs: $(VENV)/.installed
	@$(BIN)/twilio-senders-mcp docs build/docs

# Compares the server with a bare one, then with its peers; fails if a bound of the first is not held.
bench: $(VENV)/.installed-dev
	@$(BIN)/python bench/run.py; held=$$?; $(BIN)/python bench/peers.py && exit $$held

# The peers come from PyPI and npm into environments of their own in build/peers; one that cannot be
# installed is left out. WRITE=1 also puts the tables and the plot into docs/.
bench-peers: $(VENV)/.installed-dev
	@$(BIN)/python bench/peers.py $(if $(WRITE),--write-docs)

# Thousands of made-up lines and requests for both forms; the tests try a few that stay the same.
fuzz: $(VENV)/.installed-dev
	$(BIN)/pytest tests/fuzz --hypothesis-profile=fuzz

# Very many calls while Twilio fails now and then: are all results true, and is memory bounded?
# SOAK="--calls 10000 --form http" shortens it.
soak: $(VENV)/.installed-dev
	$(BIN)/python bench/soak.py $(SOAK)

# Real MCP clients from PyPI and npm, each in an environment of its own in build/clients; needs npm.
# Then the programs that `install` configures: do they find the server, and start it?
clients: $(VENV)/.installed
	@$(BIN)/python bench/clients/run.py; passed=$$?; $(BIN)/python bench/clients/programs.py && exit $$passed

# Rewrites what is generated: tables and a picture of the documents, the snapshots in tests/, the data of
# two pages, and what registries read.
generated: $(VENV)/.installed-dev
	$(BIN)/pytest -q tests/test_readme.py tests/test_command_page.py tests/test_snapshots.py \
	  tests/test_publishing.py tests/test_fleet_picture.py tests/reference/test_server_pages.py --write-generated

# What an index such as PyPI gets: the sources and the wheel, checked as it checks them.
dist: $(VENV)/.installed-dev
	rm -rf dist
	$(BIN)/python -m build --installer uv
	$(BIN)/twine check --strict dist/*

# The wheel as its users get it: in an environment of its own, started from another folder.
wheel-demo: dist
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/wheel
	$(BIN)/uv pip install --quiet --python build/wheel dist/*.whl
	cd build/wheel && bin/twilio-senders-mcp demo

# What Claude Desktop installs, packed by the official tool, unpacked again and tried; needs Node 20+.
# A host runs `uv sync` when it installs the bundle, so that is done here, too.
MCPB := .ci/node/node_modules/.bin/mcpb
bundle: dist .ci/node/.installed
	rm -rf build/bundle build/unpacked
	mkdir -p build && cp -R bundle build/bundle && cp LICENSE dist/*.whl build/bundle
	$(BIN)/uv lock --quiet --project build/bundle
	$(MCPB) pack build/bundle dist/twilio-senders-mcp.mcpb
	$(MCPB) unpack dist/twilio-senders-mcp.mcpb build/unpacked
	$(BIN)/uv sync --quiet --frozen --project build/unpacked --python $(BIN)/python
	$(BIN)/pytest tests/e2e/test_bundle.py

# The tests with the oldest versions that pyproject.toml allows of what it names.
minimum: $(VENV)/.installed-dev
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/minimum
	$(BIN)/uv pip install --quiet --python build/minimum --resolution lowest-direct --editable '.[dev,http]'
	build/minimum/bin/python -m pytest -n auto -p no:cacheprovider -m "$(QUICK)"

clean:
	rm -rf $(VENV) .ci/node .ci/conformance

# pip is quiet and takes its time, so say first what happens.
define begin_installation
@echo "Installing into $(VENV); this can take a minute ..."
@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
endef
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable

$(VENV)/.installed: pyproject.toml
	$(begin_installation)
	@$(INSTALL) .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml
	$(begin_installation)
	@$(INSTALL) '.[dev,http]'
	@touch $@ $(VENV)/.installed

.ci/node/.installed: .ci/npm-packages
	npm install --silent --no-fund --no-audit --prefix .ci/node $$(cat .ci/npm-packages)
	@touch $@

.ci/conformance/.installed: .ci/install-conformance .ci/conformance-packages
	PYTHON=$(PYTHON) .ci/install-conformance
	@touch $@
