/* list_counters.h -- heapbench list counters. */
#ifndef HB_LIST_COUNTERS_H
#define HB_LIST_COUNTERS_H

/* Print common events, what opens here and why the others are refused. An exit status. */
int hb_counters_list(void);

#endif
