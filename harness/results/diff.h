/* diff.h -- two sets of results compared, cell by cell, figure by figure.
 *
 * A cell is an allocator on a trace under the same conditions (baseline, mode, threads, touch,
 * huge pages).
 * Times are compared as ratios of their ratios to the baseline, with an interval; what is
 * deterministic is compared exactly. A regression is a figure that is judged, whose difference is
 * certain (an interval that leaves out 1, an exact figure) and beyond its threshold; or a cell that
 * fails and did not before.
 */
#ifndef HB_DIFF_H
#define HB_DIFF_H

#include "harness/measure/bootstrap.h"
#include "harness/results/results.h"

enum { HB_DIFF_OLD, HB_DIFF_NEW, HB_DIFF_SIDES };

struct hb_diff_side {
    const struct hb_result *results;
    size_t count;
};

enum hb_diff_class { HB_DIFF_TIME, HB_DIFF_SPACE, HB_DIFF_CACHE, HB_DIFF_CLASSES };

/* How much more is still no regression: 0.02 is 2%. */
struct hb_diff_limits {
    double thresholds[HB_DIFF_CLASSES];
};

enum hb_diff_manner {
    HB_DIFF_PAIRS,   /* ratio of medians of paired ratios, by bootstrap */
    HB_DIFF_EXACT,   /* deterministic */
    HB_DIFF_SAMPLED, /* repeats but for a few pages */
    HB_DIFF_MISSES   /* per operation; comparable if counted in the same way */
};

struct hb_diff_figure {
    const char *name; /* the field of a result */
    enum hb_diff_class class;
    enum hb_diff_manner manner;
    bool is_judged; /* may be a regression; else only shown */
    bool is_count;  /* the field's kind */
    size_t offset;
    const char *upper, *lower; /* over its column */
};

extern const struct hb_diff_figure hb_diff_figures[];
extern const size_t hb_diff_figure_count;

enum hb_diff_verdict {
    HB_DIFF_SAME,
    HB_DIFF_LESS,
    HB_DIFF_MORE,
    HB_DIFF_CHANGED, /* neither is better */
    HB_DIFF_ONLY_OLD,
    HB_DIFF_ONLY_NEW,
    HB_DIFF_NOT_COMPARABLE
};

/* What was found of one figure of a cell. Of the whole cell (it is missing, another trace, it
 * fails) or of a text (placement_hash) figure is NULL and what tells which. */
struct hb_diff_row {
    const struct hb_result *cell; /* the first of it, old if there is one */
    const struct hb_diff_figure *figure;
    const char *what;
    double values[HB_DIFF_SIDES];     /* NaN: not measured, or no number */
    const char *texts[HB_DIFF_SIDES]; /* NULL: none */
    struct hb_interval ratio;         /* new / old */
    enum hb_diff_verdict verdict;
    double threshold; /* NaN: not judged */
    bool is_regression;
};

struct hb_diff {
    struct hb_diff_row *rows; /* cell by cell, in the order of the old results */
    size_t count, capacity;
    size_t cells;   /* that both have */
    size_t missing; /* that one of them has */
    size_t regressions;
    struct hb_diff_limits limits;
    bool is_short; /* of memory */
};

/* Compare. Results of one cell that stand there several times are pooled: their pairs together, of
 * other figures the median. The results must outlive the diff. False out of memory. */
bool hb_diff_make(struct hb_diff *diff, const struct hb_diff_side *sides,
                  const struct hb_diff_limits *limits);
void hb_diff_free(struct hb_diff *diff);

/* "slower", "less", "only in old" and so on. */
const char *hb_diff_verdict_text(const struct hb_diff_row *row);

/* Write one JSON object for each row, a line each. */
bool hb_diff_write_json(const struct hb_diff *diff, FILE *file);

/* Print a block for each trace and conditions, then what is worse, missing or changed. */
void hb_diff_print_table(const struct hb_diff *diff, size_t width, FILE *file);

struct cJSON;

/* Write in one line what differs between two machines, as machine.json tells; "" if nothing that
 * bears on results does, or one is NULL. */
void hb_diff_machines(const struct cJSON *old_machine, const struct cJSON *new_machine, char *text,
                      size_t size);

#endif
