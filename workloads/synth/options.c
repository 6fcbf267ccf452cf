/* options.c -- the options that generators share. */
#include "workloads/synth/config.h"
#include "workloads/synth/sizes.h"
#include "workloads/synth/herd.h"

#define AT(member) offsetof(struct synth_config, member)

static const char *const sizes_names[] = {"uniform", "exponential", "hyperexponential",
                                          "normal",  "fixed",       NULL};
static const char *const release_names[] = {"random", "fifo", "lifo", NULL};

const struct synth_option synth_ops = {.key = "ops",
                                       .help = "operations",
                                       .kind = SYNTH_NUMBER,
                                       .offset = AT(ops),
                                       .minimum = 1,
                                       .maximum = (uint64_t)1 << 48};
const struct synth_option synth_live = {.key = "live",
                                        .help = "live at once, at most",
                                        .kind = SYNTH_BYTES,
                                        .offset = AT(live),
                                        .minimum = 1,
                                        .maximum = (uint64_t)1 << 48};
const struct synth_option synth_seed = {.key = "seed",
                                        .help = "of the random numbers",
                                        .kind = SYNTH_NUMBER,
                                        .offset = AT(seed),
                                        .maximum = UINT64_MAX};
const struct synth_option synth_sizes = {.key = "sizes",
                                         .help = "distribution of the sizes",
                                         .kind = SYNTH_CHOICE,
                                         .offset = AT(sizes),
                                         .choices = sizes_names};
const struct synth_option synth_mean = {.key = "mean",
                                        .help = "mean size",
                                        .kind = SYNTH_BYTES,
                                        .offset = AT(mean),
                                        .minimum = 1,
                                        .maximum = (uint64_t)1 << 40};
const struct synth_option synth_release = {.key = "release",
                                           .help = "which live object dies: any, the oldest, the "
                                                   "youngest",
                                           .kind = SYNTH_CHOICE,
                                           .offset = AT(release),
                                           .choices = release_names};
