/* time.c -- warm time: a bar per allocator, a panel per trace. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plot/axis.h"
#include "harness/plot/bars.h"
#include "harness/plot/sheet.h"

enum {
    BAR_PIXELS = 30,
    TIC_PIXELS = 65,
    LETTER_PIXELS = 10,
    BLUE = 0x0072B2,
    ORANGE = 0xE69F00,
    GREY = 0x999999,
    DARK = 0x4D4D4D
};

static bool block_has_time(const struct hb_results_block *block) {
    for (size_t i = 0; i < block->count; i++) {
        if (!isnan(block->rows[i]->ns_per_op))
            return true;
    }
    return false;
}

/* Colour and words say only what the interval allows. */
static int row_colour(const struct hb_result *row) {
    if (hb_result_is_baseline(row))
        return DARK;
    if (row->time_ratio_ci95_high < 1)
        return BLUE;
    return row->time_ratio_ci95_low > 1 ? ORANGE : GREY;
}

static double row_end(const struct hb_result *row) {
    return fmax(row->ns_per_op, row->ns_per_op_ci95_high);
}

static void row_label(const struct hb_result *row, double longest, char *text, size_t size) {
    bool has_interval = !isnan(row->time_ratio_ci95_low);
    bool is_same = row->time_ratio_ci95_low <= 1 && row->time_ratio_ci95_high >= 1;
    const char *remark = row_end(row) > longest ? " (cut)" : "";

    if (isnan(row->ns_per_op))
        snprintf(text, size, "no figure");
    else if (isnan(row->time_ratio))
        snprintf(text, size, "%.*f ns%s", row->ns_per_op < 100 ? 1 : 0, row->ns_per_op, remark);
    else
        snprintf(text, size, "%.2f×%s%s", row->time_ratio, remark,
                 is_same        ? " (same)"
                 : has_interval ? ""
                                : " (no interval)");
}

static void row_write(struct hb_plot_sheet *sheet, const struct hb_result *row, double longest) {
    char name[HB_RESULT_TEXT_MAX], label[64];
    double end = row_end(row);

    hb_plot_allocator_name(row->allocator, name, sizeof name);
    row_label(row, longest, label, sizeof label);
    fprintf(sheet->data, "%s\t%s\t", row->trace, name);
    hb_plot_write_number(sheet, row->ns_per_op, '\t');
    hb_plot_write_number(sheet, row->ns_per_op_ci95_low, '\t');
    hb_plot_write_number(sheet, row->ns_per_op_ci95_high, '\t');
    hb_plot_write_number(sheet, row->floor_ns_per_op, '\t');
    fprintf(sheet->data, "%d\t%s\t", row_colour(row), label);
    hb_plot_write_number(sheet, isnan(end) ? 0 : fmin(end, longest), '\t');
    hb_plot_write_number(sheet, row->ns_per_op > longest ? longest : row->ns_per_op, '\n');
}

static int double_compare(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Beyond this bars are cut, so that one slow allocator does not make all others too short to tell
 * apart: four times the median, but only if one is beyond six times. */
static double longest_bar(const struct hb_results_blocks *blocks, size_t rows) {
    double *bars = calloc(rows, sizeof *bars), longest = INFINITY;
    size_t count = 0;

    for (size_t i = 0; bars && i < rows; i++) {
        if (!isnan(blocks->rows[i]->ns_per_op))
            bars[count++] = row_end(blocks->rows[i]);
    }
    if (count > 0) {
        qsort(bars, count, sizeof *bars, double_compare);
        if (bars[count - 1] > 6 * bars[count / 2])
            longest = 4 * bars[count / 2];
    }
    free(bars);
    return longest;
}

/* Where the axis ends so that behind each bar is room for its label: a bar of v, a label of l
 * pixels and an axis of m on p pixels need v / m * p + l <= p. */
static double axis_end(const struct hb_results_blocks *blocks, double panel_width, double longest) {
    char label[64];
    double most = 0;

    for (size_t i = 0; i < blocks->count; i++) {
        for (size_t j = 0; j < blocks->blocks[i].count; j++) {
            const struct hb_result *row = blocks->blocks[i].rows[j];
            double end = row_end(row), bar = isnan(end) ? 0 : fmin(end, longest);
            row_label(row, longest, label, sizeof label);
            double label_part = LETTER_PIXELS * (double)(strlen(label) + 1) / panel_width;
            most = fmax(most, bar / (1 - fmin(label_part, 0.7)));
        }
    }
    return most;
}

static void blocks_write(struct hb_plot_sheet *sheet, const struct hb_results_blocks *blocks,
                         double longest) {
    fputs("# trace\tallocator\tns_per_op\tlow\thigh\tfloor\tcolour\tlabel\tlabel_at\tbar\n",
          sheet->data);
    hb_plot_bars_panels(sheet, blocks);
    for (size_t i = 0; i < blocks->count; i++) {
        const struct hb_results_block *block = &blocks->blocks[i];
        for (size_t j = 0; j < block->count; j++)
            row_write(sheet, block->rows[j], longest);
        fputs("\n\n", sheet->data);
    }
}

static void subtitle_write(struct hb_plot_sheet *sheet, const struct hb_results_blocks *blocks) {
    char text[2 * HB_RESULT_TEXT_MAX];
    const char *baseline = blocks->blocks[0].rows[0]->baseline;

    if (baseline[0] != '\0')
        snprintf(
            text, sizeof text,
            "Blue: faster than %s, orange: slower, hollow: no difference measured. Dashed: floor.",
            baseline);
    else
        snprintf(text, sizeof text, "Dashed: the floor, which is the harness itself.");
    hb_plot_set_subtitle(sheet, text);
}

enum hb_plot_status hb_plot_time(const struct hb_plots *plots, char *error) {
    struct hb_plot_sheet sheet;
    struct hb_plot_grid grid;
    bool names_shared = hb_plot_names_are_shared(&plots->blocks), has_time = false;

    size_t rows = 0;

    for (size_t i = 0; i < plots->blocks.count; i++) {
        has_time |= block_has_time(&plots->blocks.blocks[i]);
        rows += plots->blocks.blocks[i].count;
    }
    if (!has_time)
        return HB_PLOT_EMPTY;
    if (!hb_plot_sheet_begin(&sheet, plots, "time", error))
        return HB_PLOT_STOPPED;
    double longest = longest_bar(&plots->blocks, rows);
    hb_plot_bars_grid(&grid, plots, BAR_PIXELS);
    hb_plot_set_grid(&sheet, &grid);
    hb_plot_set_title(&sheet, "Time per operation");
    subtitle_write(&sheet, &plots->blocks);
    hb_plot_set_caption(&sheet, plots, "Warm replay, median and 95% interval", true);
    hb_plot_set_number(&sheet, "names_shared", names_shared);
    hb_plot_set_number(&sheet, "same", GREY);
    double end = axis_end(&plots->blocks, grid.panel_width, longest);
    hb_plot_set_number(&sheet, "x_most", end);
    hb_plot_set_number(&sheet, "x_step", hb_plot_axis_step(end, grid.panel_width / TIC_PIXELS));
    blocks_write(&sheet, &plots->blocks, longest);
    return hb_plot_sheet_finish(&sheet, plots, "time", true, error);
}
