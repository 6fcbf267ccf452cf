#include "workloads/synth/synth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/synth/generator.h"
#include "workloads/trace_format.h"

/* Each in the file of its name, or of its family's. */
extern const struct hb_generator synth_random, synth_ramp, synth_peaks, synth_plateau,
    synth_hummingbird, synth_emacs, synth_growing, synth_larson, synth_prodcons, synth_sessions,
    synth_sh6, synth_sh8, synth_model;

const struct hb_generator *const hb_generators[] = {&synth_random,      &synth_ramp,
                                                    &synth_peaks,       &synth_plateau,
                                                    &synth_hummingbird, &synth_emacs,
                                                    &synth_growing,     &synth_larson,
                                                    &synth_prodcons,    &synth_sessions,
                                                    &synth_sh6,         &synth_sh8,
                                                    &synth_model,       NULL};

struct hb_synth {
    const struct hb_generator *generator;
    void *state;
    struct synth_out out;
    uint64_t left; /* operations still to come */
    bool has_ended;
    struct hb_op ops[SYNTH_BLOCK_OPS];
};

/* A spec without its prefix. */
static const char *spec_body(const char *text) {
    size_t prefix = strlen(HB_SYNTH_PREFIX);
    return text + (strncmp(text, HB_SYNTH_PREFIX, prefix) == 0 ? prefix : 0);
}

const struct hb_generator *hb_synth_find(const char *text, char *name) {
    text = spec_body(text);
    size_t length = strcspn(text, ":");
    snprintf(name, HB_SYNTH_NAME_MAX, "%.*s",
             (int)(length < HB_SYNTH_NAME_MAX ? length : HB_SYNTH_NAME_MAX - 1), text);
    for (size_t i = 0; hb_generators[i]; i++)
        if (strcmp(hb_generators[i]->name, name) == 0)
            return hb_generators[i];
    return NULL;
}

static bool spec_write(struct hb_synth_spec *spec) {
    snprintf(spec->canonical, sizeof spec->canonical, HB_SYNTH_PREFIX "%s", spec->generator->name);
    return synth_config_canonical(&spec->config, spec->generator->uses, spec->canonical,
                                  sizeof spec->canonical);
}

static bool name_unknown(const char *name, char *error) {
    char names[HB_TRACE_ERROR_MAX / 2];
    size_t used = 0;
    for (size_t i = 0; hb_generators[i] && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                 hb_generators[i]->name);
    return trace_fail(error, "there is no generator '%s'; they are %s", name, names);
}

bool hb_synth_parse(const char *text, struct hb_synth_spec *spec, char *error) {
    char name[HB_SYNTH_NAME_MAX];
    text = spec_body(text);
    spec->generator = hb_synth_find(text, name);
    if (!spec->generator)
        return name_unknown(name, error);
    text += strcspn(text, ":");
    synth_config_init(&spec->config, spec->generator->uses);
    if (!synth_config_apply(&spec->config, spec->generator->uses, name, text + (*text == ':'),
                            error))
        return false;
    return spec_write(spec) || trace_fail(error, "synth:%s: the spec is too long", name);
}

bool hb_synth_set_from(struct hb_synth_spec *spec, const char *from) {
    int length = snprintf(spec->config.from, sizeof spec->config.from, "%s", from);
    return length < HB_SYNTH_FROM_MAX && spec_write(spec);
}

struct hb_synth *hb_synth_open(const struct hb_synth_spec *spec, char *error) {
    struct hb_synth *synth = calloc(1, sizeof *synth);
    void *state = calloc(1, spec->generator->state_bytes);
    error[0] = '\0';
    if (synth && state && spec->generator->open(state, &spec->config, error)) {
        synth->generator = spec->generator;
        synth->state = state;
        synth->left = spec->config.ops ? spec->config.ops : UINT64_MAX;
        synth->out.ops = synth->ops;
        return synth;
    }
    if (state && synth && spec->generator->close)
        spec->generator->close(state);
    if (!error[0])
        trace_fail(error, "%s: not enough memory", spec->canonical);
    free(state);
    free(synth);
    return NULL;
}

size_t hb_synth_next(struct hb_synth *synth, const struct hb_op **ops) {
    struct synth_out *out = &synth->out;
    out->count = out->marks = 0;
    while (!synth->has_ended && out->count + SYNTH_STEP_OPS <= SYNTH_BLOCK_OPS &&
           out->count - out->marks < synth->left)
        synth->has_ended = !synth->generator->step(synth->state, out);
    while (out->count - out->marks > synth->left) {
        out->count--;
        out->marks -= out->ops[out->count].kind > HB_OP_FREE;
    }
    synth->left -= out->count - out->marks;
    *ops = out->ops;
    return out->count;
}

const char *hb_synth_problem(const struct hb_synth *synth) {
    return synth->out.problem;
}

void hb_synth_close(struct hb_synth *synth) {
    if (synth->generator->close)
        synth->generator->close(synth->state);
    free(synth->state);
    free(synth);
}
