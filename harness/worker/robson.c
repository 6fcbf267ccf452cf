/* robson.c -- Robson's program against any allocator that cannot move what it gave.
 *
 * J. M. Robson, An estimate of the store size necessary for dynamic storage allocation, JACM 18(3),
 * 1971; Bounds for some functions concerning dynamic storage allocation, JACM 21(3), 1974.
 *
 * With M units live at most and sizes 1, 2, 4 ... n it makes every allocator use at least
 *     N(M, n) = M (1 + log2(n) / 2) - n + 1.
 * Step i deals with m = 2^i. It keeps an object only if it covers a unit whose place is f modulo m:
 * such an object keeps the m units from one such place to the next from being free all together, so
 * that objects of m units must go elsewhere. Of the two f that agree with the last step's it takes
 * the one by which less live memory keeps more: the larger sum of m - |o| over the objects kept.
 *
 *     live = M objects of 1; f = 0
 *     for m = 2, 4 ... n:
 *         choose f of f, f + m/2
 *         free all that cover no place = f (mod m)
 *         request floor((M - live) / m) objects of m
 */
#include "harness/worker/adversary.h"

/* Does the object cover a unit whose place is f modulo m, a power of two? */
static bool object_covers(const struct adversary *adversary, uint32_t slot, uint64_t f,
                          uint64_t m) {
    uint64_t ahead = (f - (uint64_t)adversary_place(adversary, slot)) & (m - 1);
    return ahead < adversary_units(adversary, slot);
}

/* The sum of m - |o| over what would be kept. */
static uint64_t kept_room(const struct adversary *adversary, uint64_t f, uint64_t m) {
    uint64_t room = 0;
    for (uint32_t slot = 0; slot < adversary_slots(adversary); slot++) {
        uint64_t units = adversary_units(adversary, slot);
        if (units && object_covers(adversary, slot, f, m))
            room += m - units;
    }
    return room;
}

void adversary_robson(struct adversary *adversary, const struct adversary_job *job) {
    uint64_t f = 0;
    for (uint64_t i = 0; i < job->live; i++)
        adversary_alloc(adversary, 1);
    for (uint64_t m = 2; m <= job->sizes; m *= 2) {
        if (kept_room(adversary, f + m / 2, m) > kept_room(adversary, f, m))
            f += m / 2;
        for (uint32_t slot = 0; slot < adversary_slots(adversary); slot++)
            if (adversary_units(adversary, slot) && !object_covers(adversary, slot, f, m))
                adversary_free(adversary, slot);
        uint64_t count = (job->live - adversary_live_units(adversary)) / m;
        for (uint64_t i = 0; i < count; i++)
            adversary_alloc(adversary, m);
    }
}
