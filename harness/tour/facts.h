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
    };
};

#endif
