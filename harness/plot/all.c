/* all.c -- which pictures there are, and all that some results allow. */
#include <string.h>

#include "harness/plot/sheet.h"

enum { ALL_BLOCKS = -1 };

static const struct picture {
    const char *name;
    enum hb_plot_status (*draw)(const struct hb_plots *plots, char *error);
    enum hb_plot_status (*draw_block)(const struct hb_plots *plots, size_t block, char *error);
    const char *missing; /* what to say where its figures are missing; NULL: an extra */
} pictures[] = {
    {"time", hb_plot_time, NULL, "warm times (pass time)"},
    {"frag-time", hb_plot_frag_time, NULL,
     "memory against time (passes time and space, with a baseline)"},
    {"pareto", hb_plot_pareto, NULL, NULL},
    {"resident", hb_plot_resident, NULL, "resident memory (pass space)"},
    {"frag-table", hb_plot_frag_table, NULL, "fragmentation (pass space, ours only)"},
    {"cache", hb_plot_cache, NULL, "cache misses (pass cache)"},
    {"cache-sim", hb_plot_cache_sim, NULL, NULL},
    {"latency", hb_plot_latency, NULL, NULL},
    {"heap-scaling", hb_plot_heap_scaling, NULL, NULL},
    {"thread-scaling", hb_plot_thread_scaling, NULL, NULL},
    {"memory", NULL, hb_plot_memory, "memory over the replay (pass space)"},
    {"free-sizes", NULL, hb_plot_free_sizes, "sizes of free blocks (pass space, ours only)"},
    {"free-series", NULL, hb_plot_free_series, NULL},
};

enum { PICTURES = sizeof pictures / sizeof pictures[0] };

static void text_add(char *text, size_t size, const char *separator, const char *more) {
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used > 0 ? separator : "", more);
}

void hb_plot_names(char *text, size_t size) {
    text[0] = '\0';
    for (int i = 0; i < PICTURES; i++) {
        text_add(text, size, ", ", pictures[i].name);
        if (pictures[i].draw_block)
            text_add(text, size, "", "-TRACE");
    }
}

static bool is_wanted(const struct hb_plots *plots, const struct picture *picture, int block) {
    char name[HB_PLOT_NAME_MAX];
    if (!plots->only)
        return true;
    if (block == ALL_BLOCKS)
        return strcmp(plots->only, picture->name) == 0;
    hb_plot_file_name(&plots->blocks, (size_t)block, picture->name, name, sizeof name);
    return strcmp(plots->only, name) == 0;
}

/* Draw one; false if it is missing. */
static bool picture_draw(const struct hb_plots *plots, const struct picture *picture, int block,
                         struct hb_plot_tally *tally, void (*say)(const char *line)) {
    char error[HB_PLOT_ERROR_MAX] = "";
    enum hb_plot_status status = block == ALL_BLOCKS
                                     ? picture->draw(plots, error)
                                     : picture->draw_block(plots, (size_t)block, error);
    tally->drawn += status == HB_PLOT_DRAWN;
    tally->failed += status == HB_PLOT_FAILED || status == HB_PLOT_STOPPED;
    tally->is_stopped = status == HB_PLOT_STOPPED;
    bool is_interrupted = plots->interrupted && plots->interrupted();
    if (status != HB_PLOT_DRAWN && status != HB_PLOT_EMPTY && !is_interrupted)
        say(error);
    return status != HB_PLOT_EMPTY;
}

/* "memory over the replay (pass space) of gcc, perl": which traces, if not all lack it. */
static void missing_add(struct hb_plot_tally *tally, const struct picture *picture,
                        const char *traces, bool is_all) {
    if (!picture->missing)
        return;
    text_add(tally->missing, sizeof tally->missing, "; ", picture->missing);
    if (picture->draw_block && !is_all)
        text_add(tally->missing, sizeof tally->missing, " of ", traces);
}

static void blocks_draw(const struct hb_plots *plots, const struct picture *picture,
                        struct hb_plot_tally *tally, void (*say)(const char *line)) {
    char traces[HB_PLOT_MISSING_MAX] = "";
    size_t missing = 0;

    for (size_t i = 0; i < plots->blocks.count && !tally->is_stopped; i++) {
        if (!is_wanted(plots, picture, (int)i) || picture_draw(plots, picture, (int)i, tally, say))
            continue;
        missing++;
        text_add(traces, sizeof traces, ", ", plots->blocks.blocks[i].rows[0]->trace);
    }
    if (missing > 0)
        missing_add(tally, picture, traces, missing == plots->blocks.count);
}

void hb_plots_draw(const struct hb_plots *plots, struct hb_plot_tally *tally,
                   void (*say)(const char *line)) {
    *tally = (struct hb_plot_tally){.drawn = 0};
    for (int i = 0; i < PICTURES && !tally->is_stopped; i++) {
        const struct picture *picture = &pictures[i];
        if (picture->draw_block)
            blocks_draw(plots, picture, tally, say);
        else if (is_wanted(plots, picture, ALL_BLOCKS) &&
                 !picture_draw(plots, picture, ALL_BLOCKS, tally, say))
            missing_add(tally, picture, "", true);
    }
}
