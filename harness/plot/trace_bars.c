/* trace_bars.c -- sizes and lifetimes of a trace: a bar per power of two. */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "harness/plot/axis.h"
#include "harness/plot/trace.h"

enum { Y_PARTS = 6, LABELS = 8, PANELS_MAX = 3 };

/* A panel: a number for each class. */
struct bars {
    const char *name;
    char note[64];
    const uint64_t *values;
};

struct picture {
    const char *kind, *title, *subtitle, *x_title, *what;
    struct bars panels[PANELS_MAX];
    size_t panel_count;
};

void hb_plot_trace_file_name(const struct hb_plot_trace *trace, const char *kind, char *text,
                             size_t size) {
    snprintf(text, size, "%s-%.80s", kind, trace->name);
    for (char *byte = text; *byte != '\0'; byte++)
        if (!isalnum((unsigned char)*byte) && strchr("-_.=", *byte) == NULL)
            *byte = '_';
}

void hb_plot_trace_caption(struct hb_plot_sheet *sheet, const struct hb_plot_trace *trace,
                           const char *what) {
    char text[HB_PLOT_TEXT_MAX];

    snprintf(text, sizeof text,
             "%s; %s: %" PRIu64 " operation%s, %" PRIu64 " object%s, %" PRIu32 " thread%s%s", what,
             trace->name, trace->info->op_count, trace->info->op_count == 1 ? "" : "s",
             trace->info->object_count, trace->info->object_count == 1 ? "" : "s",
             trace->info->thread_count, trace->info->thread_count == 1 ? "" : "s",
             trace->info->is_whole ? "" : ", as far as the damaged trace can be read");
    hb_plot_set_caption_text(sheet, text);
}

static double values_sum(const uint64_t *values) {
    double sum = 0;

    for (int i = 0; i < HB_TRACE_CLASSES; i++)
        sum += (double)values[i];
    return sum;
}

static double part_of(const struct bars *bars, int class) {
    double sum = values_sum(bars->values);

    return sum > 0 ? 100 * (double)bars->values[class] / sum : 0;
}

/* Class 0 stands at -1, class k at the logarithm of its least number, k - 1. */
static void axes_write(struct hb_plot_sheet *sheet, const struct picture *picture) {
    int first = HB_TRACE_CLASSES, last = 0;
    double most = 1;
    char tics[512], text[600];

    for (size_t p = 0; p < picture->panel_count; p++)
        for (int i = 0; i < HB_TRACE_CLASSES; i++) {
            if (picture->panels[p].values[i] == 0)
                continue;
            first = i < first ? i : first;
            last = i > last ? i : last;
            most = fmax(most, part_of(&picture->panels[p], i));
        }
    most *= 1.15;
    double step = hb_plot_sizes_tics(first > 0 ? first - 1 : 0, last > 1 ? last - 1 : 1, LABELS,
                                     tics, sizeof tics);
    snprintf(text, sizeof text, "%s%s", first == 0 ? "\"0\" -1, " : "", tics);
    hb_plot_set_text(sheet, "x_tics", text);
    hb_plot_set_text(sheet, "x_title", picture->x_title);
    hb_plot_set_number(sheet, "x_first", first > 0 ? first - 1 : 0);
    hb_plot_set_number(sheet, "x_step", step);
    hb_plot_set_number(sheet, "x_least", first - 1.6);
    hb_plot_set_number(sheet, "x_most", last - 0.4);
    hb_plot_set_number(sheet, "y_most", most);
    hb_plot_set_number(sheet, "y_step", hb_plot_axis_step(most, Y_PARTS));
}

static void panels_write(struct hb_plot_sheet *sheet, const struct picture *picture,
                         double panel_width) {
    char note[64];

    hb_plot_array_begin(sheet, "panel_name", picture->panel_count);
    hb_plot_array_begin(sheet, "panel_note", picture->panel_count);
    fputs("# log2 of the least\tper cent\tnumber\n", sheet->data);
    for (size_t p = 0; p < picture->panel_count; p++) {
        const struct bars *bars = &picture->panels[p];

        snprintf(note, sizeof note, "%s", bars->note);
        hb_plot_note_fit(bars->name, note, panel_width);
        hb_plot_array_add(sheet, "panel_name", p, bars->name);
        hb_plot_array_add(sheet, "panel_note", p, note);
        for (int i = 0; i < HB_TRACE_CLASSES; i++)
            fprintf(sheet->data, "%d\t%.6f\t%" PRIu64 "\n", i - 1, part_of(bars, i),
                    bars->values[i]);
        fputs("\n\n", sheet->data);
    }
}

static enum hb_plot_status picture_draw(const struct hb_plots *plots,
                                        const struct hb_plot_trace *trace,
                                        const struct picture *picture, char *error) {
    struct hb_plot_grid grid = {.panels = picture->panel_count,
                                .columns = 1,
                                .left = 84,
                                .right = 20,
                                .top = 100,
                                .bottom = 95,
                                .gap_y = 45,
                                .panel_height = 150};
    struct hb_plot_sheet sheet;
    char name[HB_PLOT_NAME_MAX], title[HB_PLOT_NAME_MAX + 64];

    if (values_sum(picture->panels[0].values) == 0)
        return HB_PLOT_EMPTY;
    hb_plot_trace_file_name(trace, picture->kind, name, sizeof name);
    if (!hb_plot_sheet_begin(&sheet, plots, name, error))
        return HB_PLOT_STOPPED;
    hb_plot_grid_fit(&grid, plots);
    hb_plot_set_grid(&sheet, &grid);
    snprintf(title, sizeof title, "%s of %.100s", picture->title, trace->name);
    hb_plot_set_title(&sheet, title);
    hb_plot_set_subtitle(&sheet, picture->subtitle);
    hb_plot_trace_caption(&sheet, trace, picture->what);
    axes_write(&sheet, picture);
    panels_write(&sheet, picture, grid.panel_width);
    return hb_plot_sheet_finish(&sheet, plots, "trace-bars", true, error);
}

enum hb_plot_status hb_plot_trace_sizes(const struct hb_plots *plots,
                                        const struct hb_plot_trace *trace, char *error) {
    const struct hb_trace_profile *profile = trace->profile;
    struct picture picture = {.kind = "sizes",
                              .title = "Sizes of the requests",
                              .subtitle = "A bar: from its label to below the next power of two.",
                              .x_title = "bytes asked for",
                              .what = "Requests are births and reallocs",
                              .panels = {{"Requests", "", profile->request_count},
                                         {"Bytes requested", "", profile->request_bytes}},
                              .panel_count = 2};
    uint64_t count = trace->info->object_count + trace->info->kind_count[HB_OP_REALLOC];

    snprintf(picture.panels[0].note, sizeof picture.panels[0].note, "mean %.1f bytes",
             count > 0 ? (double)trace->info->total_bytes / (double)count : 0);
    snprintf(picture.panels[1].note, sizeof picture.panels[1].note, "largest %" PRIu64 " bytes",
             trace->info->largest_bytes);
    return picture_draw(plots, trace, &picture, error);
}

enum hb_plot_status hb_plot_trace_lifetimes(const struct hb_plots *plots,
                                            const struct hb_plot_trace *trace, char *error) {
    static const char *const names[HB_TRACE_CLOCKS] = {"In births", "In operations",
                                                       "In bytes requested"};
    struct picture picture = {.kind = "lifetimes",
                              .title = "Lifetimes of the objects",
                              .subtitle = "A bar: from its label to below the next power of two.",
                              .x_title = "births, operations or bytes between birth and free",
                              .panel_count = HB_TRACE_CLOCKS};
    char what[128];

    snprintf(what, sizeof what, "Freed objects; %" PRIu64 " that are never freed are left out",
             trace->profile->immortal_count);
    picture.what = what;
    for (int i = 0; i < HB_TRACE_CLOCKS; i++) {
        picture.panels[i].name = names[i];
        picture.panels[i].values = trace->profile->lifetime_count[i];
        snprintf(picture.panels[i].note, sizeof picture.panels[i].note, "median from %" PRIu64,
                 trace->profile->lifetime_median[i]);
    }
    return picture_draw(plots, trace, &picture, error);
}
