/* frames.h -- do neighbouring pages lie in neighbouring page frames? From the entries of
 * /proc/self/pagemap: one of 64 bits a page, bit 63 present, bit 61 of a file or shared, bits 0-54
 * the frame (the kernel's Documentation/admin-guide/mm/pagemap.rst). The frame is 0 for all but
 * those with CAP_SYS_ADMIN.
 */
#ifndef HB_FRAMES_H
#define HB_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { FRAMES_PAGE = 4096, FRAMES_RANGES_MAX = 1 << 16 };

enum frames_status { FRAMES_OK, FRAMES_HIDDEN, FRAMES_UNREADABLE, FRAMES_TOO_MANY };

/* As pread does: bytes read, which may be fewer, 0 at the end, negative if it fails. */
typedef ssize_t frames_read(void *context, void *buffer, size_t bytes, uint64_t offset);

/* Pages side by side. */
struct frames_range {
    uint64_t first, count;
};

struct frames {
    frames_read *read;
    void *context;
    enum frames_status status; /* the first that was not OK stays */
    uint64_t zero_frame;       /* of the page that stands for all zeros: it is no memory of ours */
    /* Private pages that were present at the start, ascending: left out of what is counted. */
    struct frames_range *before; /* FRAMES_RANGES_MAX */
    size_t before_count;
    size_t before_next; /* the first that a page to come can be in */
    bool is_counting;
    /* Counted. */
    uint64_t pages;
    uint64_t runs;    /* of pages whose frames follow each other as the pages do */
    uint64_t longest; /* pages of a run */
    uint64_t run;     /* pages of the current one */
    uint64_t last_page, last_frame;
};

/* Start to note what is there already. before: room for FRAMES_RANGES_MAX, zero_frame 0 if not
 * known. */
void frames_open(struct frames *frames, frames_read *read, void *context,
                 struct frames_range *before);

/* The frame of the page at address, 0 if it is not present or hidden. */
uint64_t frames_of(struct frames *frames, uint64_t address);

/* From here on pages are counted. */
void frames_count(struct frames *frames);

/* The private pages from start up to end; calls must go up in addresses. */
void frames_add(struct frames *frames, uint64_t start, uint64_t end);

/* The private mappings in text, as /proc/self/maps lists them. */
void frames_add_maps(struct frames *frames, const char *text);

#endif
