/* reproduce.h -- papers measured into a folder: each in a folder of its own, which is whole or not
 * there, so that an interrupted run goes on with those that are missing.
 *
 *   OUT/NAME/verdict.json   the verdict, its conditions, notes
 *   OUT/NAME/...csv         data
 *   OUT/NAME/...png, .svg   figures, with their .tsv and .gp
 *   OUT/README.md           the table of verdicts
 */
#ifndef HB_PAPERS_REPRODUCE_H
#define HB_PAPERS_REPRODUCE_H

#include "papers/paper.h"

enum hb_reproduced {
    HB_REPRODUCED,
    HB_REPRODUCED_BEFORE,   /* its folder is there, and made the same way */
    HB_REPRODUCED_NOT,      /* error says why */
    HB_REPRODUCED_OTHERWISE /* its folder is there, but quick where full is asked for or full where
                               quick is */
};

/* Measure one paper into out, a folder that exists. error holds HB_PAPER_ERROR_MAX bytes. */
enum hb_reproduced hb_reproduce(const struct hb_paper *paper, const char *out, bool is_quick,
                                char *error);

/* What is known of a paper in out. */
struct hb_paper_verdict {
    bool is_there, is_quick;
    char verdict[16];
    char revision[64];
    size_t condition_count, held_count;
    char broken[HB_PAPER_TEXT_MAX]; /* the first condition that does not hold, or "" */
};

void hb_verdict_read(const struct hb_paper *paper, const char *out,
                     struct hb_paper_verdict *verdict);

/* The verdicts of papers (NULL-terminated) in out, as a table for people; and as OUT/README.md,
 * with conditions and figures. False if that cannot be written. */
void hb_verdicts_print(const struct hb_paper *const *papers, const char *out, FILE *file);
bool hb_verdicts_write(const struct hb_paper *const *papers, const char *out);

#endif
