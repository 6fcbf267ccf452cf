/* recordable.h -- can a program be recorded? LD_PRELOAD reaches neither static nor setuid ones. */
#ifndef HB_RECORDABLE_H
#define HB_RECORDABLE_H

#include <stdbool.h>

/* command is looked up in PATH as execvp does. Returns false, with one line in error (of
 * HB_TRACE_ERROR_MAX bytes), if it cannot be run, or if what runs would ignore the recorder. */
bool hb_recordable(const char *command, char *error);

/* Does the program that command names define malloc itself? Its calls then go there, whatever is
 * preloaded. */
bool hb_has_own_malloc(const char *command);

#endif
