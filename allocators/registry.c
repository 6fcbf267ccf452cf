/* registry.c -- the families named in CMakeLists.txt, and the parser of specs. */
#include "allocators/registry.h"

#include <string.h>

#include "allocators/guard.h"
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

static const struct hb_foreign *foreign_find(const char *name) {
    for (const struct hb_foreign *foreign = hb_foreigns; foreign->package; foreign++)
        if (strcmp(foreign->family.name, name) == 0)
            return foreign;
    return NULL;
}

static bool is_escape(const char *text) {
    return text[0] == '\\' && (text[1] == ',' || text[1] == ':');
}

/* Copy the path that text begins with; returns what follows it. */
static const char *path_take(const char *text, char *path) {
    struct hb_text out = hb_text_start(path, HB_LIBRARY_MAX);
    for (; *text && *text != ':'; text++) {
        text += is_escape(text);
        hb_text_add(&out, (const char[]){*text, '\0'});
    }
    return text;
}

/* Write the path as a spec. False if it is too long for one. */
static bool path_escape(const char *path, char *canonical) {
    struct hb_text out = hb_text_start(canonical, HB_SPEC_MAX);
    size_t length = 0;
    for (; *path; path++) {
        bool is_special = *path == ',' || *path == ':';
        length += 1u + is_special;
        hb_text_add(&out, is_special ? "\\" : "");
        hb_text_add(&out, (const char[]){*path, '\0'});
    }
    return out.length == length;
}

static enum hb_spec_status spec_is_too_long(char *error) {
    struct hb_text out = hb_text_start(error, HB_OPTION_ERROR_MAX);
    hb_text_add(&out, "an allocator's spec is too long");
    return HB_SPEC_BAD_OPTION;
}

/* Whom text names, and what follows the name; NULL if nobody, with the name in error. */
static const char *name_take(const char *text, struct hb_spec *spec, char *error) {
    char name[HB_SPEC_MAX];
    size_t length = strcspn(text, ":");
    spec->foreign = NULL;
    spec->library[0] = '\0';
    if (memchr(text, '/', length)) {
        spec->family = &hb_family_library;
        return path_take(text, spec->library);
    }
    memcpy(name, text, length);
    name[length] = '\0';
    spec->family = hb_registry_find(name);
    if (!spec->family)
        spec->foreign = foreign_find(name);
    if (spec->foreign)
        spec->family = &spec->foreign->family;
    struct hb_text out = hb_text_start(error, HB_OPTION_ERROR_MAX);
    hb_text_add(&out, name);
    return spec->family ? text + length : NULL;
}

enum hb_spec_status hb_spec_parse(const char *text, struct hb_spec *spec, char *error) {
    if (strlen(text) >= HB_SPEC_MAX)
        return spec_is_too_long(error);
    const char *options = name_take(text, spec, error);
    if (!options)
        return HB_SPEC_UNKNOWN_NAME;
    hb_config_init(&spec->config);
    if (!hb_config_apply(&spec->config, spec->family, options + (*options == ':'), error))
        return HB_SPEC_BAD_OPTION;
    spec->allocator = hb_guard_choose(spec->family, &spec->config);
    if (!spec->library[0])
        hb_config_canonical(&spec->config, spec->family, spec->canonical);
    else if (!path_escape(spec->library, spec->canonical))
        return spec_is_too_long(error);
    return HB_SPEC_OK;
}
