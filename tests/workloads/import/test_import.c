/* test_import.c -- damaged files are refused in one line or give a sound trace, and memory follows
 * what lives at once. Arguments: the folder of the samples.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/import/import.h"

enum { SAMPLE_BYTES_MAX = 1 << 16, CUTS = 64, FLIPS = 64 };

static const char *samples_folder;
static char folder[] = "/tmp/test-import-XXXXXX";

static const struct hb_import_format *formats[32];

struct sample {
    const struct hb_import_format *format;
    size_t length;
    uint8_t bytes[SAMPLE_BYTES_MAX];
};

/* Bytes written in hexadecimal, comments from # on. */
static size_t hex_read(uint8_t *bytes, size_t length) {
    size_t digits = 0, i = 0;
    while (i < length) {
        if (bytes[i] == '#')
            while (i < length && bytes[i] != '\n')
                i++;
        else if (isxdigit(bytes[i])) {
            int digit = isdigit(bytes[i]) ? bytes[i] - '0' : tolower(bytes[i]) - 'a' + 10;
            bytes[digits / 2] = (uint8_t)(digits % 2 ? bytes[digits / 2] | digit : digit << 4);
            digits++;
            i++;
        } else
            i++;
    }
    return digits / 2;
}

/* The sample in that file, whose name begins with its format's. */
static bool sample_read(const char *name, struct sample *sample) {
    char path[4096];
    const char *ending = strrchr(name, '.');
    bool is_hex = ending && strcmp(ending, ".hex") == 0;

    sample->format = NULL;
    if (!is_hex && !(ending && strcmp(ending, ".txt") == 0))
        return false;
    for (int i = 0; formats[i]; i++)
        if (strncmp(name, formats[i]->name, strlen(formats[i]->name)) == 0)
            sample->format = formats[i];
    assert_non_null(sample->format);
    snprintf(path, sizeof path, "%s/%s", samples_folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    sample->length = fread(sample->bytes, 1, sizeof sample->bytes, file);
    fclose(file);
    if (is_hex)
        sample->length = hex_read(sample->bytes, sample->length);
    return true;
}

/* Import bytes. Returns the operations of the trace, which is sound; -1 if it was refused. */
static int64_t bytes_import(const struct hb_import_format *format, const uint8_t *bytes,
                            size_t length) {
    static struct hb_import_result result;
    static struct hb_trace_info info;
    static int fd = -1;
    char path[64], output[64], error[HB_TRACE_ERROR_MAX] = "";

    if (fd < 0)
        fd = memfd_create("foreign", 0);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, bytes, length, 0), length);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    snprintf(output, sizeof output, "%s/out.hbt", folder);
    if (!hb_import(path, format, output, true, false, &result, error)) {
        assert_true(error[0] != '\0' && strchr(error, '\n') == NULL);
        assert_int_not_equal(strncmp(error, "operation", 9), 0);
        assert_int_equal(access(output, F_OK), -1);
        return -1;
    }
    if (!hb_trace_check(output, &info, NULL, error))
        fail_msg("%s: %s", format->name, error);
    unlink(output);
    return (int64_t)info.op_count;
}

/* do_each(ACT): of every sample. */
static void samples_do(void (*act)(struct sample *sample)) {
    static struct sample sample;
    DIR *directory = opendir(samples_folder);
    int count = 0;

    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (!sample_read(entry->d_name, &sample))
            continue;
        act(&sample);
        count++;
    }
    closedir(directory);
    assert_true(count >= 10);
}

static void sample_cut(struct sample *sample) {
    int64_t whole = bytes_import(sample->format, sample->bytes, sample->length);
    int64_t before = -1;

    assert_true(whole > 0);
    for (size_t i = 0; i <= CUTS; i++) {
        int64_t found = bytes_import(sample->format, sample->bytes, sample->length * i / CUTS);
        assert_true(found <= whole);
        /* Calls are not lost again as more of the file is there. A dj record may have to wait. */
        if (strncmp(sample->format->name, "dj", 2) != 0)
            assert_true(found >= before);
        before = found > before ? found : before;
    }
    assert_int_equal(before, whole);
}

static void cut_samples(void **state) {
    (void)state;
    samples_do(sample_cut);
}

static void sample_flip(struct sample *sample) {
    static const uint8_t masks[] = {0x01, 0x80, 0x0f, 0xff};
    for (size_t i = 0; i < FLIPS; i++) {
        size_t at = sample->length * i / FLIPS;
        uint8_t kept = sample->bytes[at];
        sample->bytes[at] ^= masks[i % sizeof masks];
        bytes_import(sample->format, sample->bytes, sample->length);
        sample->bytes[at] = kept;
    }
}

static void damaged_samples(void **state) {
    (void)state;
    samples_do(sample_flip);
}

static void sample_elsewhere(struct sample *sample) {
    for (int i = 0; formats[i]; i++)
        if (formats[i] != sample->format)
            bytes_import(formats[i], sample->bytes, sample->length);
}

/* What is no trace of a format is refused, or nearly nothing comes of it. */
static void samples_of_other_formats(void **state) {
    (void)state;
    samples_do(sample_elsewhere);
}

static void garbage(void **state) {
    static uint8_t bytes[4096];
    uint64_t random = 1;

    (void)state;
    for (int round = 0; round < 8; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            bytes[i] = (uint8_t)(random >> 56);
        }
        for (int i = 0; formats[i]; i++)
            assert_int_equal(bytes_import(formats[i], bytes, sizeof bytes), -1);
        assert_int_equal(bytes_import(NULL, bytes, sizeof bytes), -1);
    }
}

/* Calls of which `live` objects are alive at once, as text. */
static void calls_write(const char *path, int calls, int live) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < calls; i++) {
        if (i >= live)
            fprintf(file, "1: free 0x%x\n", 0x10000 + (i - live) * 16);
        fprintf(file, "1: malloc 0x%x %d\n", 0x10000 + i * 16, 8 + i % 200);
    }
    assert_int_equal(fclose(file), 0);
}

/* The most memory, in KiB, of a process that imports the file at path. */
static long import_peak_kib(const char *path) {
    struct rusage usage;
    int status;
    pid_t child = fork();

    if (child == 0) {
        static struct hb_import_result result;
        char output[64], error[HB_TRACE_ERROR_MAX];
        snprintf(output, sizeof output, "%s/peak.hbt", folder);
        bool is_done = hb_import(path, NULL, output, false, false, &result, error);
        unlink(output);
        _exit(is_done ? 0 : 1);
    }
    assert_true(child > 0);
    assert_int_equal(wait4(child, &status, 0, &usage), child);
    assert_int_equal(status, 0);
    return usage.ru_maxrss;
}

static void memory_follows_what_lives(void **state) {
#ifdef HB_SANITIZED
    enum { ALLOWED_KIB = 64 << 10 }; /* freed memory is kept a while */
#else
    enum { ALLOWED_KIB = 2 << 10 };
#endif
    char path[64];

    (void)state;
    snprintf(path, sizeof path, "%s/calls.txt", folder);
    calls_write(path, 50000, 1000);
    long few = import_peak_kib(path);
    calls_write(path, 400000, 1000);
    long many = import_peak_kib(path);
    unlink(path);
    print_message("%ld KiB for 0.1 million operations, %ld for 0.8\n", few, many);
    assert_true(many <= few + ALLOWED_KIB);
}

static int folder_remove(void **state) {
    (void)state;
    return rmdir(folder);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_samples),
        cmocka_unit_test(damaged_samples),
        cmocka_unit_test(samples_of_other_formats),
        cmocka_unit_test(garbage),
        cmocka_unit_test(memory_follows_what_lives),
    };
    if (argc != 2 || !mkdtemp(folder))
        return 2;
    samples_folder = argv[1];
    for (size_t i = 0; hb_import_format(i); i++)
        formats[i] = hb_import_format(i);
    return cmocka_run_group_tests(tests, NULL, folder_remove);
}
