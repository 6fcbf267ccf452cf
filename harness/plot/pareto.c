/* pareto.c -- memory against time over all traces: geometric means, a panel for each set of
 * conditions, with the front of those that no other beats in both. */
#include <math.h>
#include <string.h>

#include "harness/plot/scatter.h"
#include "harness/results/summary.h"

/* Means over fewer traces than the others' cannot stand beside them. */
static bool is_point(const struct hb_summary_group *group, const struct hb_summary *row) {
    const struct hb_mean *time = &row->means[HB_MEAN_TIME], *memory = &row->means[HB_MEAN_RESIDENT];
    return memory->trace_count == group->trace_count &&
           (row->is_baseline || time->trace_count == group->trace_count);
}

static void cloud_fill(struct hb_plot_cloud *cloud, const struct hb_summary_group *group) {
    for (size_t i = 0; i < group->count; i++) {
        const struct hb_summary *row = &group->rows[i];
        const struct hb_interval *time = &row->means[HB_MEAN_TIME].interval;
        if (!is_point(group, row))
            continue;
        cloud->points[cloud->count++] = (struct hb_plot_point){
            row->allocator, row->is_baseline ? 1 : time->median, row->is_baseline ? NAN : time->low,
            row->is_baseline ? NAN : time->high, row->means[HB_MEAN_RESIDENT].interval.median};
    }
}

static void cloud_name(const struct hb_summary_group *group, char *text, size_t size) {
    const struct hb_result *conditions = group->conditions;
    char threads[32] = "";

    if (strcmp(conditions->mode, "serial") != 0 && conditions->threads != HB_COUNT_NULL)
        snprintf(threads, sizeof threads, ", %.0f threads", (double)conditions->threads);
    snprintf(text, size, "%zu traces, %.60s%s, touch=%.60s", group->trace_count, conditions->mode,
             threads, conditions->touch);
}

/* One point alone is no comparison. */
static size_t clouds_fill(struct hb_plot_cloud *clouds, const struct hb_summaries *summaries) {
    size_t count = 0;
    for (size_t i = 0; i < summaries->count; i++) {
        clouds[count].count = 0;
        cloud_fill(&clouds[count], &summaries->groups[i]);
        if (clouds[count].count < 2)
            continue;
        cloud_name(&summaries->groups[i], clouds[count].name, sizeof clouds[count].name);
        count++;
    }
    return count;
}

/* Which allocators are left out, as they lack a trace: "; not all traces: a, b". */
static void absent_name(const struct hb_summaries *summaries, char *text, size_t size) {
    for (size_t i = 0; i < summaries->count; i++) {
        for (size_t j = 0; j < summaries->groups[i].count; j++) {
            const struct hb_summary *row = &summaries->groups[i].rows[j];
            size_t used = strlen(text);
            if (is_point(&summaries->groups[i], row) || strstr(text, row->allocator))
                continue;
            snprintf(text + used, size - used, "%s%.40s",
                     strstr(text, "; not on all: ") ? ", " : "; not on all: ", row->allocator);
        }
    }
}

static enum hb_plot_status summaries_draw(const struct hb_plots *plots,
                                          const struct hb_summaries *summaries, char *error) {
    struct hb_plot_cloud *clouds = hb_plot_clouds_make(summaries->count, plots->blocks.row_count);
    enum hb_plot_status status = HB_PLOT_EMPTY;
    char x_title[HB_RESULT_TEXT_MAX + 16], caption[512] = "Geometric means over traces, warm; "
                                                          "95% bootstrap interval";

    if (!clouds) {
        snprintf(error, HB_PLOT_ERROR_MAX, "out of memory");
        return HB_PLOT_STOPPED;
    }
    absent_name(summaries, caption, sizeof caption);
    size_t count = clouds_fill(clouds, summaries);
    snprintf(x_title, sizeof x_title, "time ÷ %s", plots->blocks.rows[0]->baseline);
    if (count > 0)
        status = hb_plot_scatter_draw(
            plots,
            &(struct hb_plot_scatter){"pareto", "Memory against time over all traces",
                                      "No other is below and left of those on the line.", caption,
                                      x_title, "peak resident ÷ peak live", clouds, count, true},
            error);
    hb_plot_clouds_free(clouds, summaries->count);
    return status;
}

enum hb_plot_status hb_plot_pareto(const struct hb_plots *plots, char *error) {
    struct hb_summaries summaries;

    if (!hb_summaries_make(&summaries, plots->results, plots->result_count, HB_SUMMARY_SEED)) {
        snprintf(error, HB_PLOT_ERROR_MAX, "out of memory");
        return HB_PLOT_STOPPED;
    }
    enum hb_plot_status status = summaries_draw(plots, &summaries, error);
    hb_summaries_free(&summaries);
    return status;
}
