/* registry.c -- the families named in CMakeLists.txt, and the parser of specs. */
#include "allocators/registry.h"

#include <string.h>

#include "allocators/text.h"

#define HB_STRATEGY(name) extern const struct hb_family hb_family_##name;
#include "hb_strategies.h"
#undef HB_STRATEGY

const struct hb_family *const hb_registry[] = {
#define HB_STRATEGY(name) &hb_family_##name,
#include "hb_strategies.h"
#undef HB_STRATEGY
    NULL};

const struct hb_family *hb_registry_find(const char *name) {
    for (size_t i = 0; hb_registry[i]; i++)
        if (strcmp(hb_registry[i]->name, name) == 0)
            return hb_registry[i];
    return NULL;
}

enum hb_spec_status hb_spec_parse(const char *text, struct hb_spec *spec, char *error) {
    char name[HB_SPEC_MAX];
    size_t length = strcspn(text, ":");
    struct hb_text out = hb_text_start(error, HB_OPTION_ERROR_MAX);
    if (length >= sizeof name || strlen(text) >= HB_SPEC_MAX) {
        hb_text_add(&out, "an allocator's spec is too long");
        return HB_SPEC_BAD_OPTION;
    }
    memcpy(name, text, length);
    name[length] = '\0';
    spec->family = hb_registry_find(name);
    if (!spec->family) {
        hb_text_add(&out, name);
        return HB_SPEC_UNKNOWN_NAME;
    }
    hb_config_init(&spec->config);
    const char *options = text[length] ? text + length + 1 : "";
    if (!hb_config_apply(&spec->config, spec->family, options, error))
        return HB_SPEC_BAD_OPTION;
    spec->allocator = spec->family->variant(&spec->config);
    hb_config_canonical(&spec->config, spec->family, spec->canonical);
    return HB_SPEC_OK;
}
