/* lives.h -- the objects of a trace as pairs of size and lifetime, in the order of their births.
 */
#ifndef HB_SYNTH_LIVES_H
#define HB_SYNTH_LIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct synth_life {
    uint64_t size;   /* bytes: the largest that it had */
    uint64_t births; /* of others during its life; to the end of the trace if it is not freed */
};

struct synth_lives {
    struct synth_life *list;
    size_t count, freed; /* objects, and those of them that are freed */
    uint64_t peak_bytes; /* live at once */
};

/* Read them from a trace or a generator. False with one line in error (HB_TRACE_ERROR_MAX bytes).
 */
bool synth_lives_read(struct synth_lives *lives, const char *from, char *error);

/* The peak of live bytes if these were born one after the other and died after factor times their
 * lifetimes, each before the next birth. deltas has room for count + 1. */
uint64_t synth_lives_peak(const struct synth_lives *lives, double factor, uint64_t *deltas);

/* When an object dies: before the birth of that number; count or above: never. */
static inline uint64_t synth_life_end(const struct synth_life *life, size_t born, double factor,
                                      size_t count) {
    double births = (double)life->births * factor;
    return births >= (double)(count - born) ? count : born + 1 + (uint64_t)births;
}

#endif
