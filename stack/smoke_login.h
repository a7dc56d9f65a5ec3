/**
 * Grafana's administrator, as its secret in the cluster has it. Private to the smoke test.
 */
#ifndef STACK_SMOKE_LOGIN_H
#define STACK_SMOKE_LOGIN_H

#include "stack/kubectl.h"

struct smoke_login {
    char user[128], password[256];
};

/** Read it from the secret. STATUS_EXTERNAL when there is none, or one that is no login. */
enum status smoke_login_read(const struct cluster *cluster, struct smoke_login *login,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** Overwrite it. */
void smoke_login_wipe(struct smoke_login *login);

#endif
