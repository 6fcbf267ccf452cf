/* registry.h -- the only list of strategies. */
#ifndef HB_REGISTRY_H
#define HB_REGISTRY_H

#include "allocators/foreign.h"

/* All families, NULL-terminated, in the order of the table in CMakeLists.txt. */
extern const struct hb_family *const hb_registry[];

/* The family of that name, or NULL. */
const struct hb_family *hb_registry_find(const char *name);

/* A parsed spec. */
struct hb_spec {
    const struct hb_family *family;
    const struct hb_foreign *foreign;     /* whose family it is, or NULL */
    const struct hb_allocator *allocator; /* the variant that the options choose */
    struct hb_config config;
    char canonical[HB_SPEC_MAX];
    char library[HB_LIBRARY_MAX]; /* path of the library to measure, or "" */
};

enum hb_spec_status { HB_SPEC_OK, HB_SPEC_UNKNOWN_NAME, HB_SPEC_BAD_OPTION };

/* Parse `name:key=value:…`, or the path of a library: a name with a '/', where `\,` and `\:` stand
 * for a comma and a colon. Where a foreign allocator's library is, is not looked for. On
 * HB_SPEC_UNKNOWN_NAME error holds the name alone, so that the caller can say which ones are near;
 * on HB_SPEC_BAD_OPTION one whole line. error holds HB_OPTION_ERROR_MAX bytes. */
enum hb_spec_status hb_spec_parse(const char *text, struct hb_spec *spec, char *error);

#endif
