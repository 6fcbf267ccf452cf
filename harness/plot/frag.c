/* frag.c -- resident memory against time: a point per allocator, a panel per trace.
 *
 * Fragmentation proper is not visible of a foreign allocator, so that the common axis is
 * resident_peak_ratio: peak resident / peak live. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plot/axis.h"
#include "harness/plot/labels.h"
#include "harness/plot/looks.h"
#include "harness/plot/sheet.h"

enum { LETTER_PIXELS = 9, LINE_PIXELS = 16 };

struct axes {
    struct hb_plot_axis x, y;
};

static double row_time(const struct hb_result *row) {
    return hb_result_is_baseline(row) && !isnan(row->ns_per_op) ? 1 : row->time_ratio;
}

static bool row_is_point(const struct hb_result *row) {
    return row_time(row) > 0 && row->resident_peak_ratio > 0;
}

static bool block_has_points(const struct hb_results_block *block) {
    for (size_t i = 0; i < block->count; i++) {
        if (row_is_point(block->rows[i]))
            return true;
    }
    return false;
}

static void axes_fit(struct axes *axes, const struct hb_results_blocks *blocks) {
    hb_plot_axis_init(&axes->x);
    hb_plot_axis_init(&axes->y);
    for (size_t i = 0; i < blocks->count; i++) {
        for (size_t j = 0; j < blocks->blocks[i].count; j++) {
            const struct hb_result *row = blocks->blocks[i].rows[j];
            if (!row_is_point(row))
                continue;
            hb_plot_axis_include(&axes->x, row_time(row));
            hb_plot_axis_include(&axes->x, row->time_ratio_ci95_low);
            hb_plot_axis_include(&axes->x, row->time_ratio_ci95_high);
            hb_plot_axis_include(&axes->y, row->resident_peak_ratio);
        }
    }
    hb_plot_axis_pad(&axes->x, 0.15);
    hb_plot_axis_pad(&axes->y, 0.12);
}

static void axes_write(struct hb_plot_sheet *sheet, const struct axes *axes) {
    char tics[256];

    hb_plot_set_number(sheet, "x_least", axes->x.least);
    hb_plot_set_number(sheet, "x_most", axes->x.most);
    hb_plot_set_number(sheet, "y_least", axes->y.least);
    hb_plot_set_number(sheet, "y_most", axes->y.most);
    hb_plot_axis_tics(&axes->x, tics, sizeof tics);
    fprintf(sheet->script, "set xtics (%s)\n", tics);
    hb_plot_axis_tics(&axes->y, tics, sizeof tics);
    fprintf(sheet->script, "set ytics (%s)\n", tics);
}

static void label_measure(struct hb_plot_label *label, const struct hb_result *row,
                          const struct axes *axes, const struct hb_plot_grid *grid) {
    char name[HB_RESULT_TEXT_MAX];
    double low = isnan(row->time_ratio_ci95_low) ? row_time(row) : row->time_ratio_ci95_low;
    double high = isnan(row->time_ratio_ci95_high) ? row_time(row) : row->time_ratio_ci95_high;

    hb_plot_allocator_name(row->allocator, name, sizeof name);
    label->x = hb_plot_axis_place(&axes->x, row_time(row)) * grid->panel_width;
    label->x_low = hb_plot_axis_place(&axes->x, low) * grid->panel_width;
    label->x_high = hb_plot_axis_place(&axes->x, high) * grid->panel_width;
    label->y = hb_plot_axis_place(&axes->y, row->resident_peak_ratio) * grid->panel_height;
    label->width = LETTER_PIXELS * (double)strlen(name);
    label->height = LINE_PIXELS;
}

/* The end of the label that is nearest to its point: where a leader line ends. */
static double nearest(double value, double low, double length) {
    return value < low ? low : value > low + length ? low + length : value;
}

static void label_write(struct hb_plot_sheet *sheet, const struct hb_plot_label *label,
                        const struct axes *axes, const struct hb_plot_grid *grid) {
    double end_x = nearest(label->x, label->left, label->width);
    double end_y = nearest(label->y, label->bottom, label->height);
    bool is_far = hypot(end_x - label->x, end_y - label->y) > HB_PLOT_LABEL_NEAR;
    int align = label->left >= label->x ? 1 : label->left + label->width <= label->x ? -1 : 0;
    double at = label->left + label->width * (align > 0 ? 0 : align < 0 ? 1 : 0.5);

    hb_plot_write_number(sheet, hb_plot_axis_value(&axes->x, at / grid->panel_width), '\t');
    hb_plot_write_number(
        sheet,
        hb_plot_axis_value(&axes->y, (label->bottom + label->height / 2) / grid->panel_height),
        '\t');
    fprintf(sheet->data, "%d\t", align);
    hb_plot_write_number(
        sheet, is_far ? hb_plot_axis_value(&axes->x, end_x / grid->panel_width) : NAN, '\t');
    hb_plot_write_number(
        sheet, is_far ? hb_plot_axis_value(&axes->y, end_y / grid->panel_height) : NAN, '\n');
}

static void row_write(struct hb_plot_sheet *sheet, const struct hb_results_blocks *blocks,
                      const struct hb_result *row) {
    char name[HB_RESULT_TEXT_MAX];
    struct hb_plot_look look = hb_plot_look(hb_plot_allocator_number(blocks, row->allocator));

    hb_plot_allocator_name(row->allocator, name, sizeof name);
    fprintf(sheet->data, "%s\t%s\t", row->trace, name);
    hb_plot_write_number(sheet, row_time(row), '\t');
    hb_plot_write_number(sheet, row->time_ratio_ci95_low, '\t');
    hb_plot_write_number(sheet, row->time_ratio_ci95_high, '\t');
    hb_plot_write_number(sheet, row->resident_peak_ratio, '\t');
    fprintf(sheet->data, "%d\t%d\t", look.colour, look.mark);
}

static bool block_write(struct hb_plot_sheet *sheet, const struct hb_results_blocks *blocks,
                        size_t number, const struct axes *axes, const struct hb_plot_grid *grid) {
    const struct hb_results_block *block = &blocks->blocks[number];
    struct hb_plot_label *labels = calloc(block->count, sizeof *labels);
    struct hb_plot_panel panel = {grid->panel_width, grid->panel_height,
                                  hb_plot_axis_place(&axes->x, 1) * grid->panel_width};
    size_t points = 0, written = 0;

    for (size_t i = 0; labels && i < block->count; i++) {
        if (row_is_point(block->rows[i]))
            label_measure(&labels[points++], block->rows[i], axes, grid);
    }
    if (labels)
        hb_plot_labels_place(labels, points, &panel);
    for (size_t i = 0; labels && i < block->count; i++) {
        if (!row_is_point(block->rows[i]))
            continue;
        row_write(sheet, blocks, block->rows[i]);
        label_write(sheet, &labels[written++], axes, grid);
    }
    fputs("\n\n", sheet->data);
    free(labels);
    return labels != NULL;
}

static bool blocks_write(struct hb_plot_sheet *sheet, const struct hb_results_blocks *blocks,
                         const struct axes *axes, const struct hb_plot_grid *grid) {
    char name[2 * HB_RESULT_TEXT_MAX];
    size_t panel = 0;
    bool ok = true;

    fputs("# trace\tallocator\ttime_ratio\tlow\thigh\tresident_peak_ratio\tcolour\tmark"
          "\tlabel_x\tlabel_y\talign\tline_x\tline_y\n",
          sheet->data);
    hb_plot_array_begin(sheet, "panel_name", grid->panels);
    for (size_t i = 0; ok && i < blocks->count; i++) {
        if (!block_has_points(&blocks->blocks[i]))
            continue;
        hb_plot_block_name(blocks, i, name, sizeof name);
        hb_plot_array_add(sheet, "panel_name", panel++, name);
        ok = block_write(sheet, blocks, i, axes, grid);
    }
    return ok;
}

static void texts_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots) {
    const char *baseline = plots->blocks.blocks[0].rows[0]->baseline;
    char text[512];

    hb_plot_set_text(sheet, "title", "Memory against time");
    hb_plot_set_text(sheet, "subtitle", "Lower and further left is better.");
    snprintf(text, sizeof text, "time ÷ %.200s", baseline);
    hb_plot_set_text(sheet, "x_title", text);
    hb_plot_set_text(sheet, "y_title", "peak resident ÷ peak live");
    hb_plot_set_caption(sheet, plots, "Warm replay, median and 95% interval", true);
}

static size_t panels_count(const struct hb_results_blocks *blocks) {
    size_t panels = 0;
    for (size_t i = 0; i < blocks->count; i++)
        panels += block_has_points(&blocks->blocks[i]);
    return panels;
}

enum hb_plot_status hb_plot_frag_time(const struct hb_plots *plots, char *error) {
    size_t panels = panels_count(&plots->blocks);
    struct hb_plot_grid grid = {
        .panels = panels,
        .columns = panels > 1 ? 2 : 1,
        .left = 90,
        .right = 30,
        .top = 105,
        .bottom = 105,
        .gap_x = 35,
        .gap_y = 50,
        .width = 1000,
        .panel_height = panels > 1 ? 330 : 480,
    };
    struct hb_plot_sheet sheet;
    struct axes axes;

    if (panels == 0) {
        snprintf(error, HB_PLOT_ERROR_MAX,
                 "no allocator has both a time ratio and resident memory in these results "
                 "(passes time and space, with a baseline)");
        return HB_PLOT_EMPTY;
    }
    if (!hb_plot_sheet_begin(&sheet, plots, "frag-time", error))
        return HB_PLOT_STOPPED;
    hb_plot_grid_fit(&grid);
    axes_fit(&axes, &plots->blocks);
    hb_plot_set_grid(&sheet, &grid);
    texts_write(&sheet, plots);
    axes_write(&sheet, &axes);
    bool ok = blocks_write(&sheet, &plots->blocks, &axes, &grid);
    if (!ok)
        snprintf(error, HB_PLOT_ERROR_MAX, "out of memory");
    return hb_plot_sheet_finish(&sheet, plots, "frag-time", ok, error);
}
