/* transforming.h -- what the tests of transforms share: a folder, sources, traces read whole. */
#ifndef TRANSFORMING_H
#define TRANSFORMING_H

#include "trace_stream.h"
#include "workloads/transform/transform.h"

/* Names in a folder of this process' own: the source, the output, a second output. */
extern char source_path[64], out_path[64], other_path[64];

int transforming_start(void **state);
int transforming_end(void **state);

/* A source of count random operations of so many threads; the caller frees the operations. */
struct hb_op *source_make(uint64_t seed, size_t count, uint32_t threads);

/* A transform of the source to out_path, all options at rest. */
struct hb_transform transform_plain(void);

/* Run it over what stands at transform->out, and check the trace: sound, its counts true. Fails the
 * test if not. */
struct hb_transform_result transform_good(hb_transform_function *run,
                                          const struct hb_transform *transform);

/* A whole trace in memory. */
struct whole {
    struct hb_op *ops;
    size_t count;
    struct hb_trace_info info;
};

struct whole whole_read(const char *path);
void whole_free(struct whole *whole);

/* Fail unless both hold the same operations. */
void wholes_agree(const struct whole *a, const struct whole *b);

/* Live bytes after each operation or mark; the caller frees them. */
uint64_t *whole_live(const struct whole *whole);

#endif
