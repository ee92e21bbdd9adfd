# Thin fronts over cargo and npm. `make play` and `make test` install what is missing first.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/target/tools/bin:$(HOME)/.cargo/bin:$(PATH)

heading = @printf '\n== %s\n' '$(1)'
npm = npm --prefix client-web --silent run

.PHONY: help play test bench bench-servers bench-bots fuzz soak feel pile-up scale crowd build pages wasm fmt setup
.PHONY: check-fmt lint test-rust docs test-wasm check-web e2e

help: ## these lines
	@sed -nE 's/^([a-z][a-z0-9-]*):.*## (.*)/make \1\t\2/p' Makefile | expand -t 18

play: ## build and start a server with six bots on http://localhost:8080 (ARGS="--bots 12" passes flags on)
	@$(MAKE) --no-print-directory build
	@$(if $(findstring --listen,$(ARGS)),true,printf '\nPlay:  http://localhost:8080\nWatch: http://localhost:8080/watch\n\n')
	@exec target/release/fracas serve $(if $(findstring --bots,$(ARGS)),,--bots 6) $(ARGS)

test: ## everything that must hold: format, lints, Rust, docs, WASM, pages, a real browser
	@.ci/setup test
	@$(MAKE) --no-print-directory check-fmt pages lint test-rust docs test-wasm check-web e2e
	@printf '\nmake test: everything passed\n'

bench: ## what things cost: micro-benchmarks, the pages, 200 bots (BOTS=, DURATION=), whole servers (BENCH_SECONDS=)
	@.ci/setup test
	@$(MAKE) --no-print-directory pages
	$(call heading,Micro-benchmarks)
	cargo bench --workspace --benches
	$(call heading,What the pages cost)
	@$(npm) bench
	$(call heading,Load)
	@.ci/load $(or $(BOTS),200) $(or $(DURATION),60s)
	@$(MAKE) --no-print-directory bench-servers

bench-servers: ## whole servers against targets, tables in target/bench (BENCH_SECONDS=10 for each, FIGURE=null-server)
	@.ci/setup play
	@$(MAKE) --no-print-directory pages
	$(call heading,Whole servers)
	cargo build --release --quiet -p fracas-server --bin fracas -p fracas-bots --bin fracas-bots -p fracas-bench
	@ulimit -n "$$(ulimit -Hn)" && target/release/fracas-bench $(or $(FIGURE),all) --seconds $(or $(BENCH_SECONDS),10)

bench-bots: ## matches of bots in virtual time: ends, stuck bots, weapons; a rating of the skills (BENCH_MATCHES= of each mode)
	@.ci/setup play
	$(call heading,Matches of bots)
	cargo build --release --quiet -p fracas-bench
	target/release/fracas-bench headless
	$(call heading,Rating)
	target/release/fracas-bench rating

fuzz: ## hostile bytes for every decoder, 60 s each (FUZZ_SECONDS=)
	@.ci/fuzz $(or $(FUZZ_SECONDS),60)

soak: ## bots for 10 min, everything they see checked (BOTS=, DURATION=)
	@.ci/setup play
	$(call heading,Soak)
	@.ci/load $(or $(BOTS),100) $(or $(DURATION),600s)

feel: ## how a match feels over four lines, a table (BOTS=, DURATION= in seconds)
	@.ci/setup play
	$(call heading,Feel)
	@.ci/feel $(or $(BOTS),16) $(or $(DURATION),45)

pile-up: ## two hundred craft in one view: bytes, and how old what is seen may be (BOTS=, DURATION=)
	@.ci/setup play
	$(call heading,Pile-up)
	@.ci/pile-up $(or $(BOTS),200) $(or $(DURATION),30s)

scale: ## one arena of 1,000 (TIER=A), 2,200 (B) or 6,600 (C) bots, pass or fail (DURATION=)
	@.ci/setup play
	$(call heading,Scale)
	@.ci/scale $(or $(TIER),A) $(or $(DURATION),600s)

crowd: ## a page in an arena of 2,200 bots: script, minimap, scores, /watch (BOTS=, DURATION= in seconds)
	@.ci/setup test
	@$(MAKE) --no-print-directory build
	cargo build --release -p fracas-bots --bin fracas-bots
	$(call heading,Crowd)
	@$(npm) crowd $(or $(DURATION),30) $(or $(BOTS),2199)

build: ## the server with its pages inside, release
	@.ci/setup play
	@$(MAKE) --no-print-directory pages
	$(call heading,Server)
	cargo build --release -p fracas-server --bin fracas

pages: wasm ## what the server embeds: client-web/dist
	$(call heading,Pages)
	@$(MAKE) --no-print-directory client-web/dist/index.html

# Rebuilt only when a source is newer: the server is compiled again whenever its pages change. Folders are in the list
# because removing a file changes only those.
client-web/dist/index.html: $(shell find client-web -name node_modules -prune -o -name dist -prune -o -name bindgen -prune -o -print)
	@$(npm) build

wasm: ## the browser's Rust core: client-web/src/wasm-pkg
	$(call heading,WASM core)
	@client-web/wasm/build.sh

fmt: ## format everything
	cargo fmt --all
	@$(npm) format
	cd tests && ../client-web/node_modules/.bin/biome check --write .

check-fmt:
	$(call heading,Format)
	cargo fmt --all --check

lint: ## clippy, warnings are errors
	$(call heading,Clippy)
	cargo clippy --workspace --all-targets --quiet -- -D warnings

test-rust: ## unit, property and end-to-end tests
	$(call heading,Rust tests)
	cargo test --workspace --quiet

docs:
	$(call heading,Rust documentation)
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --quiet

test-wasm: wasm ## the WASM core computes what the native one does, a second client what the documentation says
	$(call heading,WASM tests)
	node --test --test-reporter=spec tests/{wasm,second}/*.test.mjs

check-web: ## types and lints of the pages
	$(call heading,TypeScript)
	@$(npm) check
	cd client-web && npx tsc --project ../tests/browser
	cd tests && ../client-web/node_modules/.bin/biome check .

e2e: ## a real browser against a real server with bots
	$(call heading,Browser tests)
	cargo build --quiet -p fracas-server --bin fracas -p fracas-proxy --bin fracas-proxy
	cd client-web && FRACAS_BIN=$(CURDIR)/target/debug/fracas FRACAS_PROXY_BIN=$(CURDIR)/target/debug/fracas-proxy npx playwright test --config ../tests/browser/playwright.config.ts
