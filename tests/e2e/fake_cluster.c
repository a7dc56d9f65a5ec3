#include "tests/e2e/fake_cluster.h"

#include "sim/base/files.h"
#include "stack/process.h"

#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_BYTES = 1024, NAME_BYTES = 256, INPUT_BYTES = 1 << 16 };

/** The path of a file of the cluster; one that does not fit ends the program that is played. */
static void path_of(char path[PATH_BYTES], const char *name) {
    int length = snprintf(path, PATH_BYTES, "%s/%s", getenv("FAKE_CLUSTER"), name);
    if (length >= PATH_BYTES)
        exit(1);
}

static bool has_file(const char *name) {
    char path[PATH_BYTES];
    path_of(path, name);
    return access(path, F_OK) == 0;
}

static json_t *load(const char *name) {
    char path[PATH_BYTES];
    path_of(path, name);
    return json_load_file(path, JSON_DECODE_ANY, NULL);
}

static void save(const char *name, json_t *json) {
    char path[PATH_BYTES];
    path_of(path, name);
    json_dump_file(json, path, 0);
}

static void say(json_t *json) {
    json_dumpf(json, stdout, JSON_ENCODE_ANY);
    puts("");
}

/** Print a file of the cluster, or `otherwise`. */
static void say_file(const char *name, const char *otherwise) {
    char path[PATH_BYTES];
    path_of(path, name);
    FILE *file = fopen(path, "re");
    if (!file) {
        fputs(otherwise, stdout);
        return;
    }
    for (int c; (c = fgetc(file)) != EOF;)
        putchar(c);
    fclose(file);
}

static const char *read_input(void) {
    static char input[INPUT_BYTES];
    size_t length = fread(input, 1, sizeof input - 1, stdin);
    input[length] = '\0';
    return input;
}

static void write_log(char *argv[]) {
    char path[PATH_BYTES];
    struct text text;
    text_init(&text);
    const char *name = strrchr(argv[0], '/');
    text_print(&text, "%s ", name ? name + 1 : argv[0]);
    process_print_command(&text, (const char *const *)&argv[1]);
    path_of(path, "log");
    FILE *file = fopen(path, "ae");
    if (file) {
        fprintf(file, "%s\n", text.data);
        fclose(file);
    }
    text_fini(&text);
}

/** The word after `option`, or NULL. */
static const char *option(char *argv[], const char *name) {
    for (size_t i = 1; argv[i]; i++)
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    return NULL;
}

static bool given(char *argv[], const char *name) {
    for (size_t i = 1; argv[i]; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return false;
}

/** The `index`th word that neither is an option nor belongs to the few that name the cluster. */
static const char *word(char *argv[], size_t index) {
    for (size_t i = 1; argv[i]; i++) {
        if (strcmp(argv[i], "--context") == 0 || strcmp(argv[i], "--kube-context") == 0 ||
            strcmp(argv[i], "--kubeconfig") == 0)
            i++;
        else if (argv[i][0] != '-' && index-- == 0)
            return argv[i];
    }
    return "";
}

static bool is_allowed(const json_t *asked) {
    const char *verb = json_string_value(json_object_get(asked, "verb"));
    const char *part = json_string_value(json_object_get(asked, "subresource"));
    bool reads = strcmp(verb, "get") == 0 || strcmp(verb, "list") == 0;
    return (reads || !has_file("readonly")) &&
           (strcmp(part, "portforward") != 0 || !has_file("noforward"));
}

/** `readonly` is there: only what reads is allowed; `noforward`: all but forwarding ports. */
static int answer_reviews(void) {
    json_t *list = json_loads(read_input(), 0, NULL), *item;
    size_t i;
    json_array_foreach(json_object_get(list, "items"), i, item) {
        const json_t *asked = json_object_get(json_object_get(item, "spec"), "resourceAttributes");
        json_object_set_new(item, "status", json_pack("{s:b}", "allowed", is_allowed(asked)));
        say(item);
    }
    json_decref(list);
    return 0;
}

static int create(char *argv[]) {
    char path[PATH_BYTES];
    if (!given(argv, "--namespace"))
        return answer_reviews();
    path_of(path, "secret.grafana-admin");
    FILE *file = fopen(path, "we");
    fputs(read_input(), file);
    fclose(file);
    return 0;
}

static const char one_node[] =
    "{\"items\":[{\"metadata\":{\"name\":\"node-1\",\"labels\":{"
    "\"node.kubernetes.io/instance-type\":\"t3.medium\"}},\"spec\":{},\"status\":{"
    "\"allocatable\":{\"cpu\":\"1930m\",\"memory\":\"3285Mi\",\"pods\":\"17\"},"
    "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}]}";

/** `applied.FILE` holds what was applied from a file of that name, and how often it changed. */
static void applied_name(char name[NAME_BYTES], const char *file) {
    const char *last = strrchr(file, '/');
    snprintf(name, NAME_BYTES, "applied.%.200s", last ? last + 1 : file);
}

static int get(char *argv[]) {
    char name[NAME_BYTES];
    const char *kind = word(argv, 1);
    const char *file = option(argv, "--filename");
    if (file) {
        applied_name(name, file);
        say_file(name, "");
    } else if (strcmp(kind, "nodes") == 0)
        say_file("nodes", one_node);
    else if (strcmp(kind, "pods") == 0)
        say_file(given(argv, "--all-namespaces") ? "requests" : "pods",
                 given(argv, "--all-namespaces") ? "" : "{\"items\":[]}");
    else if (strcmp(kind, "events") == 0)
        say_file("events", "{\"items\":[]}");
    else {
        snprintf(name, sizeof name, "%.50s.%.200s", kind, word(argv, 2));
        if (strcmp(kind, "secret") == 0 && has_file(name))
            puts("secret\nadmin-password\nadmin-user");
        else if (strcmp(kind, "csidriver") == 0)
            say_file(name, "{\"metadata\":{\"name\":\"ebs.csi.aws.com\"}}");
        else
            say_file(name, "");
    }
    return 0;
}

static int apply(char *argv[]) {
    char name[NAME_BYTES], content[NAME_BYTES] = "", length[32];
    struct stat facts;
    const char *file = option(argv, "--filename");
    applied_name(name, file);
    /* The length stands for the content. */
    snprintf(length, sizeof length, "%lld", stat(file, &facts) == 0 ? (long long)facts.st_size : 0);
    json_t *object =
        json_pack("{s:{s:s, s:s}}", "metadata", "uid", name, "resourceVersion", length);
    save(name, object);
    say(object);
    json_decref(object);
    if (strstr(file, "/namespace.yaml"))
        snprintf(content, sizeof content, "namespace.observability");
    if (strstr(file, "/storageclass-gp3.yaml"))
        snprintf(content, sizeof content, "storageclass.gp3");
    json_t *made = json_pack("{s:s, s:b, s:s, s:{s:s}}", "provisioner", "ebs.csi.aws.com",
                             "allowVolumeExpansion", 1, "volumeBindingMode", "WaitForFirstConsumer",
                             "parameters", "encrypted", "true");
    if (content[0])
        save(content, made);
    json_decref(made);
    return 0;
}

static int kubectl(char *argv[]) {
    const char *command = word(argv, 0);
    if (strcmp(command, "version") == 0 && given(argv, "--client"))
        puts("{\"clientVersion\":{\"gitVersion\":\"v1.31.1\"}}");
    else if (strcmp(command, "version") == 0)
        puts("{\"serverVersion\":{\"gitVersion\":\"v1.31.4-eks-1\"}}");
    else if (strcmp(command, "config") == 0)
        puts("{\"current-context\":\"prod\",\"contexts\":[{\"name\":\"prod\",\"context\":{"
             "\"cluster\":\"c\"}},{\"name\":\"staging\",\"context\":{\"cluster\":\"c\"}},"
             "{\"name\":\"" FAKE_CLUSTER_LONG_CONTEXT "\",\"context\":{\"cluster\":\"c\"}}],"
             "\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://c.example\"}}]}");
    else if (strcmp(command, "create") == 0)
        return create(argv);
    else if (strcmp(command, "get") == 0)
        return get(argv);
    else if (strcmp(command, "apply") == 0)
        return apply(argv);
    else if (strcmp(command, "logs") == 0)
        say_file("logs", "");
    else if (strcmp(command, "diff") == 0) {
        puts("diff -u -N /tmp/LIVE-1/v1.Thing.ns.name /tmp/MERGED-1/v1.Thing.ns.name\n-old\n+new");
        return 1;
    }
    return 0;
}

/** What stands for the values of a file: its lines that are no comment, added up. */
static json_t *values_of(const char *path) {
    char line[65536];
    unsigned long sum = 0;
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        for (const char *at = line; line[0] != '#' && *at; at++)
            sum = sum * 31 + (unsigned char)*at;
    if (file)
        fclose(file);
    return json_pack("{s:I}", "sum", (json_int_t)(sum % 1000000007));
}

static json_t *releases(void) {
    json_t *list = has_file("releases.json") ? load("releases.json") : NULL;
    return list ? list : json_array();
}

static size_t place_of(json_t *list, const char *name) {
    size_t i = 0;
    while (i < json_array_size(list) &&
           strcmp(json_string_value(json_object_get(json_array_get(list, i), "name")), name) != 0)
        i++;
    return i;
}

static int list_releases(char *argv[]) {
    json_t *all = releases(), *shown = json_array(), *release;
    size_t i;
    json_array_foreach(all, i, release) if (!given(argv, "--selector") ||
                                            json_is_true(json_object_get(release, "ours")))
        json_array_append(shown, release);
    say(shown);
    json_decref(shown);
    json_decref(all);
    return 0;
}

static volatile sig_atomic_t cancelled;

static void cancel(int number) {
    (void)number;
    cancelled = 1;
}

/** `hang.NAME` is there: until SIGINT; `fail.NAME`: for a moment, as the pods never get ready. */
static int misbehave(const char *name) {
    char file[NAME_BYTES];
    snprintf(file, sizeof file, "hang.%.200s", name);
    if (has_file(file)) {
        signal(SIGINT, cancel);
        for (int i = 0; i < 3000 && !cancelled; i++)
            nanosleep(&(struct timespec){0, 10000000}, NULL);
        fputs("Error: release was cancelled: context canceled\n", stderr);
        return 1;
    }
    snprintf(file, sizeof file, "fail.%.200s", name);
    if (!has_file(file))
        return 0;
    nanosleep(&(struct timespec){1, 0}, NULL);
    fputs("WARNING: something else\nError: UPGRADE FAILED: context deadline exceeded\n", stderr);
    return 1;
}

static int upgrade(char *argv[]) {
    const char *name = word(argv, 1), *chart = word(argv, 2);
    char revision[24], full[128];
    json_t *values = values_of(option(argv, "--values")), *list = releases();
    const char *version = option(argv, "--version");
    if (given(argv, "--dry-run=server")) {
        json_t *rehearsal = json_pack("{s:{s:{s:s, s:s}}, s:O, s:s}", "chart", "metadata", "name",
                                      chart, "version", version, "config", values, "manifest",
                                      "kind: StatefulSet\nmetadata:\n  name: thing\n");
        say(rehearsal);
        json_decref(rehearsal);
    } else if (misbehave(name) != 0) {
        json_decref(values);
        json_decref(list);
        return 1;
    } else {
        size_t place = place_of(list, name);
        const char *before =
            json_string_value(json_object_get(json_array_get(list, place), "revision"));
        snprintf(revision, sizeof revision, "%ld", before ? strtol(before, NULL, 10) + 1 : 1);
        snprintf(full, sizeof full, "%s-%s", chart, version);
        json_t *release =
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:O}", "name", name, "revision", revision,
                      "updated", "2026-11-23 16:48:02.85 +0000 UTC", "status", "deployed", "chart",
                      full, "ours", 1, "values", values);
        if (place < json_array_size(list))
            json_array_set_new(list, place, release);
        else
            json_array_append_new(list, release);
        save("releases.json", list);
    }
    json_decref(values);
    json_decref(list);
    return 0;
}

static int helm(char *argv[]) {
    const char *command = word(argv, 0);
    json_t *list = releases();
    if (strcmp(command, "version") == 0)
        say_file("helm_version", "v3.18.6");
    else if (strcmp(command, "list") == 0)
        list_releases(argv);
    else if (strcmp(command, "get") == 0)
        say(json_object_get(json_array_get(list, place_of(list, word(argv, 2))), "values"));
    else if (strcmp(command, "uninstall") == 0) {
        json_array_remove(list, place_of(list, word(argv, 1)));
        save("releases.json", list);
    }
    json_decref(list);
    return strcmp(command, "upgrade") == 0 ? upgrade(argv) : 0;
}

int fake_cluster_play(int argc, char *argv[]) {
    const char *name = strrchr(argv[0], '/');
    name = name ? name + 1 : argv[0];
    if (argc < 2 || (strcmp(name, "kubectl") != 0 && strcmp(name, "helm") != 0))
        return -1;
    write_log(argv);
    return strcmp(name, "helm") == 0 ? helm(argv) : kubectl(argv);
}

static char *path_before;

void fake_cluster_begin(struct program *program) {
    static const char *const names[] = {"bin/kubectl", "bin/helm"};
    char self[PATH_BYTES];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(length > 0);
    self[length] = '\0';
    assert_int_equal(mkdir(program_path(program, "bin"), 0777), 0);
    assert_int_equal(mkdir(program_path(program, "cluster"), 0777), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(symlink(self, program_path(program, names[i])), 0);
    path_before = strdup(getenv("PATH"));
    assert_non_null(path_before);
    setenv("PATH", program_path(program, "bin"), 1);
    setenv("FAKE_CLUSTER", program_path(program, "cluster"), 1);
}

void fake_cluster_end(void) {
    setenv("PATH", path_before, 1);
    free(path_before);
    path_before = NULL;
}

void fake_cluster_put(struct program *program, const char *name, const char *content) {
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    const char *path = arena_print(&program->arena, "%s/cluster/%s", program->folder, name);
    assert_int_equal(file_write(path, content, strlen(content), &diagnostics), STATUS_OK);
}

const char *fake_cluster_read(struct program *program, const char *name) {
    size_t length;
    char *path = arena_print(&program->arena, "%s/cluster/%s", program->folder, name);
    return access(path, F_OK) == 0 ? program_read(program, path, &length) : "";
}
