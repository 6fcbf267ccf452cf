/* cmd.c -- what the subcommands share: error lines, nearest names, where traces are. */
#include "harness/cmd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/installed.h"

enum { NAME_MAX_BYTES = 63, NEAREST_MAX = 3 };

static void message_print(const char *format, va_list arguments) {
    fflush(stdout);
    fputs("heapbench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int hb_usage_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    message_print(format, arguments);
    va_end(arguments);
    return HB_EXIT_USAGE;
}

int hb_failure(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    message_print(format, arguments);
    va_end(arguments);
    return HB_EXIT_FAILED;
}

static size_t size_min(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap neighbours) that turn a into b: optimal string alignment,
 * Damerau 1964 by dynamic programming over prefixes. Names are cut at NAME_MAX_BYTES. */
static size_t name_distance(const char *a, const char *b) {
    size_t cost[NAME_MAX_BYTES + 1][NAME_MAX_BYTES + 1];
    size_t rows = strnlen(a, NAME_MAX_BYTES), columns = strnlen(b, NAME_MAX_BYTES);

    for (size_t i = 0; i <= rows; i++) {
        for (size_t j = 0; j <= columns; j++) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            size_t replace = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            size_t edit = size_min(cost[i - 1][j], cost[i][j - 1]) + 1;
            cost[i][j] = size_min(replace, edit);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = size_min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[rows][columns];
}

/* How far a known name is from what was typed; SIZE_MAX if it cannot have been meant. One that
 * begins as the other does is near, whatever its length. */
static size_t name_farness(const char *typed, const char *known) {
    size_t distance = name_distance(typed, known);
    size_t shorter = size_min(strlen(typed), strlen(known));

    if (distance <= 1 + strlen(typed) / 4)
        return distance;
    return shorter >= 2 && strncmp(typed, known, shorter) == 0 ? distance : SIZE_MAX;
}

static void text_append(char *text, size_t size, const char *more) {
    size_t used = strlen(text);
    if (size > 0 && used < size - 1)
        snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", more);
}

/* Index of the nearest known name that lies behind (distance, index) in the order; -1 if none. */
static ptrdiff_t nearest_after(const char *name, const char *const *known, size_t known_count,
                               size_t *distance, ptrdiff_t index) {
    ptrdiff_t best = -1;
    size_t best_distance = SIZE_MAX;

    for (size_t i = 0; i < known_count; i++) {
        size_t far = name_farness(name, known[i]);
        bool behind = far > *distance || (far == *distance && (ptrdiff_t)i > index);
        if (behind && far < best_distance) {
            best = (ptrdiff_t)i;
            best_distance = far;
        }
    }
    *distance = best_distance;
    return best;
}

void hb_nearest_names(const char *name, const char *const *known, size_t known_count, char *text,
                      size_t size) {
    size_t distance = 0;
    ptrdiff_t index = -1;

    if (size > 0)
        text[0] = '\0';
    for (int found = 0; found < NEAREST_MAX; found++) {
        index = nearest_after(name, known, known_count, &distance, index);
        if (index < 0)
            break;
        text_append(text, size, known[index]);
    }
    bool is_near = size > 0 && text[0] != '\0';
    for (size_t i = 0; size > 0 && !is_near && i < known_count; i++)
        text_append(text, size, known[i]);
}

/* By writing: what a file system says of its free space knows no quotas. */
bool hb_has_room(const char *folder, size_t bytes) {
    static const char zeros[4096];
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/.heapbench-room-XXXXXX", folder) >= PATH_MAX)
        return true;
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0)
        bytes = size_min(bytes, limit.rlim_cur); /* a write past it would be a signal */
    int file = mkostemp(path, O_CLOEXEC);
    if (file < 0)
        return errno != ENOSPC && errno != EDQUOT;
    ssize_t written = 1;
    for (size_t done = 0; written > 0 && done < bytes; done += (size_t)written)
        written = write(file, zeros, size_min(sizeof zeros, bytes - done));
    bool is_full = written < 0 && (errno == ENOSPC || errno == EDQUOT);
    is_full |= close(file) != 0 && (errno == ENOSPC || errno == EDQUOT);
    unlink(path);
    return !is_full;
}

const char *hb_program_folder(void) {
    static char folder[PATH_MAX];
    if (folder[0] != '\0')
        return folder;

    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    return folder;
}

bool hb_program_path(int levels, const char *rest, char *path, size_t size) {
    const char *folder = hb_program_folder();
    size_t length = strlen(folder);

    for (; levels > 0 && length > 0; levels--) {
        while (folder[--length] != '/')
            continue;
    }
    int written = snprintf(path, size, "%.*s/%s", (int)length, folder, rest);
    return folder[0] != '\0' && levels == 0 && written > 0 && (size_t)written < size;
}

enum { TRACE_FOLDERS = 4 };

/* The folders that hold bundled traces, nearest to the user first. False where there is none. */
static bool trace_folder(int number, char *path, size_t size) {
    const char *chosen = getenv("HEAPBENCH_TRACES");
    int length = -1;

    if (number == 0 && chosen && chosen[0] != '\0')
        length = snprintf(path, size, "%s", chosen);
    else if (number == 1)
        return hb_installed_path(HB_INSTALLED_DATA, "traces", path, size);
    else if (number == 2 && !hb_is_installed())
        length = snprintf(path, size, "%s", HB_SOURCE_TRACES);
    else if (number == 3 && !hb_is_installed() &&
             hb_program_path(2, "workloads/traces", path, size))
        return strcmp(path, HB_SOURCE_TRACES) != 0;
    return length > 0 && (size_t)length < size;
}

const char *hb_trace_places(void) {
    static char text[TRACE_FOLDERS * PATH_MAX];
    char folder[PATH_MAX];

    text[0] = '\0';
    for (int i = 0; i < TRACE_FOLDERS; i++) {
        if (trace_folder(i, folder, sizeof folder))
            text_append(text, sizeof text, folder);
    }
    return text;
}

bool hb_find_trace(const char *name, char *path, size_t size) {
    char folder[PATH_MAX];
    int length;

    if (strchr(name, '/')) {
        length = snprintf(path, size, "%s", name);
        return length > 0 && (size_t)length < size && access(path, F_OK) == 0;
    }
    for (int i = 0; i < TRACE_FOLDERS; i++) {
        if (!trace_folder(i, folder, sizeof folder))
            continue;
        length = snprintf(path, size, "%s/%s.hbt", folder, name);
        if (length > 0 && (size_t)length < size && access(path, F_OK) == 0)
            return true;
    }
    return false;
}

struct name_list {
    char **names; /* NULL-terminated, sorted, each once */
    size_t count;
};

static bool name_list_insert(struct name_list *list, const char *name, size_t length) {
    size_t at = 0;
    while (at < list->count && strncmp(list->names[at], name, length) < 0)
        at++;
    for (size_t i = at; i < list->count && strncmp(list->names[i], name, length) == 0; i++) {
        if (list->names[i][length] == '\0')
            return true;
    }

    char **names = realloc(list->names, (list->count + 2) * sizeof *names);
    char *copy = strndup(name, length);
    if (names)
        list->names = names;
    if (!names || !copy) {
        free(copy);
        return false;
    }
    memmove(names + at + 1, names + at, (list->count - at) * sizeof *names);
    names[at] = copy;
    names[++list->count] = NULL;
    return true;
}

static bool name_list_add_folder(struct name_list *list, const char *path) {
    DIR *folder = opendir(path);
    if (!folder)
        return true;

    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(folder));) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] != '.' && length > 4 &&
            strcmp(entry->d_name + length - 4, ".hbt") == 0)
            ok = name_list_insert(list, entry->d_name, length - 4);
    }
    closedir(folder);
    return ok;
}

char **hb_trace_names(void) {
    struct name_list list = {calloc(1, sizeof *list.names), 0};
    char folder[PATH_MAX];

    for (int i = 0; list.names && i < TRACE_FOLDERS; i++) {
        if (trace_folder(i, folder, sizeof folder) && !name_list_add_folder(&list, folder))
            break;
    }
    return list.names;
}
