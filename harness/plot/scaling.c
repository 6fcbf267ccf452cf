/* scaling.c -- how time and memory grow with the heap, and speed with threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plot/lines.h"

/* A synthetic trace's name without its live=, and that. False if it has none. */
static bool heap_parse(const char *trace, char *rest, double *bytes) {
    static const char units[] = "KMGT";
    const char *key = strncmp(trace, "synth:", 6) == 0 ? strstr(trace, ":live=") : NULL;
    char *end;

    if (!key)
        return false;
    *bytes = strtod(key + strlen(":live="), &end);
    const char *unit = *end != '\0' ? strchr(units, *end) : NULL;
    if (unit) {
        *bytes *= pow(1024, (double)(unit - units) + 1);
        end++;
    }
    snprintf(rest, HB_RESULT_TEXT_MAX, "%.*s%s", (int)(key - trace), trace, end);
    return *bytes > 0 && (*end == '\0' || *end == ':');
}

/* The same of a result. A name leaves out the size that its generator takes by itself: then it is
 * what was live at most. */
static bool heap_of(const struct hb_result *row, char *rest, double *bytes) {
    if (heap_parse(row->trace, rest, bytes))
        return true;
    if (strncmp(row->trace, "synth:", 6) != 0 || strstr(row->trace, ":live=") ||
        row->peak_live_bytes == HB_COUNT_NULL)
        return false;
    snprintf(rest, HB_RESULT_TEXT_MAX, "%s", row->trace);
    *bytes = (double)row->peak_live_bytes;
    return *bytes > 0;
}

static bool is_of_heap(const struct hb_result *row) {
    char rest[HB_RESULT_TEXT_MAX];
    double bytes;
    return heap_of(row, rest, &bytes);
}

static bool is_on_threads(const struct hb_result *row) {
    return row->threads != HB_COUNT_NULL && row->ns_per_op > 0 && strcmp(row->mode, "serial") != 0;
}

/* Do both belong to one panel of the heap's size: the same trace but for live=? */
static bool heaps_agree(const struct hb_result *a, const struct hb_result *b) {
    char rest_a[HB_RESULT_TEXT_MAX], rest_b[HB_RESULT_TEXT_MAX];
    double bytes;
    return heap_of(a, rest_a, &bytes) && heap_of(b, rest_b, &bytes) &&
           strcmp(rest_a, rest_b) == 0 && hb_results_conditions_agree(a, b);
}

/* Of threads: the same conditions but for their number. */
static bool threads_agree(const struct hb_result *a, const struct hb_result *b) {
    return is_on_threads(a) && is_on_threads(b) && strcmp(a->trace, b->trace) == 0 &&
           strcmp(a->mode, b->mode) == 0 && strcmp(a->touch, b->touch) == 0 &&
           strcmp(a->thp, b->thp) == 0;
}

static struct hb_plot_value heap_time(const struct hb_result *row) {
    return (struct hb_plot_value){NAN, row->ns_per_op, row->ns_per_op_ci95_low,
                                  row->ns_per_op_ci95_high};
}

static struct hb_plot_value heap_memory(const struct hb_result *row) {
    return (struct hb_plot_value){NAN, row->resident_peak_ratio, NAN, NAN};
}

static struct hb_plot_value thread_speed(const struct hb_result *row) {
    return (struct hb_plot_value){(double)row->threads, 1e3 / row->ns_per_op,
                                  1e3 / row->ns_per_op_ci95_high, 1e3 / row->ns_per_op_ci95_low};
}

/* One panel: which rows are in it, and what it shows of them. */
struct aspect {
    bool (*agree)(const struct hb_result *a, const struct hb_result *b);
    struct hb_plot_value (*value)(const struct hb_result *row);
    const char *y_title;
};

static bool panel_add(struct hb_plot_lines *lines, const struct hb_plots *plots, size_t first,
                      const struct aspect *aspect) {
    struct hb_plot_lines_panel *panel = hb_plot_lines_add_panel(lines);
    const struct hb_result *head = &plots->results[first];
    char rest[HB_RESULT_TEXT_MAX];
    bool ok = panel != NULL;

    if (!ok)
        return false;
    for (size_t i = first; ok && i < plots->result_count; i++) {
        const struct hb_result *row = &plots->results[i];
        if (!aspect->agree(head, row))
            continue;
        struct hb_plot_value value = aspect->value(row);
        if (isnan(value.x))
            heap_of(row, rest, &value.x);
        ok = isnan(value.y) || hb_plot_lines_add(panel, row->allocator, &value);
    }
    panel->y_title = aspect->y_title;
    if (lines->x_is_bytes && heap_of(head, rest, &(double){0}))
        snprintf(panel->name, sizeof panel->name, "%s", rest);
    else
        snprintf(panel->name, sizeof panel->name, "%s, %.60s", head->trace, head->mode);
    if (!hb_plot_lines_are_lines(panel))
        hb_plot_lines_drop_panel(lines);
    return ok;
}

/* Panels of each set of rows that agree. */
static bool panels_add(struct hb_plot_lines *lines, const struct hb_plots *plots,
                       const struct aspect *aspects, size_t aspect_count) {
    bool ok = true;
    for (size_t i = 0; ok && i < plots->result_count; i++) {
        const struct hb_result *row = &plots->results[i];
        bool is_new = aspects->agree(row, row);
        for (size_t j = 0; is_new && j < i; j++)
            is_new = !aspects->agree(&plots->results[j], row);
        for (size_t k = 0; ok && is_new && k < aspect_count; k++)
            ok = panel_add(lines, plots, i, &aspects[k]);
    }
    return ok;
}

static enum hb_plot_status draw(struct hb_plot_lines *lines, const struct hb_plots *plots,
                                const struct aspect *aspects, size_t aspect_count, char *error) {
    enum hb_plot_status status = HB_PLOT_EMPTY;
    if (!panels_add(lines, plots, aspects, aspect_count)) {
        snprintf(error, HB_PLOT_ERROR_MAX, "out of memory");
        status = HB_PLOT_STOPPED;
    } else if (lines->count > 0) {
        status = hb_plot_lines_draw(plots, lines, error);
    }
    hb_plot_lines_free(lines);
    return status;
}

enum hb_plot_status hb_plot_heap_scaling(const struct hb_plots *plots, char *error) {
    static const struct aspect aspects[] = {
        {heaps_agree, heap_time, "ns per operation"},
        {heaps_agree, heap_memory, "peak resident ÷ peak live"},
    };
    struct hb_plot_lines lines = {.name = "heap-scaling",
                                  .title = "Time and memory against the size of the heap",
                                  .subtitle = "Lower is better.",
                                  .caption = "Warm replay, median and 95% interval",
                                  .x_title = "live bytes asked for",
                                  .x_is_bytes = true,
                                  .key = {is_of_heap, false}};
    return draw(&lines, plots, aspects, sizeof aspects / sizeof *aspects, error);
}

enum hb_plot_status hb_plot_thread_scaling(const struct hb_plots *plots, char *error) {
    static const struct aspect aspect = {threads_agree, thread_speed,
                                         "million operations a second"};
    struct hb_plot_lines lines = {.name = "thread-scaling",
                                  .title = "Speed against threads",
                                  .subtitle = "Higher is better. On these axes, twice as fast on "
                                              "twice the threads is one slope.",
                                  .caption = "All threads together, waits included; median and "
                                             "95% interval",
                                  .x_title = "threads",
                                  .key = {is_on_threads, false}};
    return draw(&lines, plots, &aspect, 1, error);
}
