/* frag.c -- resident memory against time: a point per allocator, a panel per trace.
 *
 * Fragmentation proper is not visible of a foreign allocator, so that the common axis is
 * resident_peak_ratio: peak resident / peak live. */
#include <math.h>

#include "harness/plot/scatter.h"

static double row_time(const struct hb_result *row) {
    return hb_result_is_baseline(row) && !isnan(row->ns_per_op) ? 1 : row->time_ratio;
}

static bool row_is_point(const struct hb_result *row) {
    return row_time(row) > 0 && row->resident_peak_ratio > 0;
}

static void cloud_fill(struct hb_plot_cloud *cloud, const struct hb_results_block *block) {
    for (size_t i = 0; i < block->count; i++) {
        const struct hb_result *row = block->rows[i];
        if (row_is_point(row))
            cloud->points[cloud->count++] =
                (struct hb_plot_point){row->allocator, row_time(row), row->time_ratio_ci95_low,
                                       row->time_ratio_ci95_high, row->resident_peak_ratio};
    }
}

/* Of each block that has any point. */
static size_t clouds_fill(struct hb_plot_cloud *clouds, const struct hb_results_blocks *blocks) {
    size_t count = 0;
    for (size_t i = 0; i < blocks->count; i++) {
        cloud_fill(&clouds[count], &blocks->blocks[i]);
        if (clouds[count].count == 0)
            continue;
        hb_plot_block_name(blocks, i, clouds[count].name, sizeof clouds[count].name);
        count++;
    }
    return count;
}

enum hb_plot_status hb_plot_frag_time(const struct hb_plots *plots, char *error) {
    const struct hb_results_blocks *blocks = &plots->blocks;
    struct hb_plot_cloud *clouds = hb_plot_clouds_make(blocks->count, blocks->row_count);
    enum hb_plot_status status = HB_PLOT_EMPTY;
    char x_title[HB_RESULT_TEXT_MAX + 16];

    if (!clouds) {
        snprintf(error, HB_PLOT_ERROR_MAX, "out of memory");
        return HB_PLOT_STOPPED;
    }
    size_t count = clouds_fill(clouds, blocks);
    snprintf(x_title, sizeof x_title, "time ÷ %s", blocks->rows[0]->baseline);
    if (count > 0)
        status = hb_plot_scatter_draw(
            plots,
            &(struct hb_plot_scatter){"frag-time", "Memory against time",
                                      "Lower and further left is better.",
                                      "Warm replay, median and 95% interval", x_title,
                                      "peak resident ÷ peak live", clouds, count, false},
            error);
    hb_plot_clouds_free(clouds, blocks->count);
    return status;
}
