/* fuzz_options.c -- whatever an allocator's spec says, it is refused in a line, or its canonical
 * text means the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 2 * HB_SPEC_MAX };

static void must(int holds) {
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct hb_spec spec, again;
    char text[TEXT_MAX], error[HB_OPTION_ERROR_MAX] = "";
    size_t length = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, data, length);
    text[length] = '\0';
    enum hb_spec_status status = hb_spec_parse(text, &spec, error);
    if (status != HB_SPEC_OK) {
        must(status == HB_SPEC_UNKNOWN_NAME || error[0] != '\0');
        return 0;
    }
    must(hb_spec_parse(spec.canonical, &again, error) == HB_SPEC_OK);
    must(strcmp(again.canonical, spec.canonical) == 0 && again.family == spec.family);
    must(again.allocator == spec.allocator && strcmp(again.library, spec.library) == 0);
    spec.config.preset = again.config.preset; /* expanded in the canonical text */
    must(memcmp(&again.config, &spec.config, sizeof spec.config) == 0);
    return 0;
}
