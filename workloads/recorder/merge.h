/* merge.h -- raw files of the recorder made into traces. */
#ifndef HB_MERGE_H
#define HB_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/trace.h"

/* One program image: what a process was from an exec, or its fork, to its end or next exec. */
struct hb_merge_image {
    uint64_t pid;
    uint64_t ticks;      /* when it began; later images of a process have more */
    uint64_t word_count; /* 8-byte words recorded: at least one for an event */
    uint32_t file_count; /* one for each thread alive at a time */
    bool is_empty;       /* no event, only the marks that each file begins with */
    bool has_times, has_sites;
    char command[HB_TRACE_TEXT_MAX]; /* quoted for a shell */
};

/* List the images that have raw files in folder, in the order of their beginnings. The caller frees
 * *images. Returns false, with a line in error, if the folder cannot be read. */
bool hb_merge_list(const char *folder, struct hb_merge_image **images, size_t *count, char *error);

/* Merge the raw files of one image into a new trace at path. command and note, unless NULL, go into
 * the trace instead of the image's command and behind the merge's own note. Damaged files give what
 * can be read. Returns false, with a line in error, if the trace could not be written. */
bool hb_merge_image(const char *folder, const struct hb_merge_image *image, const char *path,
                    const char *command, const char *note, char *error);

#endif
