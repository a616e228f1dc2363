# The two to begin with: make search Q="拜登 普京", make test. All others: make help.

PYTHON ?= python3
VENV   ?= .venv
CORPUS ?= corpus
INDEX  ?= index
DATA   ?= ../shared/data
DOCS   ?= $(if $(wildcard $(DATA)),bench/work/xwlb,$(CORPUS))

run := $(VENV)/bin/python -m

# The query reaches the shell as it was typed, whatever is in it.
override Q := $(value Q)
export Q

.DELETE_ON_ERROR:
.PHONY: help search asked index test test-web cluster test-cluster torture wheels format messages man bench eval clean

help:
	@echo 'make search Q="拜登 普京"   find articles: sets everything up, brings the index up to date'
	@echo 'make index                 bring $(INDEX)/ up to date with $(CORPUS)/'
	@echo 'make test                  lint, check types and imports, run every test'
	@echo 'make test-web              search, draw, open and type on the pages in a real browser'
	@echo 'make torture               damage, kills and failures by the thousand, new ones each time'
	@echo 'make wheels                build a wheel, try it, and an installation without a compiler'
	@echo 'make cluster               start three OpenSearch nodes on this machine (3.3 GB, a JDK of 21, Maven)'
	@echo 'make test-cluster          test the engine on a cluster against them'
	@echo 'make format                put the code into its usual form'
	@echo 'make messages              bring searcher/locale/*.po up to date with the messages of the program'
	@echo 'make man                   write man pages to build/man/'
	@echo 'make eval                  measure words, quoted strings and ranking on $(DATA)/'
	@echo 'make bench                 measure the speed beside other engines on $(DOCS)'
	@echo 'make clean                 remove what these have made: $(VENV)/, the index, caches'
	@echo
	@echo 'Other places: make search Q=… CORPUS=../news INDEX=../news.index, make test PYTHON=python3.12'

search: asked $(VENV)/.runtime
	@$(run) searcher index "$(CORPUS)" --index "$(INDEX)"
	@$(run) searcher search --index "$(INDEX)" -- "$$Q" || [ $$? -eq 1 ]

asked:
	@[ -n "$$Q" ] || { echo 'What for? make search Q="拜登 普京"' >&2; exit 2; }

index: $(VENV)/.runtime
	@$(run) searcher index "$(CORPUS)" --index "$(INDEX)"

test: $(VENV)/.dev
	$(run) ruff check .
	$(run) ruff format --check .
	$(run) mypy
	$(VENV)/bin/lint-imports
	$(run) pytest --numprocesses auto

test-web: $(VENV)/.browser
	@.ci/chromium
	SEARCHER_BROWSER=1 $(run) pytest tests/browser

torture: $(VENV)/.dev
	SEARCHER_TORTURE=1 $(run) pytest --showlocals --numprocesses auto tests/faults

wheels:
	PYTHON=$(PYTHON) .ci/wheels

cluster:
	tests/cluster/nodes.sh start 3

test-cluster: $(VENV)/.dev cluster
	SEARCHER_CLUSTER=9200 SEARCHER_CLUSTER_NODES=3 $(run) pytest --showlocals tests/cluster

format: $(VENV)/.dev
	$(run) ruff check --fix .
	$(run) ruff format .

messages: $(VENV)/.dev
	$(VENV)/bin/python tests/messages.py

man: $(VENV)/.runtime
	@$(run) searcher.cli.man build/man

ifneq ($(wildcard $(DATA)),)
ir := $(run) searcher eval run --docs $(DATA)/ir
eval: $(VENV)/.dev bench/work/xwlb
	$(run) searcher eval words $(DATA)/pku_test_gold.utf8
	$(run) searcher eval literal bench/work/xwlb
	$(ir)/rgb_docs.jsonl --queries $(DATA)/ir/rgb_queries.jsonl --qrels $(DATA)/ir/rgb_qrels.tsv --baseline jieba
	$(ir)/rgb_docs.jsonl --queries $(DATA)/ir/rgb_queries.jsonl --qrels $(DATA)/ir/rgb_qrels.tsv --baseline jieba --expand
	$(ir)/drcd_docs.jsonl --queries $(DATA)/ir/drcd_queries.jsonl --qrels $(DATA)/ir/drcd_qrels.tsv --baseline jieba
else
eval:
	@echo 'There is no folder $(DATA); give the one with the test data: make eval DATA=…' >&2; exit 2
endif

bench: $(VENV)/.bench $(filter bench/work/%,$(DOCS))
	$(run) bench --docs "$(DOCS)" $(addprefix --queries ,$(wildcard $(DATA)/queries.txt))

bench/work/%: $(DATA)/%.tar.xz
	@echo 'unpacking $<'
	@mkdir -p $(@D) && tar -xJf $< -C $(@D) && touch $@

clean:
	rm -rf $(VENV) build bench/work *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find index -mindepth 1 ! -name .gitkeep -delete

# Each stamp is the environment with one more set of packages in it; it is as new as the last
# installation, so a changed pyproject.toml or another Python brings the packages up to date.
install = @echo 'installing packages into $(VENV) (once, some minutes at most)'; \
	$(run) pip install --quiet --disable-pip-version-check --editable $(1) && touch $@

$(VENV)/.runtime: pyproject.toml $(VENV)/bin/python
	$(call install,.)

$(VENV)/.dev: pyproject.toml $(VENV)/bin/python
	$(call install,'.[dev]')
	@touch $(VENV)/.runtime

$(VENV)/.browser: pyproject.toml $(VENV)/bin/python
	$(call install,'.[browser]')
	@touch $(VENV)/.runtime $(VENV)/.dev

$(VENV)/.bench: pyproject.toml $(VENV)/bin/python
	$(call install,'.[bench]')
	@touch $(VENV)/.runtime

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	  echo "searcher needs Python 3.10 or newer, and $(PYTHON) is not:" \
	    "$$($(PYTHON) --version 2>&1). Name one that is: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments." \
	    "On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 2; }
	@echo 'making $(VENV) with $(PYTHON)'
	@$(PYTHON) -m venv --clear $(VENV)
