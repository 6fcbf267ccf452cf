/* Labels keep clear of each other; axes and names are fit to read. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/plot/axis.h"
#include "harness/plot/labels.h"
#include "harness/plot/looks.h"
#include "harness/plot/scatter.h"

enum { LABELS = 12, MANY_LABELS = 24, PANELS = 60, LOOKS = 24, CELLS = 84 };

static bool labels_cross(const struct hb_plot_label *a, const struct hb_plot_label *b) {
    return a->left < b->left + b->width && b->left < a->left + a->width &&
           a->bottom < b->bottom + b->height && b->bottom < a->bottom + a->height;
}

/* Names of several lengths beside points anywhere in a panel: none covers another. */
static void labels_place(size_t count, const struct hb_plot_panel *panel, int panels) {
    uint64_t seed = 7;

    for (int round = 0; round < panels; round++) {
        struct hb_plot_label labels[MANY_LABELS];
        for (size_t i = 0; i < count; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            double x = 40 + (double)(seed >> 40) / (1 << 24) * (panel->width - 80);
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            double y = 40 + (double)(seed >> 40) / (1 << 24) * (panel->height - 80);
            double width = 60 + 9 * (double)(i % 5);
            labels[i] = (struct hb_plot_label){x, y, x - 9, x + 9, width, 16, 0, 0};
        }
        hb_plot_labels_place(labels, count, panel);
        for (size_t i = 0; i < count; i++) {
            assert_true(labels[i].left >= -0.5 &&
                        labels[i].left + labels[i].width <= panel->width + 0.5);
            for (size_t j = 0; j < i; j++)
                assert_false(labels_cross(&labels[i], &labels[j]));
        }
        assert_true(hb_plot_labels_are_clear(labels, count, panel));
    }
}

static void labels_keep_clear(void **state) {
    (void)state;
    labels_place(LABELS, &(struct hb_plot_panel){420, 330, 150}, PANELS);
}

static void many_labels_keep_clear(void **state) {
    (void)state;
    labels_place(MANY_LABELS, &(struct hb_plot_panel){880, 480, 300}, 10);
}

static void labels_that_cross_are_not_clear(void **state) {
    const struct hb_plot_panel panel = {100, 100, 50};
    struct hb_plot_label labels[] = {{10, 50, 9, 11, 20, 16, 20, 42},
                                     {60, 90, 59, 61, 20, 16, 30, 50}};

    (void)state;
    assert_false(hb_plot_labels_are_clear(labels, 2, &panel));
    labels[1].left = 41;
    assert_true(hb_plot_labels_are_clear(labels, 2, &panel));
    labels[1].left = 85; /* out of the panel */
    assert_false(hb_plot_labels_are_clear(labels, 2, &panel));
    labels[1].left = 5; /* over the first point */
    labels[1].bottom = 45;
    labels[0].left = 60;
    assert_false(hb_plot_labels_are_clear(labels, 2, &panel));
}

/* On grey paper a line is told by its mark and its dashes, in colour by these and its colour. */
static void looks_differ(void **state) {
    (void)state;
    for (size_t i = 0; i < CELLS; i++) {
        for (size_t j = 0; j < i; j++) {
            struct hb_plot_look a = hb_plot_look(i), b = hb_plot_look(j);
            bool same_in_grey = a.mark == b.mark && a.dash == b.dash;
            assert_false(i < LOOKS && same_in_grey);
            assert_false(same_in_grey && a.colour == b.colour);
        }
    }
}

static void front_is_what_none_beats(void **state) {
    struct hb_plot_point points[] = {{"a", 1, 1, 1, 2},     {"b", 2, 2, 2, 1}, {"c", 2, 2, 2, 2},
                                     {"d", 1.5, 1, 2, 1.5}, {"e", 3, 3, 3, 1}, {"f", 2, 2, 2, 1}};
    const bool is_front[] = {true, true, false, true, false, true};
    struct hb_plot_cloud cloud = {"", points, 6};

    (void)state;
    for (size_t i = 0; i < cloud.count; i++)
        assert_int_equal(hb_plot_is_on_front(&cloud, i), is_front[i]);
}

static void axes_have_a_few_tics(void **state) {
    (void)state;
    for (double span = 1.02; span < 1e5; span *= 1.13) {
        struct hb_plot_axis axis = {0.7, 0.7 * span};
        char tics[256];
        size_t count = 1;
        hb_plot_axis_tics(&axis, tics, sizeof tics);
        for (const char *byte = tics; *byte != '\0'; byte++)
            count += *byte == ',';
        if (tics[0] == '\0' || count < 2 || count > 10)
            fail_msg("span %g: %s", span, tics);
    }
    assert_true(hb_plot_axis_step(917, 5) == 200);
    assert_true(hb_plot_axis_step(1, 5) == 0.2 || fabs(hb_plot_axis_step(1, 5) - 0.2) < 1e-12);
}

static const char *short_name(const char *spec) {
    static char name[64];
    hb_plot_allocator_name(spec, name, sizeof name);
    return name;
}

static void names_are_short(void **state) {
    (void)state;
    assert_string_equal(short_name("bestfit"), "bestfit");
    assert_string_equal(short_name("buddy:system=fibonacci"), "buddy fibonacci");
    assert_string_equal(short_name("firstfit:order=lifo:grow=4096"), "firstfit lifo grow=4096");
    assert_string_equal(short_name("firstfit:trim=off"), "firstfit trim=off");
    assert_string_equal(short_name("/usr/lib/libfoo.so"), "libfoo.so");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_keep_clear),
        cmocka_unit_test(many_labels_keep_clear),
        cmocka_unit_test(labels_that_cross_are_not_clear),
        cmocka_unit_test(looks_differ),
        cmocka_unit_test(front_is_what_none_beats),
        cmocka_unit_test(axes_have_a_few_tics),
        cmocka_unit_test(names_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
