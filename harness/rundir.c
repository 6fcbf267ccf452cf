/* rundir.c -- a run's folder: hidden and partial while it is written, then renamed. */
#include "harness/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ERROR_MAX = 512, ID_MAX = 64 };

struct hb_rundir {
    char id[ID_MAX];
    char partial[PATH_MAX]; /* parent/.RUN_ID.partial */
    char path[PATH_MAX];    /* parent/RUN_ID */
    bool made_parent;
};

/* mkdir -p */
static bool folder_make(const char *path) {
    char part[PATH_MAX];
    if ((size_t)snprintf(part, sizeof part, "%s", path) >= sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return mkdir(part, 0777) == 0 || errno == EEXIST;
}

/* Two runs may begin in the same second, on several machines with a shared folder: so the id ends
 * in the process number, and a number counts up until the name is free. */
static bool rundir_name(struct hb_rundir *dir, const char *parent, int attempt) {
    char date[32];
    time_t now = time(NULL);
    struct tm utc;

    strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    if (attempt == 0)
        snprintf(dir->id, sizeof dir->id, "%s-%ld", date, (long)getpid());
    else
        snprintf(dir->id, sizeof dir->id, "%s-%ld-%d", date, (long)getpid(), attempt);
    int length = snprintf(dir->path, sizeof dir->path, "%s/%s", parent, dir->id);
    int hidden = snprintf(dir->partial, sizeof dir->partial, "%s/.%s.partial", parent, dir->id);
    return length < PATH_MAX && hidden < PATH_MAX;
}

static bool rundir_make(struct hb_rundir *dir, const char *parent) {
    for (int attempt = 0; attempt < 1000; attempt++) {
        if (!rundir_name(dir, parent, attempt)) {
            errno = ENAMETOOLONG;
            return false;
        }
        if (access(dir->path, F_OK) == 0)
            continue;
        if (mkdir(dir->partial, 0777) == 0)
            return true;
        if (errno != EEXIST)
            return false;
    }
    return false;
}

struct hb_rundir *hb_rundir_begin(const char *parent, char *error) {
    struct hb_rundir *dir = calloc(1, sizeof *dir);
    if (dir)
        dir->made_parent = access(parent, F_OK) != 0;
    if (dir && folder_make(parent) && rundir_make(dir, parent))
        return dir;
    snprintf(error, ERROR_MAX, "no folder for results in %.300s: %s", parent, strerror(errno));
    free(dir);
    return NULL;
}

const char *hb_rundir_id(const struct hb_rundir *dir) {
    return dir->id;
}

const char *hb_rundir_path(const struct hb_rundir *dir) {
    return dir->path;
}

static FILE *rundir_open(const struct hb_rundir *dir, const char *name, const char *mode) {
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", dir->partial, name);
    return fopen(path, mode);
}

/* Close a file that was written; false if any of it may not be on disk. */
static bool file_finish(FILE *file) {
    bool ok = !ferror(file) && fflush(file) == 0 && fsync(fileno(file)) == 0;
    return fclose(file) == 0 && ok;
}

bool hb_rundir_add(struct hb_rundir *dir, const struct hb_result *results, size_t count,
                   char *error) {
    FILE *file = rundir_open(dir, "results.jsonl", "ae");
    for (size_t i = 0; file && i < count; i++)
        hb_result_write_json(&results[i], file);
    if (file && file_finish(file))
        return true;
    snprintf(error, ERROR_MAX, "results not kept in %.300s: %s", dir->path, strerror(errno));
    return false;
}

static bool machine_write(const struct hb_rundir *dir, const struct hb_run_record *record) {
    FILE *file = rundir_open(dir, "machine.json", "wxe");
    if (!file)
        return false;
    bool ok = hb_machine_write_json(file, record);
    return file_finish(file) && ok;
}

/* Empty where hwloc cannot see the machine: that is no failure. */
static bool topology_write(const struct hb_rundir *dir) {
    FILE *file = rundir_open(dir, "topology.xml", "wxe");
    if (!file)
        return false;
    hb_machine_write_topology(file);
    return file_finish(file);
}

/* One word of a command line so that a shell reads it back. */
static void word_write(const char *word, FILE *file) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./:=,+@%";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        fputs(word, file);
        return;
    }
    fputc('\'', file);
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            fputs("'\\''", file);
        else
            fputc(*word, file);
    }
    fputc('\'', file);
}

static bool command_write(const struct hb_rundir *dir, const struct hb_run_record *record) {
    FILE *file = rundir_open(dir, "command.txt", "wxe");
    if (!file)
        return false;
    for (int i = 0; i < record->argc; i++) {
        if (i > 0)
            fputc(' ', file);
        word_write(record->argv[i], file);
    }
    fputc('\n', file);
    return file_finish(file);
}

/* Rename without ever replacing: an empty folder in the way would be replaced by rename(2). Some
 * file systems do not know the flag; there the check before must do. */
static bool folder_rename(const char *from, const char *to) {
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    if (access(to, F_OK) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(from, to) == 0;
}

bool hb_rundir_keep(struct hb_rundir *dir, const struct hb_run_record *record, char *error) {
    bool ok = machine_write(dir, record) && topology_write(dir) && command_write(dir, record) &&
              folder_rename(dir->partial, dir->path);
    if (ok) {
        free(dir);
        return true;
    }
    snprintf(error, ERROR_MAX, "results not kept in %.300s: %s", dir->path, strerror(errno));
    hb_rundir_discard(dir);
    return false;
}

void hb_rundir_discard(struct hb_rundir *dir) {
    DIR *folder = dir ? opendir(dir->partial) : NULL;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(folder), entry->d_name, 0);
    }
    if (folder)
        closedir(folder);
    if (dir)
        rmdir(dir->partial);
    if (dir && dir->made_parent) {
        *strrchr(dir->partial, '/') = '\0';
        rmdir(dir->partial); /* stays if another run has begun in it */
    }
    free(dir);
}
