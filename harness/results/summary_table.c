/* summary_table.c -- geometric means for people: a block for each set of conditions. */
#include "harness/results/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/table.h"
#include "harness/table.h"

enum { LINE_BYTES = 4096 };
enum part { PART_MEAN, PART_INTERVAL, PART_VERDICT };

static const struct column {
    enum hb_mean_kind kind;
    enum part part;
    const char *upper, *lower; /* lower NULL: the baseline */
} columns[] = {
    {HB_MEAN_TIME, PART_MEAN, "warm /", NULL},
    {HB_MEAN_TIME, PART_INTERVAL, "95%", "interval"},
    {HB_MEAN_TIME, PART_VERDICT, "", ""},
    {HB_MEAN_COLD, PART_MEAN, "cold /", NULL},
    {HB_MEAN_COLD, PART_INTERVAL, "95%", "interval"},
    {HB_MEAN_COLD, PART_VERDICT, "", ""},
    {HB_MEAN_RESIDENT, PART_MEAN, "resident", "/ live"},
    {HB_MEAN_FRAG, PART_MEAN, "frag", "peak"},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void cell_format(const struct column *column, const struct hb_summary *summary, char *text,
                        size_t size) {
    const struct hb_mean *mean = &summary->means[column->kind];
    const struct hb_interval *interval = &mean->interval;
    bool is_time = column->kind == HB_MEAN_TIME || column->kind == HB_MEAN_COLD;

    snprintf(text, size, "%s", column->part == PART_VERDICT ? "" : "-");
    if (is_time && summary->is_baseline && column->part == PART_MEAN)
        snprintf(text, size, "1");
    else if (column->part == PART_VERDICT)
        snprintf(text, size, "%s", hb_ratio_verdict(interval->low, interval->high));
    else if (column->part == PART_INTERVAL && !isnan(interval->low))
        snprintf(text, size, "[%.3f, %.3f]", interval->low, interval->high);
    else if (column->part == PART_MEAN && !isnan(interval->median))
        snprintf(text, size, "%.3f", interval->median);
}

static bool group_has(const struct hb_summary_group *group, enum hb_mean_kind kind) {
    for (size_t i = 0; i < group->count; i++)
        if (group->rows[i].means[kind].trace_count > 0)
            return true;
    return false;
}

/* Only caches or only latencies, say, were measured: there is nothing to average. */
static bool group_has_any(const struct hb_summary_group *group) {
    for (int kind = 0; kind < HB_MEAN_KINDS; kind++)
        if (group_has(group, (enum hb_mean_kind)kind))
            return true;
    return false;
}

static void figures_print(const struct hb_summary_group *group, size_t width, FILE *file) {
    const char **names = calloc(group->count, sizeof *names);
    struct hb_table *table = names ? hb_table_create(group->count, COLUMNS, names) : NULL;
    char text[64];

    for (size_t i = 0; table && i < COLUMNS; i++) {
        const struct column *column = &columns[i];
        hb_table_set_heading(table, i, (int)column->kind, column->upper,
                             column->lower ? column->lower : group->conditions->baseline);
        for (size_t j = 0; j < group->count; j++) {
            names[j] = group->rows[j].allocator;
            cell_format(column, &group->rows[j], text, sizeof text);
            if (group_has(group, column->kind))
                hb_table_set(table, j, i, text);
        }
    }
    if (table)
        hb_table_print(table, "allocator", width, file);
    hb_table_free(table);
    free(names);
}

static void text_add(char *text, const char *separator, const char *more) {
    size_t used = strlen(text);
    snprintf(text + used, LINE_BYTES - used, "%s%s", separator, more);
}

static void heading_print(const struct hb_summary_group *group, size_t width, FILE *file) {
    char text[LINE_BYTES];

    snprintf(text, sizeof text, "geometric means over %zu traces: ", group->trace_count);
    for (size_t i = 0; i < group->trace_count; i++)
        text_add(text, i > 0 ? ", " : "", group->traces[i]);
    if (group->conditions->mode[0] != '\0')
        text_add(text, "; ", group->conditions->mode);
    if (group->conditions->touch[0] != '\0')
        text_add(text, ", touch=", group->conditions->touch);
    if (group->conditions->thp[0] != '\0')
        text_add(text, ", thp=", group->conditions->thp);
    hb_text_wrap(text, 2, width, file);
    fputc('\n', file);
}

static void note_print(const char *text, size_t width, FILE *file) {
    fputs("  ", file);
    hb_text_wrap(text, 4, width - 2, file);
}

/* Means over fewer traces than others are named: they cannot be compared with these. */
static void gaps_print(const struct hb_summary_group *group, enum hb_mean_kind kind, size_t width,
                       FILE *file) {
    static const char *const names[] = {"warm time", "cold time", "resident / live", "frag peak"};
    char text[LINE_BYTES], part[64];

    snprintf(text, sizeof text,
             "%s over fewer traces, not to be compared with the others:", names[kind]);
    bool has_gaps = false;
    for (size_t i = 0; i < group->count; i++) {
        size_t count = group->rows[i].means[kind].trace_count;
        if (count == 0 || count == group->trace_count)
            continue;
        text_add(text, has_gaps ? ", " : " ", group->rows[i].allocator);
        snprintf(part, sizeof part, "%zu", count);
        text_add(text, " over ", part);
        has_gaps = true;
    }
    if (has_gaps)
        note_print(text, width, file);
}

static void notes_print(const struct hb_summary_group *group, size_t width, FILE *file) {
    bool has_intervals = false, has_same = false;

    for (size_t i = 0; i < group->count; i++) {
        for (int kind = HB_MEAN_TIME; kind <= HB_MEAN_COLD; kind++) {
            const struct hb_interval *interval = &group->rows[i].means[kind].interval;
            has_intervals |= !isnan(interval->low);
            has_same |= interval->low <= 1 && interval->high >= 1;
        }
    }
    if (has_intervals)
        note_print("intervals: bootstrap over the blocks of each trace; they say nothing of other "
                   "traces",
                   width, file);
    if (has_same)
        note_print("same: the interval includes 1; no difference was measured", width, file);
    for (int kind = 0; kind < HB_MEAN_KINDS; kind++)
        gaps_print(group, (enum hb_mean_kind)kind, width, file);
}

void hb_summaries_print_table(const struct hb_summaries *summaries, size_t width, FILE *file) {
    for (size_t i = 0; i < summaries->count; i++) {
        const struct hb_summary_group *group = &summaries->groups[i];
        if (!group_has_any(group))
            continue;
        fputc('\n', file);
        heading_print(group, width, file);
        figures_print(group, width, file);
        notes_print(group, width, file);
    }
}
