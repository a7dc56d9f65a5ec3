/**
 * The secret that holds Grafana's administrator.
 *
 * The password comes from the kernel's random source and goes to kubectl's standard input: it is
 * never an argument, never in a file, never in a log; the memory it passed through is wiped. A
 * secret that exists is kept as it is, whatever its password.
 */
#ifndef STACK_SECRET_H
#define STACK_SECRET_H

#include "stack/kubectl.h"

/** Characters of a password, of 62 kinds each: 142 bits. */
#define SECRET_PASSWORD_LENGTH 24

/** Fill `password` from getrandom(2): letters and digits, each equally likely. Wipe it after use.
 */
enum status secret_generate(char password[SECRET_PASSWORD_LENGTH + 1],
                            struct diagnostics *diagnostics) MUST_CHECK;

/** Ask for the secret by "go-template=...", so that no more of it is read than the template prints:
 *  into `result`, nothing where there is no secret. `what` is what is done, for errors.
 *  process_result_fini() afterwards, also on failure. */
enum status secret_ask(const struct cluster *cluster, const char *go_template, const char *what,
                       struct process_result *result, struct diagnostics *diagnostics) MUST_CHECK;

/** Is the secret there? One that lacks a key that Grafana reads is STATUS_EXTERNAL. Its values are
 *  never read. */
enum status secret_find(const struct cluster *cluster, bool *exists,
                        struct diagnostics *diagnostics) MUST_CHECK;

/** Make the secret. `*made` is false when somebody else made it in the meantime. */
enum status secret_create(const struct cluster *cluster, bool *made,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** The words after `kubectl` that secret_create() runs; ends with NULL. */
void secret_create_words(const struct cluster *cluster, const char *words[6]);

#endif
