/* lies.h -- false facts, each against one promise of a claim: its check must notice. */
#ifndef HB_TEST_LIES_H
#define HB_TEST_LIES_H

#include "harness/tour/facts.h"

struct lie {
    const char *claim, *spec; /* "" : nobody's heap */
    unsigned promise;         /* that the lie is against */
    void (*tell)(struct tour_facts *facts);
};

extern const struct lie lies[];
extern const size_t lie_count;

#endif
