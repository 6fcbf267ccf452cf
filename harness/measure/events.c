#include "harness/measure/events.h"

#include <errno.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd.h"

enum { KNOWN_MAX = 4096, NEAREST_BYTES = 300 };

/* Context switches happen in the kernel: there is nothing of them to count outside. */
static const struct {
    const char *name;
    enum hb_event_role role;
} defaults[] = {
    {"perf::INSTRUCTIONS:u", HB_EVENT_INSTRUCTIONS},
    {"perf::CYCLES:u", HB_EVENT_OTHER},
    {"perf::L1-DCACHE-LOAD-MISSES:u", HB_EVENT_L1D_MISSES},
    {"perf::LLC-LOAD-MISSES:u", HB_EVENT_LLC_MISSES},
    {"perf::DTLB-LOAD-MISSES:u", HB_EVENT_DTLB_MISSES},
    {"perf::PAGE-FAULTS:u", HB_EVENT_OTHER},
    {"perf::CONTEXT-SWITCHES:u:k", HB_EVENT_OTHER},
};

enum { DEFAULTS = sizeof defaults / sizeof *defaults };

static int event_encode(const char *name, struct perf_event_attr *code) {
    int status = pfm_initialize();
    *code = (struct perf_event_attr){.size = sizeof *code};
    pfm_perf_encode_arg_t encoding = {.attr = code, .size = sizeof encoding};
    if (status == PFM_SUCCESS)
        status = pfm_get_os_event_encoding(name, PFM_PLM3, PFM_OS_PERF_EVENT, &encoding);
    code->size = sizeof *code;
    return status;
}

/* By what it counts, whatever it is called. */
static enum hb_event_role event_role(const struct perf_event_attr *code) {
    for (int i = 0; i < DEFAULTS; i++) {
        struct perf_event_attr known;
        if (defaults[i].role != HB_EVENT_OTHER &&
            event_encode(defaults[i].name, &known) == PFM_SUCCESS && known.type == code->type &&
            known.config == code->config)
            return defaults[i].role;
    }
    return HB_EVENT_OTHER;
}

/* The events of all units that this machine has, without the unit's name. */
static size_t names_gather(const char **names) {
    size_t count = 0;
    for (int unit = 0; unit < PFM_PMU_MAX; unit++) {
        pfm_pmu_info_t info = {.size = sizeof info};
        if (pfm_get_pmu_info((pfm_pmu_t)unit, &info) != PFM_SUCCESS || !info.is_present)
            continue;
        for (int i = info.first_event; i != -1 && count < KNOWN_MAX; i = pfm_get_event_next(i)) {
            pfm_event_info_t event = {.size = sizeof event};
            if (pfm_get_event_info(i, PFM_OS_PERF_EVENT, &event) == PFM_SUCCESS)
                names[count++] = event.name;
        }
    }
    return count;
}

static void unknown_say(const char *name, char *error) {
    char plain[HB_EVENT_NAME_MAX], nearest[NEAREST_BYTES] = "";
    const char **names = calloc(KNOWN_MAX, sizeof *names);
    const char *start = strstr(name, "::");
    start = start ? start + 2 : name;
    snprintf(plain, sizeof plain, "%.*s", (int)strcspn(start, ":"), start);
    size_t count = names ? names_gather(names) : 0;
    if (count)
        hb_nearest_names(plain, names, count, nearest, sizeof nearest);
    /* All names: none is near. */
    bool is_near = strlen(nearest) < sizeof nearest - 1;
    snprintf(error, HB_EVENT_ERROR_MAX,
             "there is no event '%.80s'%s%s (see heapbench list "
             "counters)",
             name, is_near && nearest[0] ? "; nearest: " : "", is_near ? nearest : "");
    free(names);
}

bool hb_events_add(struct hb_events *events, const char *name, size_t length, char *error) {
    if (events->count == HB_COUNTERS_MAX || length >= HB_EVENT_NAME_MAX) {
        snprintf(error, HB_EVENT_ERROR_MAX, "at most %d events, of %d characters each",
                 HB_COUNTERS_MAX, HB_EVENT_NAME_MAX - 1);
        return false;
    }
    size_t number = events->count;
    struct perf_event_attr *code = &events->codes[number];
    snprintf(events->names[number], HB_EVENT_NAME_MAX, "%.*s", (int)length, name);
    int status = event_encode(events->names[number], code);
    if (status == PFM_ERR_NOTFOUND)
        unknown_say(events->names[number], error);
    else if (status != PFM_SUCCESS)
        snprintf(error, HB_EVENT_ERROR_MAX, "event '%.80s': %s (as in perf::CYCLES:u)",
                 events->names[number], pfm_strerror(status));
    if (status != PFM_SUCCESS)
        return false;
    events->roles[events->count++] = event_role(code);
    return true;
}

bool hb_events_parse(struct hb_events *events, const char *list, char *error) {
    events->count = 0;
    for (size_t length; *list; list += length + (list[length] == ',')) {
        length = strcspn(list, ",");
        if (!hb_events_add(events, list, length, error))
            return false;
    }
    if (!events->count)
        snprintf(error, HB_EVENT_ERROR_MAX, "name an event, such as perf::CYCLES:u");
    return events->count > 0;
}

void hb_events_default(struct hb_events *events) {
    char error[HB_EVENT_ERROR_MAX];
    events->count = 0;
    for (int i = 0; i < DEFAULTS; i++)
        hb_events_add(events, defaults[i].name, strlen(defaults[i].name), error);
}

bool hb_event_is_hardware(const struct perf_event_attr *code) {
    return code->type != PERF_TYPE_SOFTWARE && code->type != PERF_TYPE_TRACEPOINT;
}

bool hb_events_any_hardware(const struct hb_events *events) {
    for (size_t i = 0; i < events->count; i++)
        if (hb_event_is_hardware(&events->codes[i]))
            return true;
    return false;
}

static void refusal_by_right(const struct perf_event_attr *code, char *text, size_t size) {
    char level[16] = "unknown\n";
    FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
    if (file && !fgets(level, sizeof level, file))
        level[0] = '\0';
    if (file)
        fclose(file);
    int needed = code->exclude_kernel ? 2 : 1;
    bool is_known = level[0] == '-' || (level[0] >= '0' && level[0] <= '9');
    if (is_known && atoi(level) <= needed)
        snprintf(text, size,
                 "not permitted, though kernel.perf_event_paranoid is %.*s: a container's seccomp "
                 "filter, as a rule; run outside it, or docker run --cap-add=PERFMON",
                 (int)strcspn(level, "\n"), level);
    else
        snprintf(text, size,
                 "not permitted: kernel.perf_event_paranoid is %.*s; as root: sysctl -w "
                 "kernel.perf_event_paranoid=%d%s",
                 (int)strcspn(level, "\n"), level, needed,
                 code->exclude_kernel ? "" : ", or count outside the kernel only (:u)");
}

void hb_event_refusal(const struct perf_event_attr *code, int refusal, char *text, size_t size) {
    bool is_hardware = hb_event_is_hardware(code);
    if (refusal == EACCES || refusal == EPERM)
        refusal_by_right(code, text, size);
    else if ((refusal == ENOENT || refusal == ENODEV || refusal == EOPNOTSUPP) && is_hardware)
        snprintf(text, size,
                 "this processor does not count it, or the machine is virtual and its "
                 "host hides the counters; --counters=sim simulates caches");
    else if (refusal == EMFILE || refusal == ENFILE)
        snprintf(text, size, "too many open files: raise the limit (ulimit -n)");
    else if (refusal == EBUSY)
        snprintf(text, size, "another program holds the counters");
    else if (refusal == ENOSYS)
        snprintf(text, size, "this kernel has no perf_event_open");
    else if (refusal == ENODATA)
        snprintf(text, size,
                 "the counter opens and stays at 0: the host of this virtual machine does not "
                 "count; --counters=sim simulates caches");
    else if (refusal == EINVAL)
        snprintf(text, size,
                 "the kernel does not take it: an event of another processor, or a modifier that "
                 "this one has not");
    else if (refusal == EIO)
        snprintf(text, size, "the kernel stopped counting it");
    else
        snprintf(text, size, "%s", strerror(refusal));
}

static void spend_instructions(void) {
    enum { TURNS = 1000000 };
    for (volatile int turn = 0; turn < TURNS; turn++)
        continue;
}

/* Some virtual machines have counters that open and never count. Instructions and cycles pass in
 * any loop. */
static bool is_dead(const struct perf_event_attr *code, const struct hb_count *count) {
    bool always_counts =
        code->type == PERF_TYPE_HARDWARE &&
        (code->config == PERF_COUNT_HW_INSTRUCTIONS || code->config == PERF_COUNT_HW_CPU_CYCLES);
    return always_counts && !count->refusal && count->running_ns > 0 && count->value == 0;
}

void hb_events_keep_open(struct hb_events *events, const struct hb_counter_system *system,
                         int *refusals) {
    struct hb_count counts[HB_COUNTERS_MAX];
    struct hb_counters counters;
    size_t kept = 0, count = events->count;
    hb_counters_open(&counters, system, events->codes, count, true, counts);
    hb_counters_start(&counters);
    spend_instructions();
    hb_counters_stop(&counters);
    hb_counters_finish(&counters);
    for (size_t i = 0; i < count; i++)
        refusals[i] = is_dead(&events->codes[i], &counts[i]) ? ENODATA : (int)counts[i].refusal;
    for (size_t i = 0; i < count; i++) {
        if (refusals[i])
            continue;
        memmove(events->names[kept], events->names[i], HB_EVENT_NAME_MAX);
        events->roles[kept] = events->roles[i];
        events->codes[kept++] = events->codes[i];
    }
    events->count = kept;
}
