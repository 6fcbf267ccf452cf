#include "harness/run_counters.h"

#include <stdio.h>
#include <string.h>

#include "harness/cmd.h"
#include "harness/passes/passes.h"

enum { REASON_BYTES = 512, LINE_BYTES = 2048 };

int hb_run_counters_parse(struct hb_run_options *options, const char *text) {
    static const char *const names[] = {"auto", "pmu", "sim", "none"};
    char error[HB_EVENT_ERROR_MAX];
    for (int i = 0; i < HB_COUNT_EVENTS; i++) {
        if (strcmp(text, names[i]) == 0) {
            options->counting = (enum hb_counting)i;
            return HB_EXIT_OK;
        }
    }
    options->counting = HB_COUNT_EVENTS;
    if (!hb_events_parse(&options->events, text, error))
        return hb_usage_error("--counters: %s; or auto, pmu, sim, none", error);
    return HB_EXIT_OK;
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

static void choose_sim(const struct hb_run_options *options, struct hb_cache_setup *setup) {
    const char *obstacle = hb_cache_setup_sim(setup, &options->geometry);
    if (obstacle)
        fprintf(stderr, "heapbench: the cache pass is left out: %s\n", obstacle);
}

static bool any_hardware(const struct hb_events *events) {
    for (size_t i = 0; i < events->count; i++)
        if (hb_event_is_hardware(&events->codes[i]))
            return true;
    return false;
}

static void choose_counters(const struct hb_run_options *options, struct hb_cache_setup *setup) {
    int refusals[HB_COUNTERS_MAX];
    struct hb_events asked;
    hb_events_default(&setup->events);
    if (options->counting == HB_COUNT_EVENTS)
        setup->events = options->events;
    asked = setup->events;
    hb_events_keep_open(&setup->events, &hb_counter_kernel, refusals);
    if (options->counting == HB_COUNT_AUTO && !any_hardware(&setup->events)) {
        fputs("heapbench: no counters of the processor here (heapbench list counters); caches are "
              "simulated\n",
              stderr);
        choose_sim(options, setup);
        return;
    }
    refusals_say(&asked, refusals);
    if (setup->events.count)
        setup->source = HB_CACHE_COUNTERS;
}

void hb_run_counters_choose(const struct hb_run_options *options, struct hb_cache_setup *setup) {
    if (!(options->passes & HB_PASS_CACHE) || options->counting == HB_COUNT_NONE)
        return;
    if (options->counting == HB_COUNT_SIM)
        choose_sim(options, setup);
    else
        choose_counters(options, setup);
}
