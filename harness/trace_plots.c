/* trace_plots.c -- the pictures of `heapbench trace info --plot`. */
#include "harness/trace_plots.h"

#include <stdio.h>
#include <string.h>

#include "harness/cmd.h"
#include "harness/folder.h"
#include "harness/plot/trace.h"

/* The last part of the path, without .hbt. */
static void name_make(const char *path, char *name, size_t size) {
    const char *slash = strrchr(path, '/');
    size_t length;

    snprintf(name, size, "%s", slash != NULL ? slash + 1 : path);
    length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, ".hbt") == 0)
        name[length - 4] = '\0';
}

int hb_trace_plots_draw(const struct hb_trace_report *report, const char *folder) {
    static enum hb_plot_status (*const pictures[])(const struct hb_plots *,
                                                   const struct hb_plot_trace *, char *) = {
        hb_plot_trace_sizes, hb_plot_trace_lifetimes, hb_plot_trace_live};
    struct hb_plots plots = {.folder = folder, .caption = "", .is_half = true};
    struct hb_plot_trace trace = {.info = report->info, .profile = &report->profile};
    char name[HB_PLOT_NAME_MAX], error[HB_PLOT_ERROR_MAX] = "";
    int drawn = 0;

    if (!hb_plot_has_gnuplot(error))
        return hb_failure("trace info: %s", error);
    int opened = hb_folder_open("trace info", folder, NULL);
    if (opened != HB_EXIT_OK)
        return opened;
    name_make(report->path, name, sizeof name);
    trace.name = name;
    plots.formats[HB_PLOT_PNG] = plots.formats[HB_PLOT_SVG] = true;
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
        enum hb_plot_status status = pictures[i](&plots, &trace, error);

        if (status == HB_PLOT_FAILED || status == HB_PLOT_STOPPED)
            return hb_failure("trace info: %s", error);
        drawn += status == HB_PLOT_DRAWN;
    }
    fprintf(stderr, "%d picture%s of %s in %s\n", drawn, drawn == 1 ? "" : "s", name, folder);
    return HB_EXIT_OK;
}
