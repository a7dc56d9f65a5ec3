#include "stack/secret.h"

#include "stack/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum { MANIFEST_BYTES = 768 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
enum { LETTERS = sizeof alphabet - 1, FAIR_BYTES = 256 / LETTERS * LETTERS };

/** getrandom() until all are there; a signal may cut it short. */
static bool fill_random(unsigned char *bytes, size_t length) {
    while (length > 0) {
        ssize_t got = getrandom(bytes, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        bytes += got;
        length -= (size_t)got;
    }
    return true;
}

enum status secret_generate(char password[SECRET_PASSWORD_LENGTH + 1],
                            struct diagnostics *diagnostics) {
    unsigned char bytes[SECRET_PASSWORD_LENGTH];
    size_t count = 0;
    while (count < SECRET_PASSWORD_LENGTH) {
        if (!fill_random(bytes, sizeof bytes))
            return diagnostics_add(diagnostics, STATUS_SYSTEM, NULL, 0, 0,
                                   "the kernel gives no random bytes: %s", strerror(errno));
        /* Bytes beyond the last whole round of the alphabet would favour its beginning. */
        for (size_t i = 0; i < sizeof bytes && count < SECRET_PASSWORD_LENGTH; i++)
            if (bytes[i] < FAIR_BYTES)
                password[count++] = alphabet[bytes[i] % LETTERS];
    }
    password[count] = '\0';
    explicit_bzero(bytes, sizeof bytes);
    return STATUS_OK;
}

static bool has_word(const char *words, const char *word) {
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += length)
        if ((at == words || at[-1] == '\n') && (at[length] == '\n' || at[length] == '\0'))
            return true;
    return false;
}

static enum status check_keys(const char *keys, struct diagnostics *diagnostics) {
    static const char *const needed[] = {STACK_ADMIN_USER_KEY, STACK_ADMIN_PASSWORD_KEY};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (has_word(keys, needed[i]))
            continue;
        enum status status = diagnostics_add(
            diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
            "the secret " STACK_ADMIN_SECRET " has no key %s, which Grafana reads", needed[i]);
        struct diagnostic *last = diagnostics_last(diagnostics);
        if (last)
            snprintf(last->hint, sizeof last->hint,
                     "delete the secret to have a new one made, or add the key");
        return status;
    }
    return STATUS_OK;
}

enum status secret_ask(const struct cluster *cluster, const char *go_template, const char *what,
                       struct process_result *result, struct diagnostics *diagnostics) {
    const char *const words[] = {"get",
                                 "secret",
                                 STACK_ADMIN_SECRET,
                                 "--namespace",
                                 cluster->name_space,
                                 "--ignore-not-found",
                                 "--output",
                                 go_template,
                                 NULL};
    return kubectl_do(cluster, words, what, result, diagnostics);
}

enum status secret_find(const struct cluster *cluster, bool *exists,
                        struct diagnostics *diagnostics) {
    /* The template prints the names of the keys; the values stay where they are. */
    static const char names[] =
        "go-template=secret{{\"\\n\"}}{{range $key, $value := .data}}{{$key}}{{\"\\n\"}}{{end}}";
    struct process_result result;
    enum status status =
        secret_ask(cluster, names, "looking for Grafana's secret", &result, diagnostics);
    *exists = status == STATUS_OK && result.out_length > 0;
    if (*exists)
        status = check_keys(result.out, diagnostics);
    process_result_fini(&result);
    return status;
}

void secret_create_words(const struct cluster *cluster, const char *words[6]) {
    static const char *const fixed[] = {"create", "--filename", "-", "--namespace"};
    memcpy(words, fixed, sizeof fixed);
    words[4] = cluster->name_space;
    words[5] = NULL;
}

/** JSON, in which letters and digits need no escape. */
static int print_manifest(char manifest[MANIFEST_BYTES], const struct cluster *cluster,
                          const char *password) {
    return snprintf(manifest, MANIFEST_BYTES,
                    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"Opaque\","
                    "\"metadata\":{\"name\":\"" STACK_ADMIN_SECRET "\",\"namespace\":\"%s\","
                    "\"labels\":{\"app.kubernetes.io/managed-by\":\"simulate\"}},"
                    "\"stringData\":{\"" STACK_ADMIN_USER_KEY "\":\"admin\","
                    "\"" STACK_ADMIN_PASSWORD_KEY "\":\"%s\"}}",
                    cluster->name_space, password);
}

static enum status judge(struct process_result *result, const char *password, bool *made,
                         struct diagnostics *diagnostics) {
    *made = process_succeeded(result);
    if (*made || strstr(result->err, "AlreadyExists"))
        return STATUS_OK;
    /* What kubectl says of a manifest might quote it. */
    if (strstr(result->err, password) || strstr(result->out, password))
        return diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                               "kubectl cannot make the secret " STACK_ADMIN_SECRET
                               "; what it says holds the password and is not shown");
    return process_complain("kubectl", result, "making the secret " STACK_ADMIN_SECRET,
                            diagnostics);
}

enum status secret_create(const struct cluster *cluster, bool *made,
                          struct diagnostics *diagnostics) {
    char password[SECRET_PASSWORD_LENGTH + 1], manifest[MANIFEST_BYTES];
    const char *words[6];
    struct process_result result = {0};
    *made = false;
    enum status status = secret_generate(password, diagnostics);
    if (status != STATUS_OK)
        return status;
    int length = print_manifest(manifest, cluster, password);
    secret_create_words(cluster, words);
    status = kubectl_run(cluster, words, manifest, (size_t)length, &result, diagnostics);
    if (status == STATUS_OK)
        status = judge(&result, password, made, diagnostics);
    process_result_fini(&result);
    explicit_bzero(password, sizeof password);
    explicit_bzero(manifest, sizeof manifest);
    return status;
}
