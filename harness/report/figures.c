/* figures.c -- the pictures of the page: drawn in a folder of their own, then taken into it. */
#include "harness/report/report.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/folder.h"
#include "harness/plot/plot.h"
#include "harness/report/html.h"
#include "harness/report/svg.h"

struct figure {
    char name[HB_PLOT_NAME_MAX];
    char *text; /* title and caption */
};

struct figures {
    struct figure *list;
    size_t count;
    bool is_short; /* of memory */
};

static void figure_add(void *context, const char *name, const char *title, const char *caption) {
    struct figures *figures = context;
    struct figure *list = realloc(figures->list, (figures->count + 1) * sizeof *list);

    figures->is_short |= !list;
    if (!list)
        return;
    figures->list = list;
    struct figure *figure = &list[figures->count++];
    snprintf(figure->name, sizeof figure->name, "%s", name);
    if (asprintf(&figure->text, "%s. %s", title, caption) < 0) {
        figure->text = NULL;
        figures->is_short = true;
    }
}

static void figures_free(struct figures *figures) {
    for (size_t i = 0; i < figures->count; i++)
        free(figures->list[i].text);
    free(figures->list);
}

/* The whole file with a NUL behind it; NULL if it cannot be read. */
static char *file_read(const char *path) {
    FILE *file = fopen(path, "re");
    char *text = NULL;
    long size = -1;

    if (file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0)
        text = malloc((size_t)size + 1);
    if (text) {
        rewind(file);
        text[fread(text, 1, (size_t)size, file)] = '\0';
    }
    if (file)
        fclose(file);
    return text;
}

static bool figure_write(FILE *file, const struct figure *figure, const char *folder,
                         unsigned number, char *error) {
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%.3000s/%s.svg", folder, figure->name);
    char *svg = file_read(path);
    fputs("<figure>\n", file);
    bool ok = svg && hb_svg_inline(file, svg, number, figure->text);
    fputs("</figure>\n", file);
    if (!ok)
        snprintf(error, HB_REPORT_ERROR_MAX, "the picture %s cannot be read", figure->name);
    free(svg);
    return ok;
}

/* Those of single traces are many: they are folded. */
static bool is_of_trace(const struct figure *figure) {
    return strncmp(figure->name, "memory-", 7) == 0 || strncmp(figure->name, "free-", 5) == 0;
}

static bool figures_write(FILE *file, const struct figures *figures, const char *folder,
                          char *error) {
    bool ok = true, is_folded = false;

    fputs("<section id=\"figures\">\n<h2>Pictures</h2>\n<div class=\"figures\">\n", file);
    for (size_t i = 0; ok && i < figures->count; i++) {
        if (is_of_trace(&figures->list[i]) && !is_folded) {
            fputs("</div>\n<details><summary>Memory and free blocks, trace by trace</summary>\n"
                  "<div class=\"figures\">\n",
                  file);
            is_folded = true;
        }
        ok = figure_write(file, &figures->list[i], folder, (unsigned)i, error);
    }
    fputs(is_folded ? "</div></details>\n</section>\n" : "</div>\n</section>\n", file);
    return ok;
}

static bool folder_make(char *folder, char *error) {
    const char *parent = getenv("TMPDIR");

    snprintf(folder, PATH_MAX, "%.3000s/heapbench-report-XXXXXX",
             parent && parent[0] != '\0' ? parent : "/tmp");
    if (mkdtemp(folder))
        return true;
    snprintf(error, HB_REPORT_ERROR_MAX, "cannot draw in %.300s: %s", folder, strerror(errno));
    return false;
}

static void failure_say(const char *line) {
    hb_failure("report: %s", line);
}

bool hb_report_figures(FILE *file, const struct hb_report *report, char *error) {
    struct figures figures = {NULL, 0, false};
    struct hb_plot_tally tally;
    char folder[PATH_MAX];

    if (!folder_make(folder, error))
        return false;
    hb_plots_draw(&(struct hb_plots){.results = report->results,
                                     .result_count = report->result_count,
                                     .blocks = report->blocks,
                                     .folder = folder,
                                     .caption = report->caption,
                                     .formats = {[HB_PLOT_SVG] = true},
                                     .is_half = true,
                                     .on_drawn = figure_add,
                                     .context = &figures,
                                     .interrupted = report->interrupted},
                  &tally, failure_say);
    bool ok = tally.failed == 0 && !figures.is_short;
    if (!ok)
        snprintf(error, HB_REPORT_ERROR_MAX, "a picture could not be drawn");
    else if (figures.count > 0)
        ok = figures_write(file, &figures, folder, error);
    figures_free(&figures);
    hb_folder_remove(folder);
    return ok;
}
