#include "harness/run_counters.h"

#include <stdio.h>
#include <string.h>

#include "harness/cmd.h"
#include "harness/passes/passes.h"

enum { REASON_BYTES = 512, LINE_BYTES = 2048 };

static bool has_event(const struct hb_events *events, const char *name, size_t length) {
    for (size_t i = 0; i < events->count; i++)
        if (strlen(events->names[i]) == length && memcmp(events->names[i], name, length) == 0)
            return true;
    return false;
}

static bool add_defaults(struct hb_events *events, char *error) {
    static struct hb_events defaults;
    bool added = true;
    hb_events_default(&defaults);
    for (size_t i = 0; i < defaults.count && added; i++)
        if (!has_event(events, defaults.names[i], strlen(defaults.names[i])))
            added = hb_events_add(events, defaults.names[i], strlen(defaults.names[i]), error);
    return added;
}

static bool item_is(const char *item, size_t length, const char *name) {
    return strlen(name) == length && memcmp(item, name, length) == 0;
}

static bool add_item(struct hb_run_options *options, const char *item, size_t length, char *error) {
    if (item_is(item, length, "sim")) {
        options->counting |= HB_COUNT_SIM;
        return true;
    }
    options->counting |= HB_COUNT_EVENTS;
    if (item_is(item, length, "pmu"))
        return add_defaults(&options->events, error);
    return has_event(&options->events, item, length) ||
           hb_events_add(&options->events, item, length, error);
}

int hb_run_counters_parse(struct hb_run_options *options, const char *text) {
    char error[HB_EVENT_ERROR_MAX] = "name what to count";
    bool is_auto = strcmp(text, "auto") == 0, is_right = *text != '\0';
    options->counting = is_auto ? HB_COUNT_AUTO : 0;
    options->events.count = 0;
    if (is_auto || strcmp(text, "none") == 0)
        return HB_EXIT_OK;
    for (size_t length; *text && is_right; text += length + (text[length] == ',')) {
        length = strcspn(text, ",");
        if (item_is(text, length, "auto") || item_is(text, length, "none"))
            return hb_usage_error("--counters: %.4s stands alone", text);
        is_right = add_item(options, text, length, error);
    }
    if (is_right)
        return HB_EXIT_OK;
    return hb_usage_error("--counters: %s; or auto, none, pmu, sim", error);
}

int hb_run_caches_parse(struct hb_run_options *options, const char *text) {
    char error[HB_GEOMETRY_ERROR_MAX];
    if (!hb_geometry_parse(&options->geometry, text, error))
        return hb_usage_error("--cache: %s", error);
    return HB_EXIT_OK;
}

/* One line for all events that were refused for one reason. */
static void refusals_say(const struct hb_events *events, const int *refusals) {
    for (size_t i = 0; i < events->count; i++) {
        char line[LINE_BYTES] = "", reason[REASON_BYTES], other[REASON_BYTES];
        bool is_said = false;
        if (!refusals[i])
            continue;
        hb_event_refusal(&events->codes[i], refusals[i], reason, sizeof reason);
        for (size_t j = 0; j < events->count; j++) {
            if (!refusals[j])
                continue;
            hb_event_refusal(&events->codes[j], refusals[j], other, sizeof other);
            if (strcmp(reason, other) != 0)
                continue;
            is_said |= j < i;
            snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", line[0] ? ", " : "",
                     events->names[j]);
        }
        if (!is_said)
            fprintf(stderr, "heapbench: not counted: %s: %s\n", line, reason);
    }
}

/* A simulated program gets fewer addresses than some allocators reserve. */
static void unsimulated_say(const struct hb_run_options *options) {
    char names[LINE_BYTES] = "";
    for (size_t i = 0; i <= options->allocator_count; i++) {
        const struct hb_spec *spec =
            i < options->allocator_count ? &options->allocators[i] : &options->baseline;
        bool is_asked_for = i < options->allocator_count || options->has_baseline;
        if (is_asked_for && spec->foreign && spec->foreign->outgrows_valgrind &&
            !strstr(names, spec->canonical))
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                     names[0] ? ", " : "", spec->canonical);
    }
    if (names[0])
        fprintf(stderr,
                "heapbench: not simulated: %s: it reserves more addresses than valgrind gives a "
                "program\n",
                names);
}

static void choose_sim(const struct hb_run_options *options, struct hb_cache_setup *setup) {
    const char *obstacle = hb_cache_setup_sim(setup, &options->geometry);
    if (obstacle)
        fprintf(stderr, "heapbench: %s: %s\n",
                setup->counts ? "no caches are simulated" : "the cache pass is left out", obstacle);
    else
        unsimulated_say(options);
}

/* The events of which some can be opened. Those that cannot are said. */
static void choose_events(const struct hb_events *asked, struct hb_cache_setup *setup) {
    int refusals[HB_COUNTERS_MAX];
    setup->events = *asked;
    hb_events_keep_open(&setup->events, &hb_counter_kernel, refusals);
    refusals_say(asked, refusals);
    setup->counts = setup->events.count > 0;
}

/* The usual events where the processor's can be opened, else a simulation. */
static void choose_auto(const struct hb_run_options *options, struct hb_cache_setup *setup) {
    static struct hb_events usual, open;
    int refusals[HB_COUNTERS_MAX];
    hb_events_default(&usual);
    open = usual;
    hb_events_keep_open(&open, &hb_counter_kernel, refusals);
    if (hb_events_any_hardware(&open)) {
        choose_events(&usual, setup);
        return;
    }
    fputs("heapbench: no counters of the processor here (heapbench list counters); caches are "
          "simulated\n",
          stderr);
    choose_sim(options, setup);
}

void hb_run_counters_choose(const struct hb_run_options *options, struct hb_cache_setup *setup) {
    if (!(options->passes & HB_PASS_CACHE))
        return;
    if (options->counting & HB_COUNT_AUTO)
        choose_auto(options, setup);
    if (options->counting & HB_COUNT_EVENTS)
        choose_events(&options->events, setup);
    if (options->counting & HB_COUNT_SIM)
        choose_sim(options, setup);
}
