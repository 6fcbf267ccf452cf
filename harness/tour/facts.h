/* facts.h -- what the worker of a tour saw, claim by claim: plain numbers, in memory shared with
 * the parent. Nothing here says what ought to be; that is each claim's check.
 */
#ifndef HB_TOUR_FACTS_H
#define HB_TOUR_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOUR_NAME_MAX = 32, TOUR_MESSAGE_MAX = 200 };

/* Whose heap it is. */
enum tour_kind {
    TOUR_NOBODYS, /* the claim is about the process, not an allocator */
    TOUR_LIBC,    /* the C library's malloc */
    TOUR_TAGGED,  /* one of ours with the block model's 8-byte headers */
    TOUR_GUARDED, /* such a one behind guard=on */
    TOUR_OTHER
};

struct tour_segments {
    uint64_t code, data, data_end, bss_end; /* a function; &data; the linker's edata and end */
    uint64_t bss;                           /* a variable without an initial value */
    uint64_t program_end;                   /* of the last mapping of the program's file */
    uint64_t first_break;                   /* sbrk(0) before anything moved it */
    uint64_t heap_start, heap_end;          /* of [heap] in /proc/self/maps, once it has moved */
    uint64_t now;                           /* the break then */
    uint64_t mappings;                      /* the lowest address above the heap that is mapped */
    uint64_t stack;                         /* a local variable */
};

enum { TOUR_BREAK_STEPS = 7 };
enum tour_break_call { TOUR_SBRK, TOUR_BRK };

struct tour_break {
    uint64_t page;
    uint64_t start; /* the break before the first step */
    struct tour_break_step {
        uint32_t call;     /* enum tour_break_call */
        int64_t increment; /* of sbrk; of brk, its argument less start */
        int64_t returned;
        uint64_t before, after; /* the break, by the kernel's own call */
        uint64_t mapped;        /* end of [heap], 0 if there is none */
    } steps[TOUR_BREAK_STEPS];
};

enum { TOUR_RESIDENT_PAGES = 64, TOUR_RESIDENT_STEPS = 5 };

struct tour_resident {
    uint64_t page, start;
    struct tour_resident_step {
        uint64_t touched; /* pages, so far */
        uint64_t faults;  /* page faults of the step */
        bool is_touched[TOUR_RESIDENT_PAGES];
        bool is_resident[TOUR_RESIDENT_PAGES]; /* by mincore */
    } steps[TOUR_RESIDENT_STEPS]; /* moved; some; some more; all; lowered and raised again */
    uint64_t read_after_return;   /* a byte that had been written to 1 */
};

struct tour_threshold_request {
    uint64_t request, payload;
    bool is_in_heap;
    uint64_t break_before, break_after;
};

struct tour_threshold {
    struct tour_threshold_request small, large;
    uint64_t first;       /* the least request that is mapped */
    uint64_t freed_bytes; /* of a mapped block that was taken and freed; then */
    uint64_t second;      /* the least again */
};

enum { TOUR_BLOCK_HEAD = 32, TOUR_BLOCK_END = 16, TOUR_BLOCK_TAG = 16, TOUR_BLOCK_FREE_MAX = 8 };

/* Bytes of a block: its header and what follows; its last 8 bytes and the next block's header. */
struct tour_block_bytes {
    unsigned char head[TOUR_BLOCK_HEAD], end[TOUR_BLOCK_END];
};

struct tour_block {
    uint64_t request, payload, usable;
    uint64_t heap_base;   /* of ours: their short references count from it */
    uint64_t next;        /* payload of the block behind it, of the same request */
    uint64_t other;       /* payload of another block, not beside it, that is freed, too */
    uint64_t block_bytes; /* by the allocator's own walk, or from next; 0: not known */
    uint64_t header_at;
    uint64_t free_payloads[TOUR_BLOCK_FREE_MAX]; /* of the free blocks, in the end */
    uint64_t free_count;
    struct tour_block_bytes live, freed, other_freed;
    unsigned char tag[TOUR_BLOCK_TAG], canary[TOUR_BLOCK_TAG]; /* of the guard */
};

enum { TOUR_SIZES = 256 };

struct tour_sizes {
    uint32_t block_bytes[TOUR_SIZES]; /* of a request of index + 1; 0: not known */
    uint32_t usable[TOUR_SIZES];
    uint32_t misalignment[TOUR_SIZES]; /* of the payload, to 16 */
};

enum { TOUR_FREED_BLOCKS = 64, TOUR_FREED_STEPS = 5 };

struct tour_freed {
    uint64_t request;
    uint64_t payloads[TOUR_FREED_BLOCKS];
    uint64_t given_again; /* payload of the first malloc after the first free */
    struct tour_freed_step {
        bool is_live[TOUR_FREED_BLOCKS];
        uint64_t at_break;
        uint64_t tail;         /* from the end of the last live block to the break */
    } steps[TOUR_FREED_STEPS]; /* full; one freed; given again; before the break fell; after it */
    bool fell;
};

enum { TOUR_PINNED_BLOCKS = 256, TOUR_PINNED_PAGES = 2048, TOUR_PINNED_STEPS = 4 };

struct tour_pinned {
    uint64_t page, request;
    uint64_t start, pin; /* first page of the first block; payload of the one that stays */
    uint64_t pages;      /* from start to the pin's end, at most TOUR_PINNED_PAGES */
    uint64_t advised_bytes;
    struct tour_pinned_step {
        uint64_t live_bytes, at_break, resident;
        bool is_resident[TOUR_PINNED_PAGES];
    } steps[TOUR_PINNED_STEPS]; /* full; all but one freed; after madvise; used again */
    bool pin_is_whole, works;   /* the pin's bytes; a block taken and written after it */
};

enum { TOUR_FRAMES = 64 };

struct tour_frames {
    uint64_t page, start;
    bool is_readable, is_hidden;
    uint64_t frames[TOUR_FRAMES]; /* 0: not present */
};

enum { TOUR_SAID_MAX = 200 };

struct tour_header {
    uint64_t request, payload, next; /* of two neighbours */
    uint64_t header;                 /* of the first */
    uint64_t false_header;           /* what is written over it: the size of both */
    uint64_t asked, given;           /* a malloc after the first is freed, and its payload */
    uint64_t calls;                  /* of malloc, until then */
    bool lie_ended;                  /* without a signal */
    uint64_t nonsense_at;
    int32_t signal, status; /* how the process ended that freed a block with such a header */
    char said[TOUR_SAID_MAX];
};

enum { TOUR_ISOLATED_CELLS = 64 };

struct tour_isolated {
    uint64_t blocks, request, keep_every;
    uint64_t block_bytes;              /* 0: not known */
    uint64_t low, high;                /* from the first payload to the end of the last */
    uint64_t live;                     /* blocks that stay */
    bool is_live[TOUR_ISOLATED_CELLS]; /* the first blocks, by address */
    uint64_t later, later_request;     /* blocks taken then */
    uint64_t reused;                   /* of them, those between low and high */
    uint64_t held_before, held_after; /* bytes from the system, around the later ones; 0: unknown */
};

struct tour_facts {
    bool is_whole;
    char message[TOUR_MESSAGE_MAX]; /* why it is not */
    uint32_t kind;                  /* enum tour_kind */
    char libc[TOUR_NAME_MAX];       /* "glibc 2.36"; "" for any other */
    bool is_randomised;             /* addresses differ from run to run */
    bool has_small_pages;           /* huge pages are off in the worker */
    union {
        struct tour_segments segments;
        struct tour_break brk;
        struct tour_resident resident;
        struct tour_threshold threshold;
        struct tour_block block;
        struct tour_sizes sizes;
        struct tour_freed freed;
        struct tour_pinned pinned;
        struct tour_frames frames;
        struct tour_header header;
        struct tour_isolated isolated;
    };
};

#endif
