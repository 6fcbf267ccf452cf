/* verdict.h -- verdict.json: what a measured paper came to. */
#ifndef HB_PAPERS_VERDICT_H
#define HB_PAPERS_VERDICT_H

#include <cjson/cJSON.h>

#include "papers/reproduce.h"

/* Write run's verdict into its folder. */
bool hb_verdict_write(const struct hb_paper_run *run);

/* The whole file, NULL if there is none; the caller frees it with cJSON_Delete. */
cJSON *hb_verdict_load(const struct hb_paper *paper, const char *out);

#endif
