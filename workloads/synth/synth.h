/* synth.h -- generators of traces, by their specs: `synth:NAME:key=value:…`.
 *
 * A generator is seeded and its own operations are all that it depends on: the same spec gives the
 * same operations on every machine, however often it is opened. It draws from its own random
 * numbers (prng.h) and its own functions (real.h), never from libc's.
 *
 * In a spec, `\:` stands for a colon and `\\` for a backslash, as in the spec of an allocator.
 */
#ifndef HB_SYNTH_H
#define HB_SYNTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/synth/config.h"
#include "workloads/trace.h"

#define HB_SYNTH_PREFIX "synth:"

struct hb_generator;

struct hb_synth_spec {
    const struct hb_generator *generator;
    struct synth_config config;
    char canonical[HB_SYNTH_SPEC_MAX]; /* the keys that differ from their defaults, in the order of
                                          the generator's table */
};

/* All generators, NULL-terminated. */
extern const struct hb_generator *const hb_generators[];

/* Read a spec. False with one line in error (HB_TRACE_ERROR_MAX bytes): there is no such generator
 * (all are named), it has no such key (its keys are), or a value is none (what it takes is said).
 */
bool hb_synth_parse(const char *text, struct hb_synth_spec *spec, char *error);

/* The generator that a spec asks for, or NULL; name (HB_SYNTH_NAME_MAX bytes) receives what it is
 * called in the spec. */
const struct hb_generator *hb_synth_find(const char *text, char *name);

/* Name another trace that the model is made from, and make the spec's text anew. False if either is
 * too long. */
bool hb_synth_set_from(struct hb_synth_spec *spec, const char *from);

struct hb_synth;

/* Start it. NULL with one line in error (HB_TRACE_ERROR_MAX bytes). */
struct hb_synth *hb_synth_open(const struct hb_synth_spec *spec, char *error);

/* As hb_op_source_next and hb_op_source_damage. */
size_t hb_synth_next(struct hb_synth *synth, const struct hb_op **ops);
const char *hb_synth_problem(const struct hb_synth *synth);

void hb_synth_close(struct hb_synth *synth);

#endif
