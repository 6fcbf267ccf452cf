/* observe.c -- the system calls by which a process sees its own memory. */
#include "harness/tour/observe.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGES_AT_ONCE = 4096 };

/* Bytes of a file, one by one. */
struct bytes {
    int file;
    char buffer[4096];
    ssize_t have, used;
};

/* The next byte, -1 at the end. */
static int bytes_next(struct bytes *bytes) {
    if (bytes->used == bytes->have) {
        bytes->have = read(bytes->file, bytes->buffer, sizeof bytes->buffer);
        bytes->used = 0;
        if (bytes->have <= 0)
            return bytes->have = -1;
    }
    return (unsigned char)bytes->buffer[bytes->used++];
}

/* A hexadecimal number and the character behind it. */
static uint64_t number_next(struct bytes *bytes) {
    uint64_t number = 0;
    int byte;
    while ((byte = bytes_next(bytes)) > ' ' && byte != '-')
        number = number << 4 | (uint64_t)(byte <= '9' ? byte - '0' : byte - 'a' + 10);
    return number;
}

/* start-end perms offset device inode   name */
static bool mapping_next(struct bytes *bytes, struct tour_mapping *mapping) {
    int byte = bytes_next(bytes);
    if (byte < 0)
        return false;
    bytes->used--;
    *mapping = (struct tour_mapping){.start = number_next(bytes)};
    mapping->end = number_next(bytes);
    int spaces = 0;
    size_t length = 0;
    for (bool in_name = false; (byte = bytes_next(bytes)) >= 0 && byte != '\n';) {
        spaces += byte == ' ' && !in_name;
        in_name |= spaces >= 4 && byte != ' ';
        if (!in_name)
            continue;
        if (length == sizeof mapping->name - 1)
            memmove(mapping->name, mapping->name + 1, --length);
        mapping->name[length++] = (char)byte;
    }
    mapping->name[length] = '\0';
    return true;
}

bool tour_mappings(tour_mapping_visit *visit, void *context) {
    struct bytes bytes = {.file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)};
    struct tour_mapping mapping;
    if (bytes.file < 0)
        return false;
    while (mapping_next(&bytes, &mapping))
        visit(context, &mapping);
    close(bytes.file);
    return true;
}

static void heap_keep(void *context, const struct tour_mapping *mapping) {
    if (strcmp(mapping->name, "[heap]") == 0)
        *(struct tour_mapping *)context = *mapping;
}

struct tour_mapping tour_heap_mapping(void) {
    struct tour_mapping heap = {0};
    tour_mappings(heap_keep, &heap);
    return heap;
}

uint64_t tour_kernel_break(void) {
    return (uint64_t)syscall(SYS_brk, 0); /* an address that cannot be had changes nothing */
}

bool tour_resident_pages(uint64_t start, size_t count, size_t page, bool *is_resident) {
    unsigned char states[PAGES_AT_ONCE];
    for (size_t done = 0; done < count;) {
        size_t some = count - done < PAGES_AT_ONCE ? count - done : PAGES_AT_ONCE;
        if (mincore((void *)(start + done * page), some * page, states) != 0)
            return false;
        for (size_t i = 0; i < some; i++)
            is_resident[done + i] = states[i] & 1;
        done += some;
    }
    return true;
}

uint64_t tour_minor_faults(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_minflt : 0;
}
