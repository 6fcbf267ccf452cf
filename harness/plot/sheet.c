/* sheet.c -- one picture in the making. */
#include "harness/plot/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/folder.h"
#include "harness/plot/gnuplot.h"
#include "harness/table.h"

enum { ROOM_BYTES = 16384, MARGIN = 12 };
enum { TITLE_LETTER = 11, SUBTITLE_LETTER = 9, CAPTION_LETTER = 8 }; /* pixels, on average */

const char *const hb_plot_formats[HB_PLOT_FORMATS] = {"png", "svg", "pdf", "gif"};

static bool format_parse(const char *text, size_t length, bool *formats) {
    for (int i = 0; i < HB_PLOT_STILLS; i++)
        if (strlen(hb_plot_formats[i]) == length && memcmp(text, hb_plot_formats[i], length) == 0)
            return formats[i] = true;
    return false;
}

bool hb_plot_formats_parse(const char *list, bool formats[HB_PLOT_FORMATS]) {
    memset(formats, 0, HB_PLOT_FORMATS * sizeof *formats);
    bool ok = *list != '\0';
    for (size_t length; ok && *list != '\0'; list += length + (list[length] == ',')) {
        length = strcspn(list, ",");
        ok = format_parse(list, length, formats);
    }
    return ok;
}

double hb_plot_width(const struct hb_plots *plots) {
    return plots->is_half ? 560 : 1000;
}

void hb_plot_grid_fit(struct hb_plot_grid *grid, const struct hb_plots *plots) {
    if (plots->is_half && grid->columns > 1)
        grid->columns = grid->columns > 2 ? 2 : 1;
    size_t rows = (grid->panels + grid->columns - 1) / grid->columns;
    double columns = (double)grid->columns;

    grid->width = hb_plot_width(plots);
    grid->panel_width =
        (grid->width - grid->left - grid->right - (columns - 1) * grid->gap_x) / columns;
    grid->height = grid->top + grid->bottom + (double)rows * grid->panel_height +
                   (double)(rows - 1) * grid->gap_y;
}

void hb_plot_grid_small(struct hb_plot_grid *grid, size_t panels) {
    *grid = (struct hb_plot_grid){
        .panels = panels,
        .columns = panels < 3    ? panels
                   : panels == 4 ? 2
                                 : 3,
        .left = 80,
        .right = 25,
        .top = 105,
        .bottom = 105,
        .gap_x = 25,
        .gap_y = 50,
        .panel_height = panels < 5 ? 230 : 165,
    };
}

static bool path_make(char *path, const char *folder, const char *name, const char *ending) {
    return snprintf(path, PATH_MAX, "%s/%s%s", folder, name, ending) < PATH_MAX;
}

static FILE *sheet_open(const struct hb_plot_sheet *sheet, const char *ending) {
    char path[PATH_MAX];
    return path_make(path, sheet->work, sheet->name, ending) ? fopen(path, "wxe") : NULL;
}

bool hb_plot_sheet_begin(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                         const char *name, char *error) {
    *sheet = (struct hb_plot_sheet){.data = NULL};
    snprintf(sheet->name, sizeof sheet->name, "%s", name);
    if (path_make(sheet->work, plots->folder, ".drawing-XXXXXX", "") && mkdtemp(sheet->work)) {
        sheet->data = sheet_open(sheet, ".tsv");
        sheet->script = sheet->data ? sheet_open(sheet, ".gp") : NULL;
        if (sheet->script) {
            fprintf(sheet->script, "# Draws %s from %s.tsv; run in this folder:\n", name, name);
            fprintf(sheet->script, "#   gnuplot %s.gp\n", name);
            fprintf(sheet->script, "#   gnuplot -e \"format='svg'\" %s.gp   (or pdf)\n\n", name);
            sheet->width = hb_plot_width(plots);
            hb_plot_set_text(sheet, "name", name);
            return true;
        }
    }
    snprintf(error, HB_PLOT_ERROR_MAX, "cannot draw in %.300s: %s", plots->folder, strerror(errno));
    if (sheet->data)
        fclose(sheet->data);
    hb_folder_remove(sheet->work);
    return false;
}

static void quoted_write(FILE *script, const char *text) {
    fputc('"', script);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', script);
        if (*text == '\n')
            fputs("\\n", script);
        else
            fputc((unsigned char)*text < 0x20 || *text == '`' ? '?' : *text, script);
    }
    fputs("\"\n", script);
}

/* A text that is broken where its letters would run out of the picture, and how many lines it has.
 */
static void lines_set(struct hb_plot_sheet *sheet, const char *variable, const char *text,
                      double letter_pixels) {
    char *wrapped = NULL, *end = NULL;
    size_t size, lines = 1;
    FILE *memory = open_memstream(&wrapped, &size);

    if (!memory)
        return;
    hb_text_wrap(text, 0, (size_t)((sheet->width - 2 * MARGIN) / letter_pixels), memory);
    if (fclose(memory) == 0) {
        while (size > 0 && wrapped[size - 1] == '\n')
            wrapped[--size] = '\0';
        for (end = wrapped; (end = strchr(end, '\n')); end++)
            lines++;
        hb_plot_set_text(sheet, variable, wrapped);
        fprintf(sheet->script, "%s_lines = %zu\n", variable, lines);
    }
    free(wrapped);
}

void hb_plot_set_title(struct hb_plot_sheet *sheet, const char *title) {
    snprintf(sheet->title, sizeof sheet->title, "%s", title);
    lines_set(sheet, "title", title, TITLE_LETTER);
}

void hb_plot_set_subtitle(struct hb_plot_sheet *sheet, const char *subtitle) {
    lines_set(sheet, "subtitle", subtitle, SUBTITLE_LETTER);
}

void hb_plot_set_caption_text(struct hb_plot_sheet *sheet, const char *text) {
    snprintf(sheet->caption, sizeof sheet->caption, "%s", text);
    lines_set(sheet, "caption", text, CAPTION_LETTER);
}

void hb_plot_set_text(struct hb_plot_sheet *sheet, const char *variable, const char *text) {
    fprintf(sheet->script, "%s = ", variable);
    quoted_write(sheet->script, text);
}

/* Fixed notation: gnuplot divides integers as C does, so each number has its point. */
void hb_plot_set_number(struct hb_plot_sheet *sheet, const char *variable, double value) {
    fprintf(sheet->script, "%s = %.6f\n", variable, value);
}

void hb_plot_set_grid(struct hb_plot_sheet *sheet, const struct hb_plot_grid *grid) {
    fprintf(sheet->script, "panels = %zu\ncolumns = %zu\n", grid->panels, grid->columns);
    hb_plot_set_number(sheet, "width", grid->width);
    hb_plot_set_number(sheet, "height", grid->height);
    hb_plot_set_number(sheet, "left", grid->left);
    hb_plot_set_number(sheet, "top", grid->top);
    hb_plot_set_number(sheet, "bottom", grid->bottom);
    hb_plot_set_number(sheet, "gap_x", grid->gap_x);
    hb_plot_set_number(sheet, "gap_y", grid->gap_y);
    hb_plot_set_number(sheet, "panel_width", grid->panel_width);
    hb_plot_set_number(sheet, "panel_height", grid->panel_height);
}

void hb_plot_array_begin(struct hb_plot_sheet *sheet, const char *variable, size_t count) {
    fprintf(sheet->script, "array %s[%zu]\n", variable, count);
}

void hb_plot_array_add(struct hb_plot_sheet *sheet, const char *variable, size_t index,
                       const char *text) {
    fprintf(sheet->script, "%s[%zu] = ", variable, index + 1);
    quoted_write(sheet->script, text);
}

void hb_plot_write_number(struct hb_plot_sheet *sheet, double value, char end) {
    if (value == value)
        fprintf(sheet->data, "%.9g%c", value, end);
    else
        fprintf(sheet->data, "NaN%c", end);
}

static bool files_close(struct hb_plot_sheet *sheet) {
    bool ok = !ferror(sheet->data) && !ferror(sheet->script);
    bool data_ok = fclose(sheet->data) == 0;
    bool script_ok = fclose(sheet->script) == 0;
    return ok && data_ok && script_ok;
}

static bool file_move(const struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                      const char *ending) {
    char from[PATH_MAX], to[PATH_MAX];
    return path_make(from, sheet->work, sheet->name, ending) &&
           path_make(to, plots->folder, sheet->name, ending) && rename(from, to) == 0;
}

static bool is_interrupted(const struct hb_plots *plots) {
    return plots->interrupted && plots->interrupted();
}

static bool sheet_draw_as(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                          const char *format, char *error) {
    return !is_interrupted(plots) &&
           hb_gnuplot_draw(plots, sheet->work, sheet->name, format, error);
}

static bool sheet_draw(struct hb_plot_sheet *sheet, const struct hb_plots *plots, char *error) {
    bool ok = true;
    for (int i = 0; ok && i < HB_PLOT_FORMATS; i++)
        ok = !plots->formats[i] || sheet_draw_as(sheet, plots, hb_plot_formats[i], error);
    return ok;
}

static bool sheet_keep(struct hb_plot_sheet *sheet, const struct hb_plots *plots) {
    bool ok = file_move(sheet, plots, ".tsv") && file_move(sheet, plots, ".gp");
    char ending[8];
    for (int i = 0; ok && i < HB_PLOT_FORMATS; i++) {
        snprintf(ending, sizeof ending, ".%s", hb_plot_formats[i]);
        ok = !plots->formats[i] || file_move(sheet, plots, ending);
    }
    return ok;
}

/* Why it failed, if the next picture would fail of it, too. What was drawn is still in the folder:
 * a disk that it filled is full. */
static enum hb_plot_status sheet_failure(const struct hb_plot_sheet *sheet,
                                         const struct hb_plots *plots, char *error) {
    if (is_interrupted(plots)) {
        snprintf(error, HB_PLOT_ERROR_MAX, "interrupted");
        return HB_PLOT_STOPPED;
    }
    if (!hb_has_room(sheet->work, ROOM_BYTES)) {
        snprintf(error, HB_PLOT_ERROR_MAX, "no space left in %.300s", plots->folder);
        return HB_PLOT_STOPPED;
    }
    return HB_PLOT_FAILED;
}

enum hb_plot_status hb_plot_sheet_finish(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                                         const char *template_name, bool ok, char *error) {
    ok = ok && hb_gnuplot_append_template(sheet->script, "style", error) &&
         hb_gnuplot_append_template(sheet->script, template_name, error);
    bool written = files_close(sheet);

    if (ok && !written)
        snprintf(error, HB_PLOT_ERROR_MAX, "cannot draw %s: %s", sheet->name, strerror(errno));
    ok = ok && written && sheet_draw(sheet, plots, error);
    if (ok && !sheet_keep(sheet, plots)) {
        snprintf(error, HB_PLOT_ERROR_MAX, "cannot keep %s: %s", sheet->name, strerror(errno));
        ok = false;
    }
    enum hb_plot_status status = ok ? HB_PLOT_DRAWN : sheet_failure(sheet, plots, error);
    if (ok && plots->on_drawn)
        plots->on_drawn(plots->context, sheet->name, sheet->title, sheet->caption);
    hb_folder_remove(sheet->work);
    return status;
}
