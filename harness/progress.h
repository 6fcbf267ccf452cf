/* progress.h -- one line of progress on a terminal; silent elsewhere. */
#ifndef HB_PROGRESS_H
#define HB_PROGRESS_H

#include <stddef.h>

/* Redraw the line: what is being done, and step of steps. */
void hb_progress_draw(const char *trace, const char *pass, size_t step, size_t steps);

/* Clear the line, before anything else is printed. */
void hb_progress_clear(void);

#endif
