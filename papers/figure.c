#include "papers/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/passes/spawn.h"
#include "harness/plot/looks.h"
#include "harness/plot/sheet.h"

enum { KEY_PIXELS = 215, GREY = 0x767676, ROUGH = 16 };

struct hb_figure *hb_figure_create(const char *name, const char *title) {
    struct hb_figure *figure = calloc(1, sizeof *figure);
    if (figure) {
        figure->name = name;
        figure->title = title;
        figure->subtitle = figure->caption = figure->x_title = figure->y_title = "";
        figure->panel_count = 1;
        figure->panel_names[0] = "";
    }
    return figure;
}

void hb_figure_free(struct hb_figure *figure) {
    for (size_t i = 0; figure && i < figure->series_count; i++) {
        free(figure->series[i].x);
        free(figure->series[i].y);
    }
    free(figure);
}

static struct hb_figure_series *series_find(struct hb_figure *figure, size_t panel,
                                            const char *name, enum hb_figure_style style) {
    for (size_t i = 0; i < figure->series_count; i++)
        if (figure->series[i].panel == panel && strcmp(figure->series[i].name, name) == 0)
            return &figure->series[i];
    if (figure->series_count == HB_FIGURE_SERIES_MAX)
        abort();
    struct hb_figure_series *series = &figure->series[figure->series_count++];
    snprintf(series->name, sizeof series->name, "%s", name);
    series->panel = panel;
    series->style = style;
    return series;
}

void hb_figure_add(struct hb_figure *figure, size_t panel, const char *name,
                   enum hb_figure_style style, double x, double y) {
    struct hb_figure_series *series = series_find(figure, panel, name, style);
    if (series->count % ROUGH == 0) {
        size_t bytes = (series->count + ROUGH) * sizeof(double);
        series->x = realloc(series->x, bytes);
        series->y = realloc(series->y, bytes);
        if (!series->x || !series->y)
            abort();
    }
    series->x[series->count] = x;
    series->y[series->count++] = y;
}

/* Number of a series' name among those that are no references, and among all. */
static size_t look_number(const struct hb_figure *figure, size_t series, bool among_all) {
    size_t number = 0;
    for (size_t i = 0; i < figure->series_count; i++) {
        const struct hb_figure_series *other = &figure->series[i];
        bool is_first = true;
        if (strcmp(other->name, figure->series[series].name) == 0)
            return number;
        for (size_t j = 0; j < i && is_first; j++)
            is_first = strcmp(figure->series[j].name, other->name) != 0;
        number += is_first && (among_all || other->style != HB_FIGURE_REFERENCE);
    }
    return number;
}

static void look_write(struct hb_plot_sheet *sheet, const struct hb_figure *figure, size_t series) {
    struct hb_plot_look look = hb_plot_look(look_number(figure, series, false));
    if (figure->series[series].style == HB_FIGURE_REFERENCE)
        look = (struct hb_plot_look){GREY, 0, (int)(look_number(figure, series, true) % 4) + 2};
    fprintf(sheet->script,
            "series_panel[%zu] = %zu\nseries_colour[%zu] = %d\nseries_mark[%zu] = %d\n"
            "series_dash[%zu] = %d\nseries_style[%zu] = %d\nseries_key[%zu] = %zu\n",
            series + 1, figure->series[series].panel, series + 1, look.colour, series + 1,
            look.mark, series + 1, look.dash, series + 1, (int)figure->series[series].style,
            series + 1, look_number(figure, series, true));
}

/* An empty line breaks a line that is drawn. */
static void point_write(struct hb_plot_sheet *sheet, double x, double y) {
    if (isnan(y)) {
        fputc('\n', sheet->data);
        return;
    }
    hb_plot_write_number(sheet, x, '\t');
    hb_plot_write_number(sheet, y, '\n');
}

static void series_write(struct hb_plot_sheet *sheet, const struct hb_figure *figure) {
    static const char *const arrays[] = {"panel", "colour", "mark", "dash", "style", "key"};
    fprintf(sheet->script, "series_count = %zu\n", figure->series_count);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        fprintf(sheet->script, "array series_%s[%zu]\n", arrays[i], figure->series_count);
    hb_plot_array_begin(sheet, "series_name", figure->series_count);
    for (size_t i = 0; i < figure->series_count; i++) {
        const struct hb_figure_series *series = &figure->series[i];
        look_write(sheet, figure, i);
        hb_plot_array_add(sheet, "series_name", i, series->name);
        fprintf(sheet->data, "# %s: x, y\n", series->name);
        for (size_t j = 0; j < series->count; j++)
            point_write(sheet, series->x[j], series->y[j]);
        fputs("\n\n", sheet->data);
    }
}

struct bounds {
    double least, most;
};

static struct bounds bounds_of(const struct hb_figure *figure, bool of_y) {
    struct bounds bounds = {INFINITY, -INFINITY};
    for (size_t i = 0; i < figure->series_count; i++) {
        const double *values = of_y ? figure->series[i].y : figure->series[i].x;
        for (size_t j = 0; j < figure->series[i].count; j++) {
            bounds.least = fmin(bounds.least, values[j]);
            bounds.most = fmax(bounds.most, values[j]);
        }
    }
    return bounds;
}

/* Room beyond what is drawn; an axis of what is never negative does not go below 0. */
static struct bounds bounds_pad(struct bounds bounds, bool is_log, double part) {
    double pad = part * (bounds.most - bounds.least) + 1e-9 * (bounds.most <= bounds.least);
    if (is_log)
        return (struct bounds){bounds.least / 1.2, bounds.most * 1.2};
    double least = bounds.least - pad;
    return (struct bounds){bounds.least >= 0 && least < 0 ? 0 : least, bounds.most + pad};
}

static void axes_write(struct hb_plot_sheet *sheet, const struct hb_figure *figure) {
    struct bounds x = bounds_of(figure, false), y = bounds_of(figure, true);
    double pad = 0.06 * (x.most - x.least);
    x = figure->x_is_log2 ? bounds_pad(x, true, 0) : (struct bounds){x.least - pad, x.most + pad};
    y = bounds_pad(y, figure->y_is_log, 0.06);
    fprintf(sheet->script, "x_is_log2 = %d\ny_is_log = %d\n", figure->x_is_log2, figure->y_is_log);
    hb_plot_set_number(sheet, "x_least", x.least);
    hb_plot_set_number(sheet, "x_most", x.most);
    hb_plot_set_number(sheet, "y_least", y.least);
    hb_plot_set_number(sheet, "y_most", y.most);
    fprintf(sheet->script, "panels_share_y = %d\n", !figure->y_differs);
    if (figure->x_tics)
        fprintf(sheet->script, "x_tics = 1\nset xtics %s(%s)\n",
                figure->x_tics_turned ? "rotate by 55 right " : "", figure->x_tics);
    hb_plot_set_text(sheet, "x_title", figure->x_title);
    hb_plot_set_text(sheet, "y_title", figure->y_title);
}

bool hb_figure_draw(const struct hb_figure *figure, struct hb_paper_run *run) {
    char error[HB_PLOT_ERROR_MAX] = "";
    struct hb_plots plots = {
        .folder = run->folder, .formats = {true, true}, .interrupted = hb_interrupted};
    struct hb_plot_grid grid = {.panels = figure->panel_count,
                                .columns = figure->panel_count > 1 ? 2 : 1,
                                .left = 100,
                                .right = KEY_PIXELS + 20,
                                .top = 100,
                                .bottom = figure->x_tics_turned ? 125 : 95,
                                .gap_x = 70,
                                .gap_y = 75,
                                .panel_height = figure->panel_count > 2 ? 250 : 400};
    struct hb_plot_sheet sheet;
    if (run->figure_count == HB_PAPER_FILES_MAX)
        return hb_paper_fail(run, "more figures than there is room for");
    if (!hb_plot_sheet_begin(&sheet, &plots, figure->name, error))
        return hb_paper_fail(run, "%s", error);
    hb_plot_grid_fit(&grid, &plots);
    hb_plot_set_grid(&sheet, &grid);
    hb_plot_set_title(&sheet, figure->title);
    hb_plot_set_subtitle(&sheet, figure->subtitle);
    hb_plot_set_caption_text(&sheet, figure->caption);
    hb_plot_array_begin(&sheet, "panel_name", figure->panel_count);
    for (size_t i = 0; i < figure->panel_count; i++)
        hb_plot_array_add(&sheet, "panel_name", i, figure->panel_names[i]);
    axes_write(&sheet, figure);
    series_write(&sheet, figure);
    enum hb_plot_status status = hb_plot_sheet_finish(&sheet, &plots, "series", true, error);
    if (status != HB_PLOT_DRAWN)
        return hb_paper_fail(run, "%s", error);
    snprintf(run->figures[run->figure_count++], sizeof run->figures[0], "%s", figure->name);
    return true;
}
