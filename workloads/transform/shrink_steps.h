/* shrink_steps.h -- the steps of a shrink, and the ground that they stand on. */
#ifndef HB_TRANSFORM_SHRINK_STEPS_H
#define HB_TRANSFORM_SHRINK_STEPS_H

#include "workloads/transform/shrink.h"

struct shrinking {
    struct hb_shrink *shrink;
    struct hb_candidate candidate; /* in the making; room for as many operations as best has */
    size_t *label;                 /* of each operation of best, see shrink_remove */
    int round;                     /* from 1 */
    bool has_changed;              /* best has, in this step */
};

/* An operation whose label is this always stays. */
#define SHRINK_STAYS SIZE_MAX

bool shrinking_start(struct shrinking *shrinking);
void shrinking_end(struct shrinking *shrinking);

/* Begin a candidate as a copy of best. */
void shrink_copy(struct shrinking *shrinking);

/* Ask about the candidate; if it holds, it is best from now on. False also if stopped. */
bool shrink_try(struct shrinking *shrinking);

/* ddmin over items 0 to count - 1: item i is the operations of best with label[i] = i. Remove as
 * many as can go; then none of those left can go by itself. fine: begin with single items. False if
 * memory ran out. */
bool shrink_remove(struct shrinking *shrinking, size_t count, bool fine);

/* Each looks at best and makes it less, as far as it holds. False if memory ran out. */
typedef bool shrink_step(struct shrinking *shrinking);

shrink_step shrink_end, shrink_objects, shrink_reallocs, shrink_frees;
shrink_step shrink_kinds, shrink_threads, shrink_sizes, shrink_times;

#endif
