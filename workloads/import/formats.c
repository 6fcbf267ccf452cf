/* formats.c -- see formats.h. */
#include "workloads/import/formats.h"

const struct import_format *const import_formats[] = {
    &import_android,
    &import_mtrace,
    NULL,
};
