/* cmd_import.h -- the formats of other tools' traces, for `list` and `import --help`. */
#ifndef HB_CMD_IMPORT_H
#define HB_CMD_IMPORT_H

/* heapbench list formats: one line a format. Returns HB_EXIT_OK. */
int hb_import_formats_list(void);

#endif
