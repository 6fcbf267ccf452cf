/* sys.h -- the system calls of the recorder, bare: through libc they would be cancellation points,
 * which malloc must not become, and other preloaded libraries could catch them. */
#ifndef HB_SYS_H
#define HB_SYS_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int sys_open(const char *path, int flags) {
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

static inline void sys_close(int file) {
    syscall(SYS_close, file);
}

static inline ssize_t sys_read(int file, void *bytes, size_t count) {
    return syscall(SYS_read, file, bytes, count);
}

static inline ssize_t sys_pwrite(int file, const void *bytes, size_t count, uint64_t offset) {
    return syscall(SYS_pwrite64, file, bytes, count, offset);
}

static inline long sys_fallocate(int file, int mode, uint64_t offset, uint64_t count) {
    return syscall(SYS_fallocate, file, mode, offset, count);
}

static inline void sys_unlink(const char *path) {
    syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

static inline uint32_t sys_thread(void) {
    return (uint32_t)syscall(SYS_gettid);
}

/* Does the thread still exist in this process? */
static inline int sys_thread_lives(uint32_t thread) {
    return syscall(SYS_tgkill, getpid(), thread, 0) == 0;
}

#endif
