/* diff_table.c -- what was compared, for people: new / old, a block for each trace and conditions.
 */
#include "harness/results/diff.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/blocks.h"
#include "harness/table.h"

enum { LINE_BYTES = 4096 };

static bool blocks_agree(const struct hb_result *a, const struct hb_result *b) {
    return strcmp(a->trace, b->trace) == 0 && hb_results_conditions_agree(a, b);
}

/* The rows of one block's cells. */
struct block {
    const struct hb_diff *diff;
    const struct hb_result **cells;
    size_t count;
};

/* Rows of a cell follow each other; the last index of a cell's rows is where it changes. */
static bool block_open(struct block *block, const struct hb_diff *diff, size_t first) {
    *block = (struct block){diff, calloc(diff->count, sizeof *block->cells), 0};
    const struct hb_result *last = NULL;
    for (size_t i = first; block->cells && i < diff->count; i++) {
        const struct hb_result *cell = diff->rows[i].cell;
        if (cell != last && blocks_agree(cell, diff->rows[first].cell))
            block->cells[block->count++] = cell;
        last = cell;
    }
    return block->cells != NULL;
}

static bool block_is_new(const struct hb_diff *diff, size_t first) {
    for (size_t i = 0; i < first; i++)
        if (blocks_agree(diff->rows[i].cell, diff->rows[first].cell))
            return false;
    return true;
}

static const struct hb_diff_row *row_find(const struct hb_diff *diff, const struct hb_result *cell,
                                          const char *what) {
    for (size_t i = 0; i < diff->count; i++)
        if (diff->rows[i].cell == cell && strcmp(diff->rows[i].what, what) == 0)
            return &diff->rows[i];
    return NULL;
}

static bool row_has_ratio(const struct hb_diff_row *row) {
    return row && row->verdict <= HB_DIFF_CHANGED && !isnan(row->ratio.median);
}

/* An equals sign where nothing changed, to the last bit. */
static void ratio_format(const struct hb_diff_row *row, char *text, size_t size) {
    bool is_time = row && row->figure && row->figure->manner == HB_DIFF_PAIRS;
    if (!row_has_ratio(row))
        snprintf(text, size, "-");
    else if (row->values[HB_DIFF_OLD] == row->values[HB_DIFF_NEW] && !is_time)
        snprintf(text, size, "=");
    else
        snprintf(text, size, is_time ? "%.3f" : "%.4f", row->ratio.median);
}

static void interval_format(const struct hb_diff_row *row, char *text, size_t size) {
    if (row_has_ratio(row) && !isnan(row->ratio.low))
        snprintf(text, size, "[%.3f, %.3f]", row->ratio.low, row->ratio.high);
    else
        snprintf(text, size, "-");
}

/* A column for each figure; those of times are followed by their interval and verdict. */
static size_t figure_fill(const struct block *block, const struct hb_diff_figure *figure,
                          size_t column, struct hb_table *table) {
    bool is_time = figure->manner == HB_DIFF_PAIRS;
    char text[64];
    hb_table_set_heading(table, column, (int)figure->class, figure->upper, figure->lower);
    if (is_time)
        hb_table_set_heading(table, column + 1, (int)figure->class, "95%", "interval");
    for (size_t i = 0; i < block->count; i++) {
        const struct hb_diff_row *row = row_find(block->diff, block->cells[i], figure->name);
        ratio_format(row, text, sizeof text);
        hb_table_set(table, i, column, text);
        if (!is_time)
            continue;
        interval_format(row, text, sizeof text);
        hb_table_set(table, i, column + 1, text);
        hb_table_set(table, i, column + 2, row_has_ratio(row) ? hb_diff_verdict_text(row) : "");
    }
    return column + (is_time ? 3 : 1);
}

static void placement_fill(const struct block *block, size_t column, struct hb_table *table) {
    hb_table_set_heading(table, column, HB_DIFF_SPACE, "", "placement");
    for (size_t i = 0; i < block->count; i++) {
        const struct hb_diff_row *row = row_find(block->diff, block->cells[i], "placement_hash");
        bool is_known = row && row->verdict <= HB_DIFF_CHANGED;
        hb_table_set(table, i, column,
                     !is_known                      ? "-"
                     : row->verdict == HB_DIFF_SAME ? "="
                                                    : "changed");
    }
}

static void figures_print(const struct block *block, size_t width, FILE *file) {
    const char **names = calloc(block->count, sizeof *names);
    size_t columns = 3 * hb_diff_figure_count + 1, column = 0;
    struct hb_table *table = names ? hb_table_create(block->count, columns, names) : NULL;

    for (size_t i = 0; table && i < block->count; i++)
        names[i] = block->cells[i]->allocator;
    for (size_t i = 0; table && i < hb_diff_figure_count; i++) {
        column = figure_fill(block, &hb_diff_figures[i], column, table);
        bool is_last_of_space = i + 1 < hb_diff_figure_count &&
                                hb_diff_figures[i].class == HB_DIFF_SPACE &&
                                hb_diff_figures[i + 1].class != HB_DIFF_SPACE;
        if (is_last_of_space)
            placement_fill(block, column++, table);
    }
    if (table)
        hb_table_print(table, "new / old", width, file);
    hb_table_free(table);
    free(names);
}

static void note_print(const char *text, size_t width, FILE *file) {
    fputs("  ", file);
    hb_text_wrap(text, 4, width - 2, file);
}

static void text_add(char *text, const char *separator, const char *more) {
    size_t used = strlen(text);
    snprintf(text + used, LINE_BYTES - used, "%s%s", separator, more);
}

static void regression_print(const struct hb_diff_row *row, size_t width, FILE *file) {
    char text[LINE_BYTES], part[256];

    snprintf(text, sizeof text, "REGRESSION: %s: %s ", row->cell->allocator, row->what);
    if (row->texts[HB_DIFF_NEW])
        snprintf(part, sizeof part, "now: %.200s", row->texts[HB_DIFF_NEW]);
    else
        snprintf(part, sizeof part, "%.6g, now %.6g", row->values[HB_DIFF_OLD],
                 row->values[HB_DIFF_NEW]);
    text_add(text, "", part);
    if (!isnan(row->ratio.low)) {
        snprintf(part, sizeof part, ": %.3f times [%.3f, %.3f]", row->ratio.median, row->ratio.low,
                 row->ratio.high);
        text_add(text, "", part);
    }
    if (!isnan(row->threshold)) {
        snprintf(part, sizeof part, ", beyond %.4g%%", 100 * row->threshold);
        text_add(text, "", part);
    }
    note_print(text, width, file);
}

static const char *verdict_note(enum hb_diff_verdict verdict, const char *what) {
    if (verdict == HB_DIFF_ONLY_OLD)
        return strcmp(what, "cell") == 0 ? "not in the new results" : "not measured in the new";
    if (verdict == HB_DIFF_ONLY_NEW)
        return strcmp(what, "cell") == 0 ? "not in the old results" : "not measured in the old";
    if (strcmp(what, "trace") == 0)
        return "another trace of the same name, nothing was compared";
    return strstr(what, "_ratio") ? "fewer than 6 pairs, no interval"
                                  : "not comparable, counted in another way";
}

/* One line for each figure and reason, with the allocators that it holds for. */
static void gaps_print(const struct block *block, const char *what, enum hb_diff_verdict verdict,
                       size_t width, FILE *file) {
    char text[LINE_BYTES] = "";
    size_t held = 0;

    if (strcmp(what, "cell") != 0 && strcmp(what, "trace") != 0)
        snprintf(text, sizeof text, "%s ", what);
    text_add(text, "", verdict_note(verdict, what));
    for (size_t i = 0; i < block->count; i++) {
        const struct hb_diff_row *row = row_find(block->diff, block->cells[i], what);
        if (row && row->verdict == verdict)
            text_add(text, held++ > 0 ? ", " : ": ", row->cell->allocator);
    }
    if (held > 0)
        note_print(text, width, file);
}

static void notes_print(const struct block *block, size_t width, FILE *file) {
    static const enum hb_diff_verdict gaps[] = {HB_DIFF_ONLY_OLD, HB_DIFF_ONLY_NEW,
                                                HB_DIFF_NOT_COMPARABLE};
    for (size_t i = 0; i < block->diff->count; i++) {
        const struct hb_diff_row *row = &block->diff->rows[i];
        if (row->is_regression && blocks_agree(row->cell, block->cells[0]))
            regression_print(row, width, file);
    }
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        gaps_print(block, "cell", gaps[i], width, file);
        gaps_print(block, "trace", gaps[i], width, file);
        for (size_t j = 0; j < hb_diff_figure_count; j++)
            gaps_print(block, hb_diff_figures[j].name, gaps[i], width, file);
    }
}

static void block_print(const struct block *block, size_t width, FILE *file) {
    const struct hb_result *first = block->cells[0];
    char text[LINE_BYTES];

    snprintf(text, sizeof text, "%s: %s%s%s%s%s%s%s", first->trace, first->mode,
             first->touch[0] != '\0' ? ", touch=" : "", first->touch,
             first->thp[0] != '\0' ? ", thp=" : "", first->thp,
             first->baseline[0] != '\0' ? "; baseline " : "", first->baseline);
    hb_text_wrap(text, 2, width, file);
    fputc('\n', file);
    figures_print(block, width, file);
    notes_print(block, width, file);
    fputc('\n', file);
}

static void tally_print(const struct hb_diff *diff, size_t width, FILE *file) {
    char text[LINE_BYTES];
    int used = snprintf(text, sizeof text, "%zu cell%s compared", diff->cells,
                        diff->cells == 1 ? "" : "s");
    if (diff->missing > 0)
        used += snprintf(text + used, sizeof text - (size_t)used, ", %zu only on one side",
                         diff->missing);
    const double *thresholds = diff->limits.thresholds;
    snprintf(text + used, sizeof text - (size_t)used,
             ": %zu regression%s (thresholds: time %.4g%%, memory %.4g%%, cache misses %.4g%%)",
             diff->regressions, diff->regressions == 1 ? "" : "s", 100 * thresholds[HB_DIFF_TIME],
             100 * thresholds[HB_DIFF_SPACE], 100 * thresholds[HB_DIFF_CACHE]);
    hb_text_wrap(text, 2, width, file);
}

void hb_diff_print_table(const struct hb_diff *diff, size_t width, FILE *file) {
    for (size_t i = 0; i < diff->count; i++) {
        struct block block;
        if (!block_is_new(diff, i))
            continue;
        if (block_open(&block, diff, i))
            block_print(&block, width, file);
        free(block.cells);
    }
    tally_print(diff, width, file);
}
