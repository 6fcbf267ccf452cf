/* bench.h -- run heapbench as a user does, and read what it printed. */
#ifndef HB_TEST_BENCH_H
#define HB_TEST_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "harness/results/results.h"

/* A trace of a real program; a slow build takes a short one. */
#ifdef HB_SANITIZED
#define BENCH_TRACE "git"
#else
#define BENCH_TRACE "gcc"
#endif

enum { BENCH_COMMAND_MAX = 4096, BENCH_TEXT_MAX = 4096 };

struct bench_folder {
    char path[64];
};

static inline void bench_folder_make(struct bench_folder *folder) {
    snprintf(folder->path, sizeof folder->path, "/tmp/heapbench-test-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
}

static inline void bench_folder_remove(const struct bench_folder *folder) {
    char command[BENCH_COMMAND_MAX];
    snprintf(command, sizeof command, "rm -rf '%s'", folder->path);
    assert_int_equal(system(command), 0);
}

/* Run `heapbench WORDS` in the folder, stdout to out.txt, stderr to err.txt. Returns its status. */
static inline int bench_run(const struct bench_folder *folder, const char *words) {
    char command[2 * BENCH_COMMAND_MAX];
    snprintf(command, sizeof command, "cd '%s' && '%s/heapbench' %s >out.txt 2>err.txt",
             folder->path, HB_BUILD_DIR, words);
    int status = system(command);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static inline void bench_text(const struct bench_folder *folder, const char *name, char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, BENCH_TEXT_MAX - 1, file);
    text[length] = '\0';
    fclose(file);
}

/* Run with --format=jsonl and read the results back. */
static inline struct hb_result *bench_results(const struct bench_folder *folder, const char *words,
                                              size_t *count) {
    char line[BENCH_COMMAND_MAX + 32], error[512], path[128];
    snprintf(line, sizeof line, "%s --format=jsonl", words);
    int status = bench_run(folder, line);
    if (status != 0) {
        char text[BENCH_TEXT_MAX];
        bench_text(folder, "err.txt", text);
        fail_msg("heapbench %s: status %d: %s", line, status, text);
    }
    snprintf(path, sizeof path, "%s/out.txt", folder->path);
    struct hb_result *results = hb_results_read(path, count, error);
    if (!results)
        fail_msg("%s", error);
    return results;
}

#endif
