# simulate: capacity and cost of a self-run Loki, Tempo and Grafana.  `make help` lists the targets.
#
# Every C file of a room is built; what a room may include is checked by tests/unit/test_includes.c.

VARIANT ?= release
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc

build := build/$(VARIANT)
version := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

warnings := -Wall -Wextra -Wshadow -Wconversion -Wvla -Wstrict-prototypes -Wmissing-prototypes
base_flags := -std=c17 -D_GNU_SOURCE -I. $(warnings) -fopenmp -ffp-contract=off -fno-math-errno

flags_release := -O2 -g -DNDEBUG
flags_debug := -O0 -g
flags_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
flags_cov := -O0 -g --coverage
flags := $(base_flags) $(flags_$(VARIANT)) $(CFLAGS)

# The inner loop: what GCC needs to vectorise it. No value in it is ever NaN or infinite, and none of
# these lets a compiler reorder sums, so every build gives the same bits.
kernel_flags := -fno-trapping-math -fno-signed-zeros -ffinite-math-only
ifeq ($(VARIANT),release)
kernel_flags += -O3
endif

libraries := -lgsl -lgslcblas -lyaml -lcsv -lplot -ljansson -lz -lm

rooms := sim/base models sim reports stack
sources := $(sort $(foreach room,$(rooms),$(wildcard $(room)/*.c)))
objects := $(patsubst %.c,$(build)/%.o,$(sources))
library := $(filter-out $(build)/sim/main.o,$(objects)) $(build)/embedded.o
embedded := $(sort $(wildcard models/data/*.csv models/data/*/*.csv stack/charts/*.keys reports/*.css))

tests := $(patsubst tests/unit/%.c,$(build)/tests/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
test_helpers := $(patsubst %.c,$(build)/%.o,$(sort $(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c))))

.PHONY: all help deps run test calibrate fidelity clean
all: $(build)/simulate

help:
	@echo "make run        install what is missing, build, simulate scenarios/prod.yaml"
	@echo "make test       install what is missing, build, run every quick test"
	@echo "make            build build/$(VARIANT)/simulate   (VARIANT=release debug asan cov; CC=clang)"
	@echo "make deps       install the libraries from Debian packages"
	@echo "make calibrate  refit the shipped models to models/data/calibration"
	@echo "make fidelity   predicted against measured, each run left out of its fit"
	@echo "make clean      remove build/"

$(build)/embedded.c: $(embedded) Makefile
	@mkdir -p $(@D)
	@sh sim/base/embed.sh $(embedded) > $@.tmp && mv $@.tmp $@

$(build)/embedded.o: $(build)/embedded.c
	$(CC) $(flags) -c -o $@ $<

$(build)/%.o: %.c | deps
	@mkdir -p $(@D)
	$(CC) $(flags) -DSIMULATE_VERSION='"$(version)"' -MMD -MP -c -o $@ $<

$(build)/sim/engine_step.o $(build)/sim/workload.o: flags += $(kernel_flags)

$(build)/simulate: $(objects) $(build)/embedded.o
	$(CC) $(flags) -o $@ $^ $(libraries)

$(build)/tests/unit/%: $(build)/tests/unit/%.o $(test_helpers) $(library)
	$(CC) $(flags) -o $@ $^ -lcmocka $(libraries)

# Run every unit test program; stop at the first that fails.
test: $(tests) $(build)/simulate
	@set -e; for t in $(tests); do echo "== $$t"; $$t; done

# One unit test program: make test-loki
test-%: $(build)/tests/unit/test_%
	$<

run: $(build)/simulate
	$< scenarios/prod.yaml

calibrate: $(build)/simulate
	$< calibrate coefficients >$(build)/coefficients.csv
	mv $(build)/coefficients.csv models/data/coefficients.csv

fidelity: $(build)/simulate
	@$< calibrate fidelity

deps:
	@sh sim/base/deps.sh

clean:
	rm -rf build

.PRECIOUS: $(build)/%.o
-include $(patsubst %.o,%.d,$(objects) $(test_helpers)) $(patsubst %,%.d,$(tests))
