/* lines.c -- panels of lines, a line per allocator. */
#include "harness/plot/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plot/axis.h"

enum { KEY_TOP = 68, PANEL_TOP = 30, LABELS = 7 };

struct hb_plot_lines_panel *hb_plot_lines_add_panel(struct hb_plot_lines *lines) {
    struct hb_plot_lines_panel *panels =
        realloc(lines->panels, (lines->count + 1) * sizeof *panels);
    if (!panels)
        return NULL;
    lines->panels = panels;
    panels[lines->count] = (struct hb_plot_lines_panel){.lines = NULL};
    return &panels[lines->count++];
}

static struct hb_plot_line *line_find(struct hb_plot_lines_panel *panel, const char *allocator) {
    for (size_t i = 0; i < panel->count; i++)
        if (strcmp(panel->lines[i].allocator, allocator) == 0)
            return &panel->lines[i];
    struct hb_plot_line *lines = realloc(panel->lines, (panel->count + 1) * sizeof *lines);
    if (!lines)
        return NULL;
    panel->lines = lines;
    lines[panel->count] = (struct hb_plot_line){.allocator = allocator};
    return &lines[panel->count++];
}

bool hb_plot_lines_add(struct hb_plot_lines_panel *panel, const char *allocator,
                       const struct hb_plot_value *value) {
    struct hb_plot_line *line = line_find(panel, allocator);
    struct hb_plot_value *values =
        line ? realloc(line->values, (line->count + 1) * sizeof *values) : NULL;
    if (!values)
        return false;
    line->values = values;
    size_t at = line->count++;
    for (; at > 0 && values[at - 1].x > value->x; at--)
        values[at] = values[at - 1];
    values[at] = *value;
    return true;
}

bool hb_plot_lines_are_lines(const struct hb_plot_lines_panel *panel) {
    for (size_t i = 0; i < panel->count; i++) {
        const struct hb_plot_line *line = &panel->lines[i];
        if (line->count > 1 && line->values[0].x < line->values[line->count - 1].x)
            return true;
    }
    return false;
}

void hb_plot_lines_drop_panel(struct hb_plot_lines *lines) {
    struct hb_plot_lines_panel *panel = &lines->panels[--lines->count];
    for (size_t i = 0; i < panel->count; i++)
        free(panel->lines[i].values);
    free(panel->lines);
}

void hb_plot_lines_free(struct hb_plot_lines *lines) {
    while (lines->count > 0)
        hb_plot_lines_drop_panel(lines);
    free(lines->panels);
}

static void number_add(struct hb_plot_sheet *sheet, const char *array, size_t index, double value) {
    char name[64];
    snprintf(name, sizeof name, "%s[%zu]", array, index + 1);
    hb_plot_set_number(sheet, name, value);
}

/* Tics at the values themselves, which lie wherever the results do. */
static void x_tics(const struct hb_plot_lines *lines, const struct hb_plot_axis *axis, char *text,
                   size_t size) {
    if (lines->x_is_bytes) {
        hb_plot_sizes_tics(ceil(log2(axis->least)), floor(log2(axis->most)), LABELS, text, size);
        return;
    }
    size_t used = 0;
    text[0] = '\0';
    for (double tic = 1; tic <= axis->most && used < size; tic *= 2)
        if (tic >= axis->least)
            used += (size_t)snprintf(text + used, size - used, "%s\"%.0f\" %.0f", used ? ", " : "",
                                     tic, log2(tic));
}

static void panel_axes(struct hb_plot_sheet *sheet, const struct hb_plot_lines *lines,
                       size_t number) {
    const struct hb_plot_lines_panel *panel = &lines->panels[number];
    struct hb_plot_axis x, y;
    char tics[512];

    hb_plot_axis_init(&x);
    hb_plot_axis_init(&y);
    for (size_t i = 0; i < panel->count; i++) {
        for (size_t j = 0; j < panel->lines[i].count; j++) {
            const struct hb_plot_value *value = &panel->lines[i].values[j];
            hb_plot_axis_include(&x, value->x);
            hb_plot_axis_include(&y, value->y);
            hb_plot_axis_include(&y, value->low);
            hb_plot_axis_include(&y, value->high);
        }
    }
    hb_plot_axis_pad(&x, 0.05);
    hb_plot_axis_pad(&y, 0.06);
    number_add(sheet, "x_least", number, log2(x.least));
    number_add(sheet, "x_most", number, log2(x.most));
    number_add(sheet, "y_least", number, y.least);
    number_add(sheet, "y_most", number, y.most);
    x_tics(lines, &x, tics, sizeof tics);
    hb_plot_array_add(sheet, "x_tics", number, tics);
    hb_plot_axis_tics(&y, tics, sizeof tics);
    hb_plot_array_add(sheet, "y_tics", number, tics);
}

static void line_write(struct hb_plot_sheet *sheet, const struct hb_plot_line *line) {
    for (size_t i = 0; i < line->count; i++) {
        hb_plot_write_number(sheet, log2(line->values[i].x), '\t');
        hb_plot_write_number(sheet, line->values[i].y, '\t');
        hb_plot_write_number(sheet, line->values[i].low, '\t');
        hb_plot_write_number(sheet, line->values[i].high, '\n');
    }
    fputs("\n\n", sheet->data);
}

static void panels_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                         const struct hb_plot_lines *lines) {
    static const char *const arrays[] = {"panel_name", "y_title",  "x_tics",  "y_tics",
                                         "x_least",    "x_most",   "y_least", "y_most",
                                         "first_line", "last_line"};
    size_t all = 0, number = 0;

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        hb_plot_array_begin(sheet, arrays[i], lines->count);
    for (size_t i = 0; i < lines->count; i++)
        all += lines->panels[i].count;
    hb_plot_looks_begin(sheet, "line", all);
    fputs("# log2 of x\ty\tlow\thigh\n", sheet->data);
    for (size_t i = 0; i < lines->count; i++) {
        const struct hb_plot_lines_panel *panel = &lines->panels[i];
        hb_plot_array_add(sheet, "panel_name", i, panel->name);
        hb_plot_array_add(sheet, "y_title", i, panel->y_title);
        panel_axes(sheet, lines, i);
        fprintf(sheet->script, "first_line[%zu] = %zu\n", i + 1, number + 1);
        for (size_t j = 0; j < panel->count; j++) {
            hb_plot_looks_set(sheet, "line", number++, &plots->blocks, panel->lines[j].allocator);
            line_write(sheet, &panel->lines[j]);
        }
        fprintf(sheet->script, "last_line[%zu] = %zu\n", i + 1, number);
    }
}

enum hb_plot_status hb_plot_lines_draw(const struct hb_plots *plots,
                                       const struct hb_plot_lines *lines, char *error) {
    struct hb_plot_grid grid = {
        .panels = lines->count,
        .columns = lines->count > 1 ? 2 : 1,
        .left = 95,
        .right = 30,
        .bottom = 105,
        .gap_x = 105,
        .gap_y = 85,
        .panel_height = 280,
    };
    struct hb_plot_sheet sheet;

    if (!hb_plot_sheet_begin(&sheet, plots, lines->name, error))
        return HB_PLOT_STOPPED;
    hb_plot_set_number(&sheet, "key_top", KEY_TOP);
    grid.top = KEY_TOP + hb_plot_key_write(&sheet, plots, &lines->key) + PANEL_TOP;
    hb_plot_grid_fit(&grid, plots);
    hb_plot_set_grid(&sheet, &grid);
    hb_plot_set_title(&sheet, lines->title);
    hb_plot_set_subtitle(&sheet, lines->subtitle);
    hb_plot_set_text(&sheet, "x_title", lines->x_title);
    hb_plot_set_caption(&sheet, plots, lines->caption, true);
    panels_write(&sheet, plots, lines);
    return hb_plot_sheet_finish(&sheet, plots, "lines", true, error);
}
