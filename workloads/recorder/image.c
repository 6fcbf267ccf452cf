/* image.c -- see image.h. */
#include "workloads/recorder/image.h"
#include "workloads/recorder/log.h"
#include "workloads/recorder/logs.h"
#include "workloads/recorder/rawfile.h"
#include "workloads/recorder/real.h"
#include "workloads/recorder/settings.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What the environment said when the process first looked; a fork inherits it. */
static struct {
    bool is_read;
    bool has_times;
    char folder[HB_RECORD_FOLDER_BYTES]; /* "" if there is nothing to do */
    long only_pid;                       /* 0: all */
} settings;

/* Zero in a forked child. */
static struct image *image;
bool image_is_off;
static uint64_t image_early_calls;

/* Before Linux 4.14 memory cannot be wiped on fork. */
static void image_wipe(void) {
    memset(image, 0, sizeof *image);
}

static bool image_map(void) {
    if (image)
        return true;
    void *map = mmap(NULL, sizeof *image, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
        return false;
    image = map;
    log_owners = image->owners;
    if (madvise(map, sizeof *image, MADV_WIPEONFORK))
        pthread_atfork(NULL, NULL, image_wipe);
    return true;
}

/* Returns false while libc has not set up the environment yet. */
static bool settings_read(void) {
    if (settings.is_read)
        return true;
    if (!environ)
        return false;
    settings.is_read = true;
    const char *folder = getenv(HB_RECORD_ENV_FOLDER), *pid = getenv(HB_RECORD_ENV_PID);
    if (folder && pid && strlen(folder) < sizeof settings.folder) {
        strcpy(settings.folder, folder);
        settings.only_pid = strtol(pid, NULL, 10);
        settings.has_times = getenv(HB_RECORD_ENV_TIMES) != NULL;
    }
    return true;
}

static void image_start(void) {
    real_resolve();
    if (!settings_read())
        return;
    pid_t pid = getpid();
    bool is_other = settings.only_pid && settings.only_pid != pid;
    if (settings.folder[0] && is_other)
        rawfile_mark_child(settings.folder, (uint64_t)pid);
    if (!settings.folder[0] || is_other || !image_map()) {
        image_is_off = true;
        return;
    }
    log_stamping = settings.has_times ? LOG_EACH : LOG_SPARSELY;
    image->pid = (uint64_t)pid;
    image->folder = settings.folder;
    image->has_times = settings.has_times;
    image->ticks = ticks_now();
    logs_prepare();
    image->is_recorded = true;
}

struct image *image_recorded(void) {
    if (image && image->is_recorded)
        return image;
    if (!image_is_off)
        image_start();
    return image && image->is_recorded ? image : NULL;
}

uint64_t image_ticks(void) {
    return image->ticks;
}

void image_count_early(void) {
    if (image && image->log_count)
        __atomic_fetch_add(&image->logs[0].header->early_calls, 1, __ATOMIC_RELAXED);
    else
        __atomic_fetch_add(&image_early_calls, 1, __ATOMIC_RELAXED);
}

uint64_t image_take_early(void) {
    return __atomic_exchange_n(&image_early_calls, 0, __ATOMIC_RELAXED);
}

/* At exit the two clocks are compared once more, as far from the first time as can be. */
static void __attribute__((destructor)) image_end(void) {
    if (image && image->log_count)
        image->logs[0].header->latest = ticks_instant();
}
