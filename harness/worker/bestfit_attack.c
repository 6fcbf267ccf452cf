/* bestfit_attack.c -- makes best fit use about m times what is live.
 *
 * J. M. Robson, Worst case fragmentation of first fit and best fit storage allocation strategies,
 * The Computer Journal 20(3), 1977; Knuth, TAOCP 1, exercise 2.5-42: best fit may need m n - O(n +
 * m^2) for n units live and sizes up to m.
 *
 * With u = m - 2, R_s a block in use and F_s a free one, the heap is R_u (F_{m-3} R_1)^k: one unit
 * in u keeps the m - 3 before it from ever holding the next request, of u. Two more blocks of u at
 * the end, joined with the last F_{m-3}, make room for R_m R_{m-5} R_1, and a walk down the heap
 * turns each R_1 F into the same again: k has become k + 1, and not a unit more is live.
 *
 * It names blocks by their places, and so asks that the allocator places as best fit would.
 */
#include "allocators/text.h"
#include "harness/worker/adversary.h"
#include "harness/worker/worker.h"

struct attack {
    struct adversary *adversary;
    const struct adversary_job *job;
    uint32_t *slot_at; /* of the object that starts at each unit, + 1; 0: none */
    uint64_t units;    /* of that table */
};

__attribute__((noreturn)) static void attack_fail(const struct attack *attack, uint64_t unit) {
    char detail[32];
    struct hb_text text = hb_text_start(detail, sizeof detail);
    hb_text_add_number(&text, unit);
    worker_fail(adversary_worker(attack->adversary),
                "it does not place as best fit does; the attack found no object at unit ", detail);
}

static uint64_t attack_alloc(struct attack *attack, uint64_t units) {
    uint32_t slot = adversary_alloc(attack->adversary, units);
    int64_t place = adversary_place(attack->adversary, slot);
    if (place < 0 || (uint64_t)place >= attack->units)
        attack_fail(attack, (uint64_t)place);
    attack->slot_at[place] = slot + 1;
    return (uint64_t)place;
}

static void attack_free(struct attack *attack, uint64_t unit) {
    if (unit >= attack->units || !attack->slot_at[unit])
        attack_fail(attack, unit);
    uint32_t slot = attack->slot_at[unit] - 1;
    attack->slot_at[unit] = 0;
    adversary_free(attack->adversary, slot);
}

/* R_m R_{m-5} R_1 in a hole of 2 m - 4. */
static void attack_fill(struct attack *attack) {
    uint64_t m = attack->job->width;
    attack_alloc(attack, m);
    attack_alloc(attack, m - 5);
    attack_alloc(attack, 1);
}

#define NO_PLUG UINT64_MAX

/* A block of m - 2 at unit, where the free block is larger. The free end of the heap may have just
 * that size: it is filled first then, and the plug is to be freed. */
static void attack_place(struct attack *attack, uint64_t unit, uint64_t *plug) {
    uint64_t units = attack->job->width - 2;
    uint64_t place = attack_alloc(attack, units);
    *plug = NO_PLUG;
    if (place == unit)
        return;
    *plug = place;
    if (attack_alloc(attack, units) != unit)
        attack_fail(attack, unit);
}

static void attack_unplug(struct attack *attack, uint64_t plug) {
    if (plug != NO_PLUG)
        attack_free(attack, plug);
}

/* From b down to 0, a block of u at a time. */
static void attack_descend(struct attack *attack, uint64_t b) {
    uint64_t m = attack->job->width, u = m - 2, plug;
    while (b > 0) {
        uint64_t l = b - u;
        attack_place(attack, b, &plug);
        attack_alloc(attack, 2);
        attack_unplug(attack, plug);
        attack_free(attack, b);
        attack_free(attack, l ? b - 1 : 0);
        attack_fill(attack);
        attack_free(attack, l);
        attack_free(attack, b + m - 2);
        attack_free(attack, b + m);
        b = l;
    }
    attack_free(attack, m);
    attack_place(attack, 0, &plug);
    attack_unplug(attack, plug);
}

void adversary_bestfit(struct adversary *adversary, const struct adversary_job *job) {
    struct worker *worker = adversary_worker(adversary);
    uint64_t m = job->width, u = m - 2;
    struct attack attack = {adversary, job, NULL, (job->count + 4) * m};
    attack.slot_at = worker_map(worker, attack.units * sizeof *attack.slot_at);
    attack_alloc(&attack, u);
    uint64_t x = attack_alloc(&attack, m - 3);
    attack_alloc(&attack, 1);
    attack_free(&attack, x);
    for (uint64_t k = 1; k < job->count; k++) {
        uint64_t p1 = attack_alloc(&attack, u);
        uint64_t p2 = attack_alloc(&attack, u);
        attack_free(&attack, (k + 1) * u - 1);
        attack_free(&attack, p1);
        attack_fill(&attack);
        attack_free(&attack, k * u);
        attack_free(&attack, p2);
        attack_descend(&attack, k * u);
    }
}
