/* files.h -- results by the names a user gives: folders of runs, or files. */
#ifndef HB_RESULTS_FILES_H
#define HB_RESULTS_FILES_H

#include <limits.h>

#include "harness/results/results.h"

struct cJSON;

/* The folder of a run and its results file, from either; both have PATH_MAX bytes. False if a path
 * is too long. */
bool hb_results_path(const char *given, char *folder, char *file);

/* Read all results of so many folders or files, one after the other. Returns an array for
 * hb_results_free, or NULL with one line in error (512 bytes). */
struct hb_result *hb_results_gather(char *const *paths, int path_count, size_t *count, char *error);

/* The machine.json of the run whose folder or file is given; NULL if there is none. For
 * cJSON_Delete. */
struct cJSON *hb_results_machine(const char *given);

/* "AMD EPYC, 2026-11-23", as far as machine.json says it; of several runs what they share, and the
 * last one's date. */
void hb_results_caption(char *const *paths, int path_count, char *caption, size_t size);

#endif
