/* folder.h -- folders that commands draw or write into. */
#ifndef HB_FOLDER_H
#define HB_FOLDER_H

#include <stdbool.h>

/* Make the folder that a command will draw in, or use the one that is there; is_new (may be NULL)
 * tells which. Returns HB_EXIT_OK, or the exit status after one line on stderr that begins with the
 * command's name. */
int hb_folder_open(const char *command, const char *folder, bool *is_new);

/* Remove a folder and the plain files in it; nothing happens if there is none. */
void hb_folder_remove(const char *folder);

#endif
