/* record_merge.c -- heapbench record, after the command: its raw files become traces. */
#include "harness/cmd.h"
#include "harness/record.h"
#include "workloads/recorder/merge.h"
#include "workloads/recorder/recordable.h"
#include "workloads/recorder/settings.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void hb_record_say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("heapbench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

int hb_record_say_no_room(const char *folder) {
    const char *made = strstr(folder, "/.heapbench-record-");
    return hb_failure("no space in %.*s for the logs; set TMPDIR to a folder that has some",
                      (int)(made ? made - folder : (ptrdiff_t)strlen(folder)), folder);
}

static void text_add_loss(char *text, size_t size, uint64_t count, const char *what) {
    size_t used = strlen(text);
    if (count)
        snprintf(text + used, size - used, "%s%llu %s", used ? ", " : "", (unsigned long long)count,
                 what);
}

/* One line: what the trace holds, and what it lacks. */
static bool say_trace(const char *path) {
    char error[HB_TRACE_ERROR_MAX], losses[256] = "";
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    if (!reader)
        return hb_failure("%s", error), false;
    const struct hb_trace_info *info = hb_trace_get_info(reader);
    text_add_loss(losses, sizeof losses, info->dropped_calls, "dropped");
    text_add_loss(losses, sizeof losses, info->early_calls, "early");
    text_add_loss(losses, sizeof losses, info->signal_calls, "in signal handlers");
    text_add_loss(losses, sizeof losses, info->unmatched_frees, "frees of unknown objects");
    FILE *file = fopen(path, "rb");
    long bytes = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
    if (file)
        fclose(file);
    hb_record_say("%s: %llu operations, %llu objects, %ld bytes (%.2f per operation); lost: %s",
                  path, (unsigned long long)info->op_count, (unsigned long long)info->object_count,
                  bytes, info->op_count ? (double)bytes / (double)info->op_count : 0.0,
                  losses[0] ? losses : "nothing");
    hb_trace_close(reader);
    return true;
}

static bool record_merge(const struct hb_record *record, const struct hb_merge_image *image,
                         const char *path) {
    char error[HB_TRACE_ERROR_MAX];
    if (!hb_merge_image(record->folder, image, path, NULL, NULL, error))
        return hb_failure("%s", error), false;
    return say_trace(path);
}

/* OUT without .hbt, then .PID.hbt; .PID-2.hbt and so on while that exists. */
static void record_name_child(const struct hb_record *record, const struct hb_merge_image *image,
                              char *path, size_t size) {
    int stem = (int)strlen(record->output);
    if (stem > 4 && strcmp(record->output + stem - 4, ".hbt") == 0)
        stem -= 4;
    snprintf(path, size, "%.*s.%llu.hbt", stem, record->output, (unsigned long long)image->pid);
    for (unsigned i = 2; access(path, F_OK) == 0; i++)
        snprintf(path, size, "%.*s.%llu-%u.hbt", stem, record->output,
                 (unsigned long long)image->pid, i);
}

/* Children that called malloc and were not recorded left a mark each. */
static size_t record_count_children(const struct hb_record *record) {
    DIR *directory = opendir(record->folder);
    size_t count = 0;
    if (!directory)
        return 0;
    for (const struct dirent *entry; (entry = readdir(directory));) {
        size_t length = strlen(entry->d_name), end = sizeof HB_RECORD_CHILD_MARK - 1;
        count += length > end && strcmp(entry->d_name + length - end, HB_RECORD_CHILD_MARK) == 0;
    }
    closedir(directory);
    return count;
}

static void say_children(const struct hb_record *record) {
    size_t count = record_count_children(record);
    if (count)
        hb_record_say("%zu child process%s of it %s not recorded; --children records them too",
                      count, count > 1 ? "es" : "", count > 1 ? "were" : "was");
}

/* It ran, and nothing reached the recorder: why? */
static int say_nothing(const struct hb_record *record) {
    if (!hb_has_room(record->folder, HB_RECORD_LOG_BYTES))
        return hb_record_say_no_room(record->folder);
    if (hb_has_own_malloc(record->command[0]))
        return hb_failure("nothing was recorded of %s: it has a malloc of its own linked into it, "
                          "which no preloaded library can replace; record a build that takes "
                          "malloc from a shared library",
                          record->command[0]);
    return hb_failure("nothing was recorded of %s: it made no allocation call, or it was run "
                      "without the recorder's environment",
                      record->command[0]);
}

/* The last program of the started process that called malloc at all. */
static size_t record_find_main(const struct hb_record *record, const struct hb_merge_image *images,
                               size_t count) {
    size_t found = count;
    for (size_t i = 0; i < count; i++)
        if (images[i].pid == (uint64_t)record->pid && !images[i].is_empty)
            found = i;
    return found;
}

int hb_record_merge(const struct hb_record *record) {
    char error[HB_TRACE_ERROR_MAX], path[PATH_MAX];
    struct hb_merge_image *images;
    size_t count;
    if (!hb_merge_list(record->folder, &images, &count, error))
        return hb_failure("%s", error);
    size_t main_image = record_find_main(record, images, count);
    int status = HB_EXIT_OK;
    if (main_image == count)
        status = say_nothing(record);
    else if (!record_merge(record, &images[main_image], record->output))
        status = HB_EXIT_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (i == main_image || images[i].is_empty)
            continue;
        if (!record->has_children) {
            hb_record_say("left out what ran before it in the same process: %s", images[i].command);
            continue;
        }
        record_name_child(record, &images[i], path, sizeof path);
        if (!record_merge(record, &images[i], path))
            status = HB_EXIT_FAILED;
    }
    say_children(record);
    free(images);
    return status;
}
