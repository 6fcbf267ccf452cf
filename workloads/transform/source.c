/* source.c -- a trace read one operation at a time. */
#include "workloads/transform/source.h"

#include <string.h>

bool hb_source_open(struct hb_source *source, const char *path, char *error) {
    memset(source, 0, sizeof *source);
    source->from = hb_op_source_open(path, error);
    return source->from != NULL;
}

const struct hb_op *hb_source_next(struct hb_source *source) {
    if (source->run_next == source->run_count) {
        source->run_count = hb_op_source_next(source->from, &source->run);
        source->run_next = 0;
        if (source->run_count == 0)
            return NULL;
    }
    source->op_count += source->run[source->run_next].kind <= HB_OP_FREE;
    return &source->run[source->run_next++];
}

void hb_source_close(struct hb_source *source) {
    if (source->from != NULL)
        hb_op_source_close(source->from);
    source->from = NULL;
}
