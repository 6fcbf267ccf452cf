/* sheet.h -- one picture in the making: its data, its script, the grid of its panels. */
#ifndef HB_PLOT_SHEET_H
#define HB_PLOT_SHEET_H

#include "harness/plot/plot.h"

/* Panels in rows, from the upper left; all lengths in pixels of a picture at its plain size. */
struct hb_plot_grid {
    size_t panels, columns;
    double left, right, top, bottom; /* margins of the picture */
    double gap_x, gap_y;             /* between panels */
    double panel_height;
    double width, height, panel_width; /* by hb_plot_grid_fit */
};

/* Fit it to the picture's width; where that is half a page, two panels a line become one. */
void hb_plot_grid_fit(struct hb_plot_grid *grid, const struct hb_plots *plots);

/* A panel per allocator, up to three in a row, not yet fitted. */
void hb_plot_grid_small(struct hb_plot_grid *grid, size_t panels);

/* Width of a picture in pixels. */
double hb_plot_width(const struct hb_plots *plots);

enum { HB_PLOT_TEXT_MAX = 2048 };

struct hb_plot_sheet {
    char name[HB_PLOT_NAME_MAX];
    char work[PATH_MAX]; /* the hidden folder */
    FILE *data, *script;
    double width;
    char title[HB_PLOT_TEXT_MAX], caption[HB_PLOT_TEXT_MAX];
};

/* Begin the picture NAME in plots->folder: opens both files. */
bool hb_plot_sheet_begin(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                         const char *name, char *error);

/* Add variables to the script. */
void hb_plot_set_text(struct hb_plot_sheet *sheet, const char *variable, const char *text);
void hb_plot_set_number(struct hb_plot_sheet *sheet, const char *variable, double value);
/* What stands over the panels, in as many lines as it takes. */
void hb_plot_set_title(struct hb_plot_sheet *sheet, const char *title);
void hb_plot_set_subtitle(struct hb_plot_sheet *sheet, const char *subtitle);
void hb_plot_set_grid(struct hb_plot_sheet *sheet, const struct hb_plot_grid *grid);
void hb_plot_set_caption_text(struct hb_plot_sheet *sheet, const char *text);
/* An array of texts: begin, then add each. */
void hb_plot_array_begin(struct hb_plot_sheet *sheet, const char *variable, size_t count);
void hb_plot_array_add(struct hb_plot_sheet *sheet, const char *variable, size_t index,
                       const char *text);

/* Complete the script by the template, draw, move all into place; or give up when ok is false.
 * Removes the hidden folder in every case. */
enum hb_plot_status hb_plot_sheet_finish(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                                         const char *template_name, bool ok, char *error);

/* A short name of an allocator for axes: "buddy fibonacci", "firstfit grow=4096", "libfoo.so". */
void hb_plot_allocator_name(const char *spec, char *text, size_t size);

/* Leave a panel's note out where it would run into the panel's name. */
void hb_plot_note_fit(const char *name, char *note, double panel_width);

/* A block's trace, with its settings where the trace stands in several blocks. */
void hb_plot_block_name(const struct hb_results_blocks *blocks, size_t block, char *text,
                        size_t size);

/* A name of the picture of one block, KIND-TRACE: safe in file names everywhere; with the block's
 * number where several blocks have one trace. */
void hb_plot_file_name(const struct hb_results_blocks *blocks, size_t block, const char *kind,
                       char *text, size_t size);

/* The line under a picture: what was measured and how (touch and repeats, where all blocks share
 * them), then the plots' own caption. */
void hb_plot_set_caption(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                         const char *what, bool with_conditions);

/* Write a number of the data, NaN as such; a tab or a line's end after it. */
void hb_plot_write_number(struct hb_plot_sheet *sheet, double value, char end);

#endif
