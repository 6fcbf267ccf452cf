/* cmd_trace_shrink.h -- heapbench trace shrink. */
#ifndef HB_CMD_TRACE_SHRINK_H
#define HB_CMD_TRACE_SHRINK_H

/* Run it; argv[0] is its name. Returns the exit status. */
int hb_cmd_trace_shrink(int argc, char **argv);

#endif
