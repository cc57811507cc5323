CARGO ?= cargo

# Formatting changes between versions, and distributions ship old ones.
CLANG_FORMAT_VERSION := 23.1.5
CLANG_FORMAT_DIR := target/tools/clang-format-$(CLANG_FORMAT_VERSION)
CLANG_FORMAT := $(CLANG_FORMAT_DIR)/bin/clang-format

CARGO_DENY_VERSION := 0.20.2
CARGO_DENY_DIR := target/tools/cargo-deny-$(CARGO_DENY_VERSION)
CARGO_DENY := $(CARGO_DENY_DIR)/bin/cargo-deny
# Vulnerabilities are known to a database on GitHub.
DENY = deny=$$(command -v '$(CARGO_DENY)' || command -v cargo-deny) && \
	"$$deny" --workspace --all-features check licenses bans sources && \
	if git ls-remote -q https://github.com/rustsec/advisory-db HEAD >/dev/null 2>&1; then \
		"$$deny" --workspace --all-features check advisories; \
	else echo 'deny: GitHub is not reachable, vulnerabilities are not checked'; fi

C_DIRS := $(wildcard native conformance examples fuzz tests benches bindings/c bindings/go bindings/objc)
# perbus/desk.h is cbindgen's.
FIND_C := find $(C_DIRS) \( -name target -o -name build -o -name include \) -prune -o -type f -name '*.[chm]'

# What the bindings are tested with comes from the build of Rust's tests: one of its own takes
# minutes. `make -C bindings/c check` by itself tests the release build.
BUILT := PROFILE=dev SELECT='--workspace --all-features --lib --bins --tests'

.PHONY: help deps mix picture test live soak soak-smoke deadlines install wheel xcframework package sanitize races fuzz fuzz-smoke apple lint deny bench fmt clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-11s %s\n", $$1, $$2 }' Makefile

deps: ## install what is missing (apt, dnf, pacman)
	@sh tools/deps.sh

mix: deps ## render the demo to target/mix.wav and target/mix.svg
	@mkdir -p target
	$(CARGO) run --release -p perbus-mixdown -- -o target/mix.wav --plot target/mix.svg

picture: deps ## draw docs/console.svg: the console with the demo
	$(CARGO) build --release -p perbus-console
	tools/console-picture.py target/release/perbus-console docs/console.svg

test: deps ## run all tests: Rust, documentation, C library, bindings, languages, package
	$(CARGO) test --workspace --all-features
	@CARGO=$(CARGO) python3 tools/with-manners.py
	$(CARGO) test --no-default-features --test no_devices
	$(CARGO) test --workspace --all-features --bench bus_control --bench render
	$(MAKE) -s -C native check
	$(MAKE) -s -C bindings/c check $(BUILT)
	$(MAKE) -s -C bindings/objc check $(BUILT)
	$(MAKE) -s -C bindings/python check
	$(MAKE) -s -C bindings/go check $(BUILT)
	$(MAKE) -s -C tests/languages check $(BUILT)
	$(MAKE) -s -C tests/languages check-manners
	$(MAKE) -s -C fuzz smoke
	@sh tools/check-package.sh

live: deps ## play to a real server for a minute, with the console, and start a thousand times
	$(CARGO) build --workspace --all-features --lib --bins --tests
	PERBUS_LIVE_SECONDS=60 PERBUS_LIVE_CONSOLE=target/debug/perbus-console \
		$(CARGO) test --workspace --all-features --test live -- --nocapture
	PERBUS_LIVE_STARTS=1000 $(MAKE) -s -C native check-devices

# `test` runs it, too.
soak-smoke: deps ## edits, hours of audio and losses of a server, for a minute in all
	$(CARGO) test --workspace --all-features --test soak -- --nocapture

soak: deps ## a million edits, 25 hours of audio offline, 20 minutes on a server that is lost every 10 s
	PERBUS_SOAK_EDITS=1000000 PERBUS_SOAK_HOURS=25 \
		PERBUS_SOAK_SECONDS=1200 PERBUS_SOAK_LOSS_SECONDS=10 \
		$(CARGO) test --release --workspace --all-features --test soak -- --nocapture

# Strips and blocks; with others, for example: make deadlines DEADLINES=512:100000
DEADLINES ?= 512:1000000 16384:100000
deadlines: deps ## how long the slowest of a million blocks takes while everything changes
	PERBUS_DEADLINES="$(DEADLINES)" $(CARGO) bench --workspace --all-features --bench deadlines

install: deps ## install libperbus with the desk: make install PREFIX=/usr/local
	@$(MAKE) -s -C bindings/c install

wheel: deps ## build a Python wheel that carries its libraries, in target/python/wheel
	@$(MAKE) -s -C bindings/python wheel

xcframework: ## on a Mac: build the strips for Swift and Objective-C, in target/xcframework; not run yet
	@CARGO=$(CARGO) sh tools/xcframework.sh

package: deps ## check that what is published builds: the crate, also as docs.rs does, and Python's sdist
	@sh tools/check-package.sh

sanitize: deps ## run the C tests under the address, leak, undefined behaviour and thread sanitizers
	$(MAKE) -s -C native sanitize

fuzz-smoke: deps ## run the fuzz targets with bytes from seeds, a minute
	$(MAKE) -s -C fuzz smoke

fuzz: deps ## run libFuzzer with sanitizers, ten minutes a target: make fuzz TARGETS=files SECONDS=60
	$(MAKE) -s -C fuzz long

races: deps ## look for data races: thread sanitizer, all orders of turns at the locks, Miri, NEON's loops
	cd tests/loom && CARGO_TARGET_DIR=$(CURDIR)/target/loom RUSTFLAGS="--cfg loom" $(CARGO) test
	$(MAKE) -s -C native races check-neon-loops
	@sh tools/miri.sh

lint: deps $(CLANG_FORMAT) ## check format, warnings and documentation
	$(CARGO) fmt --all --check
	$(FIND_C) -exec $(CLANG_FORMAT) --dry-run -Werror {} +
	@for f in tools/*.sh .ci/run; do sh -n "$$f" || exit 1; done
	python3 tools/check-arrows.py
	$(CARGO) clippy --workspace --all-features --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps --workspace --all-features
	@if [ -x '$(CARGO_DENY)' ] || command -v cargo-deny >/dev/null; then $(DENY); \
		else echo 'lint: cargo-deny is not installed, the dependencies are not checked: make deny'; fi

apple: ## compile, link and analyse for Apple's systems: make apple SDK=... [TBD=...]
	@python3 tools/apple.py "$(SDK)" $(if $(TBD),--libsystem "$(TBD)")

deny: $(CARGO_DENY) ## check the dependencies: licences, sources, known vulnerabilities
	@$(DENY)

bench: deps ## run the benchmarks
	$(CARGO) bench

fmt: deps $(CLANG_FORMAT) ## format all sources
	$(CARGO) fmt --all
	$(FIND_C) -exec $(CLANG_FORMAT) -i {} +

clean: ## remove target/ and native/build/
	$(CARGO) clean
	$(MAKE) -s -C native clean

# A venv, because the system's Python may refuse packages of its own.
$(CLANG_FORMAT): | deps
	python3 -m venv $(CLANG_FORMAT_DIR)
	$(CLANG_FORMAT_DIR)/bin/python -m pip install --quiet --disable-pip-version-check \
		clang-format==$(CLANG_FORMAT_VERSION)

$(CARGO_DENY):
	$(CARGO) install --locked --quiet --root $(CARGO_DENY_DIR) cargo-deny --version $(CARGO_DENY_VERSION)
