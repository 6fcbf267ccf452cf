/* labels.c -- place labels by repeated greedy choice.
 *
 * Each label chooses among places on rings around its point the one of least cost: what it would
 * cover of other labels, of points and their error bars, what would stand out of the panel, and how
 * far it is from its point. Labels choose in turn until none moves (after the discrete gradient
 * descent of Christensen, Marks & Shieber 1995). */
#include "harness/plot/labels.h"

#include <math.h>
#include <stdbool.h>

enum { RINGS = 12, DIRECTIONS = 16, ROUNDS = 40, POINT_RADIUS = 7, RING_STEP = 11 };

struct box {
    double left, right, bottom, top;
};

static double overlap(const struct box *a, const struct box *b) {
    double width = fmin(a->right, b->right) - fmax(a->left, b->left);
    double height = fmin(a->top, b->top) - fmax(a->bottom, b->bottom);
    return width > 0 && height > 0 ? width * height : 0;
}

static struct box label_box(const struct hb_plot_label *label) {
    return (struct box){label->left, label->left + label->width, label->bottom,
                        label->bottom + label->height};
}

static struct box point_box(const struct hb_plot_label *label) {
    return (struct box){label->x - POINT_RADIUS, label->x + POINT_RADIUS, label->y - POINT_RADIUS,
                        label->y + POINT_RADIUS};
}

static struct box bar_box(const struct hb_plot_label *label) {
    return (struct box){label->x_low, label->x_high, label->y - 2, label->y + 2};
}

static double cost_outside(const struct box *box, double width, double height) {
    double out = fmax(0, -box->left) + fmax(0, box->right - width) + fmax(0, -box->bottom) +
                 fmax(0, box->top - height);
    return 1000 * out;
}

/* How far the label's edge is from its point; more where it needs a line to lead there. */
static double cost_distance(const struct hb_plot_label *label) {
    struct box box = label_box(label);
    double dx = fmax(0, fmax(box.left - label->x, label->x - box.right));
    double dy = fmax(0, fmax(box.bottom - label->y, label->y - box.top));
    double distance = hypot(dx, dy);
    return distance > HB_PLOT_LABEL_NEAR ? distance + 25 : distance;
}

/* Where it comes to limit or more, only that much is certain. */
static double label_cost(const struct hb_plot_label *labels, size_t count, size_t which,
                         const struct hb_plot_panel *panel, double limit) {
    struct box box = label_box(&labels[which]);
    struct box rule = {panel->rule_x - 2, panel->rule_x + 2, 0, panel->height};
    double cost = 0.15 * overlap(&box, &rule) + cost_outside(&box, panel->width, panel->height) +
                  cost_distance(&labels[which]);

    for (size_t i = 0; i < count && cost < limit; i++) {
        struct box point = point_box(&labels[i]), bar = bar_box(&labels[i]);
        struct box other = label_box(&labels[i]);
        cost += 20 * overlap(&box, &point) + 5 * overlap(&box, &bar);
        if (i != which)
            cost += 20 * overlap(&box, &other);
    }
    return cost;
}

/* Place number n of a label: its box touches a ring around the point from outside. */
static void label_try(struct hb_plot_label *label, int ring, int direction) {
    double angle = 2 * M_PI * direction / DIRECTIONS;
    double reach = POINT_RADIUS + 2 + ring * RING_STEP;
    double center_x = label->x + cos(angle) * (reach + label->width / 2);
    double center_y = label->y + sin(angle) * (reach + label->height / 2);

    label->left = center_x - label->width / 2;
    label->bottom = center_y - label->height / 2;
}

static bool label_choose(struct hb_plot_label *labels, size_t count, size_t which,
                         const struct hb_plot_panel *panel) {
    struct hb_plot_label *label = &labels[which], best = *label;
    double least = label_cost(labels, count, which, panel, INFINITY);
    bool moved = false;

    for (int ring = 0; ring < RINGS; ring++) {
        for (int direction = 0; direction < DIRECTIONS; direction++) {
            label_try(label, ring, direction);
            double cost = label_cost(labels, count, which, panel, least);
            if (cost < least - 1e-9) {
                least = cost;
                best = *label;
                moved = true;
            }
        }
    }
    *label = best;
    return moved;
}

/* From all labels at one side of their points; returns the sum of the costs. */
static double labels_settle(struct hb_plot_label *labels, size_t count,
                            const struct hb_plot_panel *panel, int direction) {
    double cost = 0;
    bool moved = true;

    for (size_t i = 0; i < count; i++)
        label_try(&labels[i], 0, direction);
    for (int round = 0; moved && round < ROUNDS; round++) {
        moved = false;
        for (size_t i = 0; i < count; i++)
            moved |= label_choose(labels, count, i, panel);
    }
    for (size_t i = 0; i < count; i++)
        cost += label_cost(labels, count, i, panel, INFINITY);
    return cost;
}

/* Where the labels settle depends on where they start: the best of all starts. */
void hb_plot_labels_place(struct hb_plot_label *labels, size_t count,
                          const struct hb_plot_panel *panel) {
    double least = INFINITY;
    int best = 0;

    for (int direction = 0; direction < DIRECTIONS; direction++) {
        double cost = labels_settle(labels, count, panel, direction);
        if (cost < least) {
            least = cost;
            best = direction;
        }
    }
    labels_settle(labels, count, panel, best);
}

bool hb_plot_labels_are_clear(const struct hb_plot_label *labels, size_t count,
                              const struct hb_plot_panel *panel) {
    for (size_t i = 0; i < count; i++) {
        struct box box = label_box(&labels[i]);
        if (cost_outside(&box, panel->width, panel->height) > 1)
            return false;
        for (size_t j = 0; j < count; j++) {
            struct box other = label_box(&labels[j]);
            bool hides = labels[j].x > box.left && labels[j].x < box.right &&
                         labels[j].y > box.bottom && labels[j].y < box.top;
            if ((j != i && overlap(&box, &other) > 0) || hides)
                return false;
        }
    }
    return true;
}
