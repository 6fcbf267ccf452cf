/* feed.h -- feeds one worker with a streamed program: a thread of the parent reads the trace again
 * and again, and fills the blocks that the worker has drained.
 */
#ifndef HB_FEED_H
#define HB_FEED_H

#include "harness/passes/program.h"
#include "harness/worker/job.h"

struct hb_feed;

/* A file for the worker, with the facts of a streamed program and room for its ring. Returns NULL
 * with one line in error (512 bytes) without memory. */
struct hb_feed *hb_feed_open(const struct hb_program *program, char *error);

/* The file. */
int hb_feed_file(const struct hb_feed *feed);

/* Start to fill, minding the counters in page. False if no thread can be had. */
bool hb_feed_start(struct hb_feed *feed, struct job_page *page);

/* Stop filling. page must be there until then. */
void hb_feed_stop(struct hb_feed *feed);

/* Free everything, after the stop if it was started. */
void hb_feed_close(struct hb_feed *feed);

#endif
