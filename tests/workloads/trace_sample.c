/* trace_sample.c -- write a small trace: trace_sample FILE.hbt [OPS]. */
#include <stdio.h>
#include <stdlib.h>

#include "trace_stream.h"

int main(int argc, char **argv) {
    struct hb_trace_info info = {.null_frees = 3,
                                 .cost_ns_per_op_x1000 = 41500,
                                 .command = "sample \"one\"\ttwo",
                                 .source = "made by a test"};
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 5000;
    struct hb_op *ops;

    if (argc < 2) {
        fputs("usage: trace_sample FILE.hbt [OPS]\n", stderr);
        return 2;
    }
    ops = stream_ops(7, count, 1 << 20, 3);
    stream_write(argv[1], ops, count, false, &info);
    free(ops);
    return 0;
}
