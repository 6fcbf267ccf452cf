/* fake_malloc.h -- what the fakes do, and their test expects. */
#ifndef HB_TEST_FAKE_MALLOC_H
#define HB_TEST_FAKE_MALLOC_H

enum {
    FAKE_CRASHES_AT = 1000,   /* allocation */
    FAKE_HANGS_AT = 1000,     /* allocation */
    FAKE_PAGES_AT = 5000,     /* allocation */
    FAKE_PAGES_BEFORE = 3000, /* pages touched before the program starts */
    FAKE_SLOW_EVERY = 1000,   /* malloc */
    FAKE_SLOW_NS = 2000,
    FAKE_HUGE = 3,    /* ranges of a huge page's size that are advised; their first page touched */
    FAKE_KEPT = 1000, /* pages kept when all is freed, of which it gives back later: */
    FAKE_KEPT_40MS = 600 /* some after 40 ms, all after 400 */
};

#endif
