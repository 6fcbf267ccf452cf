/* trace_live.c -- live bytes over the operations of a trace: all, then each of several threads. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "harness/plot/axis.h"
#include "harness/plot/trace.h"
#include "harness/results/table.h"

enum { X_PARTS = 5, Y_PARTS = 5, THREADS_MAX = 5 };

struct view {
    const struct hb_plot_trace *trace;
    const struct hb_trace_thread
        *threads[THREADS_MAX]; /* with the highest peaks, the highest first */
    size_t thread_count;
    double x_unit, y_unit;
    const char *y_name;
};

/* Threads that have a curve, those with the highest peaks of live bytes. */
static void threads_choose(struct view *view) {
    const struct hb_trace_profile *profile = view->trace->profile;

    for (size_t i = 0; profile->thread_count > 1 && i < profile->thread_count; i++) {
        const struct hb_trace_thread *thread = &profile->threads[i];
        size_t place = view->thread_count;

        if (thread->curve == NULL)
            continue;
        while (place > 0 && view->threads[place - 1]->peak_live_bytes < thread->peak_live_bytes)
            place--;
        if (place == THREADS_MAX)
            continue;
        if (view->thread_count < THREADS_MAX)
            view->thread_count++;
        for (size_t k = view->thread_count - 1; k > place; k--)
            view->threads[k] = view->threads[k - 1];
        view->threads[place] = thread;
    }
}

/* Steps: each mean from its first operation on, the last one up to the end. */
static void curve_write(struct hb_plot_sheet *sheet, const struct view *view,
                        const struct hb_trace_curve *curve) {
    for (size_t i = 0; i <= curve->count && curve->count > 0; i++) {
        uint64_t start = i < curve->count ? i * curve->step : curve->op_count;
        size_t point = i < curve->count ? i : curve->count - 1;

        hb_plot_write_number(sheet, (double)start / view->x_unit, '\t');
        hb_plot_write_number(sheet, curve->mean_bytes[point] / view->y_unit, '\n');
    }
    fputs("\n\n", sheet->data);
}

static void panels_write(struct hb_plot_sheet *sheet, const struct view *view) {
    const struct hb_trace_profile *profile = view->trace->profile;
    char text[64];

    hb_plot_array_begin(sheet, "panel_name", 1 + view->thread_count);
    hb_plot_array_begin(sheet, "panel_note", 1 + view->thread_count);
    fputs("# operation\tlive\n", sheet->data);
    hb_plot_array_add(sheet, "panel_name", 0, profile->thread_count > 1 ? "All threads" : "");
    snprintf(text, sizeof text, "peak %.4g %s",
             (double)view->trace->info->peak_live_bytes / view->y_unit, view->y_name);
    hb_plot_array_add(sheet, "panel_note", 0, text);
    curve_write(sheet, view, &profile->curve);
    for (size_t i = 0; i < view->thread_count; i++) {
        const struct hb_trace_thread *thread = view->threads[i];

        snprintf(text, sizeof text, "Born by thread %" PRIu32, thread->number);
        hb_plot_array_add(sheet, "panel_name", i + 1, text);
        snprintf(text, sizeof text, "peak %.4g %s", (double)thread->peak_live_bytes / view->y_unit,
                 view->y_name);
        hb_plot_array_add(sheet, "panel_note", i + 1, text);
        curve_write(sheet, view, thread->curve);
    }
}

static void phases_write(struct hb_plot_sheet *sheet, const struct view *view) {
    const struct hb_trace_phases *phases = &view->trace->profile->phases;

    fprintf(sheet->script, "phases = %zu\narray phase_start[%zu]\n", phases->count,
            phases->count + 1);
    for (size_t i = 0; i < phases->count; i++)
        fprintf(sheet->script, "phase_start[%zu] = %.6f\n", i + 1,
                (double)phases->start[i] / view->x_unit);
}

static void axes_write(struct hb_plot_sheet *sheet, struct view *view) {
    double x_most = (double)view->trace->profile->curve.op_count;
    double y_most = fmax(1, (double)view->trace->info->peak_live_bytes);

    view->x_unit = x_most >= 2e6 ? 1e6 : x_most >= 2e3 ? 1e3 : 1;
    hb_plot_set_text(sheet, "x_title",
                     view->x_unit == 1e6   ? "million operations"
                     : view->x_unit == 1e3 ? "thousand operations"
                                           : "operations");
    view->y_name = hb_bytes_unit(y_most, &view->y_unit);
    hb_plot_set_text(sheet, "y_title", view->y_name);
    x_most /= view->x_unit;
    y_most *= 1.1 / view->y_unit;
    hb_plot_set_number(sheet, "x_most", x_most);
    hb_plot_set_number(sheet, "y_most", y_most);
    hb_plot_set_number(sheet, "x_step", hb_plot_axis_step(x_most, X_PARTS));
    hb_plot_set_number(sheet, "y_step", hb_plot_axis_step(y_most, Y_PARTS));
}

static void texts_write(struct hb_plot_sheet *sheet, const struct view *view) {
    const struct hb_trace_profile *profile = view->trace->profile;
    char text[HB_PLOT_NAME_MAX + 128];

    snprintf(text, sizeof text, "Live bytes of %.100s", view->trace->name);
    hb_plot_set_title(sheet, text);
    snprintf(text, sizeof text, "%zu phase%s, parted by dashed lines.", profile->phases.count,
             profile->phases.count == 1 ? "" : "s");
    hb_plot_set_subtitle(sheet, profile->phases.count > 1 ? text : "");
    snprintf(text, sizeof text, "Means over %" PRIu64 " operation%s%s", profile->curve.step,
             profile->curve.step == 1 ? "" : "s",
             profile->thread_count > view->thread_count && profile->thread_count > 1
                 ? "; the threads with the highest peaks"
                 : "");
    hb_plot_trace_caption(sheet, view->trace, text);
}

enum hb_plot_status hb_plot_trace_live(const struct hb_plots *plots,
                                       const struct hb_plot_trace *trace, char *error) {
    struct view view = {.trace = trace};
    struct hb_plot_grid grid = {
        .columns = 1, .left = 84, .right = 20, .top = 100, .bottom = 95, .gap_y = 45};
    struct hb_plot_sheet sheet;
    char name[HB_PLOT_NAME_MAX];

    if (trace->profile->curve.count == 0)
        return HB_PLOT_EMPTY;
    threads_choose(&view);
    hb_plot_trace_file_name(trace, "live", name, sizeof name);
    if (!hb_plot_sheet_begin(&sheet, plots, name, error))
        return HB_PLOT_STOPPED;
    grid.panels = 1 + view.thread_count;
    grid.panel_height = view.thread_count == 0 ? 240 : 130;
    hb_plot_grid_fit(&grid, plots);
    hb_plot_set_grid(&sheet, &grid);
    texts_write(&sheet, &view);
    axes_write(&sheet, &view);
    phases_write(&sheet, &view);
    panels_write(&sheet, &view);
    return hb_plot_sheet_finish(&sheet, plots, "trace-live", true, error);
}
