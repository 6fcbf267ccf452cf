#include "harness/worker/resident.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PROBE_PAGES = 13, PAGE_BYTES = 4096, READ_MAX = 4096 };

static uint64_t parse_number(const char **text) {
    uint64_t number = 0;
    while (**text == ' ')
        (*text)++;
    while (**text >= '0' && **text <= '9')
        number = number * 10 + (uint64_t)(*(*text)++ - '0');
    return number;
}

/* size resident shared …, in pages */
static uint64_t read_statm(int file) {
    char text[READ_MAX];
    ssize_t length = pread(file, text, sizeof text - 1, 0);
    if (length <= 0)
        return 0;
    text[length] = '\0';
    const char *at = text;
    parse_number(&at);
    uint64_t resident = parse_number(&at), shared = parse_number(&at);
    return (resident - shared) * PAGE_BYTES;
}

static uint64_t smaps_field(const char *text, const char *name) {
    const char *at = strstr(text, name);
    if (!at)
        return 0;
    at += strlen(name);
    return parse_number(&at) * 1024;
}

static uint64_t read_smaps(int file, const char *name) {
    char text[READ_MAX];
    ssize_t length = pread(file, text, sizeof text - 1, 0);
    if (length <= 0)
        return 0;
    text[length] = '\0';
    return smaps_field(text, name);
}

static uint64_t resident_now(const struct resident *resident) {
    return resident->uses_smaps ? read_smaps(resident->file, "\nAnonymous:")
                                : read_statm(resident->file);
}

static bool statm_is_exact(int file) {
    char *probe = mmap(NULL, PROBE_PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (probe == MAP_FAILED)
        return false;
    madvise(probe, PROBE_PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
    uint64_t before = read_statm(file);
    for (int page = 0; page < PROBE_PAGES; page++)
        *(volatile char *)(probe + page * PAGE_BYTES) = 1;
    uint64_t after = read_statm(file);
    munmap(probe, PROBE_PAGES * PAGE_BYTES);
#ifdef HB_SANITIZED
    return true; /* a sanitizer's shadow pages come along, and make smaps_rollup take seconds */
#endif
    return after - before == PROBE_PAGES * PAGE_BYTES;
}

bool resident_open(struct resident *resident) {
    *resident =
        (struct resident){.file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC), .rollup = -1};
    if (resident->file >= 0) {
        read_statm(resident->file); /* its own stack pages are in place before the probe */
        if (statm_is_exact(resident->file))
            return true;
        close(resident->file);
    }
    resident->uses_smaps = true;
    resident->file = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
    return resident->file >= 0;
}

static uint64_t huge_now(const struct resident *resident) {
    return resident->rollup < 0 ? 0 : read_smaps(resident->rollup, "\nAnonHugePages:");
}

bool resident_open_huge(struct resident *resident) {
    resident->rollup = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
    return resident->rollup >= 0;
}

void resident_start(struct resident *resident) {
    resident->huge_before = huge_now(resident);
    resident_now(resident);
    resident->before = resident_now(resident);
}

uint64_t resident_bytes(const struct resident *resident) {
    uint64_t now = resident_now(resident);
    return now > resident->before ? now - resident->before : 0;
}

uint64_t resident_huge_bytes(const struct resident *resident) {
    uint64_t now = huge_now(resident);
    return now > resident->huge_before ? now - resident->huge_before : 0;
}
