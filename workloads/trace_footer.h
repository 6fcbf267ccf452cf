/* trace_footer.h -- what a trace says of itself, as lines "key value". */
#ifndef TRACE_FOOTER_H
#define TRACE_FOOTER_H

#include "workloads/trace.h"

/* Write info as text. Returns its length; text holds TRACE_FOOTER_BYTES_MAX bytes, always enough.
 */
size_t trace_footer_print(const struct hb_trace_info *info, char *text);

/* Read it back; unknown keys are skipped. Returns false if a line is no such thing. */
bool trace_footer_parse(const char *text, size_t length, struct hb_trace_info *info);

#endif
