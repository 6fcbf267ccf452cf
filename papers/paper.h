/* paper.h -- a published result, and how it is measured again.
 *
 * A paper's measure writes data, draws a figure from them, and states the conditions of its
 * verdict, each with whether it holds. The verdict is computed from them alone: FAIL if one that is
 * required does not hold, else PARTIAL if one that is expected does not, else PASS.
 */
#ifndef HB_PAPER_H
#define HB_PAPER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { HB_PAPER_TEXT_MAX = 400, HB_PAPER_ERROR_MAX = 512 };
enum { HB_PAPER_CONDITIONS_MAX = 40, HB_PAPER_NOTES_MAX = 12, HB_PAPER_FILES_MAX = 12 };

struct hb_paper_run;

struct hb_paper {
    const char *name;     /* of its folders, too: papers/NAME, and NAME among the results */
    const char *question; /* one line */
    const char *source;   /* the publications */
    /* Measure all. False if that was not possible: hb_paper_fail has said why, or it was
     * interrupted. */
    bool (*measure)(struct hb_paper_run *run);
};

/* All papers, NULL-terminated, in the order in which they run. */
extern const struct hb_paper *const hb_papers[];

/* The paper of that name, or NULL. */
const struct hb_paper *hb_paper_find(const char *name);

enum hb_verdict { HB_VERDICT_PASS, HB_VERDICT_PARTIAL, HB_VERDICT_FAIL };
extern const char *const hb_verdict_names[];

struct hb_paper_condition {
    bool holds, is_required;
    char text[HB_PAPER_TEXT_MAX]; /* with what was measured */
};

/* A paper being measured. */
struct hb_paper_run {
    const struct hb_paper *paper;
    char folder[PATH_MAX]; /* where its files go: hidden until it is whole */
    bool is_quick;         /* the sizes that tests can wait for */
    struct hb_paper_condition conditions[HB_PAPER_CONDITIONS_MAX];
    size_t condition_count;
    char notes[HB_PAPER_NOTES_MAX][HB_PAPER_TEXT_MAX];
    size_t note_count;
    FILE *files[HB_PAPER_FILES_MAX];
    size_t file_count;
    char figures[HB_PAPER_FILES_MAX][64]; /* names of those drawn */
    size_t figure_count;
    bool is_cut_short; /* a condition, note or file had no room */
    char error[HB_PAPER_ERROR_MAX];
};

/* A file of data, CSV with a line of names first. NULL if it cannot be made: then fail. It is
 * closed when the paper is done. */
FILE *hb_paper_data(struct hb_paper_run *run, const char *name, const char *heading);

/* State a condition, with the figures that it was decided by. */
void hb_paper_require(struct hb_paper_run *run, bool holds, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void hb_paper_expect(struct hb_paper_run *run, bool holds, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Something to know of the figures: what differs from the paper, what is no result. */
void hb_paper_note(struct hb_paper_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Say why it could not be measured. Returns false. */
bool hb_paper_fail(struct hb_paper_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Show progress. False when interrupted: then leave. */
bool hb_paper_step(struct hb_paper_run *run, const char *what, size_t step, size_t steps);

/* By the conditions so far. */
enum hb_verdict hb_paper_verdict(const struct hb_paper_run *run);

#endif
