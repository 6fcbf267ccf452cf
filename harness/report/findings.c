/* findings.c -- what the results allow to say, in words: only what an interval that leaves out 1
 * supports, what is deterministic, and what failed. */
#include "harness/report/report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "harness/report/html.h"

enum { NO_ROW = -1 };

/* How an allocator did on the single traces under a group's conditions. */
struct record {
    size_t faster, slower, same;
};

static struct record record_of(const struct hb_report *report, const struct hb_result *conditions,
                               const char *allocator) {
    struct record record = {0, 0, 0};
    for (size_t i = 0; i < report->result_count; i++) {
        const struct hb_result *row = &report->results[i];
        if (strcmp(row->allocator, allocator) != 0 ||
            !hb_results_conditions_agree(row, conditions) || isnan(row->time_ratio_ci95_low))
            continue;
        record.faster += row->time_ratio_ci95_high < 1;
        record.slower += row->time_ratio_ci95_low > 1;
        record.same += row->time_ratio_ci95_low <= 1 && row->time_ratio_ci95_high >= 1;
    }
    return record;
}

void hb_report_conditions(const struct hb_summary_group *group, char *text, size_t size) {
    const struct hb_result *conditions = group->conditions;
    char threads[48] = "";

    if (conditions->threads != HB_COUNT_NULL && conditions->threads > 1)
        snprintf(threads, sizeof threads, ", %" PRIu64 " threads", conditions->threads);
    snprintf(text, size, "%zu traces, %s%s, touch=%s%s%s", group->trace_count, conditions->mode,
             threads, conditions->touch, conditions->thp[0] != '\0' ? ", thp=" : "",
             conditions->thp);
}

/* "bestfit takes 1.55 times the time of glibc (95% interval 1.46 to 1.71)" */
static void time_sentence(FILE *file, const char *allocator, const char *baseline,
                          const struct hb_interval *ratio) {
    fputs("<li><strong>", file);
    hb_html_text(file, allocator);
    fprintf(file,
            "</strong> is <span class=\"verdict %s\">%s</span>: it takes %.3f times the time of ",
            ratio->high < 1 ? "faster" : "slower", ratio->high < 1 ? "faster" : "slower",
            ratio->median);
    hb_html_text(file, baseline);
    fprintf(file, " (95%% interval %.3f to %.3f)", ratio->low, ratio->high);
}

/* Index of the row with the least mean above that of last whose interval leaves out 1. */
static ptrdiff_t next_certain(const struct hb_summary_group *group, ptrdiff_t last) {
    ptrdiff_t best = NO_ROW;
    for (size_t i = 0; i < group->count; i++) {
        const struct hb_mean *mean = &group->rows[i].means[HB_MEAN_TIME];
        const struct hb_interval *time = &mean->interval;
        bool is_certain = time->high < 1 || time->low > 1;
        double after = last == NO_ROW ? -1 : group->rows[last].means[HB_MEAN_TIME].interval.median;
        bool is_next = time->median > after ||
                       (time->median == after && last != NO_ROW && (ptrdiff_t)i > last);
        bool is_whole = mean->trace_count == group->trace_count;
        if (is_certain && is_next && is_whole && !group->rows[i].is_baseline &&
            (best == NO_ROW ||
             time->median < group->rows[best].means[HB_MEAN_TIME].interval.median))
            best = (ptrdiff_t)i;
    }
    return best;
}

static void same_list(FILE *file, const struct hb_summary_group *group) {
    bool has_any = false;
    for (size_t i = 0; i < group->count; i++) {
        const struct hb_interval *time = &group->rows[i].means[HB_MEAN_TIME].interval;
        if (!(time->low <= 1 && time->high >= 1) || group->rows[i].is_baseline)
            continue;
        fputs(has_any ? ", " : "<li>No difference from the baseline was measured of ", file);
        hb_html_text(file, group->rows[i].allocator);
        has_any = true;
    }
    if (has_any)
        fputs(".</li>\n", file);
}

/* Which holds least and which most: footprints are deterministic and need no interval. */
static void footprint_sentence(FILE *file, const struct hb_summary_group *group) {
    const struct hb_summary *least = NULL, *most = NULL;
    for (size_t i = 0; i < group->count; i++) {
        const struct hb_summary *row = &group->rows[i];
        double mean = row->means[HB_MEAN_FRAG].interval.median;
        if (isnan(mean) || row->means[HB_MEAN_FRAG].trace_count != group->trace_count)
            continue;
        if (!least || mean < least->means[HB_MEAN_FRAG].interval.median)
            least = row;
        if (!most || mean > most->means[HB_MEAN_FRAG].interval.median)
            most = row;
    }
    if (!least || least == most)
        return;
    fputs("<li>Of those whose footprint is known, <strong>", file);
    hb_html_text(file, least->allocator);
    fprintf(file, "</strong> holds least at its peak, %.3f times what is live, <strong>",
            least->means[HB_MEAN_FRAG].interval.median);
    hb_html_text(file, most->allocator);
    fprintf(file, "</strong> most, %.3f times. This is deterministic.</li>\n",
            most->means[HB_MEAN_FRAG].interval.median);
}

static void group_write(FILE *file, const struct hb_report *report,
                        const struct hb_summary_group *group) {
    char text[2 * HB_RESULT_TEXT_MAX];

    hb_report_conditions(group, text, sizeof text);
    fputs("<h3>Geometric means over ", file);
    hb_html_text(file, text);
    fputs("</h3>\n<ul>\n", file);
    for (ptrdiff_t row = next_certain(group, NO_ROW); row != NO_ROW;
         row = next_certain(group, row)) {
        const struct hb_summary *summary = &group->rows[row];
        struct record record = record_of(report, group->conditions, summary->allocator);
        time_sentence(file, summary->allocator, group->conditions->baseline,
                      &summary->means[HB_MEAN_TIME].interval);
        fprintf(file, "; of %zu results on single traces, %zu faster and %zu slower.</li>\n",
                record.faster + record.slower + record.same, record.faster, record.slower);
    }
    same_list(file, group);
    footprint_sentence(file, group);
    fputs("</ul>\n", file);
}

static bool row_is_certain(const struct hb_result *row) {
    return row->time_ratio_ci95_high < 1 || row->time_ratio_ci95_low > 1;
}

/* A trace that stands in no group of several. */
static void block_write(FILE *file, const struct hb_results_block *block) {
    char text[4 * HB_RESULT_TEXT_MAX];
    const struct hb_result *first = block->rows[0];
    bool has_any = false;

    snprintf(text, sizeof text, "%s, %s, touch=%s", first->trace, first->mode, first->touch);
    for (size_t i = 0; i < block->count; i++) {
        const struct hb_result *row = block->rows[i];
        if (!row_is_certain(row))
            continue;
        if (!has_any) {
            hb_html_element(file, "h3", text);
            fputs("<ul>\n", file);
        }
        time_sentence(file, row->allocator, row->baseline,
                      &(struct hb_interval){row->time_ratio, row->time_ratio_ci95_low,
                                            row->time_ratio_ci95_high});
        fputs(".</li>\n", file);
        has_any = true;
    }
    if (has_any)
        fputs("</ul>\n", file);
}

static bool block_is_in_group(const struct hb_report *report,
                              const struct hb_results_block *block) {
    for (size_t i = 0; i < report->summaries.count; i++)
        if (hb_results_conditions_agree(report->summaries.groups[i].conditions, block->rows[0]))
            return true;
    return false;
}

static void failures_write(FILE *file, const struct hb_report *report) {
    bool has_any = false;
    for (size_t i = 0; i < report->result_count; i++) {
        const struct hb_result *row = &report->results[i];
        bool check_failed = row->check[0] != '\0' && strcmp(row->check, "ok") != 0;
        if (row->error[0] == '\0' && !check_failed)
            continue;
        fputs(has_any ? "" : "<h3>What failed</h3>\n<ul class=\"failed\">\n", file);
        has_any = true;
        fputs("<li><strong>", file);
        hb_html_text(file, row->allocator);
        fputs("</strong> on ", file);
        hb_html_text(file, row->trace);
        fputs(check_failed ? ": check failed: " : ": ", file);
        hb_html_text(file, check_failed ? row->check : row->error);
        fputs("</li>\n", file);
    }
    if (has_any)
        fputs("</ul>\n", file);
}

static bool has_certain(const struct hb_report *report) {
    for (size_t i = 0; i < report->result_count; i++)
        if (row_is_certain(&report->results[i]))
            return true;
    return false;
}

void hb_report_findings(FILE *file, const struct hb_report *report) {
    fputs("<section id=\"findings\">\n<h2>Findings</h2>\n"
          "<p>Said of time is only what a 95% interval that leaves out 1 supports. The intervals "
          "tell "
          "how well these traces were measured, and nothing of other programs.</p>\n",
          file);
    if (!has_certain(report))
        fputs("<p>No interval of a time ratio leaves out 1: no difference of time was "
              "measured.</p>\n",
              file);
    for (size_t i = 0; i < report->summaries.count; i++)
        group_write(file, report, &report->summaries.groups[i]);
    for (size_t i = 0; i < report->blocks.count; i++)
        if (!block_is_in_group(report, &report->blocks.blocks[i]))
            block_write(file, &report->blocks.blocks[i]);
    failures_write(file, report);
    fputs("</section>\n", file);
}
