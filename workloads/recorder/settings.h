/* settings.h -- the environment variables by which heapbench record tells the library what to do.
 */
#ifndef HB_SETTINGS_H
#define HB_SETTINGS_H

#define HB_RECORD_ENV_FOLDER "HEAPBENCH_RECORD_FOLDER" /* where raw files go */
#define HB_RECORD_ENV_PID    "HEAPBENCH_RECORD_PID"    /* the only process to record, or 0: all */
#define HB_RECORD_ENV_TIMES  "HEAPBENCH_RECORD_TIMES"  /* set: a time for each event */

/* The end of the name of an empty file in the folder, one for each child that is not recorded. */
#define HB_RECORD_CHILD_MARK ".child"

enum { HB_RECORD_FOLDER_BYTES = 384 }; /* the folder's name, its end included, at most */

#endif
