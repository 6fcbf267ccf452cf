#include "harness/measure/load.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* user nice system idle iowait irq softirq steal; guests' time is in the first two (proc(5)). */
enum { FIELDS = 8, IDLE = 3, IOWAIT = 4 };

void hb_load_init(struct hb_load *load) {
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        load->busy_ratio[cpu] = NAN;
}

/* "cpu3 10 0 5 ..." */
static bool line_read(const char *line, struct hb_ticks *ticks) {
    char *rest;
    if (strncmp(line, "cpu", 3) != 0 || line[3] < '0' || line[3] > '9')
        return false;
    unsigned long cpu = strtoul(line + 3, &rest, 10);
    if (cpu >= CPU_SETSIZE)
        return false;
    ticks->busy[cpu] = ticks->total[cpu] = 0;
    for (int field = 0; field < FIELDS; field++) {
        uint64_t spent = strtoull(rest, &rest, 10);
        ticks->total[cpu] += spent;
        ticks->busy[cpu] += field == IDLE || field == IOWAIT ? 0 : spent;
    }
    return true;
}

bool hb_ticks_read(FILE *file, struct hb_ticks *ticks) {
    char *line = NULL;
    size_t size = 0;
    bool has_any = false;
    memset(ticks, 0, sizeof *ticks);
    while (getline(&line, &size, file) > 0)
        has_any |= line_read(line, ticks);
    free(line);
    return has_any;
}

void hb_load_between(const struct hb_ticks *before, const struct hb_ticks *after,
                     struct hb_load *load) {
    hb_load_init(load);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (after->total[cpu] <= before->total[cpu] || after->busy[cpu] < before->busy[cpu])
            continue;
        uint64_t total = after->total[cpu] - before->total[cpu];
        uint64_t busy = after->busy[cpu] - before->busy[cpu];
        load->busy_ratio[cpu] = fmin((double)busy / (double)total, 1);
    }
}

static bool ticks_now(struct hb_ticks *ticks) {
    FILE *file = fopen("/proc/stat", "re");
    bool read = file && hb_ticks_read(file, ticks);
    if (file)
        fclose(file);
    return read;
}

void hb_load_measure(struct hb_load *load, unsigned window_ms) {
    static struct hb_ticks before, after;
    struct timespec window = {window_ms / 1000, window_ms % 1000 * 1000000L};
    hb_load_init(load);
    if (!ticks_now(&before))
        return;
    nanosleep(&window, NULL);
    if (ticks_now(&after))
        hb_load_between(&before, &after, load);
}
