/* test_trace_writer.c -- the writer refuses what is wrong, and leaves nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace_stream.h"

static char folder[64], path[128];
static char error[HB_TRACE_ERROR_MAX];

static size_t files_count(void) {
    DIR *listing = opendir(folder);
    size_t count = 0;

    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(listing);
    return count;
}

static struct hb_trace_writer *writer_make(void) {
    struct hb_trace_writer *writer = hb_trace_create(path, false, error);

    assert_non_null(writer);
    assert_null(hb_trace_writer_error(writer));
    assert_int_equal(access(path, F_OK), -1); /* not before it is finished */
    return writer;
}

static void bad_operation_fails(struct hb_op bad, const char *complaint) {
    static const struct hb_op good[] = {{.kind = HB_OP_MALLOC, .size = 8},
                                        {.kind = HB_OP_MALLOC, .object = 1, .size = 8},
                                        {.kind = HB_OP_FREE, .object = 0}};
    struct hb_trace_writer *writer = writer_make();

    for (int i = 0; i < 3; i++)
        assert_true(hb_trace_append(writer, &good[i]));
    assert_false(hb_trace_append(writer, &bad));
    assert_non_null(strstr(hb_trace_writer_error(writer), complaint));
    assert_non_null(strstr(hb_trace_writer_error(writer), "operation 3"));
    assert_false(hb_trace_append(writer, &good[2])); /* stays failed */
    assert_false(hb_trace_finish(writer, NULL, error));
    assert_non_null(strstr(error, complaint));
    assert_int_equal(files_count(), 0);
}

static void bad_operations_are_refused(void **state) {
    static const struct {
        struct hb_op op;
        const char *complaint;
    } bad[] = {
        {{.kind = HB_OP_MALLOC, .object = 3}, "next object number"},
        {{.kind = HB_OP_CALLOC, .object = 1}, "next object number"},
        {{.kind = HB_OP_FREE, .object = 0}, "not alive"},
        {{.kind = HB_OP_FREE, .object = 2}, "not alive"},
        {{.kind = HB_OP_FREE, .object = UINT64_MAX}, "not alive"},
        {{.kind = HB_OP_FREE, .object = 1, .size = 1}, "with a size"},
        {{.kind = HB_OP_REALLOC, .object = 0, .size = 9}, "not alive"},
        {{.kind = HB_OP_KINDS, .object = 2}, "unknown kind"},
        {{.kind = HB_OP_MALLOC, .object = 2, .thread = HB_TRACE_THREADS_MAX}, "thread number"},
        {{.kind = HB_OP_MALLOC, .object = 2, .size = HB_TRACE_SIZE_MAX + 1}, "size too large"},
        {{.kind = HB_OP_MALLOC, .object = 2, .alignment_log2 = 4}, "only an aligned call"},
        {{.kind = HB_OP_ALIGNED, .object = 2, .alignment_log2 = 49}, "alignment too large"},
        {{.kind = HB_OP_THREAD_START, .object = 2}, "with an object"},
        {{.kind = HB_OP_THREAD_END, .size = 2}, "with a size"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        bad_operation_fails(bad[i].op, bad[i].complaint);
}

static void existing_files_are_kept(void **state) {
    struct hb_trace_writer *writer;
    struct stat status;
    FILE *file;

    (void)state;
    writer = writer_make();
    file = fopen(path, "w"); /* taken while it is written */
    fputs("mine", file);
    fclose(file);
    assert_false(hb_trace_finish(writer, NULL, error));
    assert_non_null(strstr(error, "exists already"));
    assert_null(hb_trace_create(path, false, error)); /* taken before */
    assert_non_null(strstr(error, "exists already"));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 4);
    unlink(path);
    assert_int_equal(symlink("nowhere", path), 0);
    assert_null(hb_trace_create(path, false, error));
    unlink(path);
    assert_int_equal(files_count(), 0);
}

static void bad_places_are_refused(void **state) {
    (void)state;
    assert_null(hb_trace_create("/tmp/hb-no-such-folder/x.hbt", false, error));
    assert_non_null(strstr(error, "No such file"));
    assert_null(hb_trace_create("", false, error));
    assert_null(hb_trace_create("/tmp/hb-no-such-file/", false, error));
}

static void discarding_leaves_nothing(void **state) {
    struct hb_op *ops = stream_ops(1, 100000, 1000, 1);
    struct hb_trace_writer *writer = writer_make();

    (void)state;
    for (int i = 0; i < 100000; i++)
        assert_true(hb_trace_append(writer, &ops[i]));
    assert_int_equal(files_count(), 1);
    hb_trace_discard(writer);
    assert_int_equal(files_count(), 0);
    hb_trace_discard(NULL);
    free(ops);
}

static void two_writers_share_a_folder(void **state) {
    struct hb_trace_writer *first = writer_make(), *second = writer_make();

    (void)state;
    assert_int_equal(files_count(), 2);
    assert_true(hb_trace_finish(first, NULL, error));
    assert_false(hb_trace_finish(second, NULL, error));
    assert_int_equal(files_count(), 1);
    unlink(path);
}

/* As a full disk is: writing beyond limit bytes fails. */
static void limit_set(rlim_t limit) {
    struct rlimit limits;

    getrlimit(RLIMIT_FSIZE, &limits);
    limits.rlim_cur = limit;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limits), 0);
}

static void full_disk_fails_at(rlim_t limit, const struct hb_op *ops, size_t count) {
    struct hb_trace_writer *writer;
    bool good = true;

    limit_set(limit);
    writer = hb_trace_create(path, false, error);
    if (writer != NULL) {
        for (size_t i = 0; i < count; i++)
            good = good && hb_trace_append(writer, &ops[i]);
        good = hb_trace_finish(writer, NULL, error);
    }
    limit_set(RLIM_INFINITY);
    assert_false(good && writer != NULL);
    assert_non_null(strstr(error, strerror(EFBIG)));
    assert_int_equal(files_count(), 0);
}

static void full_disks_are_reported(void **state) {
    struct hb_op *ops = stream_ops(1, 70000, 1000, 1);
    struct stat status;
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);

    (void)state;
    stream_write(path, ops, 70000, false, NULL);
    stat(path, &status);
    unlink(path);
    full_disk_fails_at(4, ops, 70000);
    full_disk_fails_at(1000, ops, 70000);
    full_disk_fails_at((rlim_t)status.st_size / 2, ops, 70000);
    full_disk_fails_at((rlim_t)status.st_size - 100, ops, 70000);
    full_disk_fails_at((rlim_t)status.st_size - 1, ops, 70000);
    signal(SIGXFSZ, before);
    free(ops);
}

static int folder_make(void **state) {
    (void)state;
    strcpy(folder, "/tmp/hb_test_writer_XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/t.hbt", folder);
    return 0;
}

static int folder_remove(void **state) {
    (void)state;
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_operations_are_refused), cmocka_unit_test(existing_files_are_kept),
        cmocka_unit_test(bad_places_are_refused),     cmocka_unit_test(discarding_leaves_nothing),
        cmocka_unit_test(two_writers_share_a_folder), cmocka_unit_test(full_disks_are_reported),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
