/* registry.c -- the only list of papers. */
#include <string.h>

#include "papers/paper.h"

extern const struct hb_paper hb_paper_robson;

const struct hb_paper *const hb_papers[] = {
    &hb_paper_robson,
    NULL,
};

const struct hb_paper *hb_paper_find(const char *name) {
    for (size_t i = 0; hb_papers[i]; i++)
        if (strcmp(hb_papers[i]->name, name) == 0)
            return hb_papers[i];
    return NULL;
}
