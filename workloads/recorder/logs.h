/* logs.h -- which thread has which log. */
#ifndef HB_LOGS_H
#define HB_LOGS_H

/* Once per image, before the first thread is attached. */
void logs_prepare(void);

#endif
