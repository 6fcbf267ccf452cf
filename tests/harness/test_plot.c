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
#include "harness/plot/sheet.h"

enum { LABELS = 12, PANELS = 60 };

static bool labels_cross(const struct hb_plot_label *a, const struct hb_plot_label *b) {
    return a->left < b->left + b->width && b->left < a->left + a->width &&
           a->bottom < b->bottom + b->height && b->bottom < a->bottom + a->height;
}

static void labels_keep_clear(void **state) {
    const struct hb_plot_panel panel = {420, 330, 150};
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < PANELS; round++) {
        struct hb_plot_label labels[LABELS];
        for (int i = 0; i < LABELS; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            double x = 40 + (double)(seed >> 40) / (1 << 24) * 340;
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            double y = 40 + (double)(seed >> 40) / (1 << 24) * 250;
            labels[i] = (struct hb_plot_label){x, y, x - 9, x + 9, 60 + 9 * (i % 5), 16, 0, 0};
        }
        hb_plot_labels_place(labels, LABELS, &panel);
        for (int i = 0; i < LABELS; i++) {
            assert_true(labels[i].left >= -0.5 && labels[i].left + labels[i].width <= 420.5);
            for (int j = 0; j < i; j++)
                assert_false(labels_cross(&labels[i], &labels[j]));
        }
    }
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
        cmocka_unit_test(axes_have_a_few_tics),
        cmocka_unit_test(names_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
