/* free_sizes.c -- free blocks by size at the peak of the footprint: a panel per allocator. */
#include <math.h>
#include <inttypes.h>

#include "harness/plot/axis.h"
#include "harness/plot/sheet.h"
#include "harness/results/table.h"

enum { Y_PARTS = 6, LABELS = 6 };

static bool row_has_sizes(const struct hb_result *row) {
    size_t classes = row->free_size_bytes.count;
    return classes > 0 && row->free_size_count.count == classes &&
           row->free_size_sum_bytes.count == classes;
}

static size_t rows_with_sizes(const struct hb_results_block *block) {
    size_t count = 0;
    for (size_t i = 0; i < block->count; i++)
        count += row_has_sizes(block->rows[i]);
    return count;
}

/* Axes that the panels share; classes as binary logarithms of their sizes. */
struct axes {
    double first, last;
    double most_bytes, unit;
};

static void axes_fit(struct axes *axes, const struct hb_results_block *block) {
    *axes = (struct axes){.first = INFINITY, .most_bytes = 1};
    for (size_t i = 0; i < block->count; i++) {
        const struct hb_result *row = block->rows[i];
        if (!row_has_sizes(row))
            continue;
        size_t classes = row->free_size_bytes.count;
        axes->first = fmin(axes->first, log2((double)row->free_size_bytes.values[0]));
        axes->last = fmax(axes->last, log2((double)row->free_size_bytes.values[classes - 1]));
        for (size_t k = 0; k < classes; k++)
            axes->most_bytes = fmax(axes->most_bytes, (double)row->free_size_sum_bytes.values[k]);
    }
}

static void tics_write(struct hb_plot_sheet *sheet, const struct axes *axes) {
    char text[512];
    double step = hb_plot_sizes_tics(axes->first, axes->last, LABELS, text, sizeof text);
    hb_plot_set_text(sheet, "x_tics", text);
    hb_plot_set_number(sheet, "x_first", axes->first);
    hb_plot_set_number(sheet, "x_step", step);
}

static void axes_write(struct hb_plot_sheet *sheet, struct axes *axes) {
    char text[64];

    snprintf(text, sizeof text, "%s in free blocks", hb_bytes_unit(axes->most_bytes, &axes->unit));
    hb_plot_set_text(sheet, "y_title", text);
    hb_plot_set_text(sheet, "x_title", "size of a free block, bytes");
    double most = axes->most_bytes * 1.15 / axes->unit;
    hb_plot_set_number(sheet, "x_least", axes->first - 0.6);
    hb_plot_set_number(sheet, "x_most", axes->last + 0.6);
    hb_plot_set_number(sheet, "y_most", most);
    hb_plot_set_number(sheet, "y_step", hb_plot_axis_step(most, Y_PARTS));
    tics_write(sheet, axes);
}

static void row_note(const struct hb_result *row, char *text, size_t size) {
    uint64_t blocks = 0;
    for (size_t k = 0; k < row->free_size_count.count; k++)
        blocks += row->free_size_count.values[k];
    snprintf(text, size, "%" PRIu64 " blocks, %.1f%% of heap", blocks,
             100 * row->external_frag_ratio);
}

static void row_write(struct hb_plot_sheet *sheet, const struct hb_result *row, double unit) {
    for (size_t k = 0; k < row->free_size_bytes.count; k++) {
        hb_plot_write_number(sheet, log2((double)row->free_size_bytes.values[k]), '\t');
        hb_plot_write_number(sheet, (double)row->free_size_count.values[k], '\t');
        hb_plot_write_number(sheet, (double)row->free_size_sum_bytes.values[k] / unit, '\n');
    }
    fputs("\n\n", sheet->data);
}

static void rows_write(struct hb_plot_sheet *sheet, const struct hb_results_block *block,
                       double unit, double panel_width) {
    char text[HB_RESULT_TEXT_MAX], note[64];
    size_t panel = 0;

    hb_plot_array_begin(sheet, "panel_name", rows_with_sizes(block));
    hb_plot_array_begin(sheet, "panel_note", rows_with_sizes(block));
    fputs("# log2 of size\tblocks\tbytes\n", sheet->data);
    for (size_t i = 0; i < block->count; i++) {
        if (!row_has_sizes(block->rows[i]))
            continue;
        hb_plot_allocator_name(block->rows[i]->allocator, text, sizeof text);
        hb_plot_array_add(sheet, "panel_name", panel, text);
        row_note(block->rows[i], note, sizeof note);
        hb_plot_note_fit(text, note, panel_width);
        hb_plot_array_add(sheet, "panel_note", panel++, note);
        row_write(sheet, block->rows[i], unit);
    }
}

static void texts_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots, size_t block) {
    char name[2 * HB_RESULT_TEXT_MAX], text[3 * HB_RESULT_TEXT_MAX];

    hb_plot_block_name(&plots->blocks, block, name, sizeof name);
    snprintf(text, sizeof text, "Free blocks by size: %s at the peak of the footprint", name);
    hb_plot_set_title(sheet, text);
    hb_plot_set_subtitle(sheet,
                         "A bar holds the sizes from its label up to below the next power of two.");
    hb_plot_set_caption(sheet, plots, "Space pass; foreign allocators do not show their blocks",
                        false);
}

enum hb_plot_status hb_plot_free_sizes(const struct hb_plots *plots, size_t block, char *error) {
    const struct hb_results_block *rows = &plots->blocks.blocks[block];
    struct hb_plot_sheet sheet;
    struct hb_plot_grid grid;
    struct axes axes;
    char name[HB_PLOT_NAME_MAX];

    if (rows_with_sizes(rows) == 0)
        return HB_PLOT_EMPTY;
    hb_plot_file_name(&plots->blocks, block, "free-sizes", name, sizeof name);
    if (!hb_plot_sheet_begin(&sheet, plots, name, error))
        return HB_PLOT_STOPPED;
    hb_plot_grid_small(&grid, rows_with_sizes(rows));
    hb_plot_grid_fit(&grid, plots);
    hb_plot_set_grid(&sheet, &grid);
    texts_write(&sheet, plots, block);
    axes_fit(&axes, rows);
    axes_write(&sheet, &axes);
    rows_write(&sheet, rows, axes.unit, grid.panel_width);
    return hb_plot_sheet_finish(&sheet, plots, "free-sizes", true, error);
}
