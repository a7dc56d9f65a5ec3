#include "tests/unit/same_members.h"

#include "sim/scenario_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

void assert_same_members(const char *section, const void *left, const void *right) {
    static const size_t sizes[] = {[STORE_DOUBLE] = sizeof(double),
                                   [STORE_UNSIGNED] = sizeof(unsigned),
                                   [STORE_U64] = sizeof(uint64_t),
                                   [STORE_BOOL] = sizeof(bool)};
    size_t count, checked = 0;
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count; i++) {
        const struct scenario_field *field = &fields[i];
        if (strncmp(field->path, section, strlen(section)) != 0 || field->store == STORE_NONE ||
            field->store == STORE_TEXT)
            continue;
        if (memcmp((const char *)left + field->offset, (const char *)right + field->offset,
                   sizes[field->store]) != 0)
            fail_msg("%s differs", field->path);
        checked++;
    }
    assert_true(checked >= 3);
}
