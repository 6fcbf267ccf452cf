/* latency.c -- tails of latency: how long each share of the operations takes, a line per
 * allocator, a panel each for malloc and free of a trace. */
#include <math.h>
#include <string.h>

#include "harness/measure/histogram.h"
#include "harness/plot/axis.h"
#include "harness/plot/key.h"

enum { KINDS = 2, MARKS = 5, STEPS_A_DECADE = 24 };
enum { KEY_TOP = 68, PANEL_TOP = 30 };

/* The axis ends at p99.99. */
static const double shares[MARKS] = {0.5, 0.9, 0.99, 0.999, 0.9999};

struct kind {
    const char *name;
    size_t counts, floor_counts;
    size_t marks[MARKS]; /* quantiles of the shares */
};

#define AT(field) offsetof(struct hb_result, field)
#define KIND(kind)                                                                                 \
    {                                                                                              \
#kind, AT(latency_##kind##_counts), AT(latency_floor_##kind##_counts), {                   \
            AT(latency_##kind##_p50_ns), AT(latency_##kind##_p90_ns), AT(latency_##kind##_p99_ns), \
                AT(latency_##kind##_p999_ns), AT(latency_##kind##_p9999_ns)                        \
        }                                                                                          \
    }

static const struct kind kinds[KINDS] = {KIND(malloc), KIND(free)};

static double row_mark(const struct hb_result *row, const struct kind *kind, size_t mark) {
    return *(const double *)((const char *)row + kind->marks[mark]);
}

static const struct hb_counts *row_counts(const struct hb_result *row, size_t offset) {
    return (const struct hb_counts *)((const char *)row + offset);
}

static bool row_is_drawn(const struct hb_result *row) {
    return row->latency_bucket_high_ns.count > 0 &&
           !(isnan(row->latency_malloc_p50_ns) && isnan(row->latency_free_p50_ns));
}

static size_t rows_drawn(const struct hb_results_block *block) {
    size_t count = 0;
    for (size_t i = 0; i < block->count; i++)
        count += row_is_drawn(block->rows[i]);
    return count;
}

static size_t panels_count(const struct hb_results_blocks *blocks) {
    size_t panels = 0;
    for (size_t i = 0; i < blocks->count; i++)
        panels += rows_drawn(&blocks->blocks[i]) > 0 ? KINDS : 0;
    return panels;
}

static void axis_fit(struct hb_plot_axis *axis, const struct hb_results_blocks *blocks) {
    hb_plot_axis_init(axis);
    for (size_t i = 0; i < blocks->count; i++) {
        for (size_t j = 0; j < blocks->blocks[i].count; j++) {
            const struct hb_result *row = blocks->blocks[i].rows[j];
            if (!row_is_drawn(row))
                continue;
            hb_plot_axis_include(axis, row->latency_floor_malloc_p50_ns);
            hb_plot_axis_include(axis, row->latency_floor_free_p50_ns);
            for (size_t mark = 0; mark < KINDS * MARKS; mark++)
                hb_plot_axis_include(axis, row_mark(row, &kinds[mark % KINDS], mark / KINDS));
        }
    }
    hb_plot_axis_pad(axis, 0.06);
}

static void point_write(struct hb_plot_sheet *sheet, double share, double ns) {
    hb_plot_write_number(sheet, 1 / (1 - share), '\t');
    hb_plot_write_number(sheet, ns, '\n');
}

/* From one share to another the time rises evenly, which is no straight line on this axis. */
static void slope_write(struct hb_plot_sheet *sheet, double from, double to, double low,
                        double high) {
    double decades = log10((1 - from) / (1 - to));
    double steps = fmax(1, ceil(STEPS_A_DECADE * decades));

    for (double i = 0; i <= steps; i++) {
        double share = i < steps ? 1 - (1 - from) * pow(10, -decades * i / steps) : to;
        point_write(sheet, share, low + (share - from) / (to - from) * (high - low));
    }
}

/* The quantiles as docs/metrics.md defines them: even between the edges of the buckets, up to
 * the share beyond which HB_QUANTILE_BEYOND_MIN samples lie. */
static void curve_write(struct hb_plot_sheet *sheet, const struct hb_result *row,
                        const struct hb_counts *counts) {
    double total = 0, before = 0;
    for (size_t i = 0; i < counts->count; i++)
        total += (double)counts->values[i];
    double last = fmin(total - HB_QUANTILE_BEYOND_MIN, total * shares[MARKS - 1]);
    for (size_t i = 0; i < counts->count && before < last; i++) {
        double here = (double)counts->values[i];
        double low = row->latency_bucket_low_ns.values[i];
        double high = row->latency_bucket_high_ns.values[i];
        if (here == 0)
            continue;
        double part = fmin((last - before) / here, 1);
        slope_write(sheet, before / total, (before + part * here) / total, low,
                    low + part * (high - low));
        before += here;
    }
    fputs("\n\n", sheet->data);
}

static void marks_write(struct hb_plot_sheet *sheet, const struct hb_result *row,
                        const struct kind *kind) {
    for (size_t i = 0; i < MARKS; i++)
        point_write(sheet, shares[i], row_mark(row, kind, i));
    fputs("\n\n", sheet->data);
}

static void number_set(struct hb_plot_sheet *sheet, const char *array, size_t index, double value) {
    fprintf(sheet->script, "%s[%zu] = %.0f\n", array, index + 1, value);
}

/* Of one panel: the floor's curve, then of each row the curve and the marks. */
static size_t panel_write(struct hb_plot_sheet *sheet, const struct hb_results_blocks *blocks,
                          const struct hb_results_block *block, const struct kind *kind,
                          size_t row_number) {
    bool has_floor = false;
    for (size_t i = 0; i < block->count; i++) {
        const struct hb_result *row = block->rows[i];
        if (!row_is_drawn(row))
            continue;
        if (!has_floor)
            curve_write(sheet, row, row_counts(row, kind->floor_counts));
        has_floor = true;
        hb_plot_looks_set(sheet, "row", row_number++, blocks, row->allocator);
        curve_write(sheet, row, row_counts(row, kind->counts));
        marks_write(sheet, row, kind);
    }
    return row_number;
}

static void panels_write(struct hb_plot_sheet *sheet, const struct hb_results_blocks *blocks,
                         size_t panels) {
    char name[2 * HB_RESULT_TEXT_MAX], text[3 * HB_RESULT_TEXT_MAX];
    size_t panel = 0, row_number = 0, rows = 0;

    for (size_t i = 0; i < blocks->count; i++)
        rows += KINDS * rows_drawn(&blocks->blocks[i]);
    fputs("# 1 / (1 - share of the operations)\tns that they take at most\n", sheet->data);
    hb_plot_array_begin(sheet, "panel_name", panels);
    hb_plot_array_begin(sheet, "first_row", panels);
    hb_plot_array_begin(sheet, "last_row", panels);
    hb_plot_looks_begin(sheet, "row", rows);
    for (size_t i = 0; i < blocks->count; i++) {
        if (rows_drawn(&blocks->blocks[i]) == 0)
            continue;
        hb_plot_block_name(blocks, i, name, sizeof name);
        for (size_t kind = 0; kind < KINDS; kind++, panel++) {
            snprintf(text, sizeof text, "%s: %s", name, kinds[kind].name);
            hb_plot_array_add(sheet, "panel_name", panel, text);
            number_set(sheet, "first_row", panel, (double)row_number + 1);
            row_number = panel_write(sheet, blocks, &blocks->blocks[i], &kinds[kind], row_number);
            number_set(sheet, "last_row", panel, (double)row_number);
        }
    }
}

static void texts_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots) {
    const struct hb_results_blocks *blocks = &plots->blocks;
    char text[2 * HB_RESULT_TEXT_MAX];
    size_t row = 0;

    while (!row_is_drawn(blocks->rows[row]))
        row++;
    hb_plot_set_title(sheet, "Latency of single operations");
    hb_plot_set_subtitle(sheet,
                         "Lower is better. A line ends where fewer than 10 samples lie beyond.");
    snprintf(text, sizeof text, "Warm replay, one operation in %.0f timed; clock %s, steps %.2g ns",
             (double)blocks->rows[row]->latency_sample_every, blocks->rows[row]->latency_clock,
             blocks->rows[row]->latency_clock_step_ns);
    hb_plot_set_caption(sheet, plots, text, true);
}

static void axes_write(struct hb_plot_sheet *sheet, const struct hb_plot_axis *axis) {
    char tics[256];

    hb_plot_set_number(sheet, "y_least", axis->least);
    hb_plot_set_number(sheet, "y_most", axis->most);
    hb_plot_axis_tics(axis, tics, sizeof tics);
    fprintf(sheet->script, "set ytics (%s)\n", tics);
}

enum hb_plot_status hb_plot_latency(const struct hb_plots *plots, char *error) {
    size_t panels = panels_count(&plots->blocks);
    struct hb_plot_grid grid = {
        .panels = panels,
        .columns = KINDS,
        .left = 95,
        .right = 40,
        .bottom = 105,
        .gap_x = 65,
        .gap_y = 50,
        .panel_height = panels > KINDS ? 280 : 400,
    };
    const struct hb_plot_key key = {row_is_drawn, true};
    struct hb_plot_sheet sheet;
    struct hb_plot_axis axis;

    if (panels == 0)
        return HB_PLOT_EMPTY;
    if (!hb_plot_sheet_begin(&sheet, plots, "latency", error))
        return HB_PLOT_STOPPED;
    hb_plot_set_number(&sheet, "key_top", KEY_TOP);
    grid.top = KEY_TOP + hb_plot_key_write(&sheet, plots, &key) + PANEL_TOP;
    hb_plot_grid_fit(&grid, plots);
    axis_fit(&axis, &plots->blocks);
    hb_plot_set_grid(&sheet, &grid);
    texts_write(&sheet, plots);
    axes_write(&sheet, &axis);
    panels_write(&sheet, &plots->blocks, panels);
    return hb_plot_sheet_finish(&sheet, plots, "latency", true, error);
}
