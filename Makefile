SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

INSTALLED := node_modules/.ork-installed
EXAMPLE := examples/dependency-report

.PHONY: help setup build run test clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: $(INSTALLED) ## Check the tools and install the packages, where package-lock.json changed

# Not `npm ci`: npm 11 refuses a lock file that lacks optional packages for other platforms.
# `npm install` installs the same versions with the same checksums, and --no-save leaves the lock file alone;
# test/unit/lock-file.test.ts sees that the lock file and package.json agree.
$(INSTALLED): package.json package-lock.json scripts/check-tools.sh scripts/link-node.js
	@scripts/check-tools.sh
	npm install --no-save --loglevel=error
	@node_modules/.bin/node --version > $@

build: setup ## Build the sandbox and the standard library of modules
	npm run --silent build:native
	npm run --silent build:modules
	npm run --silent build:cache

run: build ## Run the example playbook and show its report
	kernel/bin/ork.js run $(EXAMPLE)/playbook.yaml
	@for report in $(EXAMPLE)/report/*; do \
	  printf '\n%s (first lines):\n' "$$report"; \
	  sed -n '1,15p' "$$report"; \
	done

test: build ## Check format, lint, types, imports and unused code; run all tests
	npm run --silent lint
	npm run --silent typecheck
	npm run --silent check:imports
	npm run --silent check:unused
	$(MAKE) --silent -C native check BUILD=../build/native
	npm run --silent test

clean: ## Remove everything that was built or installed
	rm -rf build dist coverage node_modules $(EXAMPLE)/report
