/* folder.h -- a test program works in a folder of its own, which is removed at its end. */
#ifndef HB_TEST_RECORDER_FOLDER_H
#define HB_TEST_RECORDER_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

/* As a group's setup and teardown: 0, or the folder could not be made or removed. */
static int folder_enter(void **state) {
    (void)state;
    strcpy(folder, "/tmp/heapbench-test-XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int folder_leave(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return chdir("/") || system(command);
}

#endif
