/* bars.c -- panels of horizontal bars, a row per allocator. */
#include "harness/plot/bars.h"

#include <math.h>
#include <string.h>

bool hb_plot_names_are_shared(const struct hb_results_blocks *blocks) {
    for (size_t i = 1; i < blocks->count; i++) {
        if (blocks->blocks[i].count != blocks->blocks[0].count)
            return false;
        for (size_t j = 0; j < blocks->blocks[0].count; j++) {
            if (strcmp(blocks->blocks[i].rows[j]->allocator,
                       blocks->blocks[0].rows[j]->allocator) != 0)
                return false;
        }
    }
    return true;
}

/* Pixels that the longest name of an allocator takes. */
static double names_width(const struct hb_results_blocks *blocks) {
    char name[HB_RESULT_TEXT_MAX];
    size_t longest = 0;

    for (size_t i = 0; i < blocks->count; i++) {
        for (size_t j = 0; j < blocks->blocks[i].count; j++) {
            hb_plot_allocator_name(blocks->blocks[i].rows[j]->allocator, name, sizeof name);
            longest = strlen(name) > longest ? strlen(name) : longest;
        }
    }
    return fmin(10.0 * (double)longest + 20, 340);
}

void hb_plot_bars_panels(struct hb_plot_sheet *sheet, const struct hb_results_blocks *blocks) {
    char name[2 * HB_RESULT_TEXT_MAX], rows[32];

    hb_plot_array_begin(sheet, "panel_name", blocks->count);
    hb_plot_array_begin(sheet, "row_count", blocks->count);
    for (size_t i = 0; i < blocks->count; i++) {
        hb_plot_block_name(blocks, i, name, sizeof name);
        hb_plot_array_add(sheet, "panel_name", i, name);
        snprintf(rows, sizeof rows, "row_count[%zu]", i + 1);
        hb_plot_set_number(sheet, rows, (double)blocks->blocks[i].count);
    }
}

void hb_plot_bars_grid(struct hb_plot_grid *grid, const struct hb_plots *plots, double row_pixels) {
    const struct hb_results_blocks *blocks = &plots->blocks;
    bool names_shared = hb_plot_names_are_shared(blocks);
    size_t most = 0;
    for (size_t i = 0; i < blocks->count; i++)
        most = blocks->blocks[i].count > most ? blocks->blocks[i].count : most;

    double names = fmin(names_width(blocks), 0.4 * hb_plot_width(plots));
    *grid = (struct hb_plot_grid){
        .panels = blocks->count,
        .columns = blocks->count > 1 ? 2 : 1,
        .left = names,
        .right = 30,
        .top = 105,
        .bottom = 105,
        .gap_x = names_shared ? 40 : names + 15,
        .gap_y = 55,
        .panel_height = row_pixels * (double)most,
    };
    hb_plot_grid_fit(grid, plots);
}
