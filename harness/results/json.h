/* json.h -- values as JSON. */
#ifndef HB_RESULTS_JSON_H
#define HB_RESULTS_JSON_H

#include <stdio.h>

/* A text in quotes; bytes that are no UTF-8 become U+FFFD. */
void hb_json_write_text(const char *text, FILE *file);

/* A number with 17 significant digits; null if it is not finite. */
void hb_json_write_real(double value, FILE *file);

#endif
