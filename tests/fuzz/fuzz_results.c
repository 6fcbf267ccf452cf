/* fuzz_results.c -- whatever a file of results holds, it is refused in one line, or what is read
 * can be written, is the same when it is read again, and goes through table, summary and diff. An
 * input is the old results and, behind the first byte 0, the new ones.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/results/diff.h"
#include "harness/results/summary.h"
#include "harness/results/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ERROR_MAX = 512, WIDTH = 100, INPUT_MAX = 1 << 15 };

struct side {
    struct hb_result *results;
    size_t count;
};

static void must(int holds) {
    if (!holds)
        abort();
}

/* Bytes that are no UTF-8 come back as U+FFFD. */
static int is_ascii(const uint8_t *data, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (data[i] > 127)
            return 0;
    return 1;
}

static struct side side_read(const void *bytes, size_t size) {
    char path[64], error[ERROR_MAX] = "";
    int file = memfd_create("results", 0);
    struct side side = {NULL, 0};
    must(file >= 0 && write(file, bytes, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    side.results = hb_results_read(path, &side.count, error);
    must(side.results != NULL || (error[0] != '\0' && strchr(error, '\n') == NULL));
    close(file);
    return side;
}

static char *side_write(const struct side *side, size_t *size) {
    char *text = NULL;
    FILE *file = open_memstream(&text, size);
    for (size_t i = 0; i < side->count; i++)
        must(hb_result_write_json(&side->results[i], file));
    fclose(file);
    return text;
}

static void round_trip_check(const struct side *side) {
    size_t size, size_again;
    char *text = side_write(side, &size);
    struct side again = side_read(text, size);
    must(again.results != NULL && again.count == side->count);
    char *text_again = side_write(&again, &size_again);
    must(size == size_again && memcmp(text, text_again, size) == 0);
    hb_results_free(again.results, again.count);
    free(text);
    free(text_again);
}

static void side_print(const struct side *side, FILE *file) {
    struct hb_summaries summaries;
    for (size_t i = 0; i < side->count; i++)
        hb_result_write_csv(&side->results[i], file);
    hb_results_print_table_in(side->results, side->count, WIDTH, file);
    must(hb_summaries_make(&summaries, side->results, side->count, HB_SUMMARY_SEED));
    hb_summaries_write_json(&summaries, HB_SUMMARY_SEED, file);
    hb_summaries_print_table(&summaries, WIDTH, file);
    hb_summaries_free(&summaries);
}

static void sides_compare(const struct side *old, const struct side *new, FILE *file) {
    static const struct hb_diff_limits limits = {{0.02, 0.02, 0.02}};
    struct hb_diff_side sides[] = {{old->results, old->count}, {new->results, new->count}};
    struct hb_diff diff;
    must(hb_diff_make(&diff, sides, &limits));
    hb_diff_write_json(&diff, file);
    hb_diff_print_table(&diff, WIDTH, file);
    hb_diff_free(&diff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *nowhere;
    const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
    size_t first = end != NULL ? (size_t)(end - data) : size;
    if (size > INPUT_MAX)
        return -1;
    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    struct side old = side_read(data, first);
    struct side new = end != NULL ? side_read(end + 1, size - first - 1) : side_read(data, first);
    if (old.results != NULL && is_ascii(data, first))
        round_trip_check(&old);
    if (old.results != NULL)
        side_print(&old, nowhere);
    if (old.results != NULL && new.results != NULL)
        sides_compare(&old, &new, nowhere);
    hb_results_free(old.results, old.count);
    hb_results_free(new.results, new.count);
    return 0;
}
