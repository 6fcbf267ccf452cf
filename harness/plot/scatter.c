/* scatter.c -- memory against time: named points, a panel of them each. */
#include "harness/plot/scatter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plot/axis.h"
#include "harness/plot/labels.h"
#include "harness/plot/looks.h"

enum { LETTER_PIXELS = 9, LINE_PIXELS = 16, GROWTHS = 4, WIDE_HEIGHT = 480 };

struct axes {
    struct hb_plot_axis x, y;
};

/* All that a picture is made from. */
struct view {
    const struct hb_plots *plots;
    const struct hb_plot_scatter *scatter;
    struct hb_plot_grid grid;
    struct axes axes;
    struct hb_plot_label **labels; /* of each cloud's points */
};

struct hb_plot_cloud *hb_plot_clouds_make(size_t clouds, size_t points) {
    struct hb_plot_cloud *made = calloc(clouds + 1, sizeof *made);
    bool ok = made != NULL;
    for (size_t i = 0; ok && i < clouds; i++) {
        made[i].points = calloc(points + 1, sizeof *made[i].points);
        ok = made[i].points != NULL;
    }
    if (ok)
        return made;
    hb_plot_clouds_free(made, clouds);
    return NULL;
}

void hb_plot_clouds_free(struct hb_plot_cloud *clouds, size_t count) {
    for (size_t i = 0; clouds && i < count; i++)
        free(clouds[i].points);
    free(clouds);
}

bool hb_plot_is_on_front(const struct hb_plot_cloud *cloud, size_t point) {
    const struct hb_plot_point *one = &cloud->points[point];
    for (size_t i = 0; i < cloud->count; i++) {
        const struct hb_plot_point *other = &cloud->points[i];
        bool is_no_worse = other->x <= one->x && other->y <= one->y;
        if (is_no_worse && (other->x < one->x || other->y < one->y))
            return false;
    }
    return true;
}

static void axes_fit(struct axes *axes, const struct hb_plot_scatter *scatter) {
    hb_plot_axis_init(&axes->x);
    hb_plot_axis_init(&axes->y);
    for (size_t i = 0; i < scatter->count; i++) {
        for (size_t j = 0; j < scatter->clouds[i].count; j++) {
            const struct hb_plot_point *point = &scatter->clouds[i].points[j];
            hb_plot_axis_include(&axes->x, point->x);
            hb_plot_axis_include(&axes->x, point->x_low);
            hb_plot_axis_include(&axes->x, point->x_high);
            hb_plot_axis_include(&axes->y, point->y);
        }
    }
    hb_plot_axis_pad(&axes->x, 0.15);
    hb_plot_axis_pad(&axes->y, 0.12);
}

static void axes_write(struct hb_plot_sheet *sheet, const struct axes *axes) {
    char tics[256];

    hb_plot_set_number(sheet, "x_least", axes->x.least);
    hb_plot_set_number(sheet, "x_most", axes->x.most);
    hb_plot_set_number(sheet, "y_least", axes->y.least);
    hb_plot_set_number(sheet, "y_most", axes->y.most);
    hb_plot_axis_tics(&axes->x, tics, sizeof tics);
    fprintf(sheet->script, "set xtics (%s)\n", tics);
    hb_plot_axis_tics(&axes->y, tics, sizeof tics);
    fprintf(sheet->script, "set ytics (%s)\n", tics);
}

static void label_measure(struct hb_plot_label *label, const struct hb_plot_point *point,
                          const struct view *view) {
    const struct axes *axes = &view->axes;
    double width = view->grid.panel_width;
    char name[HB_RESULT_TEXT_MAX];
    double low = isnan(point->x_low) ? point->x : point->x_low;
    double high = isnan(point->x_high) ? point->x : point->x_high;

    hb_plot_allocator_name(point->allocator, name, sizeof name);
    label->x = hb_plot_axis_place(&axes->x, point->x) * width;
    label->x_low = hb_plot_axis_place(&axes->x, low) * width;
    label->x_high = hb_plot_axis_place(&axes->x, high) * width;
    label->y = hb_plot_axis_place(&axes->y, point->y) * view->grid.panel_height;
    label->width = LETTER_PIXELS * (double)strlen(name);
    label->height = LINE_PIXELS;
}

/* Place all labels. Returns whether they keep clear of each other. */
static bool labels_place(struct view *view) {
    struct hb_plot_panel panel = {view->grid.panel_width, view->grid.panel_height,
                                  hb_plot_axis_place(&view->axes.x, 1) * view->grid.panel_width};
    bool is_clear = true;

    for (size_t i = 0; i < view->scatter->count; i++) {
        const struct hb_plot_cloud *cloud = &view->scatter->clouds[i];
        for (size_t j = 0; j < cloud->count; j++)
            label_measure(&view->labels[i][j], &cloud->points[j], view);
        hb_plot_labels_place(view->labels[i], cloud->count, &panel);
        is_clear &= hb_plot_labels_are_clear(view->labels[i], cloud->count, &panel);
    }
    return is_clear;
}

/* The end of the label that is nearest to its point: where a leader line ends. */
static double nearest(double value, double low, double length) {
    return value < low ? low : value > low + length ? low + length : value;
}

static void label_write(struct hb_plot_sheet *sheet, const struct hb_plot_label *label,
                        const struct view *view) {
    const struct axes *axes = &view->axes;
    double width = view->grid.panel_width, height = view->grid.panel_height;
    double end_x = nearest(label->x, label->left, label->width);
    double end_y = nearest(label->y, label->bottom, label->height);
    bool is_far = hypot(end_x - label->x, end_y - label->y) > HB_PLOT_LABEL_NEAR;
    int align = label->left >= label->x ? 1 : label->left + label->width <= label->x ? -1 : 0;
    double at_x = label->left + label->width * (align > 0 ? 0 : align < 0 ? 1 : 0.5);
    double at_y = label->bottom + label->height / 2;

    hb_plot_write_number(sheet, hb_plot_axis_value(&axes->x, at_x / width), '\t');
    hb_plot_write_number(sheet, hb_plot_axis_value(&axes->y, at_y / height), '\t');
    fprintf(sheet->data, "%d\t", align);
    hb_plot_write_number(sheet, is_far ? hb_plot_axis_value(&axes->x, end_x / width) : NAN, '\t');
    hb_plot_write_number(sheet, is_far ? hb_plot_axis_value(&axes->y, end_y / height) : NAN, '\n');
}

static void point_write(struct hb_plot_sheet *sheet, const struct hb_plot_cloud *cloud,
                        const struct hb_plot_point *point, const struct hb_plots *plots) {
    char name[HB_RESULT_TEXT_MAX];
    struct hb_plot_look look =
        hb_plot_look(hb_plot_allocator_number(&plots->blocks, point->allocator));

    hb_plot_allocator_name(point->allocator, name, sizeof name);
    fprintf(sheet->data, "%s\t%s\t", cloud->name, name);
    hb_plot_write_number(sheet, point->x, '\t');
    hb_plot_write_number(sheet, point->x_low, '\t');
    hb_plot_write_number(sheet, point->x_high, '\t');
    hb_plot_write_number(sheet, point->y, '\t');
    fprintf(sheet->data, "%d\t%d\t", look.colour, look.mark);
}

static int point_compare(const void *a, const void *b) {
    const struct hb_plot_point *left = *(struct hb_plot_point *const *)a;
    const struct hb_plot_point *right = *(struct hb_plot_point *const *)b;
    return (left->x > right->x) - (left->x < right->x);
}

/* The front as a line of steps: what is above and right of it is beaten by a point on it. */
static bool front_write(struct hb_plot_sheet *sheet, const struct hb_plot_cloud *cloud,
                        const struct axes *axes) {
    struct hb_plot_point **front = calloc(cloud->count + 1, sizeof *front);
    size_t count = 0;

    for (size_t i = 0; front && i < cloud->count; i++)
        if (hb_plot_is_on_front(cloud, i))
            front[count++] = &cloud->points[i];
    if (front)
        qsort(front, count, sizeof *front, point_compare);
    for (size_t i = 0; front && i < count; i++) {
        fprintf(sheet->data, "%.9g\t%.9g\n", front[i]->x, i == 0 ? axes->y.most : front[i - 1]->y);
        fprintf(sheet->data, "%.9g\t%.9g\n", front[i]->x, front[i]->y);
    }
    if (count > 0)
        fprintf(sheet->data, "%.9g\t%.9g\n", axes->x.most, front[count - 1]->y);
    fputs("\n\n", sheet->data);
    free(front);
    return front != NULL;
}

static bool clouds_write(struct hb_plot_sheet *sheet, const struct view *view) {
    const struct hb_plot_scatter *scatter = view->scatter;
    bool ok = true;

    fputs("# panel\tallocator\ttime_ratio\tlow\thigh\tresident_peak_ratio\tcolour\tmark"
          "\tlabel_x\tlabel_y\talign\tline_x\tline_y\n",
          sheet->data);
    hb_plot_array_begin(sheet, "panel_name", scatter->count);
    for (size_t i = 0; i < scatter->count; i++) {
        const struct hb_plot_cloud *cloud = &scatter->clouds[i];
        hb_plot_array_add(sheet, "panel_name", i, cloud->name);
        for (size_t j = 0; j < cloud->count; j++) {
            point_write(sheet, cloud, &cloud->points[j], view->plots);
            label_write(sheet, &view->labels[i][j], view);
        }
        fputs("\n\n", sheet->data);
    }
    for (size_t i = 0; ok && scatter->has_front && i < scatter->count; i++)
        ok = front_write(sheet, &scatter->clouds[i], &view->axes);
    return ok;
}

static void grid_make(struct view *view) {
    size_t panels = view->scatter->count;
    view->grid = (struct hb_plot_grid){
        .panels = panels,
        .columns = panels > 1 ? 2 : 1,
        .left = 90,
        .right = 30,
        .top = 105,
        .bottom = 105,
        .gap_x = 35,
        .gap_y = 50,
        .panel_height = panels > 1 ? 330 : 480,
    };
    hb_plot_grid_fit(&view->grid, view->plots);
    for (int i = 0; !labels_place(view) && i < GROWTHS; i++) {
        bool is_wide = view->grid.columns == 1;
        view->grid.columns = 1;
        view->grid.panel_height = is_wide ? 1.2 * view->grid.panel_height : WIDE_HEIGHT;
        hb_plot_grid_fit(&view->grid, view->plots);
    }
}

static bool labels_make(struct view *view) {
    bool ok = true;
    view->labels = calloc(view->scatter->count, sizeof *view->labels);
    for (size_t i = 0; view->labels && ok && i < view->scatter->count; i++) {
        view->labels[i] = calloc(view->scatter->clouds[i].count + 1, sizeof **view->labels);
        ok = view->labels[i] != NULL;
    }
    return ok && view->labels;
}

static void labels_free(struct view *view) {
    for (size_t i = 0; view->labels && i < view->scatter->count; i++)
        free(view->labels[i]);
    free(view->labels);
}

static bool sheet_fill(struct hb_plot_sheet *sheet, struct view *view) {
    const struct hb_plot_scatter *scatter = view->scatter;

    axes_fit(&view->axes, scatter);
    grid_make(view);
    hb_plot_set_grid(sheet, &view->grid);
    hb_plot_set_title(sheet, scatter->title);
    hb_plot_set_subtitle(sheet, scatter->subtitle);
    hb_plot_set_text(sheet, "x_title", scatter->x_title);
    hb_plot_set_text(sheet, "y_title", scatter->y_title);
    hb_plot_set_caption(sheet, view->plots, scatter->caption, true);
    hb_plot_set_number(sheet, "has_front", scatter->has_front);
    axes_write(sheet, &view->axes);
    return clouds_write(sheet, view);
}

enum hb_plot_status hb_plot_scatter_draw(const struct hb_plots *plots,
                                         const struct hb_plot_scatter *scatter, char *error) {
    struct view view = {.plots = plots, .scatter = scatter};
    struct hb_plot_sheet sheet;

    if (!hb_plot_sheet_begin(&sheet, plots, scatter->name, error))
        return HB_PLOT_STOPPED;
    bool ok = labels_make(&view) && sheet_fill(&sheet, &view);
    if (!ok)
        snprintf(error, HB_PLOT_ERROR_MAX, "out of memory");
    labels_free(&view);
    return hb_plot_sheet_finish(&sheet, plots, "scatter", ok, error);
}
