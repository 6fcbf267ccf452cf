/* shrink_remove.c -- ddmin (Zeller & Hildebrandt 2002), and what it removes.
 *
 * 1. If nothing is needed, all goes.
 * 2. The items are n parts of nearly one size, at first 2. If one part alone holds, it is all that
 *    stays, and n is 2 again.
 * 3. Else each part is taken out in its turn; where the rest holds, it is gone and n is one less.
 * 4. If no part could go: where each part is one item, this is the end; else n is doubled.
 * The paper tries single parts again whenever n has changed; here only where the parts are new.
 */
#include <stdlib.h>
#include <string.h>

#include "workloads/trace_format.h"
#include "workloads/trace_sizes.h"
#include "workloads/transform/shrink_steps.h"

bool shrinking_start(struct shrinking *shrinking) {
    size_t count = shrinking->shrink->best.count;

    shrinking->candidate.ops = malloc((count + 1) * sizeof *shrinking->candidate.ops);
    shrinking->label = malloc((count + 1) * sizeof *shrinking->label);
    shrinking->candidate.sites = shrinking->shrink->best.sites;
    return shrinking->candidate.ops != NULL && shrinking->label != NULL;
}

void shrinking_end(struct shrinking *shrinking) {
    free(shrinking->candidate.ops);
    free(shrinking->label);
}

void shrink_copy(struct shrinking *shrinking) {
    const struct hb_candidate *best = &shrinking->shrink->best;

    if (best->count > 0)
        memcpy(shrinking->candidate.ops, best->ops, best->count * sizeof *best->ops);
    shrinking->candidate.count = best->count;
    shrinking->candidate.has_times = best->has_times;
}

bool shrink_try(struct shrinking *shrinking) {
    struct hb_shrink *shrink = shrinking->shrink;
    enum hb_verdict verdict;
    struct hb_candidate before;

    if (shrink->is_stopped)
        return false;
    verdict = shrink->test(shrink->context, &shrinking->candidate);
    shrink->is_stopped = verdict == HB_VERDICT_STOP;
    if (verdict != HB_VERDICT_HOLDS)
        return false;
    before = shrink->best;
    shrink->best = shrinking->candidate;
    shrinking->candidate = before;
    shrinking->has_changed = true;
    return true;
}

/* The items that are left, in order, and which of all are to stay in a candidate. */
struct items {
    struct shrinking *shrinking;
    size_t *left;
    size_t count;
    uint8_t *stays;
};

/* Make the candidate of the operations whose items stay; if it holds, keep it and their labels. */
static bool items_try(struct items *items) {
    struct shrinking *shrinking = items->shrinking;
    const struct hb_candidate *best = &shrinking->shrink->best;
    size_t *label = shrinking->label, kept = 0, count = best->count;

    for (size_t i = 0; i < count; i++)
        if (label[i] == SHRINK_STAYS || items->stays[label[i]])
            shrinking->candidate.ops[kept++] = best->ops[i];
    shrinking->candidate.count = kept;
    shrinking->candidate.has_times = best->has_times;
    if (!shrink_try(shrinking))
        return false;
    kept = 0;
    for (size_t i = 0; i < count; i++)
        if (label[i] == SHRINK_STAYS || items->stays[label[i]])
            label[kept++] = label[i];
    kept = 0;
    for (size_t i = 0; i < items->count; i++)
        if (items->stays[items->left[i]])
            items->left[kept++] = items->left[i];
    items->count = kept;
    return true;
}

/* Say of the items at place low to high - 1 that they stay, or not, and of the others the contrary.
 */
static void items_mark(struct items *items, size_t low, size_t high, bool stays) {
    for (size_t i = 0; i < items->count; i++)
        items->stays[items->left[i]] = (i >= low && i < high) == stays;
}

/* Where part i of n begins. */
static size_t part_start(const struct items *items, size_t i, size_t n) {
    return (size_t)((unsigned __int128)items->count * i / n);
}

static bool parts_reduce_to_one(struct items *items, size_t n) {
    for (size_t i = 0; i < n && !items->shrinking->shrink->is_stopped; i++) {
        items_mark(items, part_start(items, i, n), part_start(items, i + 1, n), true);
        if (items_try(items))
            return true;
    }
    return false;
}

/* Take out what parts can go. Returns whether any could; *n falls with them. */
static bool parts_take_out(struct items *items, size_t *n) {
    bool has_gone = false;

    for (size_t i = 0; i < *n && items->count > 1 && !items->shrinking->shrink->is_stopped;) {
        items_mark(items, part_start(items, i, *n), part_start(items, i + 1, *n), false);
        if (items_try(items)) {
            has_gone = true;
            --*n;
        } else
            i++;
    }
    return has_gone;
}

static void items_reduce(struct items *items, bool fine) {
    const bool *is_stopped = &items->shrinking->shrink->is_stopped;
    size_t n = fine || items->count < 2 ? items->count : 2;
    bool has_tried_one = fine; /* each part of these n alone */

    items_mark(items, 0, 0, true);
    if (items_try(items))
        return;
    while (items->count > 1 && !*is_stopped) {
        if (!has_tried_one && parts_reduce_to_one(items, n)) {
            n = items->count < 2 ? 1 : 2;
            continue;
        }
        if (parts_take_out(items, &n)) {
            has_tried_one = true;
            n = n < 2 ? items->count : n;
            continue;
        }
        if (n >= items->count)
            return;
        n = n > items->count / 2 ? items->count : 2 * n;
        has_tried_one = false;
    }
}

bool shrink_remove(struct shrinking *shrinking, size_t count, bool fine) {
    struct items items = {.shrinking = shrinking, .count = count};

    if (count == 0)
        return true;
    items.left = malloc(count * sizeof *items.left);
    items.stays = malloc(count);
    if (items.left != NULL && items.stays != NULL) {
        for (size_t i = 0; i < count; i++)
            items.left[i] = i;
        items_reduce(&items, fine);
    }
    bool good = items.left != NULL && items.stays != NULL;
    free(items.left);
    free(items.stays);
    return good;
}
