#include "harness/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cmd.h"

int hb_folder_open(const char *command, const char *folder, bool *is_new) {
    struct stat status;
    bool made = mkdir(folder, 0777) == 0;

    if (is_new)
        *is_new = made;
    if (!made && errno != EEXIST && errno != ENOSPC && errno != EDQUOT)
        return hb_usage_error("%s: cannot make the folder %s: %s", command, folder,
                              strerror(errno));
    if (!made && errno != EEXIST)
        return hb_failure("%s: cannot make the folder %s: %s", command, folder, strerror(errno));
    if (stat(folder, &status) == 0 && !S_ISDIR(status.st_mode))
        return hb_usage_error("%s: cannot draw in %s: it is no folder", command, folder);
    if (access(folder, W_OK | X_OK) != 0)
        return hb_usage_error("%s: cannot draw in %s: %s", command, folder, strerror(errno));
    return HB_EXIT_OK;
}

void hb_folder_remove(const char *folder) {
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    rmdir(folder);
}
