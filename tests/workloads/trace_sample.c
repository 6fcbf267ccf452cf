/* trace_sample.c -- write a small trace: trace_sample FILE.hbt [OPS|lives]. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace_stream.h"

/* Two objects, of which one thread's is changed and freed by another. */
static const struct hb_op lives[] = {
    {.object = 0, .size = 10},
    {.object = 1, .size = 20},
    {.object = 0, .size = 20, .kind = HB_OP_REALLOC, .thread = 1},
    {.object = 0, .kind = HB_OP_FREE, .thread = 1},
};

int main(int argc, char **argv) {
    struct hb_trace_info info = {.null_frees = 3,
                                 .cost_ns_per_op_x1000 = 41500,
                                 .command = "sample \"one\"\ttwo",
                                 .source = "made by a test"};
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 5000;
    struct hb_op *ops;

    if (argc < 2) {
        fputs("usage: trace_sample FILE.hbt [OPS|lives]\n", stderr);
        return 2;
    }
    if (argc > 2 && strcmp(argv[2], "lives") == 0) {
        stream_write(argv[1], lives, sizeof lives / sizeof lives[0], false, &info);
        return 0;
    }
    ops = stream_ops(7, count, 1 << 20, 3);
    stream_write(argv[1], ops, count, false, &info);
    free(ops);
    return 0;
}
