/* fuzz_merge.c -- the merge on any bytes: they become two raw files of one image. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/recorder/merge.h"
#include "workloads/recorder/raw.h"

static char folder[] = "/dev/shm/heapbench-fuzz-XXXXXX";

static void raw_write(uint64_t buffer, const uint8_t *data, size_t size) {
    char path[128];
    static char image[RAW_HEADER_BYTES + RAW_RING_BYTES];
    size_t count = size / 8 < RAW_RING_WORDS ? size / 8 : RAW_RING_WORDS;
    struct raw_header header = {.header_bytes = RAW_HEADER_BYTES,
                                .ring_bytes = RAW_RING_BYTES,
                                .pid = 1,
                                .image_ticks = 1,
                                .buffer = buffer,
                                .has_sites = 1,
                                .logged_words = count};
    memcpy(header.magic, RAW_MAGIC, sizeof header.magic);
    memcpy(image, &header, sizeof header);
    memcpy(image + RAW_HEADER_BYTES, data, count * 8);
    snprintf(path, sizeof path, "%s/%u.raw", folder, (unsigned)buffer);
    FILE *file = fopen(path, "wb");
    if (!file)
        abort();
    fwrite(image, 1, RAW_HEADER_BYTES + count * 8, file);
    fclose(file);
}

static void folder_remove(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command))
        return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool is_made;
    char path[128], error[HB_TRACE_ERROR_MAX];
    struct hb_merge_image *images;
    size_t count;
    if (!is_made && (!mkdtemp(folder) || atexit(folder_remove)))
        abort();
    is_made = true;
    raw_write(0, data, size / 2);
    raw_write(1, data + size / 2, size - size / 2);
    snprintf(path, sizeof path, "%s/out.hbt", folder);
    if (hb_merge_list(folder, &images, &count, error)) {
        if (count && hb_merge_image(folder, &images[0], path, NULL, NULL, error))
            unlink(path);
        free(images);
    }
    return 0;
}
