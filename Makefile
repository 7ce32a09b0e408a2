# Two commands do everything: `make run` serves, `make test` tests. Both set up what they need.
.DEFAULT_GOAL := help

# The first interpreter that really runs and is recent enough; override with `make PYTHON=…`.
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
	$(if $(shell $(p) -c 'import sys; print("yes" if (3,11) <= sys.version_info[:2] <= (3,14) else "")' 2>/dev/null),$(p))))
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
EXAMPLES ?= 20000
SECONDS ?= 180
ECHANGES ?= 10000
RECORDS ?= 200000
POINTS ?= 1000000
DAYS ?=
# Of the tests: three keep two cores busy, since a test that waits leaves its own to another.
PROCESSES ?= 3
LIBFAKETIME := $(firstword $(wildcard /usr/lib/*/faketime/libfaketimeMT.so.1 /usr/lib/faketime/libfaketimeMT.so.1))
ROUNDS ?= 40
IMAGES ?= $(CURDIR)/$(VENV)/images
API_SECONDS ?= 120
SEED ?= 1
GRAINE ?= 1
GRAINES ?=
ANS ?= 10
NOMBRE ?= 200
VERSION ?= 1.0
PACKAGE ?= consultation
VERSIONS ?= 3.11 3.12 3.13 3.14
SMOKE ?= tests/installation tests/scaffold tests/soap tests/transport/test_tls.py tests/transport/test_handshake.py
# What a release is made of: the day it bears, where Debian roots are kept, its wheel.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1767225600)
export ROOTS ?= $(HOME)/.cache/sge-sim-roots
# Every program that a test starts finds the package compiled, whatever the environment says.
export PYTHONDONTWRITEBYTECODE =
WHEEL = dist/sge_sim-$(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' sge_sim/__init__.py)-py3-none-any.whl

# $(call needs,program,what it is,Debian packages): say what is missing, before anything fails.
needs = command -v $(1) >/dev/null || { \
	echo "$(2) is needed: no $(1) on this machine (Debian: apt-get install $(3))." >&2; exit 2; }

# $(call part,target,whether it can be made,what it asks for): make a part of a release, or say that it lacks.
part = if { $(2); } >/dev/null; then $(MAKE) $(1); else echo "release: without $(1), which asks for $(3)." >&2; fi

# $(call page,name,module or script): make a page of docs/ anew, or leave it where that fails.
page = $(BIN)/python $(2) > docs/$(1).md.new && mv docs/$(1).md.new docs/$(1).md

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

run: $(VENV)/.run ## set up if needed, then serve (ARGS="--environment production" adds options)
	@exec $(BIN)/sge-sim serve --data-dir .sge-sim $(ARGS)

test: $(VENV)/.dev ## set up if needed, then lint, type-check and test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n $(PROCESSES) --dist loadscope --no-loadscope-reorder $(ARGS)

costs: $(VENV)/.dev ## run the suite and print where the processor's time goes, room by room (7 min)
	PYTHONPATH=tests $(BIN)/python -m pytest -q -p costs -n $(PROCESSES) --dist loadscope --no-loadscope-reorder $(ARGS)

test-dates: $(VENV)/.dev ## run the suite with the machine's clock moved (needs libfaketime; 1 h 15; DAYS=plus-40 for one, DAYS=mondays for those to 1 April 2027, 30 min at most)
	@test -n "$(LIBFAKETIME)" || { echo "libfaketime is needed (Debian: apt-get install libfaketime)." >&2; exit 2; }
	timeout 7800 $(BIN)/python tests/other_days.py $(LIBFAKETIME) $(DAYS) -- -q -n $(PROCESSES) --dist loadscope --no-loadscope-reorder $(ARGS)

test-office: $(VENV)/.dev ## open the tracking sheet in LibreOffice (needs libreoffice-calc; 1 min)
	@$(call needs,soffice,LibreOffice Calc,libreoffice-calc)
	timeout 120 $(BIN)/python -m pytest -m office tests/office

test-browser: $(VENV)/.dev ## open the report and the dashboard in Chromium (needs chromium-driver, npm; 6 min)
	@$(call needs,chromedriver,Chromium and its driver,chromium chromium-driver)
	@$(call needs,npm,Node.js with npm,nodejs npm)
	npm install --silent --no-audit --no-fund --prefix $(VENV)/node axe-core@4
	mkdir -p $(IMAGES)
	SGE_SIM_AXE=$(CURDIR)/$(VENV)/node/node_modules/axe-core/axe.min.js SGE_SIM_IMAGES=$(IMAGES) \
		timeout 1200 $(BIN)/python -m pytest -m browser tests/browser --ignore tests/browser/test_aide_pages.py $(ARGS)

test-site: site ## run every snippet of the pages, then open each in Chromium (needs chromium-driver, npm; 6 min)
	@$(call needs,chromedriver,Chromium and its driver,chromium chromium-driver)
	@$(call needs,npm,Node.js with npm,nodejs npm)
	npm install --silent --no-audit --no-fund --prefix $(VENV)/node axe-core@4
	mkdir -p $(IMAGES)
	timeout 600 $(BIN)/python -m pytest -m site tests/site $(ARGS)
	SGE_SIM_AXE=$(CURDIR)/$(VENV)/node/node_modules/axe-core/axe.min.js SGE_SIM_IMAGES=$(IMAGES) \
		timeout 900 $(BIN)/python -m pytest -m browser tests/browser/test_aide_pages.py $(ARGS)

test-langages: $(VENV)/.dev ## run the kit's examples and collections in their languages (needs them; 7 min)
	@$(call needs,java,A Java runtime of 17 or later with its compiler,openjdk-21-jdk-headless)
	@$(call needs,php,PHP with its soap extension,php-cli php-soap)
	@$(call needs,npm,Node.js with npm,nodejs npm)
	@$(call needs,go,Go,golang-go)
	@$(call needs,wsdl,Mono with its compiler and tools,mono-devel)
	@$(call needs,wsdl2h,gSOAP,gsoap)
	@perl -MIO::Socket::SSL -MXML::LibXML -MSOAP::Lite -e 1 || { echo "Modules of Perl are needed (Debian: apt-get install libio-socket-ssl-perl libxml-libxml-perl libsoap-lite-perl)." >&2; exit 2; }
	npm install --silent --no-audit --no-fund --prefix $(VENV)/node soap@1 @usebruno/cli@4 @usebruno/converters newman@6
	NODE_PATH=$(CURDIR)/$(VENV)/node/node_modules timeout 600 $(BIN)/python -m pytest -m langages tests/kit_langages tests/packaging

test-mcp: $(VENV)/.dev $(VENV)/.mcp ## have a client of MCP use the tools that an assistant is given (1 min)
	SGE_SIM_MCP_PYTHON=$(VENV)/mcp/bin/python timeout 300 $(BIN)/python -m pytest -m mcp tests/mcp

test-masse: $(VENV)/.dev $(VENV)/.masse ## make files in bulk on a Dask cluster whose workers are killed, and hold a year of files against their schemas (10 min)
	SGE_SIM_MASSE_PYTHON=$(VENV)/masse/bin/python timeout 1800 $(BIN)/python -m pytest -m masse tests/masse tests/flux

test-annee: $(VENV)/.dev ## judge the files of a year of 300 points, in each profile (30 min; SGE_SIM_ANNEE_POINTS=30 for fewer)
	timeout 1800 $(BIN)/python -m pytest -s -n 2 -m annee tests/flux tests/entreprises

test-fichiers-sales: $(VENV)/.dev ## score a parser of a dirty month of 300 points, and have 200 spoilt files examined (20 min)
	timeout 2400 $(BIN)/python -m pytest -s -n 2 -m fichiers_sales tests/flux

test-postgresql: $(VENV)/.dev ## run on PostgreSQL (SERVER=postgresql+psycopg://user@host/postgres; 2 min)
	@test -n "$(SERVER)" || { echo "SERVER=postgresql+psycopg://user@host/postgres is needed: a server on which this user may make a database (Debian: apt-get install postgresql)." >&2; exit 2; }
	SGE_SIM_POSTGRESQL="$(SERVER)" timeout 180 $(BIN)/python -m pytest -m postgresql tests/postgresql

test-kills: $(VENV)/.dev ## kill processes at work (ROUNDS=40, 5 min; on PostgreSQL too with SERVER=…)
	SGE_SIM_KILL_ROUNDS=$(ROUNDS) SGE_SIM_POSTGRESQL="$(SERVER)" \
		timeout 900 $(BIN)/python -m pytest -s -m kills tests/kills

test-machines: $(VENV)/.dev ## kill, suspend and restart simulators that share a PostgreSQL behind HAProxy (SERVER=… for one that runs; 15 min)
	@$(call needs,haproxy,HAProxy,haproxy)
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { echo "PostgreSQL's programs are needed (Debian: apt-get install postgresql)." >&2; exit 2; }
	$(if $(SERVER),SGE_SIM_POSTGRESQL="$(SERVER)") timeout 900 $(BIN)/python -m pytest -s -m machines tests/machines

test-recettes: $(VENV)/.dev ## run each recipe in Debian roots with its Python, Java, Node and PHP, by four kinds of clients (root, debootstrap, the archive of dist/; 30 min; ARGS="-k php" for one)
	@$(call needs,debootstrap,debootstrap,debootstrap)
	@ls dist/sge-sim-*-linux-x86_64.tar.gz >/dev/null 2>&1 || { echo "dist/ has no executable: make executable first." >&2; exit 2; }
	mkdir -p $(ROOTS)
	timeout 3600 $(BIN)/python -m pytest -s -m recettes tests/packaging/test_recettes.py $(ARGS)

test-mises-a-jour: $(VENV)/.dev ## open the state of one version by the next: two commits, on SQLite and PostgreSQL; the executable and the package of dist/ (a whole clone; 5 min)
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { echo "PostgreSQL's programs are needed (Debian: apt-get install postgresql)." >&2; exit 2; }
	@[ -d dist/sge-sim ] || echo "test-mises-a-jour: no dist/sge-sim, so no executable and no package: make release first." >&2
	timeout 1800 $(BIN)/python -m pytest -s -m "mises_a_jour$(if $(wildcard dist/sge-sim),, and not packaging)" \
		tests/mises_a_jour $(if $(wildcard dist/*.deb),tests/packaging/test_debian.py) $(ARGS)

test-journal: $(VENV)/.dev ## search a large journal (RECORDS=200000, 1 min; 1000000 takes 5 min)
	SGE_SIM_JOURNAL_RECORDS=$(RECORDS) timeout 900 $(BIN)/python -m pytest -s -m large tests/journal

test-verdict: $(VENV)/.dev ## play wrong answers before the runner of campaigns (SEED=1; 15 min)
	SGE_SIM_VERDICT_SEED=$(SEED) timeout 1200 $(BIN)/python -m pytest -s -m verdict tests/homologation/jugement

vraisemblance: $(VENV)/.dev ## judge how likely the curves are and write docs/vraisemblance.md (ten drawn seeds, 2023 to 2027, 40 min on two processors; GRAINE="1 2" ANNEES="2024 2025" for others)
	OPENBLAS_NUM_THREADS=1 timeout 5400 $(BIN)/python -m bench.vraisemblance $(GRAINE) $(if $(ANNEES),--annees $(ANNEES))

mutants: $(VENV)/lines_run/seconds.json ## change 200 lines, one at a time, and see whether a test fails (GRAINE=1, NOMBRE=200; 60 min at most, and 20 to note which tests run them)
	timeout 3600 $(BIN)/python tests/mutants/play_mutants.py $(GRAINE) $(NOMBRE)

test-points: $(VENV)/.dev ## import a large file of points (POINTS=1000000, 25 min, 3 GB of disk; on PostgreSQL too with SERVER=…)
	@test "$$(df -Pk $${TMPDIR:-/tmp} | awk 'NR == 2 { print $$4 }')" -ge $$(($(POINTS) * 3)) || { \
		echo "$$(($(POINTS) * 3 / 1000)) MB are needed in $${TMPDIR:-/tmp}: free them, or give TMPDIR or fewer POINTS." >&2; exit 2; }
	SGE_SIM_POINTS=$(POINTS) SGE_SIM_POSTGRESQL="$(SERVER)" timeout 1500 $(BIN)/python -m pytest -s -m large tests/points

test-dix-millions: POINTS = 10000000
test-dix-millions: $(VENV)/.dev ## import ten million points into PostgreSQL, publish a million (40 GB of disk, 100 min; five where it is short)
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { echo "PostgreSQL's programs are needed (Debian: apt-get install postgresql)." >&2; exit 2; }
	@free=$$(df -Pk $${TMPDIR:-/tmp} | awk 'NR == 2 { print $$4 }'); points=$(POINTS); \
	if [ $$free -lt $$((points * 4)) ] && [ $$points -gt 5000000 ]; then \
		echo "$$((points / 250000)) GB are needed in $${TMPDIR:-/tmp} for $$points points, $$((free / 1000000)) are free: 5000000 points." >&2; points=5000000; fi; \
	if [ $$free -lt $$((points * 4)) ]; then \
		echo "$$((points / 250000)) GB are needed in $${TMPDIR:-/tmp}: free them, or give TMPDIR or fewer POINTS." >&2; exit 2; fi; \
	SGE_SIM_POINTS=$$points timeout 6000 $(BIN)/python -m pytest -s -m dix_millions tests/points

confronte: $(VENV)/.dev ## mask 10 000 exchanges with planted values and search for them (20 min)
	SGE_SIM_ECHANGES=$(ECHANGES) timeout 3600 $(BIN)/python -m pytest -q -n 0 tests/confronte $(ARGS)

fuzz: $(VENV)/.dev ## post spoilt requests to every service (EXAMPLES=20000 of each kind; 7 min)
	SGE_SIM_FUZZ_EXAMPLES=$(EXAMPLES) timeout 1200 $(BIN)/python -m pytest tests/fuzz

annees: $(VENV)/.dev ## live ten years of a simulator from one seed (GRAINE=1, ANS=10; 20 min of one core), or many seeds on two cores (GRAINES=200 ANS=1; 90 min)
	timeout 7200 $(BIN)/python -m tests.annees $(if $(GRAINES),--graines $(GRAINES) --processus 2,$(GRAINE)) --ans $(ANS) --reduit $(ARGS)

annees-fautes: $(VENV)/.dev ## put past defects back, and plant a break for each kind of seam: lived years must see each (60 min of one core at most)
	timeout 5400 $(BIN)/python -m tests.annees.fautes_jeu $(ARGS)

soak: $(VENV)/.dev ## use a simulator without a pause, the clock running ahead, then attack one (SECONDS=180)
	SGE_SIM_SOAK_SECONDS=$(SECONDS) timeout $$(($(SECONDS) + 900)) $(BIN)/python -m pytest -s -m soak tests/soak tests/dataconnect/test_doors.py
	SGE_SIM_HOSTILE_REQUESTS=30 SGE_SIM_HOSTILE_HANDSHAKES=3000 timeout 600 $(BIN)/python -m pytest -s tests/door/test_memory.py

service: $(VENV)/.dev ## start a service (NOM=RecherchePoint WSDL=its.wsdl [VERSION=1.0 PACKAGE=consultation])
	@test -n "$(NOM)" && test -n "$(WSDL)" || { echo "NOM and WSDL are needed: make service NOM=RecherchePoint WSDL=RecherchePoint-v2.0.wsdl (CONTRIBUTING.md)." >&2; exit 2; }
	@$(BIN)/python -m scaffold "$(NOM)" "$(WSDL)" --version "$(VERSION)" --package "$(PACKAGE)"
	@$(BIN)/ruff check -q --fix sge_sim/services tests/services
	@$(BIN)/ruff format -q sge_sim/services tests/services

flux: $(VENV)/.dev ## start a flux (NOM=R52 [DEPUIS=2030-01-01, the first day of which it tells])
	@test -n "$(NOM)" || { echo "NOM is needed: make flux NOM=R52 (CONTRIBUTING.md)." >&2; exit 2; }
	@$(BIN)/python -m scaffold.flux "$(NOM)" $(if $(DEPUIS),--depuis "$(DEPUIS)")
	@$(BIN)/ruff check -q --fix sge_sim/flux tests/flux
	@$(BIN)/ruff format -q sge_sim/flux tests/flux
	@$(MAKE) -s pages

test-api: $(VENV)/.dev $(VENV)/.api ## have Schemathesis call the administration (API_SECONDS=120)
	SGE_SIM_API_SECONDS=$(API_SECONDS) timeout 900 $(BIN)/python -m pytest -s -m api tests/admin

test-grafana: $(VENV)/.dev ## have promtool read the expressions of docs/grafana.json (needs promtool; 1 min)
	@$(call needs,promtool,Prometheus' promtool,promtool)
	timeout 120 $(BIN)/python -m pytest -m promtool tests/admin/test_grafana.py

format: $(VENV)/.dev ## format the code and sort the imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

homologation: $(VENV)/.run ## set up if needed, then run every homologation case (report in reports/)
	@$(BIN)/sge-sim homologate $(ARGS)

bench: $(VENV)/.dev ## print the figures beside those of WireMock (Java, npm and cc where they are; 5 min; PARTS=wire: one part)
	$(BIN)/python -m bench $(PARTS)

bench-help: $(VENV)/.dev ## tell what make bench measures, and its parts
	@$(BIN)/python -m bench --help

trace: $(VENV)/.dev ## print what each walk through the code comes to, and its budget (WALK=commande: its steps)
	@$(BIN)/python -m bench.walks $(WALK)

bench-demandes: $(VENV)/.dev ## make the largest demands of M023 within their bounds (3 min)
	$(BIN)/python -m bench.demandes

pages: $(VENV)/.dev ## renew the pages of docs/ that are made from the code and the tests
	@$(call page,codes,-m sge_sim.services.documentation)
	@$(call page,controles,tests/controles_page.py)
	@$(call page,flux,tests/flux_page.py)
	@$(call page,regles,tests/rules_page.py)
	@$(call page,troubles,tests/troubles_page.py)
	@$(call page,provenance,tests/provenance_page.py)

$(VENV)/lines_run/seconds.json: $(VENV)/.coverage $(shell find sge_sim tests -name '*.py')
	rm -rf $(@D)
	mkdir $(@D)
	timeout 1800 $(BIN)/python tests/mutants/note_lines.py $(abspath $(@D)) $(PROCESSES)

# A test that coverage slows down beyond its bound doesn't hold the report up.
coverage: export COVERAGE_FILE = $(CURDIR)/$(VENV)/coverage/data
coverage: $(VENV)/.dev $(VENV)/.coverage ## run the suite and report the lines that it never ran, child processes counted (20 min)
	rm -rf $(VENV)/coverage
	mkdir $(VENV)/coverage
	-timeout 1200 $(BIN)/python -m coverage run -m pytest -q -n $(PROCESSES) --dist loadscope --no-loadscope-reorder $(ARGS)
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report --skip-covered --sort=miss

site: $(VENV)/.dev $(VENV)/.site ## build the pages of docs/ into what the administration serves at /aide (1 min)
	$(BIN)/python docs/site/reference.py docs/reference
	$(VENV)/site/bin/sphinx-build -q -W --keep-going -b html -c docs/site docs $(VENV)/aide
	$(BIN)/python docs/site/pack.py $(VENV)/aide sge_sim/admin/aide.zip

dist: site ## build the wheel and the source archive
	umask 022 && $(BIN)/python -m build --no-isolation

executable: dist ## build dist/sge-sim and its archive, for any Linux x86_64 (root, debootstrap; 10 min)
	@$(call needs,debootstrap,debootstrap,debootstrap)
	timeout 1200 packaging/executable.sh $(WHEEL) dist

deb: ## build a Debian package of dist/sge-sim (needs dpkg-deb; 1 min)
	@$(call needs,dpkg-deb,dpkg-deb,dpkg)
	timeout 300 packaging/deb.sh dist

image: ## build an archive of an image of dist/sge-sim (needs buildah; 1 min)
	@$(call needs,buildah,buildah,buildah)
	timeout 300 packaging/image.sh dist

# An executable alone makes a package and an image.
release: ## make all that is published: dist, executable, deb and image where it can, notes, components, hashes, signature (SIGNING_KEY=key.pem; RELEASE_URL=…; 15 min)
	$(MAKE) clean-dist
	@$(call part,executable,[ "$$(id -u)" = 0 ] && command -v debootstrap,root and debootstrap)
	@[ -d dist ] || $(MAKE) dist
	@$(call part,deb,command -v dpkg-deb && [ -x dist/sge-sim/sge-sim ],an executable and dpkg-deb)
	@$(call part,image,command -v buildah && [ -x dist/sge-sim/sge-sim ],an executable and buildah)
	packaging/release.sh dist

clean-dist:
	rm -rf dist

audit: ## look for known faults in what is installed (needs pip-audit and a network)
	@$(call needs,pip-audit,pip-audit,pipx && pipx install pip-audit)
	pip-audit --strict --disable-pip --require-hashes -r requirements/run.txt

test-packaging: $(VENV)/.dev ## run what make release left in dist/ (root; 15 min)
	timeout 1500 $(BIN)/python -m pytest -s -m packaging tests/packaging $(ARGS)

test-pythons: ## lint, types, a part of the suite and the lowest bounds on 3.11 to 3.14 (needs them; VERSIONS=3.13 for one, SMOKE=tests for all; 30 min)
	SMOKE="$(SMOKE)" timeout 5400 packaging/pythons.sh $(VERSIONS)

# What a user would be warned of is an error.
test-lowest: $(VENV)/.lowest ## homologate with the lowest versions that pyproject.toml allows (2 min)
	PYTHONWARNINGS=error,ignore::DeprecationWarning timeout 600 \
		$(VENV)/lowest/bin/python -m sge_sim homologate --rapport $(VENV)/lowest/rapport

lock: ## renew the pinned requirements (needs uv)
	@$(call needs,uv,uv,pipx && pipx install uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --upgrade pyproject.toml --group packaging -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --upgrade --group api -o requirements/api.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --upgrade --group coverage -o requirements/coverage.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --upgrade --group site -o requirements/site.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --upgrade --group uv -o requirements/uv.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --extra mcp --group packaging -c requirements/run.txt -o requirements/mcp.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --extra dask --extra parquet --group packaging -c requirements/run.txt -o requirements/masse.txt

clean: ## remove the environment and what was built
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 to 3.14 is needed and none was found." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.coverage: requirements/coverage.txt $(VENV)/.dev
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/coverage.txt
	@touch $@

$(VENV)/.site: requirements/site.txt | $(VENV)/bin/python
	$(BIN)/python -m venv $(VENV)/site
	$(VENV)/site/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/site.txt
	@touch $@

$(VENV)/.mcp: requirements/mcp.txt | $(VENV)/bin/python
	$(BIN)/python -m venv $(VENV)/mcp
	$(VENV)/mcp/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/mcp.txt
	@touch $@

$(VENV)/.masse: requirements/masse.txt | $(VENV)/bin/python
	$(BIN)/python -m venv $(VENV)/masse
	$(VENV)/masse/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/masse.txt
	@touch $@

$(VENV)/.lowest: requirements/uv.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m venv --clear $(VENV)/lowest
	$(VENV)/lowest/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(VENV)/lowest/bin/uv pip install -q --python $(VENV)/lowest/bin/python --resolution lowest-direct -r pyproject.toml
	@touch $@

# Schemathesis has an environment of its own: what it wants must not decide what we run.
$(VENV)/.api: requirements/api.txt | $(VENV)/bin/python
	$(BIN)/python -m venv $(VENV)/api
	$(VENV)/api/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/api.txt
	@touch $@

.PHONY: help run test costs test-machines site test-site test-mcp test-masse test-annee test-fichiers-sales vraisemblance mutants test-packaging test-mises-a-jour test-recettes test-pythons test-lowest executable deb image release clean-dist audit test-verdict test-api test-grafana test-dates test-office test-browser test-langages test-postgresql test-kills test-points test-dix-millions fuzz annees annees-fautes soak confronte homologation service flux format bench bench-help bench-demandes trace pages coverage dist lock clean
