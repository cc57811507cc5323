# `make check` tests the library as its users get it. `make sanitize` tests two builds of its own: one
# checks memory and undefined behaviour, one data races.

STRICT := -Wall -Wextra -pedantic -Werror
C_TESTS := $(wildcard ../tests/c/*.c)
GRAPH_TESTS := $(wildcard ../tests/c/graph/*.c)
STARVE_TESTS := $(wildcard ../tests/c/starve/*.c) ../tests/c/graph/failing.c
STARVE_HEADERS := ../tests/c/starve/desk.h ../tests/c/graph/failing.h ../tests/c/check.h
STARVE_DEVICE := ../tests/c/starve_device/main.c ../tests/c/fake_device/portaudio.c ../tests/c/graph/failing.c
FILE_TESTS := $(wildcard ../tests/c/file/*.c)
FAKE_DEVICE := $(wildcard ../tests/c/fake_device/*.c)
DEVICE_TESTS := $(wildcard ../tests/c/device/*.c)
ADOPT_TESTS := $(wildcard ../tests/c/adopt/*.m)
MANNERS_TESTS := $(wildcard ../tests/c/manners/*.m)
GUIDES := c-api readme
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
RACES := -fsanitize=thread -fno-omit-frame-pointer
VALGRIND := valgrind --quiet --error-exitcode=1 --leak-check=full --show-leak-kinds=definite \
	--errors-for-leak-kinds=definite --num-callers=30 --fair-sched=yes --suppressions=../tests/c/valgrind.supp
# Where check installs the library, and how its programs find it.
STAGE := $(CURDIR)/$(BUILD)/stage
AT_STAGE := PKG_CONFIG_PATH=$(STAGE)/lib/pkgconfig LD_LIBRARY_PATH=$(STAGE)/lib
DECLARED := $(CC) -E -P -I. perbus.h | grep -o 'perbus_[a-z0-9_]*(' | tr -d '(' | sort -u

CHECKS := check-headers check-module check-version check-threads check-tested check-in-render check-starved
ifeq ($(SYSTEM),Darwin)
CHECKS += check-builds
else
CHECKS += check-exports check-hardening check-size check-c check-graph check-starve check-files check-adopt check-neon check-manners check-devices check-valgrind check-bare check-first-uses check-installed check-guides
endif

.PHONY: check sanitize stage check-builds check-neon-loops races check-starved-classes $(CHECKS)
check: $(CHECKS)

# Each header by itself, in each language; in Objective-C together with Foundation.
check-headers: $(RUNTIME)
	@mkdir -p $(BUILD)
	@for header in $(HEADERS); do \
		for language in 'c -std=c11' 'c++ -std=c++17' \
			'objective-c -std=c11 $(OBJC_FLAGS:-I%=-isystem%) -include Foundation/Foundation.h'; do \
			echo "#include \"$$header\"" | \
			$(CC) -x $$language -I. $(STRICT) -fsyntax-only - || exit 1; \
		done; \
	done

# As Swift imports it, with the README's module map.
check-module:
	@mkdir -p $(BUILD)/module
	@sed -n 's|^\(module CPerbus { header "\)|\1$(CURDIR)/|p' ../README.md > $(BUILD)/module/map
	@echo '@import CPerbus; uint32_t version(void) { return perbus_version(); }' | \
		$(CC) -x objective-c -fmodules -fmodules-cache-path=$(BUILD)/module/cache \
			-fmodule-map-file=$(BUILD)/module/map $(STRICT) -fsyntax-only -

# What is only run on the portable engine: it expects what that does. Those of devices are for Linux alone: they start sound servers.
check-builds: $(addprefix $(BUILD)/c_,api graph files adopt)

check-version:
	@grep -qx 'version = "$(VERSION)"' ../Cargo.toml || \
		{ echo "perbus.h says $(VERSION), Cargo.toml another version" >&2; exit 1; }

# Each function says which threads may call it.
check-threads:
	@sh ../tools/check-threads.sh $(HEADERS)

# A test that only names a function, to call it with NULL, does not count: it must call it directly.
check-tested:
	@for name in $$($(DECLARED)); do \
		grep -q "[^_a-z]$$name(" $(C_TESTS) $(GRAPH_TESTS) $(FILE_TESTS) $(DEVICE_TESTS) || { echo "no C test calls $$name" >&2; missed=1; }; \
	done; test -z "$$missed"

# In a render function, each call is refused or works for a reason.
check-in-render:
	@for name in $$($(DECLARED)); do \
		grep -q "[^_a-z]$$name(" ../tests/c/in_render.c || \
			{ echo "tests/c/in_render.c does not call $$name" >&2; missed=1; }; \
	done; test -z "$$missed"

# Memory runs out in each call.
check-starved:
	@for name in $$($(DECLARED)); do \
		grep -q "[^_a-z]$$name(" $(STARVE_TESTS) || \
			{ echo "tests/c/starve does not call $$name" >&2; missed=1; }; \
	done; test -z "$$missed"

# Each class of the portable AVFAudio.
check-starved: check-starved-classes
check-starved-classes:
	@for class in $$(sed -n 's/^@interface \([A-Z][A-Za-z]*\) :.*/\1/p' $(PORTABLE)/AVFAudio/*.h $(PORTABLE)/AudioToolbox/*.h); do \
		grep -q "\b$$class\b" ../tests/c/starve/classes.m || \
			{ echo "tests/c/starve/classes.m does not use $$class" >&2; missed=1; }; \
	done; test -z "$$missed"

check-exports: all
	@$(DECLARED) > $(BUILD)/declared
	@nm -D --defined-only $(BUILD)/$(FULL_NAME) | sed 's/.* //' | sort > $(BUILD)/exported
	@nm -g --defined-only $(BUILD)/libperbus.a | sed -n 's/.* [A-Z] //p' | sort | \
		diff -u $(BUILD)/declared -
	@diff -u $(BUILD)/declared $(BUILD)/exported

check-hardening: all
	@sh ../tools/check-hardening.sh $(BUILD)/$(FULL_NAME)

check-size: all
	@strip -o $(BUILD)/stripped $(BUILD)/$(FULL_NAME)
	@size=$$(wc -c < $(BUILD)/stripped); test $$size -lt 1048576 || \
		{ echo "$(FULL_NAME) is $$size bytes stripped, more than 1 MiB" >&2; exit 1; }

$(BUILD)/c_api: $(C_TESTS) $(wildcard ../tests/c/*.h) $(HEADERS) $(BUILD)/$(LINK_NAME) $(BUILD)/$(ABI_NAME)
	cc -std=gnu11 -g $(STRICT) -I. $(C_TESTS) -L$(BUILD) -lperbus -lm -o $@

check-c: $(BUILD)/c_api
	LD_LIBRARY_PATH=$(BUILD) $<

$(BUILD)/c_graph: $(GRAPH_TESTS) $(wildcard ../tests/c/graph/*.h) ../tests/c/check.h $(HEADERS) \
		$(BUILD)/$(LINK_NAME) $(BUILD)/$(ABI_NAME)
	cc -std=gnu11 -g $(STRICT) -I. $(GRAPH_TESTS) -L$(BUILD) -lperbus -lm -o $@

check-graph: $(BUILD)/c_graph
	LD_LIBRARY_PATH=$(BUILD) $<

$(BUILD)/c_starve: $(STARVE_TESTS) $(STARVE_HEADERS) $(HEADERS) $(BUILD)/$(LINK_NAME) $(BUILD)/$(ABI_NAME)
	cc -std=gnu11 -g $(STRICT) -I. $(STARVE_TESTS) -L$(BUILD) -lperbus -lm -o $@

$(BUILD)/c_starve_device: $(STARVE_DEVICE) ../tests/c/fake_device/fake.h ../tests/c/graph/failing.h \
		../tests/c/check.h $(HEADERS) $(BUILD)/$(LINK_NAME) $(BUILD)/$(ABI_NAME)
	cc -std=gnu11 -g $(STRICT) -I. $(STARVE_DEVICE) -L$(BUILD) -lperbus -lm -o $@

# Linked to the library's objects, as c_adopt is.
$(BUILD)/c_classes: ../tests/c/starve/classes.m ../tests/c/graph/failing.c ../tests/c/graph/failing.h $(OBJECTS)
	$(CC) -std=gnu11 $(CFLAGS) $(filter-out -MMD -MP,$(FLAGS)) -Werror $(OBJC_FLAGS) \
		$(filter %.m,$^) ../tests/c/graph/failing.c $(OBJECTS) $(LIBS) -o $@

# GNUstep logs that threads have no pool.
check-starve: $(BUILD)/c_starve $(BUILD)/c_starve_device $(BUILD)/c_classes
	@for program in c_starve c_starve_device; do \
		LD_LIBRARY_PATH=$(BUILD) $(BUILD)/$$program 2> $(BUILD)/starve.log || \
			{ tail -n 5 $(BUILD)/starve.log >&2; exit 1; }; \
	done
	$(BUILD)/c_classes

$(BUILD)/c_files: $(FILE_TESTS) $(wildcard ../tests/c/file/*.h) ../tests/c/check.h $(HEADERS) \
		$(BUILD)/$(LINK_NAME) $(BUILD)/$(ABI_NAME)
	cc -std=gnu11 -g $(STRICT) -I. $(FILE_TESTS) -L$(BUILD) -lperbus -lm -o $@

check-files: $(BUILD)/c_files
	LD_LIBRARY_PATH=$(BUILD) $<

# For a stand-in for RealtimeKit.
DBUS := $(shell pkg-config --cflags dbus-1 2>/dev/null && echo -DHAS_DBUS)
DBUS_LIBS := $(shell pkg-config --libs dbus-1 2>/dev/null)
$(BUILD)/c_device: $(DEVICE_TESTS) ../tests/c/device/device.h ../tests/c/check.h $(HEADERS) \
		$(BUILD)/$(LINK_NAME) $(BUILD)/$(ABI_NAME)
	cc -std=gnu11 -g $(STRICT) $(DBUS) -I. $(DEVICE_TESTS) -L$(BUILD) -lperbus -lm $(DBUS_LIBS) -o $@

# Linked to the library's objects: the shared library does not export the classes.
$(BUILD)/c_adopt: $(ADOPT_TESTS) ../tests/c/adopt/program.h ../tests/c/check.h $(HEADERS) $(OBJECTS)
	$(CC) -std=gnu11 $(CFLAGS) $(filter-out -MMD -MP,$(FLAGS)) -Werror $(OBJC_FLAGS) $(ADOPT_TESTS) $(OBJECTS) $(LIBS) -o $@

check-adopt: $(BUILD)/c_adopt
	$<

$(BUILD)/c_manners: $(MANNERS_TESTS) ../tests/c/manners/manners.h ../tests/c/check.h $(HEADERS) $(OBJECTS)
	$(CC) -std=gnu11 $(CFLAGS) $(filter-out -MMD -MP,$(FLAGS)) -Werror $(OBJC_FLAGS) $(MANNERS_TESTS) $(OBJECTS) $(LIBS) -o $@

check-manners: $(BUILD)/c_manners
	$<

check-devices: $(BUILD)/c_device
	@# The servers run without real-time priority, and a busy machine disturbs them: three attempts.
	@for server in pulseaudio pipewire; do \
		LD_LIBRARY_PATH=$(BUILD) $< $$server || LD_LIBRARY_PATH=$(BUILD) $< $$server || \
			LD_LIBRARY_PATH=$(BUILD) $< $$server || exit 1; \
	done

# Without the deep graphs and the corpus of files, which take minutes.
check-valgrind: $(BUILD)/c_api $(BUILD)/c_graph $(BUILD)/c_files $(BUILD)/c_adopt $(BUILD)/c_manners
	LD_LIBRARY_PATH=$(BUILD) $(VALGRIND) $<
	$(VALGRIND) $(BUILD)/c_adopt
	$(VALGRIND) $(BUILD)/c_manners
	LD_LIBRARY_PATH=$(BUILD) $(VALGRIND) $(BUILD)/c_graph refusals growth memory
	LD_LIBRARY_PATH=$(BUILD) $(VALGRIND) $(BUILD)/c_files wav flac mpeg decoders writing

# NEON's kernels on an emulated processor, against those of this one: to the bit against kernels that
# fuse multiplication and addition, too, and closely against the baseline.
EMULATED := qemu-aarch64 -L /usr/aarch64-linux-gnu
KERNELS := $(wildcard $(RENDER)/kernels/*.c)
CAN_EMULATE := $(shell command -v qemu-aarch64 >/dev/null && test -d /usr/aarch64-linux-gnu/include && echo yes)

$(BUILD)/arm-%: ../tests/c/render/%.c $(KERNELS) $(wildcard $(RENDER)/kernels/*.h)
	@mkdir -p $(@D)
	$(CC) --target=aarch64-linux-gnu $(C) -O3 $(STRICT) -I. $< $(KERNELS) -lm -o $@

$(BUILD)/host-%: ../tests/c/render/%.c $(KERNELS) $(wildcard $(RENDER)/kernels/*.h)
	@mkdir -p $(@D)
	$(CC) $(C) -O3 $(STRICT) -I. $< $(KERNELS) -lm -o $@

ifeq ($(CAN_EMULATE),yes)
check-neon: $(BUILD)/arm-kernel_sounds $(BUILD)/host-kernel_sounds
	@$(EMULATED) $< neon > $(BUILD)/neon.txt
	@$(BUILD)/host-kernel_sounds baseline $(BUILD)/neon.txt
	@for isa in avx2 avx512; do \
		if $(BUILD)/host-kernel_sounds $$isa > $(BUILD)/$$isa.txt 2>/dev/null; then \
			cmp $(BUILD)/neon.txt $(BUILD)/$$isa.txt || exit 1; \
		fi; \
	done

# And against plain loops: random lengths, alignments and ramps.
check-neon-loops: $(BUILD)/arm-kernels
	@$(EMULATED) $<
else
check-neon check-neon-loops:
	@echo "$@ skipped: it needs the packages qemu-user and gcc-aarch64-linux-gnu"
endif

# What GNUstep sets up on first use, from two threads.
$(BUILD)/first_uses: ../tests/c/first_uses.m $(HEADERS) $(BUILD)/$(LINK_NAME) $(BUILD)/$(ABI_NAME)
	$(CC) $(filter-out -MMD -MP,$(FLAGS)) $(OBJC_FLAGS) $< -L$(BUILD) -lperbus $(LIBS) -o $@

check-first-uses: $(BUILD)/first_uses
	LD_LIBRARY_PATH=$(BUILD) $<

# The library from a language that calls C by itself.
check-bare: all
	@python3 -B ../tests/c/bare.py $(BUILD)/$(LINK_NAME)

stage: all
	@$(MAKE) -s --no-print-directory install PREFIX=$(STAGE) DESTDIR=

# Builds the example with the command in its comment, and once more without the shared library.
check-installed: stage
	@cp ../examples/c/mixdown.c $(STAGE)
	cd $(STAGE) && export $(AT_STAGE) && \
		eval "$$(sed -n 's|^ \*  *\(cc mixdown.c .*\) &&.*|\1|p' mixdown.c)" && \
		./mixdown mix.wav && test "$$(wc -c < mix.wav)" -eq 576044
	cd $(STAGE) && export $(AT_STAGE) && \
		cc -std=c11 $(STRICT) mixdown.c -o mixdown-static \
			$$(pkg-config --cflags --static --libs perbus | sed 's/-lperbus/-l:libperbus.a/') && \
		LD_LIBRARY_PATH= ./mixdown-static static.wav && cmp mix.wav static.wav
	@$(MAKE) -s --no-print-directory uninstall PREFIX=$(STAGE) DESTDIR=
	@test -z "$$(find $(STAGE)/lib $(STAGE)/include -type f -o -type l)"

# The C blocks of a guide form one program, which returns 0.
check-guides: $(addprefix $(BUILD)/guide-,$(GUIDES))
	@for guide in $^; do LD_LIBRARY_PATH=$(BUILD) $$guide > $$guide.out || exit 1; done

$(BUILD)/guide-c-api.c: ../docs/c-api.md
$(BUILD)/guide-readme.c: ../README.md
$(BUILD)/guide-%.c: | $(BUILD)/$(LINK_NAME)
	@sed -n '/^```c$$/,/^```$$/{/^```/d;p;}' $< > $@

$(BUILD)/guide-%: $(BUILD)/guide-%.c $(HEADERS)
	cc -std=c11 $(STRICT) -I. $< -L$(BUILD) -lperbus -lm -o $@

# The whole stack distinguishes leaks from what GNUstep never frees.
sanitize:
	$(MAKE) BUILD=$(BUILD)/sanitize CFLAGS='-O1 -g $(SANITIZE)' $(BUILD)/sanitize/c_api_sanitized \
		$(BUILD)/sanitize/c_graph_sanitized $(BUILD)/sanitize/c_starve_sanitized \
		$(BUILD)/sanitize/c_streams_sanitized \
		$(BUILD)/sanitize/c_adopt
	for program in c_api_sanitized c_graph_sanitized c_starve_sanitized c_adopt 'c_streams_sanitized streams stream_rates'; do \
		ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0 \
			LSAN_OPTIONS=suppressions=$(CURDIR)/../tests/c/lsan.supp:print_suppressions=0 \
			$(BUILD)/sanitize/$$program || exit 1; \
	done
	@$(MAKE) --no-print-directory races

# The fake devices run for so many rounds; `make races ROUNDS=200` takes ten to thirty minutes.
ROUNDS := 20
# Those with which the fake devices' programs still work.
PLAYED_MANNERS := early-completions,stop-waits,slow-start,configuration,loses-output,other-clock
races:
	$(MAKE) BUILD=$(BUILD)/races CFLAGS='-O1 -g $(RACES)' $(BUILD)/races/c_api_sanitized \
		$(BUILD)/races/c_streams_sanitized $(BUILD)/races/c_fake_device_sanitized
	for program in c_api_sanitized 'c_streams_sanitized streams stream_rates' 'c_fake_device_sanitized $(ROUNDS)'; do \
		TSAN_OPTIONS=suppressions=../tests/c/tsan.supp:print_suppressions=0 \
			$(BUILD)/races/$$program || exit 1; \
	done
	PERBUS_MANNERS=$(PLAYED_MANNERS) TSAN_OPTIONS=suppressions=../tests/c/tsan.supp:print_suppressions=0 \
		$(BUILD)/races/c_fake_device_sanitized $(ROUNDS)

$(BUILD)/c_api_sanitized: $(C_TESTS) $(wildcard ../tests/c/*.h) $(HEADERS) $(BUILD)/libperbus.a
	$(CC) -std=gnu11 $(CFLAGS) $(STRICT) -I. $(C_TESTS) $(BUILD)/libperbus.a $(LIBS) -o $@

$(BUILD)/c_fake_device_sanitized: $(FAKE_DEVICE) ../tests/c/fake_device/fake.h ../tests/c/check.h \
		$(HEADERS) $(BUILD)/libperbus.a
	$(CC) -std=gnu11 $(CFLAGS) $(STRICT) -I. $(FAKE_DEVICE) $(BUILD)/libperbus.a $(LIBS) -o $@

# The library allocates through the test, which lets some allocations fail.
WRAPPED := malloc calloc realloc aligned_alloc _Block_copy
$(BUILD)/c_graph_sanitized: $(GRAPH_TESTS) $(wildcard ../tests/c/graph/*.h) ../tests/c/check.h \
		$(HEADERS) $(BUILD)/libperbus.a
	$(CC) -std=gnu11 $(CFLAGS) $(STRICT) -I. $(GRAPH_TESTS) $(WRAPPED:%=-Wl,--wrap=%) \
		$(BUILD)/libperbus.a $(LIBS) -o $@

$(BUILD)/c_starve_sanitized: $(STARVE_TESTS) $(STARVE_HEADERS) $(HEADERS) $(BUILD)/libperbus.a
	$(CC) -std=gnu11 $(CFLAGS) $(STRICT) -I. $(STARVE_TESTS) $(WRAPPED:%=-Wl,--wrap=%) \
		$(BUILD)/libperbus.a $(LIBS) -o $@

$(BUILD)/c_streams_sanitized: $(FILE_TESTS) $(wildcard ../tests/c/file/*.h) ../tests/c/check.h \
		$(HEADERS) $(BUILD)/libperbus.a
	$(CC) -std=gnu11 $(CFLAGS) $(STRICT) -I. $(FILE_TESTS) $(BUILD)/libperbus.a $(LIBS) -o $@
