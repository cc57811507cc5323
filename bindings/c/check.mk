# `make check` tests the built library as its users meet it: installed. STAGE has what it installs.

STAGE := $(OUT)/stage
AT_STAGE := PKG_CONFIG_PATH=$(STAGE)/lib/pkgconfig
STRICT := -Wall -Wextra -pedantic -Werror
C_TESTS := $(wildcard tests/c/*.c)
EXAMPLE := $(ROOT)/examples/c/desk.c
LIVE := $(ROOT)/examples/c/live.c
VALGRIND := valgrind --quiet --error-exitcode=1 --leak-check=full --show-leak-kinds=definite \
	--errors-for-leak-kinds=definite --num-callers=30 --fair-sched=yes \
	--suppressions=$(ROOT)/tests/c/valgrind.supp
DECLARED := cc -E -P -I$(STAGE)/include -include perbus.h -include perbus/desk.h -x c /dev/null | \
	grep -o 'perbus_[a-z0-9_]*(' | tr -d '(' | sort -u

CHECKS := check-headers check-threads check-tested check-exports check-hardening check-c check-device check-valgrind check-example check-live check-copies

.PHONY: check stage $(CHECKS)
check: $(CHECKS)

stage: archive
	@$(NATIVE) install PREFIX=$(STAGE) DESTDIR=

# By itself, in both languages.
check-headers: stage
	@for language in 'c -std=c11' 'c++ -std=c++17'; do \
		echo '#include <perbus/desk.h>' | \
		clang -x $$language -I$(STAGE)/include $(STRICT) -fsyntax-only - || exit 1; \
	done

# Each function says which threads may call it.
check-threads:
	@sh $(ROOT)/tools/check-threads.sh include/perbus/desk.h

# A function that a test only names does not count: it has to be called.
check-tested: stage
	@for name in $$($(DECLARED) | grep '^perbus_desk_'); do \
		grep -q "$$name[(,]" $(C_TESTS) || { echo "no C test calls $$name" >&2; missed=1; }; \
	done; test -z "$$missed"

check-exports: stage
	@$(DECLARED) > $(OUT)/declared
	@nm -D --defined-only $(STAGE)/lib/libperbus.so | sed 's/.* //' | sort | diff -u $(OUT)/declared -
	@nm -g --defined-only $(STAGE)/lib/libperbus.a | sed -n 's/.* [A-Z] //p' | sort | \
		diff -u $(OUT)/declared -

check-hardening: stage
	@sh $(ROOT)/tools/check-hardening.sh $(STAGE)/lib/libperbus.so

$(OUT)/desk_tests: $(C_TESTS) tests/c/desk.h $(ROOT)/tests/c/check.h stage
	@cc -std=gnu11 -g $(STRICT) -Itests/c -I$(ROOT)/tests/c $(C_TESTS) -o $@ \
		$$($(AT_STAGE) pkg-config --cflags --libs perbus-desk) -lm -lpthread

check-c: $(OUT)/desk_tests
	$<

check-device: $(OUT)/desk_tests
	@sh $(ROOT)/tools/with-pulse.sh $< device

check-valgrind: $(OUT)/desk_tests
	$(VALGRIND) $<

# With the command in its comment, and once more without the shared library.
check-example: stage
	@cp $(EXAMPLE) $(OUT)/desk.c
	cd $(OUT) && export $(AT_STAGE) && \
		eval "$$(sed -n 's|^ \*  *\(cc desk.c .*\) &&.*|\1|p' desk.c)" && ./desk desk.wav
	cd $(OUT) && export $(AT_STAGE) && cc -std=c11 $(STRICT) desk.c -o desk-static \
		$$(pkg-config --cflags --static --libs perbus-desk | sed 's/-lperbus/-l:libperbus.a/') && \
		./desk-static static.wav && cmp desk.wav static.wav

# Likewise: without a server it says so, and on one it plays and survives the server's death.
check-live: check-example
	@cp $(LIVE) $(OUT)/live.c
	cd $(OUT) && export $(AT_STAGE) && \
		eval "$$(sed -n 's|^ \*  *\(cc live.c .*\) &&.*|\1|p' live.c)"
	@cd $(OUT) && ! PERBUS_AUDIO=pulse PULSE_SERVER=unix:/nonexistent ./live 1 desk.wav 2>live.log && \
		grep -q 'live: .*no PulseAudio server answers' live.log
	@cd $(OUT) && sh $(ROOT)/tools/with-pulse.sh sh $(ROOT)/tests/examples/live.sh \
		./live 3 desk.wav desk.wav

# Two copies of the library in one process: one linked in, one loaded.
check-copies: stage
	cd $(OUT) && export $(AT_STAGE) && cc -std=c11 $(STRICT) $(CURDIR)/tests/copies.c -o copies \
		$$(pkg-config --cflags --static --libs perbus-desk | sed 's/-lperbus/-l:libperbus.a/') -ldl && \
		./copies $(STAGE)/lib/libperbus.so
