/* The placement of our strategies on the bundled traces is the same on every machine, with either
 * backend, by tree and by list: hash and peak footprint as in golden.tsv. `test_golden print`
 * prints that file anew.
 */
#include "tests/passes/bench.h"

#include "allocators/registry.h"

static const char *const traces[] = {"gcc", "perl", "python3", "sqlite3"};
#if defined HB_SANITIZED || defined HB_DEBUG
enum { TRACES = 1 }; /* slow builds */
#else
enum { TRACES = sizeof traces / sizeof *traces };
#endif
enum { GOLDEN_MAX = 512, LINE_MAX_BYTES = 512 };

struct golden {
    char trace[64], spec[128], hash[32];
    uint64_t footprint;
};

static struct golden goldens[GOLDEN_MAX];
static size_t golden_count;

static void golden_read(void) {
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(HB_SOURCE_DIR "/tests/passes/golden.tsv", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) && golden_count < GOLDEN_MAX) {
        struct golden *golden = &goldens[golden_count++];
        assert_int_equal(sscanf(line, "%63s %127s %31s %lu", golden->trace, golden->spec,
                                golden->hash, &golden->footprint),
                         4);
    }
    fclose(file);
}

static const struct golden *golden_of(const char *trace, const char *spec) {
    for (size_t i = 0; i < golden_count; i++)
        if (strcmp(goldens[i].trace, trace) == 0 && strcmp(goldens[i].spec, spec) == 0)
            return &goldens[i];
    return NULL;
}

/* Every variant of every family of ours, as --alloc takes them; suffix: more options for each. */
static void list_specs(char *text, size_t size, const char *suffix) {
    size_t used = 0;
    for (int i = 0; hb_registry[i]; i++) {
        const struct hb_family *family = hb_registry[i];
        const struct hb_option *first = family->options[0];
        if (family->is_foreign || family->is_floor)
            continue;
        bool varies = first != &hb_option_backend && first->choices;
        for (int value = 0; value < 1 || (varies && first->choices[value]); value++)
            if (value)
                used += (size_t)snprintf(text + used, size - used, ",%s:%s=%s%s", family->name,
                                         first->key, first->choices[value], suffix);
            else
                used += (size_t)snprintf(text + used, size - used, "%s%s%s", used ? "," : "",
                                         family->name, suffix);
    }
}

static struct hb_result *measure(const char *specs, size_t *count) {
    static char words[BENCH_COMMAND_MAX];
    struct bench_folder folder;
    bench_folder_make(&folder);
    int used = snprintf(words, sizeof words, "--passes=space --baseline=none --alloc=%s", specs);
    for (int i = 0; i < TRACES; i++)
        used += snprintf(words + used, sizeof words - (size_t)used, " --trace=%s", traces[i]);
    struct hb_result *results = bench_results(&folder, words, count);
    bench_folder_remove(&folder);
    return results;
}

/* The part of a canonical spec that golden.tsv names: all but backend and index. */
static void plain_spec(const char *spec, char *plain, size_t size) {
    static const char *const ignored[] = {":backend=mmap", ":index=list"};
    snprintf(plain, size, "%s", spec);
    for (int i = 0; i < 2; i++) {
        char *at = strstr(plain, ignored[i]);
        if (at)
            memmove(at, at + strlen(ignored[i]), strlen(at + strlen(ignored[i])) + 1);
    }
}

static void agrees_with_golden(const char *specs) {
    size_t count;
    struct hb_result *results = measure(specs, &count);
    for (size_t i = 0; i < count; i++) {
        char plain[HB_RESULT_TEXT_MAX];
        plain_spec(results[i].allocator, plain, sizeof plain);
        const struct golden *golden = golden_of(results[i].trace, plain);
        if (!golden)
            fail_msg("golden.tsv has no line for %s %s", results[i].trace, plain);
        if (strcmp(golden->hash, results[i].placement_hash) != 0 ||
            golden->footprint != results[i].peak_footprint_bytes)
            fail_msg("%s on %s: hash %s, peak footprint %lu; golden %s, %lu", results[i].allocator,
                     results[i].trace, results[i].placement_hash, results[i].peak_footprint_bytes,
                     golden->hash, golden->footprint);
    }
    assert_true(count > 0);
    hb_results_free(results, count);
}

static void every_strategy_places_as_ever(void **state) {
    (void)state;
    char specs[BENCH_COMMAND_MAX / 2];
    list_specs(specs, sizeof specs, "");
    agrees_with_golden(specs);
}

static void a_reserved_region_places_as_the_break_does(void **state) {
    (void)state;
    char specs[BENCH_COMMAND_MAX / 2];
    list_specs(specs, sizeof specs, ":backend=mmap");
    agrees_with_golden(specs);
}

/* Those whose lists stay short enough to search a million times. */
static void lists_place_as_trees_do(void **state) {
    (void)state;
    agrees_with_golden("firstfit:index=list,bestfit:index=list,bestfit:order=lifo:index=list");
}

static int print(void) {
    char specs[BENCH_COMMAND_MAX / 2];
    size_t count;
    list_specs(specs, sizeof specs, "");
    struct hb_result *results = measure(specs, &count);
    for (size_t i = 0; i < count; i++)
        printf("%s\t%s\t%s\t%lu\n", results[i].trace, results[i].allocator,
               results[i].placement_hash, results[i].peak_footprint_bytes);
    hb_results_free(results, count);
    return 0;
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_strategy_places_as_ever),
        cmocka_unit_test(a_reserved_region_places_as_the_break_does),
        cmocka_unit_test(lists_place_as_trees_do),
    };
    if (argc > 1 && strcmp(argv[1], "print") == 0)
        return print();
    golden_read();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
