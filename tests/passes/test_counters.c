/* Counters: which events share a group, what a count means when groups take turns, what happens to
 * the rest when one is refused. A fake kernel, as this machine may have no counters; then the real
 * one with events of software.
 */
#include <errno.h>
#include <math.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "harness/measure/events.h"
#include "harness/passes/cache.h"
#include "tests/passes/bench.h"

enum { FILES = 64, NO_FILE = 3, PAGES = 100, PAGE_BYTES = 4096 };

#ifdef HB_SANITIZED
enum { OTHER_FAULTS = 200 }; /* the shadow's */
#else
enum { OTHER_FAULTS = 10 };
#endif

/* What the fake kernel does and what was done to it. Files are numbered from NO_FILE. */
static struct fake {
    int group_room;              /* events a group takes */
    int refuses_config, refusal; /* the event with this config, by this errno */
    int file_limit;
    ssize_t answer_bytes; /* of a read */
    int interruptions;    /* of reads to come */
    uint64_t value, enabled_ns, running_ns;
    bool counts_nothing;

    int files, open_files;
    int members[FILES]; /* of the group that a file leads */
    bool starts_disabled[FILES];
    int started[FILES], stopped[FILES];
} fake;

static void fake_reset(void) {
    fake = (struct fake){.group_room = FILES,
                         .refuses_config = -1,
                         .file_limit = FILES,
                         .answer_bytes = 24,
                         .value = 600,
                         .enabled_ns = 1000,
                         .running_ns = 1000,
                         .files = NO_FILE};
}

static int fake_refuse(int reason) {
    errno = reason;
    return -1;
}

static int fake_open(const struct perf_event_attr *event, int group) {
    if ((int)event->config == fake.refuses_config)
        return fake_refuse(fake.refusal);
    if (group >= 0 && fake.members[group] == fake.group_room)
        return fake_refuse(EINVAL);
    if (fake.open_files == fake.file_limit)
        return fake_refuse(EMFILE);
    int file = fake.files++;
    fake.open_files++;
    fake.members[group >= 0 ? group : file]++;
    fake.starts_disabled[file] = event->disabled;
    assert_true(event->read_format ==
                (PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING));
    return file;
}

static ssize_t fake_read(int file, void *buffer, size_t bytes) {
    const uint64_t answer[3] = {fake.counts_nothing ? 0 : fake.value + (uint64_t)file,
                                fake.enabled_ns, fake.running_ns};
    if (fake.interruptions) {
        fake.interruptions--;
        return fake_refuse(EINTR);
    }
    assert_int_equal(bytes, sizeof answer);
    if (fake.answer_bytes > 0)
        memcpy(buffer, answer, (size_t)fake.answer_bytes);
    return fake.answer_bytes;
}

static int fake_ioctl(int file, unsigned long request) {
    static int clock;
    if (request == PERF_EVENT_IOC_ENABLE)
        fake.started[file] = ++clock;
    else if (request == PERF_EVENT_IOC_DISABLE)
        fake.stopped[file] = ++clock;
    return 0;
}

static int fake_close(int file) {
    assert_true(file >= NO_FILE && file < fake.files);
    fake.open_files--;
    return 0;
}

static const struct hb_counter_system fake_system = {fake_open, fake_read, fake_ioctl, fake_close};

/* Count with so many events, whose configs are their numbers. Returns how many were open. */
static size_t count_events(size_t events, bool alone, struct hb_count *counts) {
    struct perf_event_attr codes[HB_COUNTERS_MAX];
    struct hb_counters counters;
    for (size_t i = 0; i < events; i++)
        codes[i] = (struct perf_event_attr){.size = sizeof codes[i], .config = i};
    size_t open = hb_counters_open(&counters, &fake_system, codes, events, alone, counts);
    hb_counters_start(&counters);
    hb_counters_stop(&counters);
    hb_counters_finish(&counters);
    assert_int_equal(fake.open_files, 0);
    return open;
}

static void events_that_fit_are_one_group(void **state) {
    (void)state;
    struct hb_count counts[HB_COUNTERS_MAX];
    fake_reset();
    assert_int_equal(count_events(7, false, counts), 7);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(counts[i].group, 1);
        assert_int_equal(counts[i].refusal, 0);
        assert_int_equal(fake.starts_disabled[NO_FILE + i], i == 0);
        assert_int_equal(fake.started[NO_FILE + i] > 0, i == 0); /* its leader starts them all */
        assert_true(hb_count_scaled(&counts[i]) == 600 + NO_FILE + i);
    }
}

static void what_does_not_fit_begins_a_group(void **state) {
    (void)state;
    struct hb_count counts[HB_COUNTERS_MAX];
    static const uint32_t groups[] = {1, 1, 1, 2, 2, 2, 3};
    fake_reset();
    fake.group_room = 3;
    assert_int_equal(count_events(7, false, counts), 7);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(counts[i].group, groups[i]);
        assert_int_equal(fake.started[NO_FILE + i] > 0, i % 3 == 0);
        assert_int_equal(fake.stopped[NO_FILE + i] > 0, i % 3 == 0);
    }
    assert_true(fake.stopped[NO_FILE + 6] < fake.stopped[NO_FILE]);
    fake_reset();
    assert_int_equal(count_events(3, true, counts), 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(counts[i].group, i + 1);
}

static void turns_are_scaled(void **state) {
    (void)state;
    struct hb_count counts[HB_COUNTERS_MAX];
    fake_reset();
    fake.value = 500 - NO_FILE;
    fake.enabled_ns = 3000;
    fake.running_ns = 750;
    count_events(1, false, counts);
    assert_true(hb_count_scaled(&counts[0]) == 2000);
    assert_true(hb_count_running(&counts[0]) == 0.25);
    fake.running_ns = 0;
    count_events(1, false, counts);
    assert_true(isnan(hb_count_scaled(&counts[0])));
    assert_true(hb_count_running(&counts[0]) == 0);
}

static void a_short_read_is_no_count(void **state) {
    (void)state;
    struct hb_count counts[HB_COUNTERS_MAX];
    for (int bytes = 0; bytes < 24; bytes += 8) {
        fake_reset();
        fake.answer_bytes = bytes;
        count_events(2, false, counts);
        assert_int_equal(counts[1].refusal, EIO);
        assert_true(isnan(hb_count_scaled(&counts[1])) && isnan(hb_count_running(&counts[1])));
    }
    fake_reset();
    fake.interruptions = 3;
    count_events(2, false, counts);
    assert_int_equal(counts[0].refusal, 0);
    assert_true(hb_count_scaled(&counts[0]) == 600 + NO_FILE);
}

static void a_refusal_leaves_the_rest(void **state) {
    (void)state;
    static const int reasons[] = {EACCES, ENOENT, EINVAL, EBUSY};
    struct hb_count counts[HB_COUNTERS_MAX];
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        for (int refused = 0; refused < 3; refused++) {
            fake_reset();
            fake.refuses_config = refused;
            fake.refusal = reasons[i];
            assert_int_equal(count_events(3, false, counts), 2);
            for (int event = 0; event < 3; event++)
                assert_int_equal(counts[event].refusal, event == refused ? reasons[i] : 0);
        }
    }
    fake_reset();
    fake.file_limit = 2;
    assert_int_equal(count_events(4, false, counts), 2);
    assert_int_equal(counts[1].refusal, 0);
    assert_int_equal(counts[2].refusal, EMFILE);
    assert_int_equal(counts[3].refusal, EMFILE);
}

static void refused_events_are_taken_out(void **state) {
    (void)state;
    struct hb_events events;
    char error[HB_EVENT_ERROR_MAX];
    int refusals[HB_COUNTERS_MAX];
    fake_reset();
    assert_true(
        hb_events_parse(&events, "perf::CYCLES:u,perf::PAGE-FAULTS:u,perf::INSTRUCTIONS:u", error));
    fake.refuses_config = 2; /* PERF_COUNT_SW_PAGE_FAULTS */
    fake.refusal = EACCES;
    hb_events_keep_open(&events, &fake_system, refusals);
    assert_int_equal(events.count, 2);
    assert_string_equal(events.names[1], "perf::INSTRUCTIONS:u");
    assert_int_equal(events.roles[1], HB_EVENT_INSTRUCTIONS);
    assert_int_equal(events.codes[1].config, PERF_COUNT_HW_INSTRUCTIONS);
    assert_int_equal(refusals[0], 0);
    assert_int_equal(refusals[1], EACCES);
    assert_int_equal(fake.open_files, 0);
}

/* A counter that stays at 0 is none; another event may well not have happened. */
static void dead_counters_are_taken_out(void **state) {
    (void)state;
    struct hb_events events;
    char error[HB_EVENT_ERROR_MAX];
    int refusals[HB_COUNTERS_MAX];
    fake_reset();
    fake.counts_nothing = true;
    assert_true(hb_events_parse(&events,
                                "perf::L1-DCACHE-LOAD-MISSES:u,perf::CYCLES:u,perf::PAGE-FAULTS:u,"
                                "perf::INSTRUCTIONS:u",
                                error));
    hb_events_keep_open(&events, &fake_system, refusals);
    assert_int_equal(events.count, 2);
    assert_string_equal(events.names[1], "perf::PAGE-FAULTS:u");
    assert_int_equal(refusals[1], ENODATA);
    assert_int_equal(refusals[3], ENODATA);
    fake_reset();
    fake.counts_nothing = true;
    fake.running_ns = 0; /* it had no turn: nothing is known */
    hb_events_parse(&events, "perf::CYCLES:u", error);
    hb_events_keep_open(&events, &fake_system, refusals);
    assert_int_equal(events.count, 1);
}

static void refusals_name_the_remedy(void **state) {
    (void)state;
    static const struct {
        int refusal;
        const char *says;
    } cases[] = {{EACCES, "kernel.perf_event_paranoid"},
                 {EPERM, "kernel.perf_event_paranoid"},
                 {ENOENT, "--counters=sim"},
                 {EOPNOTSUPP, "--counters=sim"},
                 {EMFILE, "ulimit -n"},
                 {EBUSY, "another program"},
                 {ENOSYS, "no perf_event_open"},
                 {ENODATA, "--counters=sim"},
                 {EIO, "stopped"},
                 {EINVAL, "another processor"}};
    const struct perf_event_attr cycles = {.type = PERF_TYPE_HARDWARE};
    char text[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hb_event_refusal(&cycles, cases[i].refusal, text, sizeof text);
        if (!strstr(text, cases[i].says))
            fail_msg("errno %d: %s", cases[i].refusal, text);
    }
}

static void events_go_by_any_name_of_libpfm4(void **state) {
    (void)state;
    struct hb_events events;
    char error[HB_EVENT_ERROR_MAX], many[1024] = "perf::CYCLES";
    assert_true(hb_events_parse(&events, "perf::PERF_COUNT_HW_CACHE_L1D:READ:MISS:u", error));
    assert_int_equal(events.roles[0], HB_EVENT_L1D_MISSES);
    assert_int_equal(events.codes[0].exclude_kernel, 1);
    hb_events_default(&events);
    assert_int_equal(events.count, 7);
    assert_int_equal(events.roles[4], HB_EVENT_DTLB_MISSES);
    assert_false(hb_events_parse(&events, "perf::CYCELS:u", error));
    assert_non_null(strstr(error, "CYCLES"));
    assert_false(hb_events_parse(&events, "perf::CYCLES:nosuch", error));
    assert_non_null(strstr(error, "perf::CYCLES:nosuch"));
    assert_false(hb_events_parse(&events, "", error));
    assert_false(hb_events_parse(&events, "perf::CYCLES,,perf::CYCLES", error));
    for (int i = 0; i < HB_COUNTERS_MAX; i++)
        strcat(many, ",perf::CYCLES");
    assert_false(hb_events_parse(&events, many, error));
    assert_non_null(strstr(error, "at most 16"));
}

/* Only where they count what a simulation counts. */
static void what_the_counters_count_comes_before_a_simulation(void **state) {
    (void)state;
    struct hb_cache_setup setup = {.counts = true, .simulates = true};
    char error[HB_EVENT_ERROR_MAX];
    assert_true(hb_events_parse(&setup.events, "perf::PAGE-FAULTS:u,perf::CYCLES:u", error));
    assert_false(hb_cache_is_counted(&setup));
    assert_true(hb_events_add(&setup.events, "perf::LLC-LOAD-MISSES:u", 23, error));
    assert_true(hb_cache_is_counted(&setup));
    setup.counts = false;
    assert_false(hb_cache_is_counted(&setup));
}

static void page_faults_are_counted_for_real(void **state) {
    (void)state;
    struct hb_events events;
    struct hb_count counts[HB_COUNTERS_MAX];
    struct hb_counters counters;
    char error[HB_EVENT_ERROR_MAX];
    assert_true(hb_events_parse(&events, "perf::PAGE-FAULTS:u,perf::MINOR-FAULTS:u", error));
    char *pages =
        mmap(NULL, PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    madvise(pages, PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
    size_t open = hb_counters_open(&counters, &hb_counter_kernel, events.codes, 2, false, counts);
    hb_counters_start(&counters);
    for (int i = 0; i < PAGES; i++)
        *(volatile char *)(pages + i * PAGE_BYTES) = 1;
    hb_counters_stop(&counters);
    for (int i = 0; i < PAGES; i++)
        madvise(pages + i * PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED), pages[i * PAGE_BYTES] = 1;
    hb_counters_finish(&counters);
    munmap(pages, PAGES * PAGE_BYTES);
    if (open < 2)
        skip();
    for (int i = 0; i < 2; i++) {
        assert_true(counts[i].value >= PAGES && counts[i].value < PAGES + OTHER_FAULTS);
        assert_int_equal(counts[i].group, 1);
        assert_true(hb_count_running(&counts[i]) > 0.99);
    }
}

/* One store to each page that the heap gets: the kernel's counter and getrusage agree. */
static void a_run_counts_software_events(void **state) {
    (void)state;
    struct bench_folder folder;
    char said[BENCH_TEXT_MAX];
    size_t count;
    bench_folder_make(&folder);
    struct hb_result *results =
        bench_results(&folder,
                      "--alloc=bestfit --trace=gcc --passes=time,cache --repeats=1 "
                      "--counters=perf::PAGE-FAULTS:u,perf::INSTRUCTIONS:u",
                      &count);
    bench_text(&folder, "err.txt", said);
    bench_folder_remove(&folder);
    const struct hb_result *best = &results[1];
    if (best->counters[0]) {
        assert_non_null(strstr(best->counters, "perf::PAGE-FAULTS:u"));
        double faults = best->counters_per_op.values[0] * (double)best->cache_ops;
        assert_true(fabs(faults - (double)best->minor_faults) <= 0.05 * faults);
        assert_int_equal(best->floor_counters_per_op.count, best->counters_per_op.count);
        assert_int_equal(best->cache_ops, best->ops);
        assert_int_equal(best->counters_ops, best->ops);
    }
    assert_true(isnan(best->instructions_per_op) == (strcmp(best->cache_source, "pmu") != 0));
    if (isnan(best->instructions_per_op))
        assert_non_null(strstr(said, "not counted: "));
    hb_results_free(results, count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_that_fit_are_one_group),
        cmocka_unit_test(what_does_not_fit_begins_a_group),
        cmocka_unit_test(turns_are_scaled),
        cmocka_unit_test(a_short_read_is_no_count),
        cmocka_unit_test(a_refusal_leaves_the_rest),
        cmocka_unit_test(refused_events_are_taken_out),
        cmocka_unit_test(dead_counters_are_taken_out),
        cmocka_unit_test(refusals_name_the_remedy),
        cmocka_unit_test(what_the_counters_count_comes_before_a_simulation),
        cmocka_unit_test(events_go_by_any_name_of_libpfm4),
        cmocka_unit_test(page_faults_are_counted_for_real),
        cmocka_unit_test(a_run_counts_software_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
