/* events.h -- events by their names, as libpfm4 knows them, and what a refusal means. */
#ifndef HB_EVENTS_H
#define HB_EVENTS_H

#include "harness/measure/counters.h"

enum { HB_EVENT_NAME_MAX = 128, HB_EVENT_ERROR_MAX = 512 };

/* Those that have a field of their own in a result. */
enum hb_event_role {
    HB_EVENT_OTHER,
    HB_EVENT_INSTRUCTIONS,
    HB_EVENT_L1D_MISSES,
    HB_EVENT_LLC_MISSES,
    HB_EVENT_DTLB_MISSES
};

struct hb_events {
    size_t count;
    char names[HB_COUNTERS_MAX][HB_EVENT_NAME_MAX];
    enum hb_event_role roles[HB_COUNTERS_MAX];
    struct perf_event_attr codes[HB_COUNTERS_MAX];
};

/* What is counted unless something else is asked for. */
void hb_events_default(struct hb_events *events);

/* Add the event of a name, which has length characters. False with one line in error: an unknown
 * name (the nearest are said), a bad modifier, too many. */
bool hb_events_add(struct hb_events *events, const char *name, size_t length, char *error);

/* Events by name, comma-separated, such as perf::CYCLES:u,perf::PAGE-FAULTS:u. False with one line
 * in error. */
bool hb_events_parse(struct hb_events *events, const char *list, char *error);

/* Does the processor count it, not the kernel? */
bool hb_event_is_hardware(const struct perf_event_attr *code);

/* Is any of them? */
bool hb_events_any_hardware(const struct hb_events *events);

/* Why an event was refused (errno), and what helps. */
void hb_event_refusal(const struct perf_event_attr *code, int refusal, char *text, size_t size);

/* Take out the events that cannot be opened on this process, or do not count though they open;
 * refusals, one for each event before, gets errno (ENODATA for the latter) or 0. */
void hb_events_keep_open(struct hb_events *events, const struct hb_counter_system *system,
                         int *refusals);

#endif
