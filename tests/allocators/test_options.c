/* Specs: what is accepted, what is refused and how, and the one canonical text of each. */
#include "tests/allocators/heap.h"

static void accepts(const char *text, const char *canonical) {
    struct hb_spec spec;
    char error[HB_OPTION_ERROR_MAX] = "";
    if (hb_spec_parse(text, &spec, error) != HB_SPEC_OK)
        fail_msg("%s: %s", text, error);
    assert_string_equal(spec.canonical, canonical);
    /* the canonical text means the same */
    struct hb_spec again;
    assert_int_equal(hb_spec_parse(spec.canonical, &again, error), HB_SPEC_OK);
    assert_string_equal(again.canonical, canonical);
    assert_ptr_equal(again.allocator, spec.allocator);
}

static void refuses(const char *text, const char *message) {
    struct hb_spec spec;
    char error[HB_OPTION_ERROR_MAX] = "";
    assert_int_equal(hb_spec_parse(text, &spec, error), HB_SPEC_BAD_OPTION);
    if (!strstr(error, message))
        fail_msg("%s: '%s' does not say '%s'", text, error, message);
}

static void specs_have_one_canonical_text(void **state) {
    (void)state;
    accepts("bestfit", "bestfit");
    accepts("bestfit:", "bestfit");
    accepts("bestfit:grow=64K", "bestfit");
    accepts("bestfit:grow=4K:order=lifo", "bestfit:order=lifo:grow=4096");
    accepts("bestfit:trim=off:mmap_threshold=1M", "bestfit:trim=off:mmap_threshold=1048576");
    accepts("firstfit:preset=paper", "firstfit:grow=4096:trim=off:mmap_threshold=off");
    accepts("firstfit:preset=paper:grow=8192", "firstfit:grow=8192:trim=off:mmap_threshold=off");
    accepts("firstfit:grow=8192:preset=paper", "firstfit:grow=4096:trim=off:mmap_threshold=off");
    accepts("buddy:scale=16", "buddy:scale=16");
    accepts("buddy:decay=off:system=double", "buddy:system=double:decay=off");
    accepts("buddy:system=binary", "buddy");
    accepts("bump:guard=on", "bump:guard=on");
    accepts("bestfit:guard=on:guard=off", "bestfit");
    accepts("glibc", "glibc");
    accepts("./a,b.so", "./a\\,b.so");
}

static void refusals_say_what_is_known(void **state) {
    (void)state;
    refuses("bestfit:foo=1", "no option 'foo'; it knows order, index, ");
    refuses("buddy:order=lifo", "no option 'order'");
    refuses("glibc:grow=1", "it has none");
    refuses("bestfit:order=up", "it takes address, lifo, fifo");
    refuses("bestfit:order", "is no value of order");
    refuses("bestfit:grow=17", "multiple of 16");
    refuses("bestfit:grow=16", "32 to ");
    refuses("bestfit:grow=-64", "is no value of grow");
    refuses("bestfit:grow=99999999999999999999", "is no value of grow");
    refuses("bestfit:grow=99999999999999999G", "is no value of grow");
    refuses("bestfit:grow=4KB", "is no value of grow");
    refuses("bestfit:grow=off", "is no value of grow");
    refuses("bestfit:scale=0", "1 to 1024");
}

static void unknown_names_are_handed_back(void **state) {
    (void)state;
    struct hb_spec spec;
    char error[HB_OPTION_ERROR_MAX] = "";
    assert_int_equal(hb_spec_parse("nosuch:grow=1", &spec, error), HB_SPEC_UNKNOWN_NAME);
    assert_string_equal(error, "nosuch");
    assert_int_equal(hb_spec_parse("", &spec, error), HB_SPEC_UNKNOWN_NAME);
}

static void long_specs_are_refused(void **state) {
    (void)state;
    char text[4 * HB_SPEC_MAX];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    refuses(text, "too long");
    memcpy(text, "bestfit:", 8);
    refuses(text, "too long");
    /* a path that is longer with its commas escaped */
    memset(text, ',', HB_SPEC_MAX - 1);
    text[0] = '/';
    text[HB_SPEC_MAX - 1] = '\0';
    refuses(text, "too long");
}

/* Every heap of ours can be watched; and what a malloc library calls directly is what the defaults
 * choose. */
static void families_are_complete(void **state) {
    (void)state;
    for (int i = 0; hb_registry[i]; i++) {
        const struct hb_family *family = hb_registry[i];
        struct hb_config config;
        bool has_guard = false;
        hb_config_init(&config);
        if (family->standard)
            assert_ptr_equal(family->standard, family->variant(&config));
        for (int at = 0; family->options[at]; at++)
            has_guard |= family->options[at] == &hb_option_guard;
        if (has_guard == (family->is_foreign || family->is_floor))
            fail_msg("%s: guard is an option of each heap of ours, and of no other", family->name);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(specs_have_one_canonical_text),
        cmocka_unit_test(families_are_complete),
        cmocka_unit_test(refusals_say_what_is_known),
        cmocka_unit_test(unknown_names_are_handed_back),
        cmocka_unit_test(long_specs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
