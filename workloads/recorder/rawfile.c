/* rawfile.c -- see rawfile.h. */
#include "workloads/recorder/rawfile.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "workloads/recorder/settings.h"
#include "workloads/recorder/sys.h"

struct text {
    char *at;
    size_t left;
};

static void text_add(struct text *text, const char *bytes, size_t count) {
    if (count > text->left)
        count = text->left;
    for (size_t i = 0; i < count; i++)
        *text->at++ = bytes[i];
    text->left -= count;
}

static void text_add_number(struct text *text, uint64_t number) {
    char digits[20];
    size_t first = sizeof digits;
    do
        digits[--first] = (char)('0' + number % 10);
    while (number /= 10);
    text_add(text, digits + first, sizeof digits - first);
}

bool rawfile_name(char *path, size_t size, const char *folder, uint64_t pid, uint64_t image_ticks,
                  uint64_t buffer) {
    struct text text = {path, size};
    text_add(&text, folder, strlen(folder));
    text_add(&text, "/", 1);
    text_add_number(&text, pid);
    text_add(&text, "-", 1);
    text_add_number(&text, image_ticks);
    text_add(&text, "-", 1);
    text_add_number(&text, buffer);
    text_add(&text, ".raw", sizeof ".raw");
    return path[size - text.left - 1] == '\0';
}

void rawfile_mark_child(const char *folder, uint64_t pid) {
    char path[HB_RECORD_FOLDER_BYTES + 32];
    struct text text = {path, sizeof path};
    text_add(&text, folder, strlen(folder));
    text_add(&text, "/", 1);
    text_add_number(&text, pid);
    text_add(&text, HB_RECORD_CHILD_MARK, sizeof HB_RECORD_CHILD_MARK);
    int file = sys_open(path, O_WRONLY | O_CREAT | O_NOFOLLOW);
    if (file >= 0)
        sys_close(file);
}

/* A write past RLIMIT_FSIZE would kill the program with SIGXFSZ. */
static bool rawfile_may_reach(uint64_t bytes) {
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && bytes <= limit.rlim_cur;
}

static bool rawfile_write(int file, const void *bytes, size_t count, uint64_t offset) {
    while (count) {
        ssize_t written = sys_pwrite(file, bytes, count, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes = (const char *)bytes + written;
        count -= (size_t)written;
        offset += (uint64_t)written;
    }
    return true;
}

/* Storing to a mapped hole of a full disk would be SIGBUS: every block is claimed beforehand. */
static bool rawfile_claim(int file, size_t bytes) {
    static const char zeros[4096];
    if (sys_fallocate(file, 0, 0, bytes) == 0)
        return true;
    if (errno != EOPNOTSUPP && errno != ENOSYS)
        return false;
    for (size_t done = 0; done < bytes; done += sizeof zeros)
        if (!rawfile_write(file, zeros, sizeof zeros, done))
            return false;
    return true;
}

struct raw_header *rawfile_map(const char *path) {
    enum { BYTES = RAW_HEADER_BYTES + RAW_RING_BYTES };
    if (!rawfile_may_reach(BYTES))
        return NULL;
    int file = sys_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (file < 0)
        return NULL;
    void *map = MAP_FAILED;
    if (rawfile_claim(file, BYTES))
        map = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
    sys_close(file);
    if (map == MAP_FAILED) {
        sys_unlink(path);
        return NULL;
    }
    struct raw_header *header = map;
    memcpy(header->magic, RAW_MAGIC, sizeof header->magic);
    header->header_bytes = RAW_HEADER_BYTES;
    header->ring_bytes = RAW_RING_BYTES;
    return header;
}

/* Disk space claimed in large steps ahead makes the writes on ext4 two to three times as fast. That
 * it may fail does not matter. */
static void rawfile_claim_ahead(int file, uint64_t end, size_t bytes) {
    enum { STEP = 4 << 20 };
    if (end == RAW_HEADER_BYTES + RAW_RING_BYTES || (end + bytes) / STEP != end / STEP)
        sys_fallocate(file, FALLOC_FL_KEEP_SIZE, end, STEP + bytes);
}

bool rawfile_flush(const char *path, struct raw_header *header) {
    uint64_t end = RAW_HEADER_BYTES + RAW_RING_BYTES + header->flushed_words * 8;
    size_t bytes = (size_t)(header->logged_words - header->flushed_words) * 8;
    if (!rawfile_may_reach(end + bytes))
        return false;
    int file = sys_open(path, O_WRONLY | O_NOFOLLOW);
    if (file < 0)
        return false;
    rawfile_claim_ahead(file, end, bytes);
    bool is_written = rawfile_write(file, rawfile_ring(header), bytes, end);
    sys_close(file);
    if (is_written)
        *(volatile uint64_t *)&header->flushed_words = header->logged_words;
    return is_written;
}

size_t rawfile_read_text(const char *path, char *text, size_t size) {
    int file = sys_open(path, O_RDONLY);
    if (file < 0)
        return 0;
    size_t count = 0;
    for (ssize_t got; count < size && (got = sys_read(file, text + count, size - count)) > 0;)
        count += (size_t)got;
    sys_close(file);
    return count;
}
