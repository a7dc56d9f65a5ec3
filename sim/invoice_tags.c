#include "sim/invoice_tags.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { LETTERS_MAX = 160 };

/** How a key's letters and digits end. */
static const char *const cluster_endings[] = {"eksclustername", "kubernetescluster",
                                              "k8samazonawscomname"};
static const char *const space_endings[] = {"createdforpvcnamespace", "eksnamespace"};

/** Its value says only that it is owned or shared: the name is in the key. */
static const char cluster_key[] = "kubernetes.io/cluster/";

static void letters_of(const char *key, char letters[LETTERS_MAX]) {
    size_t count = 0;
    for (; *key && count + 1 < LETTERS_MAX; key++)
        if (isalnum((unsigned char)*key))
            letters[count++] = (char)tolower((unsigned char)*key);
    letters[count] = '\0';
}

static bool ends_in(const char *text, const char *const *endings, size_t count) {
    size_t length = strlen(text);
    for (size_t i = 0; i < count; i++) {
        size_t tail = strlen(endings[i]);
        if (length >= tail && strcmp(text + length - tail, endings[i]) == 0)
            return true;
    }
    return false;
}

static bool names_cluster(const char *letters) {
    return ends_in(letters, cluster_endings, sizeof cluster_endings / sizeof *cluster_endings);
}

static bool names_space(const char *letters) {
    return ends_in(letters, space_endings, sizeof space_endings / sizeof *space_endings);
}

bool invoice_tag_matters(const char *key) {
    char letters[LETTERS_MAX];
    letters_of(key, letters);
    return strstr(key, cluster_key) || names_cluster(letters) || names_space(letters);
}

void invoice_tag_take(const char *key, const char *value, struct invoice_tags *tags) {
    char letters[LETTERS_MAX];
    if (!*value)
        return;
    const char *in_key = strstr(key, cluster_key);
    letters_of(key, letters);
    if (in_key)
        snprintf(tags->cluster, sizeof tags->cluster, "%s", in_key + strlen(cluster_key));
    else if (names_cluster(letters))
        snprintf(tags->cluster, sizeof tags->cluster, "%s", value);
    else if (names_space(letters))
        snprintf(tags->space, sizeof tags->space, "%s", value);
}

bool invoice_tags_take_json(const char *json, struct invoice_tags *tags) {
    if (!*json)
        return true;
    /* Most rows have no such tag: a look is cheaper than a parse. */
    if (*json == '{' && !strcasestr(json, "cluster") && !strcasestr(json, "namespace"))
        return true;
    json_t *root = json_loads(json, 0, NULL);
    bool fine = json_is_object(root);
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) if (json_is_string(value))
        invoice_tag_take(key, json_string_value(value), tags);
    json_decref(root);
    return fine;
}
