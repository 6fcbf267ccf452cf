/* plot_memory.c -- memory over one trace: a panel per allocator on shared axes. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "harness/plot_axis.h"
#include "harness/plot_sheet.h"
#include "harness/results_table.h"

enum { X_PARTS = 5, Y_PARTS = 6 };

static bool row_has_series(const struct hb_result *row) {
    return row->series_op.count > 0 && row->series_live_bytes.count == row->series_op.count;
}

static size_t rows_with_series(const struct hb_results_block *block) {
    size_t count = 0;
    for (size_t i = 0; i < block->count; i++)
        count += row_has_series(block->rows[i]);
    return count;
}

static double counts_most(const struct hb_counts *counts) {
    double most = 0;
    for (size_t i = 0; i < counts->count; i++)
        most = fmax(most, (double)counts->values[i]);
    return most;
}

static double block_most(const struct hb_results_block *block) {
    double most = 1;
    for (size_t i = 0; i < block->count; i++) {
        most = fmax(most, counts_most(&block->rows[i]->series_live_bytes));
        most = fmax(most, counts_most(&block->rows[i]->series_footprint_bytes));
        most = fmax(most, counts_most(&block->rows[i]->series_resident_bytes));
    }
    return most;
}

static double block_last_op(const struct hb_results_block *block) {
    double last = 1;
    for (size_t i = 0; i < block->count; i++)
        last = fmax(last, counts_most(&block->rows[i]->series_op));
    return last;
}

/* The value in its unit; NaN where the series is null or shorter. */
static double counts_at(const struct hb_counts *counts, size_t index, double unit) {
    return index < counts->count ? (double)counts->values[index] / unit : NAN;
}

static void row_write(struct hb_plot_sheet *sheet, const struct hb_result *row, double op_unit,
                      double byte_unit) {
    for (size_t i = 0; i < row->series_op.count; i++) {
        hb_plot_write_number(sheet, counts_at(&row->series_op, i, op_unit), '\t');
        hb_plot_write_number(sheet, counts_at(&row->series_live_bytes, i, byte_unit), '\t');
        hb_plot_write_number(sheet, counts_at(&row->series_footprint_bytes, i, byte_unit), '\t');
        hb_plot_write_number(sheet, counts_at(&row->series_resident_bytes, i, byte_unit), '\n');
    }
    fputs("\n\n", sheet->data);
}

static void row_label(const struct hb_result *row, char *text, size_t size) {
    text[0] = '\0';
    if (!isnan(row->resident_peak_ratio))
        snprintf(text, size, "peak %.2f × live", row->resident_peak_ratio);
}

static void rows_write(struct hb_plot_sheet *sheet, const struct hb_results_block *block,
                       double op_unit, double byte_unit) {
    char text[HB_RESULT_TEXT_MAX];
    size_t panel = 0;

    hb_plot_array_begin(sheet, "panel_name", rows_with_series(block));
    hb_plot_array_begin(sheet, "panel_note", rows_with_series(block));
    fputs("# op\tlive\tfootprint\tresident\n", sheet->data);
    for (size_t i = 0; i < block->count; i++) {
        if (!row_has_series(block->rows[i]))
            continue;
        hb_plot_allocator_name(block->rows[i]->allocator, text, sizeof text);
        hb_plot_array_add(sheet, "panel_name", panel, text);
        row_label(block->rows[i], text, sizeof text);
        hb_plot_array_add(sheet, "panel_note", panel++, text);
        row_write(sheet, block->rows[i], op_unit, byte_unit);
    }
}

static const char *op_unit_choose(double last, double *unit) {
    *unit = last >= 2e6 ? 1e6 : last >= 2e3 ? 1e3 : 1;
    return last >= 2e6 ? "million operations" : last >= 2e3 ? "thousand operations" : "operations";
}

static void axes_write(struct hb_plot_sheet *sheet, const struct hb_results_block *block) {
    double op_unit, byte_unit, most = block_most(block), last = block_last_op(block);
    const char *op_title = op_unit_choose(last, &op_unit);
    const char *byte_title = hb_bytes_unit(most, &byte_unit);

    hb_plot_set_text(sheet, "x_title", op_title);
    hb_plot_set_text(sheet, "y_title", byte_title);
    hb_plot_set_number(sheet, "x_most", last / op_unit);
    hb_plot_set_number(sheet, "y_most", most / byte_unit * 1.15);
    hb_plot_set_number(sheet, "x_step", hb_plot_axis_step(last / op_unit, X_PARTS));
    hb_plot_set_number(sheet, "y_step", hb_plot_axis_step(most / byte_unit * 1.15, Y_PARTS));
    rows_write(sheet, block, op_unit, byte_unit);
}

static void texts_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots, size_t block) {
    char name[2 * HB_RESULT_TEXT_MAX], text[3 * HB_RESULT_TEXT_MAX];

    hb_plot_block_name(&plots->blocks, block, name, sizeof name);
    snprintf(text, sizeof text, "Memory while %s is replayed", name);
    hb_plot_set_text(sheet, "title", text);
    hb_plot_set_caption(sheet, plots,
                        "Space pass; the footprint of a foreign allocator is not visible", false);
    hb_plot_set_text(sheet, "subtitle", "");
}

static void grid_choose(struct hb_plot_grid *grid, size_t panels) {
    *grid = (struct hb_plot_grid){
        .panels = panels,
        .columns = panels < 3    ? panels
                   : panels == 4 ? 2
                                 : 3,
        .left = 80,
        .right = 25,
        .top = 105,
        .bottom = 105,
        .gap_x = 25,
        .gap_y = 50,
        .width = 1000,
        .panel_height = panels < 5 ? 230 : 165,
    };
    hb_plot_grid_fit(grid);
}

/* Characters that are safe in a file name everywhere; the block's number where several blocks
 * have one trace. */
static void name_make(const struct hb_results_blocks *blocks, size_t block, char *text,
                      size_t size) {
    const char *trace = blocks->blocks[block].rows[0]->trace;
    size_t same = 0;

    int used = snprintf(text, size, "memory-%.80s", trace);
    for (char *byte = text; *byte != '\0'; byte++) {
        if (!isalnum((unsigned char)*byte) && strchr("-_.=", *byte) == NULL)
            *byte = '_';
    }
    for (size_t i = 0; i < block; i++)
        same += strcmp(blocks->blocks[i].rows[0]->trace, trace) == 0;
    if (same > 0)
        snprintf(text + used, size - (size_t)used, "-%zu", same + 1);
}

enum hb_plot_status hb_plot_memory(const struct hb_plots *plots, size_t block, char *error) {
    const struct hb_results_block *rows = &plots->blocks.blocks[block];
    struct hb_plot_sheet sheet;
    struct hb_plot_grid grid;
    char name[HB_PLOT_NAME_MAX];

    if (rows_with_series(rows) == 0) {
        snprintf(error, HB_PLOT_ERROR_MAX,
                 "no memory series of %.200s in these results (pass space)", rows->rows[0]->trace);
        return HB_PLOT_EMPTY;
    }
    name_make(&plots->blocks, block, name, sizeof name);
    if (!hb_plot_sheet_begin(&sheet, plots, name, error))
        return HB_PLOT_STOPPED;
    grid_choose(&grid, rows_with_series(rows));
    hb_plot_set_grid(&sheet, &grid);
    texts_write(&sheet, plots, block);
    axes_write(&sheet, rows);
    return hb_plot_sheet_finish(&sheet, plots, "memory", true, error);
}
