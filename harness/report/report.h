/* report.h -- results as one page that needs nothing else: findings, tables, pictures, the machine
 * and the commands. */
#ifndef HB_REPORT_H
#define HB_REPORT_H

#include "harness/results/blocks.h"
#include "harness/results/summary.h"

enum { HB_REPORT_ERROR_MAX = 512 };

struct hb_report {
    const struct hb_result *results;
    size_t result_count;
    struct hb_results_blocks blocks; /* of these results */
    struct hb_summaries summaries;
    char *const *paths; /* whose results they are: folders of runs or files */
    int path_count;
    const char *caption; /* the machine and the date */
    bool has_plots;      /* draw pictures: there is a gnuplot */
    int (*interrupted)(void);
};

/* Write the whole page. False with one line in error if it could not be made; then what is in file
 * is no page. */
bool hb_report_write(FILE *file, const struct hb_report *report, char *error);

/* The parts of the page. */
void hb_report_findings(FILE *file, const struct hb_report *report);
void hb_report_means(FILE *file, const struct hb_report *report);
void hb_report_cells(FILE *file, const struct hb_report *report);
bool hb_report_figures(FILE *file, const struct hb_report *report, char *error);
void hb_report_runs(FILE *file, const struct hb_report *report);

/* "4 traces, concurrent, 2 threads, touch=first" */
void hb_report_conditions(const struct hb_summary_group *group, char *text, size_t size);

#endif
