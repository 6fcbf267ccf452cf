/* formats.c -- see formats.h. */
#include "workloads/import/formats.h"

const struct import_format *const import_formats[] = {
    &import_dj,     &import_wl,  &import_malloc_bench, &import_heaptrack, &import_android,
    &import_mtrace, &import_rep, &import_bohra,        &import_valgrind,  &import_ltrace,
    NULL,
};
