/* registry.c -- the only list of papers. */
#include <string.h>

#include "papers/paper.h"

extern const struct hb_paper hb_paper_robson;
extern const struct hb_paper hb_paper_bestfit_catastrophe;
extern const struct hb_paper hb_paper_buddy_internal;
extern const struct hb_paper hb_paper_shore_bays;
extern const struct hb_paper hb_paper_fifty_percent;
extern const struct hb_paper hb_paper_randell;
extern const struct hb_paper hb_paper_johnstone_wilson;
extern const struct hb_paper hb_paper_zorn_grunwald;
extern const struct hb_paper hb_paper_bohra_gabber;
extern const struct hb_paper hb_paper_hugepage_packing;

const struct hb_paper *const hb_papers[] = {
    &hb_paper_robson,
    &hb_paper_bestfit_catastrophe,
    &hb_paper_buddy_internal,
    &hb_paper_shore_bays,
    &hb_paper_fifty_percent,
    &hb_paper_randell,
    &hb_paper_johnstone_wilson,
    &hb_paper_zorn_grunwald,
    &hb_paper_bohra_gabber,
    &hb_paper_hugepage_packing,
    NULL,
};

const struct hb_paper *hb_paper_find(const char *name) {
    for (size_t i = 0; hb_papers[i]; i++)
        if (strcmp(hb_papers[i]->name, name) == 0)
            return hb_papers[i];
    return NULL;
}
