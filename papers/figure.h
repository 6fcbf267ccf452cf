/* figure.h -- the figure of a paper: series of points over shared axes, in panels.
 *
 * Drawn by gnuplot from the data beside it, as all pictures of heapbench are (plot/plot.h).
 */
#ifndef HB_PAPERS_FIGURE_H
#define HB_PAPERS_FIGURE_H

#include "papers/paper.h"

enum { HB_FIGURE_PANELS_MAX = 12, HB_FIGURE_SERIES_MAX = 240 };

enum hb_figure_style {
    HB_FIGURE_LINES,    /* points joined by lines */
    HB_FIGURE_POINTS,   /* points alone: what is measured at names, not at numbers */
    HB_FIGURE_REFERENCE /* a grey line: a bound, a model */
};

struct hb_figure_series {
    char name[64]; /* the same in several panels: one look, one entry of the key */
    size_t panel;
    enum hb_figure_style style;
    size_t count;
    double *x, *y; /* y NaN: the line is broken there */
};

struct hb_figure {
    const char *name; /* of its files */
    const char *title, *subtitle, *caption;
    const char *x_title, *y_title;
    bool x_is_log2, y_is_log;
    bool y_differs;     /* each panel has a scale of its own */
    const char *x_tics; /* as gnuplot takes them: "'uniform' 0, 'normal' 1", or NULL */
    bool x_tics_turned; /* long names: at a slant */
    size_t panel_count;
    const char *panel_names[HB_FIGURE_PANELS_MAX];
    struct hb_figure_series series[HB_FIGURE_SERIES_MAX];
    size_t series_count;
};

/* An empty figure, NULL without memory. Texts are not copied. */
struct hb_figure *hb_figure_create(const char *name, const char *title);
void hb_figure_free(struct hb_figure *figure);

/* Add a point to the series of that name in a panel, which begins with it. */
void hb_figure_add(struct hb_figure *figure, size_t panel, const char *series,
                   enum hb_figure_style style, double x, double y);

/* Draw it into the paper's folder, as PNG and SVG. False, said by hb_paper_fail, if it cannot be.
 */
bool hb_figure_draw(const struct hb_figure *figure, struct hb_paper_run *run);

#endif
