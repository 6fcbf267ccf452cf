/* config.h -- what can be said of a generator: one struct of values, one option for each.
 *
 * A value is a choice's name, a number, or bytes with K, M or G, or a text. Options are shared;
 * which of them a generator has, and with which defaults, stands in its own table.
 */
#ifndef HB_SYNTH_CONFIG_H
#define HB_SYNTH_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HB_SYNTH_SPEC_MAX = 1024, HB_SYNTH_NAME_MAX = 64, HB_SYNTH_FROM_MAX = 512 };

struct synth_config {
    uint64_t ops;     /* operations; the trace ends behind them */
    uint64_t live;    /* bytes live at once, about */
    uint64_t seed;    /* of the random numbers */
    uint64_t sizes;   /* enum synth_sizes_kind */
    uint64_t mean;    /* bytes: of the sizes */
    uint64_t release; /* enum synth_release */
    uint64_t threads;
    uint64_t objects;          /* of one thread, table or queue */
    uint64_t rounds;           /* of a thread, until another takes its place */
    uint64_t minimum, maximum; /* bytes: of a uniform distribution */
    uint64_t peaks;
    uint64_t growth;   /* enum growth_by */
    uint64_t step;     /* bytes: growth by a constant */
    uint64_t sessions; /* open at once, at most */
    uint64_t kind;     /* enum model_kind */
    char from[HB_SYNTH_FROM_MAX];
};

enum synth_option_kind { SYNTH_CHOICE, SYNTH_NUMBER, SYNTH_BYTES, SYNTH_TEXT };

struct synth_option {
    const char *key;
    const char *help;
    enum synth_option_kind kind;
    size_t offset; /* of the value in struct synth_config */
    uint64_t minimum, maximum;
    const char *const *choices; /* NULL-terminated */
};

/* An option of a generator, with its default there ("" of a text). */
struct synth_use {
    const struct synth_option *option; /* NULL: the last */
    uint64_t initial;
};

extern const struct synth_option synth_ops, synth_live, synth_seed, synth_sizes, synth_mean,
    synth_release, synth_threads, synth_objects, synth_rounds, synth_minimum, synth_maximum,
    synth_peaks_count, synth_growth, synth_step, synth_open_sessions, synth_kind, synth_from,
    synth_model_ops;

/* Set every option to its default. */
void synth_config_init(struct synth_config *config, const struct synth_use *uses);

/* Apply `key=value:key=value…` (may be empty), left to right. False with one line in error
 * (HB_TRACE_ERROR_MAX bytes). */
bool synth_config_apply(struct synth_config *config, const struct synth_use *uses, const char *name,
                        const char *options, char *error);

/* Append `:key=value` for each that differs from its default, to text of size bytes. False if it
 * does not fit. */
bool synth_config_canonical(const struct synth_config *config, const struct synth_use *uses,
                            char *text, size_t size);

/* Write a default as a spec would (text holds 32 bytes). */
void synth_initial_text(const struct synth_use *use, char *text);

#endif
