#include "harness/list_counters.h"

#include <stdio.h>
#include <string.h>

#include "harness/cmd.h"
#include "harness/measure/events.h"
#include "harness/table.h"

enum { NAME_WIDTH = 32, WIDTH_MIN = 60, WIDTH = 80, REASON_BYTES = 512 };

static void events_print(const struct hb_events *asked) {
    struct hb_events open = *asked;
    int refusals[HB_COUNTERS_MAX];
    char line[HB_EVENT_NAME_MAX + REASON_BYTES], reason[REASON_BYTES];
    hb_events_keep_open(&open, &hb_counter_kernel, refusals);
    for (size_t i = 0; i < asked->count; i++) {
        snprintf(reason, sizeof reason, "opens");
        if (refusals[i])
            hb_event_refusal(&asked->codes[i], refusals[i], reason, sizeof reason);
        snprintf(line, sizeof line, "%-*s%s%s", NAME_WIDTH, asked->names[i],
                 refusals[i] ? "refused: " : "", reason);
        hb_text_wrap(line, NAME_WIDTH, hb_terminal_width(stdout, WIDTH_MIN, WIDTH, WIDTH), stdout);
    }
}

int hb_counters_list(void) {
    static const char others[] = "perf::CACHE-REFERENCES:u,perf::CACHE-MISSES:u,perf::BRANCHES:u,"
                                 "perf::BRANCH-MISSES:u,perf::MINOR-FAULTS:u,perf::MAJOR-FAULTS:u,"
                                 "perf::CPU-MIGRATIONS:u:k,perf::TASK-CLOCK:u:k";
    struct hb_events events;
    char error[HB_EVENT_ERROR_MAX];

    puts("Counted by --counters=pmu, and by auto where the processor's open");
    hb_events_default(&events);
    events_print(&events);
    puts("\nSome others; --counters=EVENT,... takes any event that libpfm4 knows");
    if (!hb_events_parse(&events, others, error))
        return hb_failure("list: %s", error);
    events_print(&events);
    return HB_EXIT_OK;
}
