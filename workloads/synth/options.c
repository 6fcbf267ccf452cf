/* options.c -- the options that generators share. */
#include "workloads/synth/config.h"
#include "workloads/synth/sizes.h"
#include "workloads/synth/herd.h"

#define AT(member) offsetof(struct synth_config, member)

static const char *const sizes_names[] = {"uniform", "exponential", "hyperexponential",
                                          "normal",  "fixed",       NULL};
static const char *const release_names[] = {"random", "fifo", "lifo", NULL};
static const char *const growth_names[] = {"x1.5", "x2", "add", NULL};
static const char *const kind_names[] = {"shuffle", "cdf", "markov", "mean", NULL};

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
const struct synth_option synth_threads = {.key = "threads",
                                           .help = "threads that work",
                                           .kind = SYNTH_NUMBER,
                                           .offset = AT(threads),
                                           .minimum = 1,
                                           .maximum = 500};
const struct synth_option synth_objects = {.key = "objects",
                                           .help = "objects in a table, queue or ring",
                                           .kind = SYNTH_NUMBER,
                                           .offset = AT(objects),
                                           .minimum = 1,
                                           .maximum = 1 << 26};
const struct synth_option synth_rounds = {.key = "rounds",
                                          .help = "replacements until a thread ends",
                                          .kind = SYNTH_NUMBER,
                                          .offset = AT(rounds),
                                          .minimum = 1,
                                          .maximum = (uint64_t)1 << 48};
const struct synth_option synth_minimum = {.key = "min",
                                           .help = "smallest size",
                                           .kind = SYNTH_BYTES,
                                           .offset = AT(minimum),
                                           .minimum = 1,
                                           .maximum = (uint64_t)1 << 40};
const struct synth_option synth_maximum = {.key = "max",
                                           .help = "largest size",
                                           .kind = SYNTH_BYTES,
                                           .offset = AT(maximum),
                                           .minimum = 1,
                                           .maximum = (uint64_t)1 << 40};
const struct synth_option synth_peaks_count = {.key = "peaks",
                                               .help = "phases",
                                               .kind = SYNTH_NUMBER,
                                               .offset = AT(peaks),
                                               .minimum = 1,
                                               .maximum = 1 << 20};
const struct synth_option synth_growth = {.key = "growth",
                                          .help = "how a capacity grows",
                                          .kind = SYNTH_CHOICE,
                                          .offset = AT(growth),
                                          .choices = growth_names};
const struct synth_option synth_step = {.key = "step",
                                        .help = "what growth=add adds",
                                        .kind = SYNTH_BYTES,
                                        .offset = AT(step),
                                        .minimum = 1,
                                        .maximum = 1 << 30};
const struct synth_option synth_open_sessions = {.key = "sessions",
                                                 .help = "open at once, at most",
                                                 .kind = SYNTH_NUMBER,
                                                 .offset = AT(sessions),
                                                 .minimum = 1,
                                                 .maximum = 1 << 20};
const struct synth_option synth_kind = {.key = "kind",
                                        .help = "what is kept of the trace",
                                        .kind = SYNTH_CHOICE,
                                        .offset = AT(kind),
                                        .choices = kind_names};
const struct synth_option synth_from = {.key = "from",
                                        .help = "the trace: a name, or a path with a '/'",
                                        .kind = SYNTH_TEXT,
                                        .offset = AT(from)};
const struct synth_option synth_model_ops = {.key = "ops",
                                             .help = "operations, at most; 0: as its trace",
                                             .kind = SYNTH_NUMBER,
                                             .offset = AT(ops),
                                             .maximum = 1 << 26};
