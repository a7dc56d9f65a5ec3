#include "tests/unit/canned_cluster.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* The newest answer is tried first. */
static const char script[] = "#!/bin/sh\n"
                             "here=${0%/*}\n"
                             "n=$(cat \"$here/count\")\n"
                             "while [ \"$n\" -gt 0 ]; do\n"
                             "    read -r pattern <\"$here/$n.pattern\"\n"
                             "    case \"${0##*/} $*\" in\n"
                             "    $pattern) exec cat \"$here/$n.answer\" ;;\n"
                             "    esac\n"
                             "    n=$((n - 1))\n"
                             "done\n"
                             "echo \"no answer to: $*\" >&2\n"
                             "exit 1\n";

static void write_file(const struct canned_cluster *fake, const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", fake->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void write_program(const struct canned_cluster *fake, const char *name) {
    char path[128];
    write_file(fake, name, script);
    snprintf(path, sizeof path, "%s/%s", fake->folder, name);
    assert_int_equal(chmod(path, 0755), 0);
}

static int count_of(const struct canned_cluster *fake) {
    char path[128];
    int count = 0;
    snprintf(path, sizeof path, "%s/count", fake->folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &count), 1);
    fclose(file);
    return count;
}

void canned_cluster_start(struct canned_cluster *fake) {
    const char *temporary = getenv("TMPDIR");
    snprintf(fake->folder, sizeof fake->folder, "%.40s/simulate-canned-XXXXXX",
             temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(fake->folder));
    write_file(fake, "count", "0\n");
    write_program(fake, "kubectl");
    write_program(fake, "helm");
    const char *path = getenv("PATH");
    fake->path_before = strdup(path ? path : "");
    assert_non_null(fake->path_before);
    size_t size = strlen(fake->folder) + strlen(fake->path_before) + 2;
    char *with_fake = malloc(size);
    assert_non_null(with_fake);
    snprintf(with_fake, size, "%s:%s", fake->folder, fake->path_before);
    assert_int_equal(setenv("PATH", with_fake, 1), 0);
    free(with_fake);
}

void canned_cluster_stop(struct canned_cluster *fake) {
    DIR *folder = opendir(fake->folder);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[384];
        snprintf(path, sizeof path, "%s/%s", fake->folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    closedir(folder);
    rmdir(fake->folder);
    setenv("PATH", fake->path_before, 1);
    free(fake->path_before);
}

void canned_cluster_answer(struct canned_cluster *fake, const char *pattern, const char *text) {
    char name[32], line[256];
    int count = count_of(fake) + 1;
    snprintf(name, sizeof name, "%d.pattern", count);
    snprintf(line, sizeof line, "%s\n", pattern);
    write_file(fake, name, line);
    snprintf(name, sizeof name, "%d.answer", count);
    write_file(fake, name, text);
    snprintf(line, sizeof line, "%d\n", count);
    write_file(fake, "count", line);
}

void canned_cluster_answer_json(struct canned_cluster *fake, const char *pattern, json_t *json) {
    assert_non_null(json);
    char *text = json_dumps(json, 0);
    assert_non_null(text);
    canned_cluster_answer(fake, pattern, text);
    free(text);
    json_decref(json);
}
