/* mix.c -- two programs by what is published of their sizes: a Web proxy's file system, and an
 * editor.
 *
 * Source: Bohra & Gabber, Are mallocs free of fragmentation?, USENIX 2001, FREENIX track. Their
 * traces are not to be had; these are stand-ins that have the described properties, no more.
 *
 * hummingbird: a live set of fixed size. Below 128 bytes a few sizes only, above that Zipf's law,
 * and at 32 KiB a spike that carries more than half of all bytes. Any object may be replaced next.
 * emacs: nearly all objects are below 2 KiB, by Zipf's law; the live set grows from half of `live`
 * to all of it in the course of the trace.
 *
 * Laws: live bytes stay at the level, below it by less than one request and one object;
 * hummingbird's requests of 32 KiB are 2 of 100, and more than half of the bytes; of emacs's
 * requests at most 1 of 100 is above 2 KiB.
 */
#include "workloads/synth/generator.h"
#include "workloads/synth/herd.h"
#include "workloads/synth/table.h"

#include <stdlib.h>

/* A part of the requests: sizes from first to last in steps, their weights by rank. */
struct part {
    double share;
    uint64_t first, last, step;
    double exponent;
};

struct mix {
    struct synth_prng prng;
    struct synth_herd herd;
    struct synth_table table;
    uint64_t *sizes; /* of each value of the table */
    uint64_t live, ops, done, request;
    bool grows;
};

static const struct part hummingbird_parts[] = {
    {0.10, 16, 16, 8, 0},   {0.20, 24, 24, 8, 0},       {0.15, 32, 32, 8, 0},
    {0.10, 48, 48, 8, 0},   {0.10, 64, 64, 8, 0},       {0.05, 96, 96, 8, 0},
    {0.05, 120, 120, 8, 0}, {0.23, 128, 32760, 8, 1.3}, {0.02, 32768, 32768, 8, 0}};

static const struct part emacs_parts[] = {{0.99, 8, 2040, 8, 1.0}, {0.01, 2048, 65536, 512, 1.0}};

static size_t part_values(const struct part *part) {
    return (part->last - part->first) / part->step + 1;
}

/* The shares of a part add up to its own. */
static void part_weigh(const struct part *part, double *weights, uint64_t *sizes) {
    double total = 0;
    for (size_t i = 0; i < part_values(part); i++) {
        weights[i] = synth_zipf_weight(i + 1, part->exponent);
        sizes[i] = part->first + i * part->step;
        total += weights[i];
    }
    for (size_t i = 0; i < part_values(part); i++)
        weights[i] *= part->share / total;
}

static bool mix_open(struct mix *mix, const struct synth_config *config, const struct part *parts,
                     size_t count) {
    size_t values = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        values += part_values(&parts[i]);
    double *weights = malloc(values * sizeof *weights);
    mix->sizes = malloc(values * sizeof *mix->sizes);
    bool opened = weights && mix->sizes;
    for (size_t i = 0; i < count && opened; at += part_values(&parts[i++]))
        part_weigh(&parts[i], weights + at, mix->sizes + at);
    opened = opened && synth_table_make(&mix->table, weights, values);
    free(weights);
    synth_prng_seed(&mix->prng, config->seed);
    mix->live = config->live;
    mix->ops = config->ops;
    return opened;
}

static bool hummingbird_open(void *state, const struct synth_config *config, char *error) {
    (void)error;
    return mix_open(state, config, hummingbird_parts,
                    sizeof hummingbird_parts / sizeof *hummingbird_parts);
}

static bool emacs_open(void *state, const struct synth_config *config, char *error) {
    (void)error;
    ((struct mix *)state)->grows = true;
    return mix_open(state, config, emacs_parts, sizeof emacs_parts / sizeof *emacs_parts);
}

static uint64_t mix_level(const struct mix *mix) {
    if (!mix->grows)
        return mix->live;
    uint64_t half = mix->live / 2;
    return half + (uint64_t)((unsigned __int128)(mix->live - half) * mix->done / mix->ops);
}

static bool mix_step(void *state, struct synth_out *out) {
    struct mix *mix = state;
    if (!mix->request)
        mix->request = mix->sizes[synth_table_draw(&mix->table, &mix->prng)];
    uint64_t level = mix_level(mix), size = mix->request < level ? mix->request : level;
    mix->done++;
    if (mix->herd.count && mix->herd.bytes + size > level) {
        synth_free(out, 0, synth_herd_release(&mix->herd, SYNTH_RELEASE_RANDOM, &mix->prng).object);
        return true;
    }
    mix->request = 0;
    return synth_herd_add(&mix->herd, synth_born(out, HB_OP_MALLOC, 0, size), size) ||
           synth_fail(out, "not enough memory");
}

static void mix_close(void *state) {
    struct mix *mix = state;
    synth_herd_free(&mix->herd);
    synth_table_free(&mix->table);
    free(mix->sizes);
}

static const struct synth_use hummingbird_uses[] = {
    {&synth_ops, 1000000}, {&synth_live, 16 << 20}, {&synth_seed, 1}, {NULL, 0}};
static const struct synth_use emacs_uses[] = {
    {&synth_ops, 1000000}, {&synth_live, 4 << 20}, {&synth_seed, 1}, {NULL, 0}};

const struct hb_generator synth_hummingbird = {
    .name = "hummingbird",
    .summary = "a Web proxy's file system: Zipf sizes, half of the bytes in blocks of 32 KiB",
    .source = "after Bohra & Gabber, USENIX 2001 (FREENIX)",
    .uses = hummingbird_uses,
    .state_bytes = sizeof(struct mix),
    .open = hummingbird_open,
    .step = mix_step,
    .close = mix_close};

const struct hb_generator synth_emacs = {
    .name = "emacs",
    .summary = "an editor: nearly all below 2 KiB, the live set grows slowly",
    .source = "after Bohra & Gabber, USENIX 2001 (FREENIX)",
    .uses = emacs_uses,
    .state_bytes = sizeof(struct mix),
    .open = emacs_open,
    .step = mix_step,
    .close = mix_close};
