/* stderr_copy.h -- stderr for a line at exit, when the program may have closed it, as coreutils do,
 * and opened something else in its place: a copy is kept, and written to only while it is the same
 * file as it was.
 */
#ifndef HB_STDERR_COPY_H
#define HB_STDERR_COPY_H

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HB_STDERR_COPY_FD = 700 }; /* or above: out of the way of programs that count their files */

struct hb_stderr_copy {
    int fd; /* -1 if there was no stderr */
    dev_t device;
    ino_t inode;
};

static inline void hb_stderr_copy_open(struct hb_stderr_copy *copy) {
    struct stat status;
    copy->fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, HB_STDERR_COPY_FD);
    if (copy->fd < 0) /* the limit of files is lower */
        copy->fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (copy->fd < 0 || fstat(copy->fd, &status) != 0)
        return;
    copy->device = status.st_dev;
    copy->inode = status.st_ino;
}

static inline bool hb_stderr_copy_is(const struct hb_stderr_copy *copy, int fd) {
    struct stat status;
    return fd >= 0 && fstat(fd, &status) == 0 && status.st_dev == copy->device &&
           status.st_ino == copy->inode;
}

/* Nothing is written if the copy and stderr itself are gone. */
static inline void hb_stderr_copy_write(const struct hb_stderr_copy *copy, const char *bytes,
                                        size_t length) {
    int fd = hb_stderr_copy_is(copy, copy->fd) ? copy->fd : STDERR_FILENO;
    if (copy->fd < 0 || !hb_stderr_copy_is(copy, fd))
        return;
    ssize_t ignored = write(fd, bytes, length);
    (void)ignored;
}

#endif
