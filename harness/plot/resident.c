/* resident.c -- peak resident memory over peak live: a bar per allocator, a panel per trace. Rows
 * of one allocator, from several runs, become one bar: their median, with its interval. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/measure/statistics.h"
#include "harness/plot/axis.h"
#include "harness/plot/bars.h"

enum { ROW_PIXELS = 30, TIC_PIXELS = 65, LABEL_PIXELS = 75 };

/* What one allocator took on a trace. */
struct bar {
    struct hb_interval resident;
    double footprint;
    size_t runs;
};

static bool is_first(const struct hb_results_block *block, size_t row) {
    for (size_t i = 0; i < row; i++)
        if (strcmp(block->rows[i]->allocator, block->rows[row]->allocator) == 0)
            return false;
    return true;
}

static struct bar bar_make(const struct hb_results_block *block, size_t row) {
    double *values = calloc(block->count, sizeof *values);
    struct bar bar = {{NAN, NAN, NAN}, NAN, 0};

    for (size_t i = row; values && i < block->count; i++) {
        const struct hb_result *result = block->rows[i];
        if (strcmp(result->allocator, block->rows[row]->allocator) != 0)
            continue;
        if (!isnan(result->resident_peak_ratio))
            values[bar.runs++] = result->resident_peak_ratio;
        bar.footprint = isnan(bar.footprint) ? result->frag_peak_ratio : bar.footprint;
    }
    if (values && bar.runs > 0)
        bar.resident = hb_median(values, bar.runs);
    free(values);
    return bar;
}

/* The results with each allocator once in a block, its first row. */
static bool blocks_thin(struct hb_results_blocks *thin, const struct hb_plots *plots) {
    if (!hb_results_blocks_make(thin, plots->results, plots->result_count))
        return false;
    for (size_t i = 0; i < thin->count; i++) {
        struct hb_results_block *block = &thin->blocks[i];
        const struct hb_results_block *full = &plots->blocks.blocks[i];
        block->count = 0;
        for (size_t j = 0; j < full->count; j++)
            if (is_first(full, j))
                block->rows[block->count++] = full->rows[j];
    }
    return true;
}

static double most(const struct hb_results_blocks *blocks) {
    double most = 0;
    for (size_t i = 0; i < blocks->row_count; i++)
        most = fmax(most,
                    fmax(blocks->rows[i]->resident_peak_ratio, blocks->rows[i]->frag_peak_ratio));
    return most;
}

static size_t rows_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots) {
    size_t runs_most = 0;
    fputs("# trace\tallocator\tresident_peak_ratio\tlow\thigh\tfrag_peak_ratio\truns\tlabel_at\n",
          sheet->data);
    for (size_t i = 0; i < plots->blocks.count; i++) {
        const struct hb_results_block *block = &plots->blocks.blocks[i];
        for (size_t j = 0; j < block->count; j++) {
            char name[HB_RESULT_TEXT_MAX];
            if (!is_first(block, j))
                continue;
            struct bar bar = bar_make(block, j);
            hb_plot_allocator_name(block->rows[j]->allocator, name, sizeof name);
            fprintf(sheet->data, "%s\t%s\t", block->rows[j]->trace, name);
            hb_plot_write_number(sheet, bar.resident.median, '\t');
            hb_plot_write_number(sheet, bar.resident.low, '\t');
            hb_plot_write_number(sheet, bar.resident.high, '\t');
            hb_plot_write_number(sheet, bar.footprint, '\t');
            fprintf(sheet->data, "%zu\t", bar.runs);
            hb_plot_write_number(
                sheet, fmax(bar.resident.median, fmax(bar.resident.high, bar.footprint)), '\n');
            runs_most = bar.runs > runs_most ? bar.runs : runs_most;
        }
        fputs("\n\n", sheet->data);
    }
    return runs_most;
}

static void texts_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots, size_t runs) {
    char caption[128];

    hb_plot_set_title(sheet, "Resident memory at its peak, over peak live");
    hb_plot_set_subtitle(sheet, "1, dashed, is what the program asked for. Diamonds: footprint, "
                                "which only ours tell.");
    if (runs < 2)
        snprintf(caption, sizeof caption, "Space pass, one run: no interval");
    else if (runs < 6)
        snprintf(caption, sizeof caption, "Space pass, median of %zu runs; an interval takes 6",
                 runs);
    else
        snprintf(caption, sizeof caption, "Space pass, median of %zu runs and 95%% interval", runs);
    hb_plot_set_caption(sheet, plots, caption, false);
}

static enum hb_plot_status draw(const struct hb_plots *plots, const struct hb_plots *thin,
                                double longest, char *error) {
    struct hb_plot_sheet sheet;
    struct hb_plot_grid grid;

    if (!hb_plot_sheet_begin(&sheet, plots, "resident", error))
        return HB_PLOT_STOPPED;
    hb_plot_bars_grid(&grid, thin, ROW_PIXELS);
    hb_plot_set_grid(&sheet, &grid);
    hb_plot_set_number(&sheet, "names_shared", hb_plot_names_are_shared(&thin->blocks));
    double end = longest / (1 - LABEL_PIXELS / grid.panel_width);
    hb_plot_set_number(&sheet, "x_most", end);
    hb_plot_set_number(&sheet, "x_step", hb_plot_axis_step(end, grid.panel_width / TIC_PIXELS));
    hb_plot_bars_panels(&sheet, &thin->blocks);
    texts_write(&sheet, plots, rows_write(&sheet, plots));
    return hb_plot_sheet_finish(&sheet, plots, "resident", true, error);
}

enum hb_plot_status hb_plot_resident(const struct hb_plots *plots, char *error) {
    struct hb_plots thin = *plots;
    double longest = most(&plots->blocks);

    if (longest == 0)
        return HB_PLOT_EMPTY;
    if (!blocks_thin(&thin.blocks, plots)) {
        snprintf(error, HB_PLOT_ERROR_MAX, "out of memory");
        return HB_PLOT_STOPPED;
    }
    enum hb_plot_status status = draw(plots, &thin, longest, error);
    hb_results_blocks_free(&thin.blocks);
    return status;
}
