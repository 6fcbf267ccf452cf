#include "harness/measure/noise.h"

#include <fcntl.h>
#include <string.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "allocators/text.h"

/* The lines of /proc/stat that count CPUs come first, below 128 bytes each. */
enum { STAT_MAX = 1 << 16, PATH_BYTES = 256, STEAL_FIGURE = 7 };

#define TICK_NS UINT64_C(10000000) /* USER_HZ is 100 wherever Linux runs */

static uint64_t number_parse(const char **text) {
    uint64_t number = 0;
    const char *start = *text;
    for (; **text >= '0' && **text <= '9'; ++*text)
        number = number * 10 + (uint64_t)(**text - '0');
    return *text == start ? HB_NOISE_UNKNOWN : number;
}

/* The figure at a place, counted from 0, of a line; unknown if the line has no more. */
static uint64_t figure_parse(const char *line, size_t place) {
    for (size_t i = 0;; i++) {
        line += strspn(line, " \t");
        uint64_t number = number_parse(&line);
        if (number == HB_NOISE_UNKNOWN || i == place)
            return number;
    }
}

uint64_t hb_noise_steal_ticks(const char *text, int cpu) {
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
        if (strncmp(text, "cpu", 3) != 0 || text[3] < '0' || text[3] > '9')
            continue;
        const char *rest = text + 3;
        if (number_parse(&rest) == (uint64_t)cpu)
            return figure_parse(rest, STEAL_FIGURE);
    }
    return HB_NOISE_UNKNOWN;
}

/* The start of a file; "" if it cannot be read. */
static void file_read(const char *root, const char *name, char *text, size_t size) {
    char path[PATH_BYTES];
    size_t used = 0;
    struct hb_text builder = hb_text_start(path, sizeof path);
    hb_text_add(&builder, root);
    hb_text_add(&builder, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    for (ssize_t got = 1; file >= 0 && got > 0 && used<size - 1; used += got> 0 ? (size_t)got : 0)
        got = read(file, text + used, size - 1 - used);
    text[used] = '\0';
    if (file >= 0)
        close(file);
}

static uint64_t frequency_read(const char *root, int cpu) {
    char name[PATH_BYTES], text[32];
    struct hb_text builder = hb_text_start(name, sizeof name);
    hb_text_add(&builder, "/sys/devices/system/cpu/cpu");
    hb_text_add_number(&builder, (uint64_t)cpu);
    hb_text_add(&builder, "/cpufreq/scaling_cur_freq");
    file_read(root, name, text, sizeof text);
    return figure_parse(text, 0);
}

static uint64_t steal_read(const char *root, int cpu) {
    static char text[STAT_MAX];
    file_read(root, "/proc/stat", text, sizeof text);
    uint64_t ticks = hb_noise_steal_ticks(text, cpu);
    return ticks == HB_NOISE_UNKNOWN ? ticks : ticks * TICK_NS;
}

int hb_noise_cpu(void) {
    cpu_set_t set;
    bool is_bound = sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) == 1;
    return is_bound ? sched_getcpu() : -1;
}

void hb_noise_read(struct hb_noise_moment *moment, const char *root, int cpu) {
    char text[128];
    struct rusage usage;
    struct timespec time;
    moment->khz = cpu >= 0 ? frequency_read(root, cpu) : HB_NOISE_UNKNOWN;
    moment->steal_ns = cpu >= 0 ? steal_read(root, cpu) : HB_NOISE_UNKNOWN;
    file_read(root, "/proc/self/schedstat", text, sizeof text);
    bool is_kept = figure_parse(text, 0) != 0; /* "0 0 0" if the kernel was built without */
    moment->wait_ns = is_kept ? figure_parse(text, 1) : HB_NOISE_UNKNOWN;
    getrusage(RUSAGE_SELF, &usage);
    moment->switches = (uint64_t)usage.ru_nivcsw;
    clock_gettime(CLOCK_MONOTONIC, &time);
    moment->time_ns = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t difference(uint64_t begin, uint64_t end) {
    bool is_known = begin != HB_NOISE_UNKNOWN && end != HB_NOISE_UNKNOWN && begin <= end;
    return is_known ? end - begin : HB_NOISE_UNKNOWN;
}

struct hb_noise hb_noise_between(const struct hb_noise_moment *begin,
                                 const struct hb_noise_moment *end) {
    return (struct hb_noise){.span_ns = difference(begin->time_ns, end->time_ns),
                             .switches = difference(begin->switches, end->switches),
                             .wait_ns = difference(begin->wait_ns, end->wait_ns),
                             .steal_ns = difference(begin->steal_ns, end->steal_ns),
                             .khz = end->khz};
}

static bool exceeds(uint64_t part, uint64_t limit) {
    return part != HB_NOISE_UNKNOWN && part > limit;
}

bool hb_noise_is_bad(const struct hb_noise *noise) {
    uint64_t hundredth = noise->span_ns / 100;
    if (exceeds(noise->steal_ns, hundredth) || exceeds(noise->wait_ns, hundredth))
        return true;
    return noise->wait_ns == HB_NOISE_UNKNOWN &&
           exceeds(noise->switches, 1 + noise->span_ns / 10000000);
}

bool hb_noise_pace_changed(uint64_t khz_least, uint64_t khz_most) {
    bool is_known = khz_least != HB_NOISE_UNKNOWN && khz_most != HB_NOISE_UNKNOWN;
    return is_known && khz_least < khz_most - khz_most / 10;
}
