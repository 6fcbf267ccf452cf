/* trace_unfinished.h -- files that are written under a temporary name, so that a signal that ends
 * the program leaves none of them behind.
 */
#ifndef HB_TRACE_UNFINISHED_H
#define HB_TRACE_UNFINISHED_H

#include <stdbool.h>

/* Make an empty file at path, which must not exist. Returns a descriptor to write to, or -1 with
 * errno. The string must stay where it is until trace_unfinished_forget. */
int trace_unfinished_make(const char *path);

/* The file has its name now, or is gone. A path that was not made is passed over. */
void trace_unfinished_forget(const char *path);

#endif
