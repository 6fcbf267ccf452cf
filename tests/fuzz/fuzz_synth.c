/* fuzz_synth.c -- whatever a generator's spec says, it is refused in a line or its operations are
 * well formed, and its canonical text means the same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/op_source.h"
#include "workloads/synth/synth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OPS = 5000, SMALL = 10000 };

static void must(int holds) {
    if (!holds)
        abort();
}

static void canonical_check(const struct hb_synth_spec *spec) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_synth_spec again;
    must(hb_synth_parse(spec->canonical, &again, error));
    must(again.generator == spec->generator);
    must(strcmp(again.canonical, spec->canonical) == 0);
    must(memcmp(&again.config, &spec->config, sizeof spec->config) == 0);
}

/* Tables of a size that a test can wait for, and no other trace. */
static int spec_is_small(const struct synth_config *config) {
    return !config->from[0] && config->objects < SMALL && config->sessions < SMALL &&
           config->threads < 16;
}

static void ops_check(const char *spec) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_op_source *source = hb_op_source_open(spec, error);
    const struct hb_op *ops;
    uint64_t taken = 0;
    if (!source) {
        must(error[0] && !strchr(error, '\n'));
        return;
    }
    must(hb_op_source_count(source));
    for (size_t count; taken < OPS && (count = hb_op_source_next(source, &ops)) > 0;)
        taken += count;
    must(!hb_op_source_damage(source));
    hb_op_source_close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char text[2 * HB_SYNTH_SPEC_MAX], error[HB_TRACE_ERROR_MAX] = "";
    struct hb_synth_spec spec;
    size_t length = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, data, length);
    text[length] = '\0';
    if (!hb_synth_parse(text, &spec, error)) {
        must(error[0]);
        return 0;
    }
    canonical_check(&spec);
    if (spec_is_small(&spec.config))
        ops_check(spec.canonical);
    return 0;
}
