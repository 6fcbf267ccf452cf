#include "papers/allocators.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/foreign.h"
#include "harness/passes/preload.h"

void hb_paper_spec(const char *text, struct hb_spec *spec) {
    char error[HB_OPTION_ERROR_MAX];
    if (hb_spec_parse(text, spec, error) == HB_SPEC_OK)
        return;
    fprintf(stderr, "heapbench: '%s': %s\n", text, error);
    abort();
}

static void add(struct hb_paper_allocators *list, const char *text, const char *name) {
    if (list->count == HB_PAPER_ALLOCATORS_MAX)
        abort();
    hb_paper_spec(text, &list->specs[list->count]);
    snprintf(list->names[list->count++], sizeof list->names[0], "%s", name);
}

/* The option whose values are other policies, or NULL. */
static const struct hb_option *policy_of(const struct hb_family *family) {
    static const struct hb_option *const policies[] = {&hb_option_order, &hb_option_system,
                                                       &hb_option_classes};
    for (size_t i = 0; family->options && family->options[i]; i++)
        for (size_t j = 0; j < sizeof policies / sizeof *policies; j++)
            if (family->options[i] == policies[j])
                return policies[j];
    return NULL;
}

struct hb_paper_allocators *hb_paper_strategies(const char *settings) {
    struct hb_paper_allocators *list = calloc(1, sizeof *list);
    for (size_t i = 0; list && hb_registry[i]; i++) {
        const struct hb_family *family = hb_registry[i];
        const struct hb_option *policy = policy_of(family);
        if (family->is_foreign || family->is_floor || family->never_frees)
            continue;
        for (size_t j = 0; j == 0 || (policy && policy->choices[j]); j++) {
            char text[HB_SPEC_MAX], name[64];
            snprintf(text, sizeof text, "%s%s%s%s%s%s", family->name, policy ? ":" : "",
                     policy ? policy->key : "", policy ? "=" : "", policy ? policy->choices[j] : "",
                     settings);
            snprintf(name, sizeof name, "%s%s%s", family->name, policy ? " " : "",
                     policy ? policy->choices[j] : "");
            add(list, text, name);
        }
    }
    return list;
}

struct hb_paper_allocators *hb_paper_foreigns(void) {
    struct hb_paper_allocators *list = calloc(1, sizeof *list);
    if (!list)
        return NULL;
    add(list, "glibc", "glibc");
    for (size_t i = 0; hb_foreigns[i].package && hb_preload_is_possible(); i++) {
        struct hb_spec *spec = &list->specs[list->count];
        char path[HB_LIBRARY_MAX];
        if (!hb_foreign_find(&hb_foreigns[i], path))
            continue;
        add(list, hb_foreigns[i].family.name, hb_foreigns[i].family.name);
        snprintf(spec->library, sizeof spec->library, "%s", path);
    }
    return list;
}
