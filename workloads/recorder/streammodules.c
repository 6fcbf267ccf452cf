/* streammodules.c -- the paths of the modules that a raw file's call sites name. */
#include "workloads/recorder/stream.h"

#include <stdlib.h>
#include <string.h>

enum { MODULES_MAX = 1 << RAW_MODULE_BITS, PATH_BYTES_MAX = 4095, TEXT_BYTES = 7 };

static bool modules_reserve(struct stream_modules *modules, uint32_t number) {
    if (number < modules->count)
        return true;
    uint32_t count = 2 * number + 16;
    char **paths = realloc(modules->paths, count * sizeof *paths);
    if (!paths)
        return false;
    memset(paths + modules->count, 0, (count - modules->count) * sizeof *paths);
    modules->paths = paths;
    modules->count = count;
    return true;
}

bool stream_modules_begin(struct stream_modules *modules, uint64_t value) {
    uint32_t number = (uint32_t)(value % MODULES_MAX);
    uint64_t length = value >> RAW_MODULE_BITS;
    if (!number || !length || length > PATH_BYTES_MAX || !modules_reserve(modules, number))
        return false;
    free(modules->paths[number]);
    modules->open = modules->paths[number] = calloc(1, length + 1);
    modules->open_length = length;
    modules->open_done = 0;
    return modules->open != NULL;
}

bool stream_modules_text(struct stream_modules *modules, uint64_t value) {
    if (!modules->open || modules->open_done == modules->open_length)
        return false;
    for (int i = 0; i < TEXT_BYTES && modules->open_done < modules->open_length; i++) {
        unsigned char byte = (unsigned char)(value >> (8 * i));
        modules->open[modules->open_done++] = (char)(byte < ' ' || byte == 127 ? '?' : byte);
    }
    return true;
}

const char *stream_modules_path(const struct stream_modules *modules, uint64_t number) {
    return number < modules->count ? modules->paths[number] : NULL;
}

void stream_modules_free(struct stream_modules *modules) {
    for (uint32_t i = 0; i < modules->count; i++)
        free(modules->paths[i]);
    free(modules->paths);
}
