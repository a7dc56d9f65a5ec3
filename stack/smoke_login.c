#include "stack/smoke_login.h"

#include "stack/names.h"
#include "stack/secret.h"

#include <string.h>

static int digit_of(char character) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = character ? strchr(digits, character) : NULL;
    return at ? (int)(at - digits) : -1;
}

/** Decode base64 with padding, as Kubernetes writes secrets, into a C string. False when it is no
 *  base64, holds a NUL or does not fit. */
static bool decode(const char *base64, char *text, size_t size) {
    size_t length = strlen(base64), out = 0;
    unsigned bits = 0, held = 0;
    if (length == 0 || length % 4 != 0)
        return false;
    while (length > 0 && base64[length - 1] == '=')
        length--;
    for (size_t i = 0; i < length; i++) {
        int digit = digit_of(base64[i]);
        if (digit < 0)
            return false;
        bits = bits << 6 | (unsigned)digit;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (out + 1 >= size || (bits >> held & 0xFF) == 0)
            return false;
        text[out++] = (char)(bits >> held & 0xFF);
    }
    text[out] = '\0';
    return true;
}

/** Take "USER PASSWORD", both in base64, apart; writes into `answer`. */
static bool take_answer(char *answer, struct smoke_login *login) {
    char *password = strchr(answer, ' ');
    if (!password)
        return false;
    *password++ = '\0';
    return decode(answer, login->user, sizeof login->user) &&
           decode(password, login->password, sizeof login->password);
}

enum status smoke_login_read(const struct cluster *cluster, struct smoke_login *login,
                             struct diagnostics *diagnostics) {
    /* Not as JSON: its parser would leave copies in memory that nobody wipes. */
    static const char both[] =
        "go-template={{with .data}}{{index . \"" STACK_ADMIN_USER_KEY
        "\"}} {{index . \"" STACK_ADMIN_PASSWORD_KEY "\"}}{{else}}none{{end}}";
    struct process_result result;
    memset(login, 0, sizeof *login);
    enum status status =
        secret_ask(cluster, both, "reading secret " STACK_ADMIN_SECRET, &result, diagnostics);
    bool exists = status == STATUS_OK && result.out_length > 0;
    if (status == STATUS_OK && !take_answer(result.out, login))
        status =
            diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                            exists ? "secret %s holds no user and password under %s and %s"
                                   : "there is no secret %s with %s and %s: Grafana was not "
                                     "installed by simulate deploy",
                            STACK_ADMIN_SECRET, STACK_ADMIN_USER_KEY, STACK_ADMIN_PASSWORD_KEY);
    process_result_fini(&result);
    return status;
}

void smoke_login_wipe(struct smoke_login *login) {
    explicit_bzero(login, sizeof *login);
}
