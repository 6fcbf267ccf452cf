/* rundir.h -- where a run's results are kept: heapbench-results/RUN_ID/. */
#ifndef HB_RUNDIR_H
#define HB_RUNDIR_H

#include "harness/machine.h"
#include "harness/results/results.h"

struct hb_rundir;

/* Begin a run: choose a run id (UTC time and a distinguishing suffix) and make a hidden folder
 * parent/.RUN_ID.partial, parent itself too if missing. Returns NULL with one line in error
 * (512 bytes) if that is not possible. */
struct hb_rundir *hb_rundir_begin(const char *parent, char *error);

const char *hb_rundir_id(const struct hb_rundir *dir);
/* The folder's path once kept: parent/RUN_ID. */
const char *hb_rundir_path(const struct hb_rundir *dir);

/* Append results to the folder's results.jsonl, on disk when this returns: they are there even if
 * the run is killed. False with one line in error. */
bool hb_rundir_add(struct hb_rundir *dir, const struct hb_result *results, size_t count,
                   char *error);

/* Write machine.json (see machine.h), topology.xml (hwloc's) and command.txt, then rename the
 * folder to its final name. Never replaces anything. Frees dir. False with one line in error. */
bool hb_rundir_keep(struct hb_rundir *dir, const struct hb_run_record *record, char *error);

/* Remove what was written and free dir. Safe after a signal was caught (not from the handler). */
void hb_rundir_discard(struct hb_rundir *dir);

#endif
