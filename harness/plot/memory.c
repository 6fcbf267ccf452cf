/* memory.c -- memory over one trace: a panel per allocator on shared axes. */
#include <math.h>
#include <string.h>

#include "harness/plot/axis.h"
#include "harness/plot/sheet.h"
#include "harness/results/table.h"

enum { X_PARTS = 5, Y_PARTS = 6 };

/* What the panels share. */
struct view {
    const struct hb_results_block *block;
    bool over_bytes; /* the horizontal axis: bytes requested so far, or operations */
    double x_unit, y_unit;
    double panel_width;
};

static const struct hb_counts *row_axis(const struct view *view, const struct hb_result *row) {
    return view->over_bytes ? &row->series_allocated_bytes : &row->series_op;
}

static bool row_has_series(const struct view *view, const struct hb_result *row) {
    size_t points = row_axis(view, row)->count;
    return points > 0 && row->series_live_bytes.count == points;
}

static size_t rows_with_series(const struct view *view) {
    size_t count = 0;
    for (size_t i = 0; i < view->block->count; i++)
        count += row_has_series(view, view->block->rows[i]);
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

static double view_x_most(const struct view *view) {
    double most = 1;
    for (size_t i = 0; i < view->block->count; i++)
        most = fmax(most, counts_most(row_axis(view, view->block->rows[i])));
    return most;
}

/* The value in its unit; NaN where the series is null or shorter. */
static double counts_at(const struct hb_counts *counts, size_t index, double unit) {
    return index < counts->count ? (double)counts->values[index] / unit : NAN;
}

/* At point i of the series; NaN between the looks at huge pages, of which next is the first to
 * come. */
static double huge_at(const struct hb_result *row, size_t i, size_t *next, double unit) {
    const struct hb_counts *ops = &row->series_huge_op;
    uint64_t op = row->series_op.values[i];
    while (*next < ops->count && ops->values[*next] < op)
        ++*next;
    bool is_here = *next < ops->count && ops->values[*next] == op;
    return is_here ? counts_at(&row->series_huge_bytes, *next, unit) : NAN;
}

static bool view_has_huge(const struct view *view) {
    for (size_t i = 0; i < view->block->count; i++)
        if (counts_most(&view->block->rows[i]->series_huge_bytes) > 0)
            return true;
    return false;
}

static void row_write(struct hb_plot_sheet *sheet, const struct view *view,
                      const struct hb_result *row) {
    const struct hb_counts *axis = row_axis(view, row);
    size_t next = 0;
    for (size_t i = 0; i < axis->count; i++) {
        hb_plot_write_number(sheet, counts_at(axis, i, view->x_unit), '\t');
        hb_plot_write_number(sheet, counts_at(&row->series_live_bytes, i, view->y_unit), '\t');
        hb_plot_write_number(sheet, counts_at(&row->series_footprint_bytes, i, view->y_unit), '\t');
        hb_plot_write_number(sheet, counts_at(&row->series_resident_bytes, i, view->y_unit), '\t');
        hb_plot_write_number(sheet, huge_at(row, i, &next, view->y_unit), '\n');
    }
    fputs("\n\n", sheet->data);
}

static void row_label(const struct hb_result *row, char *text, size_t size) {
    text[0] = '\0';
    if (!isnan(row->resident_peak_ratio))
        snprintf(text, size, "peak %.2f × live", row->resident_peak_ratio);
}

static void rows_write(struct hb_plot_sheet *sheet, const struct view *view) {
    const struct hb_results_block *block = view->block;
    char text[HB_RESULT_TEXT_MAX], note[64];
    size_t panel = 0;

    hb_plot_array_begin(sheet, "panel_name", rows_with_series(view));
    hb_plot_array_begin(sheet, "panel_note", rows_with_series(view));
    fprintf(sheet->data, "# %s\tlive\tfootprint\tresident\tin huge pages\n",
            view->over_bytes ? "requested" : "op");
    for (size_t i = 0; i < block->count; i++) {
        if (!row_has_series(view, block->rows[i]))
            continue;
        hb_plot_allocator_name(block->rows[i]->allocator, text, sizeof text);
        hb_plot_array_add(sheet, "panel_name", panel, text);
        row_label(block->rows[i], note, sizeof note);
        hb_plot_note_fit(text, note, view->panel_width);
        hb_plot_array_add(sheet, "panel_note", panel++, note);
        row_write(sheet, view, block->rows[i]);
    }
}

static void x_title_write(struct hb_plot_sheet *sheet, struct view *view, double most) {
    char text[64];

    view->x_unit = most >= 2e6 ? 1e6 : most >= 2e3 ? 1e3 : 1;
    snprintf(text, sizeof text, "%s",
             most >= 2e6   ? "million operations"
             : most >= 2e3 ? "thousand operations"
                           : "operations");
    if (view->over_bytes)
        snprintf(text, sizeof text, "%s requested so far", hb_bytes_unit(most, &view->x_unit));
    hb_plot_set_text(sheet, "x_title", text);
}

static void axes_write(struct hb_plot_sheet *sheet, struct view *view) {
    double x_most = view_x_most(view), y_most = block_most(view->block);

    x_title_write(sheet, view, x_most);
    x_most /= view->x_unit;
    hb_plot_set_text(sheet, "y_title", hb_bytes_unit(y_most, &view->y_unit));
    y_most *= 1.15 / view->y_unit;
    hb_plot_set_number(sheet, "x_most", x_most);
    hb_plot_set_number(sheet, "y_most", y_most);
    hb_plot_set_number(sheet, "x_step", hb_plot_axis_step(x_most, X_PARTS));
    hb_plot_set_number(sheet, "y_step", hb_plot_axis_step(y_most, Y_PARTS));
    hb_plot_set_number(sheet, "has_huge", view_has_huge(view));
    rows_write(sheet, view);
}

static void texts_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots, size_t block) {
    char name[2 * HB_RESULT_TEXT_MAX], text[3 * HB_RESULT_TEXT_MAX];

    hb_plot_block_name(&plots->blocks, block, name, sizeof name);
    snprintf(text, sizeof text, "Memory while %s is replayed", name);
    hb_plot_set_title(sheet, text);
    hb_plot_set_caption(sheet, plots,
                        "Space pass; the footprint of a foreign allocator is not visible", false);
    hb_plot_set_subtitle(sheet, "");
}

enum hb_plot_status hb_plot_memory(const struct hb_plots *plots, size_t block, char *error) {
    struct view view = {&plots->blocks.blocks[block], plots->over_bytes, 1, 1, 0};
    struct hb_plot_sheet sheet;
    struct hb_plot_grid grid;
    char name[HB_PLOT_NAME_MAX];

    if (rows_with_series(&view) == 0)
        return HB_PLOT_EMPTY;
    hb_plot_file_name(&plots->blocks, block, "memory", name, sizeof name);
    if (!hb_plot_sheet_begin(&sheet, plots, name, error))
        return HB_PLOT_STOPPED;
    hb_plot_grid_small(&grid, rows_with_series(&view));
    hb_plot_grid_fit(&grid, plots);
    hb_plot_set_grid(&sheet, &grid);
    view.panel_width = grid.panel_width;
    texts_write(&sheet, plots, block);
    axes_write(&sheet, &view);
    return hb_plot_sheet_finish(&sheet, plots, "memory", true, error);
}
