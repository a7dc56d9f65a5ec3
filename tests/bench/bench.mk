# The engine built for each instruction set, without optimisation and by the other compiler, each
# with the harness. Included by the Makefile; tests/bench/bench.sh runs them.

# All that the samples depend on and that the compiler turns into arithmetic.
bench_kernel := sim/engine_step.c sim/engine_disk.c sim/workload.c
bench_model := $(bench_kernel) sim/engine_block.c sim/engine_plan.c sim/engine_plan_nodes.c \
	sim/engine_curve.c sim/base/random.c
bench_harness := sim/engine.c $(sort $(wildcard tests/bench/*.c))

other_cc := $(if $(clang),gcc,clang)
bench_builds := shipped unoptimised $(if $(shell command -v $(other_cc)),other) \
	$(if $(filter x86_64,$(shell uname -m)),sse2 avx2 avx512)

bench_flags_unoptimised := -O0
bench_flags_sse2 := -DSIMD_NO_CLONES -march=x86-64
bench_flags_avx2 := -DSIMD_NO_CLONES -march=x86-64-v3
bench_flags_avx512 := -DSIMD_NO_CLONES -march=x86-64-v4

# Two compilers' OpenMP libraries do not mix: the other one compiles no threads, so no harness.
bench_cc_other := $(other_cc)
bench_flags_other := -fno-openmp -fopenmp-simd -Wno-pass-failed
bench_harness_other := shipped

bench_programs := $(foreach name,$(bench_builds),$(build)/bench/$(name)/bench_engine)

# $1: name of the build
define bench_rules
$(build)/bench/$1/%.o: %.c $(build)/flags tests/bench/bench.mk | deps
	@mkdir -p $$(@D)
	$$(call say,CC)$(or $(bench_cc_$1),$(CC)) $$(flags) $$(if $$(filter $$<,$(bench_kernel)),$$(kernel_flags)) \
	    $(bench_flags_$1) -MMD -MP -c -o $$@ $$<

$(build)/bench/$1/bench_engine: $(patsubst %.c,$(build)/bench/$1/%.o,$(bench_model)) \
	$(patsubst %.c,$(build)/bench/$(or $(bench_harness_$1),$1)/%.o,$(bench_harness)) $(library)
	$$(call say,LINK)$$(CC) $$(flags) -o $$@ $$^ $$(libraries)
endef
$(foreach name,$(bench_builds),$(eval $(call bench_rules,$(name))))

.PHONY: bench
bench: $(bench_programs)

-include $(foreach name,$(bench_builds),$(patsubst %.c,$(build)/bench/$(name)/%.d,$(bench_model) $(bench_harness)))
