/* random.c -- a memory kept full: a request of random size comes, and as long as it does not fit
 * under the limit, a live object leaves.
 *
 * Source: Knuth, The Art of Computer Programming 1, section 2.5 (his simulation of first fit and
 * best fit, and the fifty-percent rule, which holds where any object may leave); Shore, CACM 18:8,
 * 1975 and CACM 20:11, 1977 (the four distributions of sizes; release of any or of the oldest).
 *
 * Laws: live bytes never exceed `live`, and once filled never fall below it by more than the
 * size of a request and of an object. With release=random the lifetime of an object is geometric;
 * with fifo all lifetimes are alike; with lifo the youngest go and the rest stays for ever.
 */
#include "workloads/synth/generator.h"
#include "workloads/synth/herd.h"
#include "workloads/synth/sizes.h"

struct random {
    struct synth_prng prng;
    struct synth_sizes sizes;
    struct synth_herd herd;
    enum synth_release release;
    uint64_t live;
    uint64_t request; /* the one that waits */
};

static void request_draw(struct random *random) {
    uint64_t size = synth_size_draw(&random->sizes, &random->prng);
    random->request = size < random->live ? size : random->live;
}

static bool random_open(void *state, const struct synth_config *config, char *error) {
    struct random *random = state;
    (void)error;
    synth_prng_seed(&random->prng, config->seed);
    random->sizes = (struct synth_sizes){(enum synth_sizes_kind)config->sizes, config->mean};
    random->release = (enum synth_release)config->release;
    random->live = config->live;
    request_draw(random);
    return true;
}

static bool random_step(void *state, struct synth_out *out) {
    struct random *random = state;
    if (random->herd.bytes + random->request > random->live) {
        synth_free(out, 0,
                   synth_herd_release(&random->herd, random->release, &random->prng).object);
        return true;
    }
    uint64_t object = synth_born(out, HB_OP_MALLOC, 0, random->request);
    if (!synth_herd_add(&random->herd, object, random->request))
        return synth_fail(out, "not enough memory");
    request_draw(random);
    return true;
}

static void random_close(void *state) {
    synth_herd_free(&((struct random *)state)->herd);
}

static const struct synth_use uses[] = {
    {&synth_ops, 1000000}, {&synth_live, 1 << 20}, {&synth_seed, 1}, {&synth_sizes, 0},
    {&synth_mean, 64},     {&synth_release, 0},    {NULL, 0}};

const struct hb_generator synth_random = {
    .name = "random",
    .summary = "a memory kept full: requests of random sizes, objects leave to make room",
    .source = "Knuth, TAOCP 1, 2.5; Shore, CACM 18:8 (1975), 20:11 (1977)",
    .uses = uses,
    .state_bytes = sizeof(struct random),
    .open = random_open,
    .step = random_step,
    .close = random_close};
