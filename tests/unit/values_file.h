/** Reading back what stack/ wrote, for tests. */
#ifndef TESTS_UNIT_VALUES_FILE_H
#define TESTS_UNIT_VALUES_FILE_H

#include "sim/base/yaml_tree.h"
#include "sim/result.h"
#include "stack/chart_keys.h"

struct values_file {
    struct text text;
    struct arena arena;
    struct yaml_document document;
};

/** Emit the values of `chart` and read them back; fails the running test when that cannot be. */
void values_file_emit(struct values_file *file, enum helm_chart chart,
                      const struct scenario *scenario, const struct plan_outcome *outcome);
void values_file_fini(struct values_file *file);

/** The node at a path such as `a.b\.c[0].d`, or NULL. */
const struct yaml_node *values_file_node(const struct values_file *file, const char *path);

/** Fail the running test unless the scalar at `path` reads `expected`; NULL: nothing is there. */
void values_file_expect(const struct values_file *file, const char *path, const char *expected);

/** Call `visit` for each scalar and each empty mapping or list, with its path. */
void values_file_walk(const struct values_file *file,
                      void (*visit)(const char *path, const struct yaml_node *node, void *context),
                      void *context);

#endif
