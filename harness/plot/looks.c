#include "harness/plot/looks.h"

#include <string.h>

enum { COLOURS = 7, MARKS = 12, CLOSED_MARKS = 6, DASHES = 4 };

size_t hb_plot_allocator_number(const struct hb_results_blocks *blocks, const char *allocator) {
    size_t number = 0;

    for (size_t i = 0; strcmp(blocks->rows[i]->allocator, allocator) != 0; i++) {
        bool is_new = true;
        for (size_t j = 0; j < i && is_new; j++)
            is_new = strcmp(blocks->rows[j]->allocator, blocks->rows[i]->allocator) != 0;
        number += is_new;
    }
    return number;
}

struct hb_plot_look hb_plot_look(size_t number) {
    /* Okabe & Ito's colours, without the yellow; gnuplot's marks, filled, then open. */
    static const int colours[COLOURS] = {0x000000, 0x0072B2, 0xD55E00, 0x009E73,
                                         0xCC79A7, 0xE69F00, 0x56B4E9};
    static const int marks[MARKS] = {7, 5, 9, 13, 11, 15, 6, 4, 8, 12, 10, 14};
    return (struct hb_plot_look){colours[number % COLOURS], marks[number % MARKS],
                                 (int)(number / CLOSED_MARKS % DASHES) + 1};
}
