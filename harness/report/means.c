/* means.c -- the overview: geometric means, and every trace's ratios side by side. */
#include "harness/report/report.h"

#include <math.h>
#include <string.h>

#include "harness/report/html.h"

/* The first result of that cell; NULL if there is none. */
static const struct hb_result *cell_find(const struct hb_report *report,
                                         const struct hb_summary_group *group,
                                         const char *allocator, const char *trace) {
    for (size_t i = 0; i < report->result_count; i++) {
        const struct hb_result *row = &report->results[i];
        if (strcmp(row->allocator, allocator) == 0 && strcmp(row->trace, trace) == 0 &&
            hb_results_conditions_agree(row, group->conditions))
            return row;
    }
    return NULL;
}

static void mean_headings(FILE *file, const char *baseline) {
    char text[HB_RESULT_TEXT_MAX + 32];

    hb_html_heading(file, "allocator", "", false);
    snprintf(text, sizeof text, "warm time ÷ %s", baseline);
    hb_html_heading(file, text, "geometric mean and 95% bootstrap interval", true);
    snprintf(text, sizeof text, "cold time ÷ %s", baseline);
    hb_html_heading(file, text, "first replay in a fresh process, page faults included", true);
    hb_html_heading(file, "resident ÷ live", "peak resident memory over peak live", true);
    hb_html_heading(file, "frag peak", "peak footprint over peak live; foreign: not visible", true);
    hb_html_heading(file, "traces", "over how many traces the warm mean is", true);
    hb_html_headings_end(file);
}

static void mean_row(FILE *file, const struct hb_summary *row) {
    hb_html_row_begin(file, row->allocator);
    for (int kind = HB_MEAN_TIME; kind <= HB_MEAN_COLD; kind++) {
        const struct hb_interval *interval = &row->means[kind].interval;
        if (row->is_baseline)
            hb_html_number(file, 1, 0);
        else
            hb_html_ratio(file, interval->median, interval->low, interval->high);
    }
    hb_html_number(file, row->means[HB_MEAN_RESIDENT].interval.median, 3);
    hb_html_number(file, row->means[HB_MEAN_FRAG].interval.median, 3);
    size_t traces = row->means[row->is_baseline ? HB_MEAN_RESIDENT : HB_MEAN_TIME].trace_count;
    hb_html_number(file, (double)traces, 0);
    hb_html_row_end(file);
}

/* A line for each allocator, a column for each trace. */
static void matrix_write(FILE *file, const struct hb_report *report,
                         const struct hb_summary_group *group, size_t number, bool is_time) {
    char text[2 * HB_RESULT_TEXT_MAX], id[48];

    snprintf(id, sizeof id, "%s-%zu", is_time ? "times" : "residents", number);
    snprintf(text, sizeof text,
             is_time ? "Warm time ÷ %s, trace by trace"
                     : "Peak resident memory ÷ peak live, trace by trace",
             group->conditions->baseline);
    hb_html_table_begin(file, id, text);
    hb_html_heading(file, "allocator", "", false);
    for (size_t i = 0; i < group->trace_count; i++)
        hb_html_heading(file, group->traces[i], "", true);
    hb_html_headings_end(file);
    for (size_t i = 0; i < group->count; i++) {
        const struct hb_summary *row = &group->rows[i];
        hb_html_row_begin(file, row->allocator);
        for (size_t j = 0; j < group->trace_count; j++) {
            const struct hb_result *cell =
                cell_find(report, group, row->allocator, group->traces[j]);
            if (!is_time || !cell)
                hb_html_number(file, cell ? cell->resident_peak_ratio : NAN, 3);
            else if (hb_result_is_baseline(cell))
                hb_html_number(file, isnan(cell->ns_per_op) ? NAN : 1, 0);
            else
                hb_html_ratio(file, cell->time_ratio, cell->time_ratio_ci95_low,
                              cell->time_ratio_ci95_high);
        }
        hb_html_row_end(file);
    }
    hb_html_table_end(file);
}

static bool group_has(const struct hb_summary_group *group, enum hb_mean_kind kind) {
    for (size_t i = 0; i < group->count; i++)
        if (group->rows[i].means[kind].trace_count > 0)
            return true;
    return false;
}

void hb_report_means(FILE *file, const struct hb_report *report) {
    char text[2 * HB_RESULT_TEXT_MAX], caption[2 * HB_RESULT_TEXT_MAX + 64], id[48];

    if (report->summaries.count == 0)
        return;
    fputs("<section id=\"means\">\n<h2>All traces</h2>\n", file);
    for (size_t i = 0; i < report->summaries.count; i++) {
        const struct hb_summary_group *group = &report->summaries.groups[i];
        hb_report_conditions(group, text, sizeof text);
        snprintf(caption, sizeof caption, "Geometric means over %s", text);
        snprintf(id, sizeof id, "means-%zu", i);
        hb_html_table_begin(file, id, caption);
        mean_headings(file, group->conditions->baseline);
        for (size_t j = 0; j < group->count; j++)
            mean_row(file, &group->rows[j]);
        hb_html_table_end(file);
        if (group_has(group, HB_MEAN_TIME))
            matrix_write(file, report, group, i, true);
        if (group_has(group, HB_MEAN_RESIDENT))
            matrix_write(file, report, group, i, false);
    }
    fputs("</section>\n", file);
}
