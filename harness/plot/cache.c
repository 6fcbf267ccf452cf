/* cache.c -- cache misses: two bars per allocator, a panel per trace. Where they were counted
 * and simulated, a plot of each.
 */
#include <math.h>
#include <string.h>

#include "harness/plot/axis.h"
#include "harness/plot/bars.h"

enum { ROW_PIXELS = 44, TIC_PIXELS = 65, LABEL_PIXELS = 55 };

struct misses {
    double l1d, llc, floor_l1d;
};

/* Those of the result's source, or of its simulation beside another source. */
static struct misses misses_of(const struct hb_result *row, bool is_beside) {
    if (!is_beside)
        return (struct misses){row->l1d_misses_per_op, row->llc_misses_per_op,
                               row->floor_l1d_misses_per_op};
    if (strcmp(row->cache_source, "sim") == 0)
        return (struct misses){NAN, NAN, NAN};
    return (struct misses){row->sim_l1d_misses_per_op, row->sim_llc_misses_per_op,
                           row->floor_sim_l1d_misses_per_op};
}

static double misses_most(const struct hb_results_blocks *blocks, bool is_beside) {
    double most = 0;
    for (size_t i = 0; i < blocks->count; i++) {
        for (size_t j = 0; j < blocks->blocks[i].count; j++) {
            struct misses misses = misses_of(blocks->blocks[i].rows[j], is_beside);
            most = fmax(most, fmax(misses.l1d, misses.llc));
        }
    }
    return most;
}

static void row_write(struct hb_plot_sheet *sheet, const struct hb_result *row, bool is_beside) {
    char name[HB_RESULT_TEXT_MAX];
    struct misses misses = misses_of(row, is_beside);

    hb_plot_allocator_name(row->allocator, name, sizeof name);
    fprintf(sheet->data, "%s\t%s\t", row->trace, name);
    hb_plot_write_number(sheet, misses.l1d, '\t');
    hb_plot_write_number(sheet, misses.llc, '\t');
    hb_plot_write_number(sheet, misses.floor_l1d, '\n');
}

static void blocks_write(struct hb_plot_sheet *sheet, const struct hb_results_blocks *blocks,
                         bool is_beside) {
    fputs("# trace\tallocator\tl1d\tllc\tfloor_l1d\n", sheet->data);
    hb_plot_bars_panels(sheet, blocks);
    for (size_t i = 0; i < blocks->count; i++) {
        const struct hb_results_block *block = &blocks->blocks[i];
        for (size_t j = 0; j < block->count; j++)
            row_write(sheet, block->rows[j], is_beside);
        fputs("\n\n", sheet->data);
    }
}

/* How the first row that has misses got them. */
static void caption_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                          bool is_beside) {
    char text[2 * HB_RESULT_TEXT_MAX] = "Counted by the processor, reads";

    for (size_t i = 0; i < plots->blocks.count; i++) {
        for (size_t j = 0; j < plots->blocks.blocks[i].count; j++) {
            const struct hb_result *row = plots->blocks.blocks[i].rows[j];
            if (isnan(misses_of(row, is_beside).l1d))
                continue;
            if (is_beside || strcmp(row->cache_source, "sim") == 0)
                snprintf(text, sizeof text, "Simulated caches %s", row->cache_geometry);
            hb_plot_set_caption(sheet, plots, text, false);
            return;
        }
    }
}

static enum hb_plot_status draw(const struct hb_plots *plots, const char *name, bool is_beside,
                                char *error) {
    struct hb_plot_sheet sheet;
    struct hb_plot_grid grid;
    double most = misses_most(&plots->blocks, is_beside);

    if (most == 0)
        return HB_PLOT_EMPTY;
    if (!hb_plot_sheet_begin(&sheet, plots, name, error))
        return HB_PLOT_FAILED;
    hb_plot_bars_grid(&grid, plots, ROW_PIXELS);
    hb_plot_set_grid(&sheet, &grid);
    hb_plot_set_title(&sheet, is_beside ? "Cache misses per operation, simulated"
                                        : "Cache misses per operation");
    hb_plot_set_subtitle(
        &sheet, "Blue: first level (L1d), orange: last level (LLC). Dashed: L1d of the floor.");
    caption_write(&sheet, plots, is_beside);
    hb_plot_set_number(&sheet, "names_shared", hb_plot_names_are_shared(&plots->blocks));
    double end = most / (1 - LABEL_PIXELS / grid.panel_width);
    hb_plot_set_number(&sheet, "x_most", end);
    hb_plot_set_number(&sheet, "x_step", hb_plot_axis_step(end, grid.panel_width / TIC_PIXELS));
    blocks_write(&sheet, &plots->blocks, is_beside);
    return hb_plot_sheet_finish(&sheet, plots, "cache", true, error);
}

enum hb_plot_status hb_plot_cache(const struct hb_plots *plots, char *error) {
    return draw(plots, "cache", false, error);
}

enum hb_plot_status hb_plot_cache_sim(const struct hb_plots *plots, char *error) {
    return draw(plots, "cache-sim", true, error);
}
