# Tests that need a cluster: `make e2e`. Included by the Makefile; tests/cluster/e2e.sh runs them.

cluster_test_objects := $(patsubst %.c,$(build)/%.o,$(wildcard tests/cluster/*.c))
cluster_tests := $(patsubst %.o,%,$(filter $(build)/tests/cluster/test_%,$(cluster_test_objects)))

$(cluster_tests): %: %.o $(filter-out $(build)/tests/cluster/test_%,$(cluster_test_objects)) \
	$(test_helpers) $(library)
	$(call say,LINK)$(CC) $(flags) -o $@ $^ -lcmocka $(libraries)

.PHONY: e2e cluster-tests
cluster-tests: $(build)/simulate $(cluster_tests)
e2e: $(cluster_tests)

-include $(cluster_test_objects:.o=.d)
