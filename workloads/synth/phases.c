/* phases.c -- the three patterns of memory use over time: ramp, peaks, plateau.
 *
 * Source: Wilson, Johnstone, Neely & Boles, Dynamic storage allocation: a survey and critical
 * review, IWMM 1995, section 2.4. A ramp accumulates data and frees none of it. Peaks build up
 * data for one phase and discard it all at its end; the phases use sizes of their own. A plateau
 * builds up data quickly and then uses them long.
 *
 * Long-lived objects follow a level that is a function of the operations so far; whatever
 * operations remain are churn: YOUNG objects at most, any of which dies next.
 *
 *   ramp     level = live * t                              t: part of the operations done
 *   peaks    level = live * f / 0.75 for f < 0.75, then 0  f: part of the current phase done
 *   plateau  level = live * t / 0.1 for t < 0.1, then live
 *
 * Laws: the long-lived bytes never exceed the level, but at a peak's end, when one after the other
 * goes; as far as there are operations enough they are below it by less than one request.
 */
#include "workloads/synth/generator.h"
#include "workloads/synth/herd.h"
#include "workloads/synth/sizes.h"

enum { YOUNG = 100 };

struct phases {
    struct synth_prng prng;
    struct synth_sizes sizes;
    struct synth_herd old, young;
    enum synth_release release; /* of the old, at a peak's end */
    uint64_t live, ops, mean, peaks;
    uint64_t done; /* operations */
    uint64_t size; /* of the next long-lived object, 0: not drawn yet */
    uint64_t (*level)(struct phases *phases);
};

static uint64_t part_of(uint64_t whole, uint64_t part, uint64_t all) {
    return (uint64_t)((unsigned __int128)whole * part / all);
}

static uint64_t ramp_level(struct phases *phases) {
    return part_of(phases->live, phases->done, phases->ops);
}

static uint64_t plateau_level(struct phases *phases) {
    uint64_t rise = phases->ops / 10 + 1;
    return phases->done < rise ? part_of(phases->live, phases->done, rise) : phases->live;
}

/* Sizes of three phases in turn: half the mean, the mean, twice the mean. */
static uint64_t peaks_level(struct phases *phases) {
    unsigned __int128 progress = (unsigned __int128)phases->done * phases->peaks;
    uint64_t phase = (uint64_t)(progress / phases->ops), part = (uint64_t)(progress % phases->ops);
    uint64_t mean = phases->mean << phase % 3 >> 1;
    phases->sizes.mean = mean ? mean : 1;
    uint64_t rise = phases->ops / 4 * 3 + 1;
    return part < rise ? part_of(phases->live, part, rise) : 0;
}

static void phases_open(struct phases *phases, const struct synth_config *config) {
    synth_prng_seed(&phases->prng, config->seed);
    phases->sizes = (struct synth_sizes){(enum synth_sizes_kind)config->sizes, config->mean};
    phases->release = (enum synth_release)config->release;
    phases->live = config->live;
    phases->ops = config->ops;
    phases->mean = config->mean;
    phases->peaks = config->peaks;
}

static bool ramp_open(void *state, const struct synth_config *config, char *error) {
    (void)error;
    phases_open(state, config);
    ((struct phases *)state)->level = ramp_level;
    return true;
}

static bool peaks_open(void *state, const struct synth_config *config, char *error) {
    (void)error;
    phases_open(state, config);
    ((struct phases *)state)->level = peaks_level;
    return true;
}

static bool plateau_open(void *state, const struct synth_config *config, char *error) {
    (void)error;
    phases_open(state, config);
    ((struct phases *)state)->level = plateau_level;
    return true;
}

static bool herd_born(struct synth_herd *herd, struct synth_out *out, uint64_t size) {
    return synth_herd_add(herd, synth_born(out, HB_OP_MALLOC, 0, size), size) ||
           synth_fail(out, "not enough memory");
}

static void herd_dies(struct phases *phases, struct synth_herd *herd, enum synth_release release,
                      struct synth_out *out) {
    synth_free(out, 0, synth_herd_release(herd, release, &phases->prng).object);
}

static bool phases_step(void *state, struct synth_out *out) {
    struct phases *phases = state;
    uint64_t level = phases->level(phases);
    phases->done++;
    if (phases->old.bytes > level) {
        herd_dies(phases, &phases->old, phases->release, out);
        return true;
    }
    if (!phases->size)
        phases->size = synth_size_draw(&phases->sizes, &phases->prng);
    if (phases->old.bytes + phases->size <= level) {
        uint64_t size = phases->size;
        phases->size = 0;
        return herd_born(&phases->old, out, size);
    }
    bool is_heads = synth_random_bits(&phases->prng) >> 63;
    if (phases->young.count == YOUNG || (phases->young.count && is_heads)) {
        herd_dies(phases, &phases->young, SYNTH_RELEASE_RANDOM, out);
        return true;
    }
    return herd_born(&phases->young, out, synth_size_draw(&phases->sizes, &phases->prng));
}

static void phases_close(void *state) {
    struct phases *phases = state;
    synth_herd_free(&phases->old);
    synth_herd_free(&phases->young);
}

static const struct synth_use uses[] = {{&synth_ops, 1000000}, {&synth_live, 4 << 20},
                                        {&synth_seed, 1},      {&synth_sizes, 1},
                                        {&synth_mean, 64},     {NULL, 0}};
static const struct synth_use peaks_uses[] = {
    {&synth_ops, 1000000},   {&synth_live, 4 << 20},
    {&synth_seed, 1},        {&synth_sizes, 1},
    {&synth_mean, 64},       {&synth_release, SYNTH_RELEASE_FIFO},
    {&synth_peaks_count, 8}, {NULL, 0}};

#define SURVEY "Wilson, Johnstone, Neely & Boles, IWMM 1995, section 2.4"

const struct hb_generator synth_ramp = {
    .name = "ramp",
    .summary = "data accumulate over the whole run, with churn beside them",
    .source = SURVEY,
    .uses = uses,
    .state_bytes = sizeof(struct phases),
    .open = ramp_open,
    .step = phases_step,
    .close = phases_close};

const struct hb_generator synth_peaks = {
    .name = "peaks",
    .summary = "each phase builds up data of its own sizes and discards them at its end",
    .source = SURVEY,
    .uses = peaks_uses,
    .state_bytes = sizeof(struct phases),
    .open = peaks_open,
    .step = phases_step,
    .close = phases_close};

const struct hb_generator synth_plateau = {
    .name = "plateau",
    .summary = "data are built up quickly and then kept, with churn beside them",
    .source = SURVEY,
    .uses = uses,
    .state_bytes = sizeof(struct phases),
    .open = plateau_open,
    .step = phases_step,
    .close = phases_close};
