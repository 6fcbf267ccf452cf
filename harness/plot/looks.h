/* looks.h -- how an allocator looks, alike in all pictures of the same results. */
#ifndef HB_PLOT_LOOKS_H
#define HB_PLOT_LOOKS_H

#include "harness/results/blocks.h"

struct hb_plot_look {
    int colour; /* 0xRRGGBB */
    int mark;   /* gnuplot's point type */
    int dash;   /* gnuplot's dash type, 1 is a solid line */
};

/* How many other allocators come before this one, which is among the rows. */
size_t hb_plot_allocator_number(const struct hb_results_blocks *blocks, const char *allocator);

/* 84 allocators differ in colour or mark; on grey paper marks tell 12, and lines with their dashes
 * 24. */
struct hb_plot_look hb_plot_look(size_t number);

#endif
