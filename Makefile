# simulate: capacity and cost of a self-run Loki, Tempo and Grafana.  `make help` lists the targets.
#
# Variants are built apart, each in build/VARIANT: release, debug, asan (addresses and undefined
# behaviour), tsan (data races), cov (coverage). CC=clang works for all of them; a change of compiler
# or CFLAGS rebuilds what it touches. Every C file of a room is built; what a room may include is
# checked by tests/unit/test_includes.c.

goal_variants := $(patsubst coverage,cov,$(patsubst valgrind,debug,\
	$(filter coverage valgrind,$(MAKECMDGOALS))))
VARIANT ?= $(or $(firstword $(goal_variants)),release)
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build/$(VARIANT)
# MPI=1: sweeps run over Open MPI too.
MPI ?=
mpi := $(filter-out 0,$(MPI))
SCENARIO ?= scenarios/prod.yaml

# The race detector does not see into GCC's OpenMP, and would report every loop of it.
ifeq ($(VARIANT)$(origin CC),tsandefault)
CC := clang
endif

build := $(BUILD)
ifneq ($(mpi),)
export OMPI_CC := $(CC)
override CC := mpicc
endif
version := $(shell cat .version 2>/dev/null || git describe --tags --always --dirty 2>/dev/null || \
	echo unknown)
clang := $(findstring clang,$(notdir $(CC)) $(shell $(CC) --version 2>/dev/null))

# All cores; a -j on the command line wins, and a make inside a make takes its parent's.
MAKEFLAGS += $(if $(filter 0,$(MAKELEVEL)),-j$(shell nproc))
MAKEFLAGS += --no-builtin-rules --no-print-directory

warnings := -Wall -Wextra -Wshadow -Wconversion -Wvla -Wstrict-prototypes -Wmissing-prototypes
base_flags := -std=c17 -D_GNU_SOURCE -I. $(warnings) -fopenmp -ffp-contract=off -fno-math-errno

flags_release := -O2 -g -DNDEBUG
flags_debug := -O0 -g
flags_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
flags_tsan := -O1 -g -fsanitize=thread -DSIMD_NO_CLONES
flags_cov := -O0 -g --coverage
flags := $(base_flags) $(if $(mpi),-DSIMULATE_MPI) $(flags_$(VARIANT)) $(CFLAGS)

# The inner loop: what GCC needs to vectorise it. No value in it is ever NaN or infinite, and none of
# these lets a compiler reorder sums, so every build gives the same bits.
kernel_flags := -fno-trapping-math -fno-signed-zeros -ffinite-math-only
# clang 14 leaves one of its loops scalar, and warns of it.
kernel_flags += $(if $(clang),-Wno-pass-failed)
ifeq ($(VARIANT),release)
kernel_flags += -O3
endif

libraries := -lgsl -lgslcblas -lyaml -lcsv -lplot -ljansson -lsnappy -lzstd -lz -lcurl -lm

# Packages beyond those of every build.
packages := $(if $(clang),clang libomp-dev libclang-rt-dev) $(filter valgrind,$(MAKECMDGOALS)) \
	$(if $(mpi),libopenmpi-dev openmpi-bin)

rooms := sim/base models sim reports stack
sources := $(sort $(foreach room,$(rooms),$(wildcard $(room)/*.c)))
sources := $(if $(mpi),$(sources),$(filter-out %_mpi.c,$(sources)))
embedded := $(sort $(wildcard models/data/*.csv models/data/*/*.csv stack/charts/*.keys reports/*.css))
library := $(build)/libsimulate.a
library_objects := $(patsubst %.c,$(build)/%.o,$(filter-out sim/main.c,$(sources))) $(build)/embedded.o

test_folders := tests/unit tests/golden/run tests/e2e
test_sources := $(sort $(wildcard $(addsuffix /*.c,$(test_folders))))
test_sources := $(if $(mpi),$(test_sources),$(filter-out %_mpi.c,$(test_sources)))
test_helpers := $(build)/libtests.a
test_helper_objects := $(foreach c,$(test_sources),$(if $(filter test_%,$(notdir $c)),,$(build)/$(c:.c=.o)))
tests := $(foreach c,$(test_sources),$(if $(filter test_%,$(notdir $c)),$(build)/$(c:.c=)))
unit_tests := $(filter $(build)/tests/unit/%,$(tests))
golden_tests := $(filter $(build)/tests/golden/%,$(tests))
e2e_tests := $(filter $(build)/tests/e2e/%,$(tests))
refreshing_tests := $(patsubst %.c,$(build)/%,$(shell grep -lE \
	'assert_golden|GOLDEN_REFRESH|UPDATE_EXPECTED' $(wildcard $(addsuffix /test_*.c,$(test_folders)))))

# `make V=1` shows whole commands.
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $@;)
run_tests = @SIMULATE=$(build)/simulate sh tests/run.sh
# What the tests run under it stays within code built for the detector.
export TSAN_OPTIONS ?= ignore_noninstrumented_modules=1

.PHONY: all help deps run test test-unit test-golden test-e2e test-slow test-mpi run-test-mpi \
	calibrate fidelity schema golden install uninstall valgrind coverage dist clean FORCE
.SUFFIXES:
.DELETE_ON_ERROR:
.PRECIOUS: $(build)/%.o

all: $(build)/simulate ## build build/VARIANT/simulate (VARIANT=release debug asan tsan cov, CC=clang)

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1	/p' Makefile | while IFS='	' read -r name text; do \
	    printf 'make %-11s  %s\n' "$$name" "$$text"; done

deps: ## install what is missing from Debian packages (every build does)
	@sh sim/base/deps.sh $(packages)

# Targets that are missed are an answer, not a failed build: the program's status 1 passes here, any
# other is an error. Where a miss must fail, call the program itself: its 1 means just that.
run: $(build)/simulate ## install what is missing, build, simulate SCENARIO (scenarios/prod.yaml)
	@$< $(SCENARIO) $(ARGS) || [ $$? -eq 1 ]

test: $(build)/simulate $(tests) ## install what is missing, build, run every test: unit, golden, e2e
	$(run_tests) $(unit_tests) $(golden_tests) $(e2e_tests)

test-unit: $(unit_tests) ## the parts, each by itself
	$(run_tests) $^

test-golden: $(build)/simulate $(golden_tests) ## small whole runs against tests/golden/run
	$(run_tests) $(golden_tests)

test-e2e: $(build)/simulate $(e2e_tests) ## the program from outside
	$(run_tests) $(e2e_tests)

test-slow: $(build)/tests/unit/test_planner ## the search against brute force in 200 cases
	@PLANNER_CASES=200 sh tests/run.sh $^

test-mpi: ## install Open MPI if missing, build with MPI=1, sweep over several processes
	@$(MAKE) MPI=1 BUILD=$(build)-mpi run-test-mpi
run-test-mpi: $(build)/simulate $(build)/tests/e2e/test_sweep_mpi
	$(run_tests) $(filter %_mpi,$(tests))

# One unit test program: make test-loki
test-%: $(build)/tests/unit/test_%
	$<

calibrate: $(build)/simulate ## refit the shipped models to models/data/calibration
	$< calibrate coefficients >$(build)/coefficients.csv
	mv $(build)/coefficients.csv models/data/coefficients.csv

fidelity: $(build)/simulate ## predicted against measured, each run left out of its fit; a chart
	@$< calibrate fidelity --output $(build)

schema: $(build)/simulate ## write scenarios/schema.json from the table of keys
	$< schema >$(build)/schema.json
	mv $(build)/schema.json scenarios/schema.json

golden: $(build)/simulate $(refreshing_tests) ## write all expected files anew (then read git diff)
	@GOLDEN_REFRESH=1 UPDATE_EXPECTED=1 SIMULATE=$(build)/simulate sh tests/run.sh $(refreshing_tests)

# Where each thing that the program writes of itself belongs, as COMMAND:PATH below the prefix.
self_written := manual:share/man/man1/simulate.1 \
	completion_bash:share/bash-completion/completions/simulate \
	completion_zsh:share/zsh/site-functions/_simulate \
	completion_fish:share/fish/vendor_completions.d/simulate.fish \
	schema:share/simulate/schema.json

install: $(build)/simulate ## program, manual, completions, schema below DESTDIR PREFIX (/usr/local)
	install -D -m 755 $< $(DESTDIR)$(PREFIX)/bin/simulate
	@set -e; for item in $(self_written); do file=$(DESTDIR)$(PREFIX)/$${item#*:}; \
	    mkdir -p $$(dirname $$file); $< $$(printf %s $${item%%:*} | tr _ ' ') >$$file; \
	    chmod 644 $$file; echo "installed $$file"; done

uninstall: ## remove what install wrote
	rm -f $(DESTDIR)$(PREFIX)/bin/simulate \
	    $(foreach item,$(self_written),$(DESTDIR)$(PREFIX)/$(lastword $(subst :, ,$(item))))
	[ ! -d $(DESTDIR)$(PREFIX)/share/simulate ] || rmdir $(DESTDIR)$(PREFIX)/share/simulate

valgrind: $(build)/simulate ## look for memory errors and leaks in a small run of the debug variant
	valgrind -q --suppressions=tests/valgrind.supp --error-exitcode=99 \
	    --leak-check=full --show-leak-kinds=definite,indirect \
	    --errors-for-leak-kinds=definite,indirect $< $(SCENARIO) --replicas 8 --set simulation.horizon=7d --threads 1 --quiet \
	    --output $(build)/out || [ $$? -eq 1 ]

coverage: $(build)/simulate $(tests) ## which lines the tests run, by file, in the cov variant
	@find $(build) -name '*.gcda' -delete
	$(run_tests) $(tests)
	@sh tests/coverage.sh $(build) $(sources)

bench: $(build)/simulate ## speed, memory to 10^6 replicas, same bits, NumPy and SimPy
	@CC='$(CC)' sh tests/bench/bench.sh $(build) $(SCENARIO)

e2e: $(build)/simulate ## deploy to a real control plane on loopback (needs Go; CHARTS=dir for real charts)
	@sh tests/cluster/e2e.sh $<

dist: ## a source archive of HEAD
	@mkdir -p build
	git archive --prefix=simulate-$(version)/ \
	    --add-virtual-file=simulate-$(version)/.version:$(version) -o build/simulate-$(version).tar.gz HEAD

clean: ## remove build/
	rm -rf build

# A file that holds a value and is touched only when the value changes: what depends on it is then
# built anew.
keep_value = @mkdir -p $(@D); printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' >$@

$(build)/flags: FORCE
	$(call keep_value,$(CC) $(flags) $(kernel_flags))
$(build)/version: FORCE
	$(call keep_value,$(version))
$(build)/sources: FORCE
	$(call keep_value,$(sources) $(test_sources))
$(build)/embedded: FORCE
	$(call keep_value,$(embedded))

$(build)/embedded.c: $(embedded) $(build)/embedded sim/base/embed.sh
	$(call say,EMBED)sh sim/base/embed.sh $(embedded) >$@

$(build)/embedded.o: $(build)/embedded.c $(build)/flags | deps
	$(call say,CC)$(CC) $(flags) -c -o $@ $<

$(build)/%.o: %.c $(build)/flags | deps
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(flags) -MMD -MP -c -o $@ $<

$(build)/sim/engine_step.o $(build)/sim/engine_disk.o $(build)/sim/workload.o $(build)/sim/planner_demand_step.o: \
	flags += $(kernel_flags)
$(build)/sim/main.o $(build)/reports/phrase.o: flags += -DSIMULATE_VERSION='"$(version)"'
$(build)/sim/main.o $(build)/reports/phrase.o: $(build)/version

$(library): $(library_objects) $(build)/sources
$(test_helpers): $(test_helper_objects) $(build)/sources
$(library) $(test_helpers):
	$(call say,AR)rm -f $@ && ar rcs $@ $(filter %.o,$^)

$(build)/simulate: $(build)/sim/main.o $(library)
	$(call say,LINK)$(CC) $(flags) -o $@ $^ $(libraries)

$(tests): $(build)/%: $(build)/%.o $(test_helpers) $(library)
	$(call say,LINK)$(CC) $(flags) -o $@ $^ -lcmocka $(libraries)

-include $(patsubst %.c,$(build)/%.d,$(sources) $(test_sources))

include tests/bench/bench.mk
include tests/cluster/cluster.mk
