#include "tests/unit/sample_logs.h"

#include "sim/base/random.h"

void sample_logs_add(struct text *text, size_t first, size_t count) {
    static const char *const levels[] = {"info", "info", "info", "debug", "warning", "error"};
    static const char *const messages[] = {"order paid", "order shipped", "cart emptied",
                                           "payment declined by the bank"};
    for (size_t i = first; i < first + count; i++) {
        struct random_words a = random_words(7, i, 0, 0), b = random_words(7, i, 1, 0);
        text_print(text,
                   "{\"ts\":\"2026-03-01T%02zu:%02zu:%02zu.%zu%02uZ\",\"level\":\"%s\","
                   "\"logger\":\"shop.orders\",\"msg\":\"%s\",\"user_id\":%u,"
                   "\"request_id\":\"%08x%08x%08x%08x\",\"ms\":%u}\n",
                   10 + i / 36000, i / 600 % 60, i / 10 % 60, i % 10, b.word[0] % 100,
                   levels[b.word[1] % 6], messages[b.word[2] % 4], b.word[3] % 50000, a.word[0],
                   a.word[1], a.word[2], a.word[3], b.word[0] / 3 % 200);
    }
}
