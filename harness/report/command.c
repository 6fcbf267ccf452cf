/* command.c -- the command line that measures again what results tell of. */
#include "harness/report/command.h"

#include <inttypes.h>
#include <string.h>

#include "harness/results/blocks.h"

/* A text for each result, NULL for those that are not in the list. */
typedef const char *(*text_of)(const struct hb_result *row);

static const char *allocator_of(const struct hb_result *row) {
    return hb_result_is_baseline(row) ? NULL : row->allocator;
}

static const char *trace_of(const struct hb_result *row) {
    return row->trace;
}

static const char *mode_of(const struct hb_result *row) {
    return row->mode[0] != '\0' ? row->mode : NULL;
}

static const char *thp_of(const struct hb_result *row) {
    return row->thp[0] != '\0' ? row->thp : NULL;
}

/* One value in a comma list in single quotes: commas stand behind a backslash. */
static void value_write(FILE *file, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == ',')
            fputc('\\', file);
        if (*text == '\'')
            fputs("'\\''", file);
        else
            fputc(*text, file);
    }
}

static bool is_first(const struct hb_result *results, size_t row, const char *run_id,
                     text_of text) {
    for (size_t i = 0; i < row; i++) {
        const char *other = strcmp(results[i].run_id, run_id) == 0 ? text(&results[i]) : NULL;
        if (other && strcmp(other, text(&results[row])) == 0)
            return false;
    }
    return true;
}

/* Write " --NAME='a,b'" of what the run's results have, each once; nothing if they have at most one
 * and that is plain. */
static void list_write(FILE *file, const struct hb_result *results, size_t count,
                       const char *run_id, const char *option, text_of text, const char *plain) {
    size_t written = 0, distinct = 0;
    bool is_plain = true;

    for (size_t i = 0; i < count; i++) {
        const char *value = strcmp(results[i].run_id, run_id) == 0 ? text(&results[i]) : NULL;
        if (!value || !is_first(results, i, run_id, text))
            continue;
        distinct++;
        is_plain &= plain && (strcmp(value, plain) == 0 || plain[0] == '\0');
    }
    if (distinct == 0 || (distinct == 1 && is_plain))
        return;
    fprintf(file, " --%s='", option);
    for (size_t i = 0; i < count; i++) {
        const char *value = strcmp(results[i].run_id, run_id) == 0 ? text(&results[i]) : NULL;
        if (!value || !is_first(results, i, run_id, text))
            continue;
        fputs(written++ > 0 ? "," : "", file);
        value_write(file, value);
    }
    fputc('\'', file);
}

/* Good until the call after the next: two are compared at a time. */
static const char *threads_of(const struct hb_result *row) {
    static char texts[2][24];
    static int next;
    if (row->threads == HB_COUNT_NULL || strcmp(row->mode, "serial") == 0)
        return NULL;
    next = !next;
    snprintf(texts[next], sizeof texts[next], "%" PRIu64, row->threads);
    return texts[next];
}

void hb_report_command(FILE *file, const struct hb_result *results, size_t count,
                       const char *run_id) {
    const struct hb_result *first = results;
    while (first < results + count && strcmp(first->run_id, run_id) != 0)
        first++;
    if (first == results + count)
        return;
    fputs("heapbench run", file);
    list_write(file, results, count, run_id, "alloc", allocator_of, NULL);
    list_write(file, results, count, run_id, "trace", trace_of, NULL);
    fputs(" --baseline='", file);
    value_write(file, first->baseline[0] != '\0' ? first->baseline : "none");
    fputs("'", file);
    if (first->passes[0] != '\0')
        fprintf(file, " --passes=%.*s", (int)strspn(first->passes, "abcdefghijklmnopqrstuvwxyz,"),
                first->passes);
    list_write(file, results, count, run_id, "mode", mode_of, "serial");
    list_write(file, results, count, run_id, "threads", threads_of, NULL);
    if (first->touch[0] != '\0' && strcmp(first->touch, "first") != 0) {
        fputs(" --touch='", file);
        value_write(file, first->touch);
        fputs("'", file);
    }
    list_write(file, results, count, run_id, "thp", thp_of, "");
    if (first->repeats != HB_COUNT_NULL)
        fprintf(file, " --repeats=%" PRIu64, first->repeats);
    if (first->seed != HB_COUNT_NULL)
        fprintf(file, " --seed=%" PRIu64, first->seed);
}
