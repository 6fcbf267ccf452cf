/* free_series.c -- free blocks by size over the replay: a panel per allocator, a column per
 * moment, a cell per power of two, the darker the more bytes it holds. */
#include <math.h>

#include "harness/plot/axis.h"
#include "harness/plot/sheet.h"
#include "harness/results/table.h"

enum { X_PARTS = 5, LABELS = 7 };

static bool row_has_series(const struct hb_result *row) {
    size_t cells = row->series_free_op.count * row->series_free_size_bytes.count;
    return cells > 0 && row->series_free_sum_bytes.count == cells;
}

static size_t rows_with_series(const struct hb_results_block *block) {
    size_t count = 0;
    for (size_t i = 0; i < block->count; i++)
        count += row_has_series(block->rows[i]);
    return count;
}

/* Axes that the panels share; classes as binary logarithms of their sizes. */
struct axes {
    double first, last;
    double last_op, op_unit;
    double most_bytes, byte_unit;
};

static void axes_fit(struct axes *axes, const struct hb_results_block *block) {
    *axes = (struct axes){.first = INFINITY, .last_op = 1, .most_bytes = 1};
    for (size_t i = 0; i < block->count; i++) {
        const struct hb_result *row = block->rows[i];
        if (!row_has_series(row))
            continue;
        size_t classes = row->series_free_size_bytes.count, moments = row->series_free_op.count;
        axes->first = fmin(axes->first, log2((double)row->series_free_size_bytes.values[0]));
        axes->last =
            fmax(axes->last, log2((double)row->series_free_size_bytes.values[classes - 1]));
        axes->last_op = fmax(axes->last_op, (double)row->series_free_op.values[moments - 1]);
        for (size_t k = 0; k < row->series_free_sum_bytes.count; k++)
            axes->most_bytes = fmax(axes->most_bytes, (double)row->series_free_sum_bytes.values[k]);
    }
    axes->op_unit = axes->last_op >= 2e6 ? 1e6 : axes->last_op >= 2e3 ? 1e3 : 1;
}

static void axes_write(struct hb_plot_sheet *sheet, struct axes *axes) {
    char text[512], subtitle[128];

    hb_plot_set_text(sheet, "x_title",
                     axes->op_unit == 1e6   ? "million operations"
                     : axes->op_unit == 1e3 ? "thousand operations"
                                            : "operations");
    hb_plot_set_text(sheet, "y_title", "size, bytes");
    const char *unit = hb_bytes_unit(axes->most_bytes, &axes->byte_unit);
    snprintf(subtitle, sizeof subtitle,
             "Colour: %s in free blocks of that size, up to below the next power of two.", unit);
    hb_plot_set_subtitle(sheet, subtitle);
    hb_plot_set_number(sheet, "x_most", axes->last_op / axes->op_unit);
    hb_plot_set_number(sheet, "x_step", hb_plot_axis_step(axes->last_op / axes->op_unit, X_PARTS));
    hb_plot_set_number(sheet, "y_least", axes->first - 0.5);
    hb_plot_set_number(sheet, "y_most", axes->last + 0.5);
    hb_plot_set_number(sheet, "colour_most", axes->most_bytes / axes->byte_unit);
    hb_plot_sizes_tics(axes->first, axes->last, LABELS, text, sizeof text);
    hb_plot_set_text(sheet, "y_tics", text);
}

/* A box for each class with bytes: it reaches halfway to the moments beside it. */
static void row_write(struct hb_plot_sheet *sheet, const struct hb_result *row,
                      const struct axes *axes) {
    size_t classes = row->series_free_size_bytes.count, moments = row->series_free_op.count;
    double half = moments > 1 ? (double)row->series_free_op.values[1] / 2 : 0.5;
    for (size_t i = 0; i < moments; i++) {
        double op = (double)row->series_free_op.values[i];
        for (size_t k = 0; k < classes; k++) {
            uint64_t bytes = row->series_free_sum_bytes.values[i * classes + k];
            if (!bytes)
                continue;
            hb_plot_write_number(sheet, op / axes->op_unit, '\t');
            hb_plot_write_number(sheet, log2((double)row->series_free_size_bytes.values[k]), '\t');
            hb_plot_write_number(sheet, (double)bytes / axes->byte_unit, '\t');
            hb_plot_write_number(sheet, fmax(0, op - half) / axes->op_unit, '\t');
            hb_plot_write_number(sheet, fmin(axes->last_op, op + half) / axes->op_unit, '\n');
        }
    }
    fputs("\n\n", sheet->data);
}

static void rows_write(struct hb_plot_sheet *sheet, const struct hb_results_block *block,
                       const struct axes *axes) {
    char text[HB_RESULT_TEXT_MAX];
    size_t panel = 0;

    hb_plot_array_begin(sheet, "panel_name", rows_with_series(block));
    fputs("# operation\tlog2 of size\tbytes\tfrom\tto\n", sheet->data);
    for (size_t i = 0; i < block->count; i++) {
        if (!row_has_series(block->rows[i]))
            continue;
        hb_plot_allocator_name(block->rows[i]->allocator, text, sizeof text);
        hb_plot_array_add(sheet, "panel_name", panel++, text);
        row_write(sheet, block->rows[i], axes);
    }
}

static void texts_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots, size_t block) {
    char name[2 * HB_RESULT_TEXT_MAX], text[3 * HB_RESULT_TEXT_MAX];

    hb_plot_block_name(&plots->blocks, block, name, sizeof name);
    snprintf(text, sizeof text, "Free blocks by size while %s is replayed", name);
    hb_plot_set_title(sheet, text);
    hb_plot_set_caption(sheet, plots, "Blocks pass; foreign allocators do not show their blocks",
                        false);
}

enum hb_plot_status hb_plot_free_series(const struct hb_plots *plots, size_t block, char *error) {
    const struct hb_results_block *rows = &plots->blocks.blocks[block];
    struct hb_plot_sheet sheet;
    struct hb_plot_grid grid;
    struct axes axes;
    char name[HB_PLOT_NAME_MAX];

    if (rows_with_series(rows) == 0)
        return HB_PLOT_EMPTY;
    hb_plot_file_name(&plots->blocks, block, "free-series", name, sizeof name);
    if (!hb_plot_sheet_begin(&sheet, plots, name, error))
        return HB_PLOT_STOPPED;
    hb_plot_grid_small(&grid, rows_with_series(rows));
    grid.right = 115; /* for the scale of colours */
    hb_plot_grid_fit(&grid, plots);
    hb_plot_set_grid(&sheet, &grid);
    texts_write(&sheet, plots, block);
    axes_fit(&axes, rows);
    axes_write(&sheet, &axes);
    rows_write(&sheet, rows, &axes);
    return hb_plot_sheet_finish(&sheet, plots, "free-series", true, error);
}
