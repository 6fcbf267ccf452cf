/* adversary_trace.h -- what an adversary did, as a trace. */
#ifndef HB_ADVERSARY_TRACE_H
#define HB_ADVERSARY_TRACE_H

#include "harness/passes/adversary.h"

/* Write the program that hb_adversary_run left as a trace at path, which must not exist. False with
 * one line in error (HB_ADVERSARY_ERROR_MAX bytes). */
bool hb_adversary_trace_write(const struct hb_adversary *adversary, const struct hb_spec *spec,
                              const struct hb_program *program, const char *path, char *error);

#endif
