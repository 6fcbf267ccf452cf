#include "harness/measure/callgrind.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVENTS_MAX = 32, EVENT_NAME_MAX = 16 };

bool hb_callgrind_find(struct hb_callgrind *callgrind) {
    const char *path = getenv("PATH");
    struct stat status;
    callgrind->program[0] = '\0';
    for (path = path ? path : "/usr/bin:/bin"; *path; path += *path == ':') {
        size_t length = strcspn(path, ":");
        int written = snprintf(callgrind->program, sizeof callgrind->program, "%.*s/valgrind",
                               (int)length, path);
        if (length && written < PATH_MAX && access(callgrind->program, X_OK) == 0 &&
            stat(callgrind->program, &status) == 0 && S_ISREG(status.st_mode))
            return true;
        path += length;
    }
    callgrind->program[0] = '\0';
    return false;
}

static void cache_argument(char *text, size_t size, const char *name,
                           const struct hb_cache *cache) {
    snprintf(text, size, "--%s=%" PRIu64 ",%" PRIu64 ",%" PRIu64, name, cache->bytes, cache->ways,
             cache->line_bytes);
}

void hb_callgrind_arrange(struct hb_callgrind *callgrind, const struct hb_geometry *geometry,
                          const char *out, const char *log, const char *command) {
    cache_argument(callgrind->caches[0], sizeof callgrind->caches[0], "I1", &geometry->i1);
    cache_argument(callgrind->caches[1], sizeof callgrind->caches[1], "D1", &geometry->l1);
    cache_argument(callgrind->caches[2], sizeof callgrind->caches[2], "LL", &geometry->ll);
    const char *const arguments[HB_CALLGRIND_ARGUMENTS] = {callgrind->program,
                                                           "--tool=callgrind",
                                                           "--cache-sim=yes",
                                                           callgrind->caches[0],
                                                           callgrind->caches[1],
                                                           callgrind->caches[2],
                                                           "--instr-atstart=yes",
                                                           "--collect-atstart=no",
                                                           out,
                                                           log,
                                                           command,
                                                           NULL};
    memcpy(callgrind->arguments, arguments, sizeof arguments);
}

struct totals {
    char names[EVENTS_MAX][EVENT_NAME_MAX];
    size_t name_count;
    uint64_t values[EVENTS_MAX];
    bool has_values;
};

static bool names_parse(struct totals *totals, char *text) {
    char *rest = NULL;
    totals->name_count = 0;
    for (char *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest)) {
        if (totals->name_count == EVENTS_MAX || strlen(word) >= EVENT_NAME_MAX)
            return false;
        strcpy(totals->names[totals->name_count++], word);
    }
    return totals->name_count > 0;
}

/* Zeros at the end of the line are left out. */
static bool values_parse(struct totals *totals, char *text) {
    char *rest = NULL, *end;
    size_t count = 0;
    memset(totals->values, 0, sizeof totals->values);
    for (char *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest)) {
        errno = 0;
        uint64_t value = strtoull(word, &end, 10);
        if (count == totals->name_count || *word < '0' || *word > '9' || *end || errno)
            return false;
        totals->values[count++] = value;
    }
    totals->has_values = count > 0;
    return totals->has_values;
}

static bool totals_find(const struct totals *totals, const char *name, uint64_t *sum) {
    for (size_t i = 0; i < totals->name_count; i++) {
        if (strcmp(totals->names[i], name) == 0) {
            *sum += totals->values[i];
            return true;
        }
    }
    return false;
}

/* A line cut before its end may lack digits: it does not count. */
static bool totals_read(FILE *file, struct totals *totals) {
    char *line = NULL;
    size_t size = 0;
    bool valid = true;
    for (ssize_t length; valid && (length = getline(&line, &size, file)) > 0;) {
        if (line[length - 1] != '\n')
            valid = false;
        else if (strncmp(line, "events:", 7) == 0)
            valid = names_parse(totals, line + 7);
        else if (strncmp(line, "totals:", 7) == 0)
            valid = values_parse(totals, line + 7);
    }
    free(line);
    return valid && totals->has_values;
}

bool hb_callgrind_read(FILE *file, struct hb_callgrind_counts *counts, char *error) {
    struct totals totals = {0};
    *counts = (struct hb_callgrind_counts){0};
    if (!totals_read(file, &totals)) {
        snprintf(error, HB_CALLGRIND_ERROR_MAX, "callgrind's output is cut or damaged");
        return false;
    }
    bool whole = totals_find(&totals, "Ir", &counts->instructions) &&
                 totals_find(&totals, "D1mr", &counts->l1d_misses) &&
                 totals_find(&totals, "D1mw", &counts->l1d_misses) &&
                 totals_find(&totals, "DLmr", &counts->llc_misses) &&
                 totals_find(&totals, "DLmw", &counts->llc_misses);
    if (!whole)
        snprintf(error, HB_CALLGRIND_ERROR_MAX, "callgrind's output lacks the cache's events");
    return whole;
}
