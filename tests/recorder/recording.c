/* recording.c -- see recording.h. */
#include "tests/recorder/recording.h"
#include "workloads/recorder/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void recording_exec(const struct recording *recording, const struct recording_plan *plan) {
    char program[4096], preload[8192], pid[24];
    snprintf(program, sizeof program, "%s/tests/recorded_%s", HB_BUILD_DIR, plan->program);
    snprintf(preload, sizeof preload, "%s/libheapbench-record.so", HB_BUILD_DIR);
    if (plan->more_preloaded)
        snprintf(preload + strlen(preload), 4096, ":%s/tests/%s", HB_BUILD_DIR,
                 plan->more_preloaded);
    snprintf(pid, sizeof pid, "%d", plan->has_children ? 0 : (int)getpid());
    setenv("LD_PRELOAD", preload, 1);
    setenv(HB_RECORD_ENV_FOLDER, recording->folder, 1);
    setenv(HB_RECORD_ENV_PID, pid, 1);
    if (plan->has_times)
        setenv(HB_RECORD_ENV_TIMES, "1", 1);
    execl(program, program, plan->argument, (char *)NULL);
    _exit(127);
}

static void recording_run(struct recording *recording, const struct recording_plan *plan) {
    recording->pid = fork();
    assert_true(recording->pid >= 0);
    if (recording->pid == 0)
        recording_exec(recording, plan);
    if (plan->kill_after_ms) {
        usleep(plan->kill_after_ms * 1000);
        kill(recording->pid, SIGKILL);
    }
    assert_int_equal(waitpid(recording->pid, &recording->status, 0), recording->pid);
}

static void recording_read(struct recording *recording, const char *path) {
    char error[HB_TRACE_ERROR_MAX] = "";
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    assert_string_equal(error, "");
    assert_non_null(reader);
    recording->info = *hb_trace_get_info(reader);
    recording->ops = malloc((recording->info.op_count + 1) * sizeof *recording->ops);
    recording->op_count = recording->mark_count = 0;
    const struct hb_op *ops;
    for (size_t count; (count = hb_trace_next(reader, &ops)) > 0;)
        for (size_t i = 0; i < count; i++)
            if (ops[i].kind < HB_OP_THREAD_START)
                recording->ops[recording->op_count++] = ops[i];
            else
                recording->mark_count++;
    assert_null(hb_trace_damage(reader));
    hb_trace_close(reader);
    assert_int_equal(recording->op_count, recording->info.op_count);
}

void recording_merge(struct recording *recording, size_t image) {
    char path[128], error[HB_TRACE_ERROR_MAX] = "";
    snprintf(path, sizeof path, "%s/merged.hbt", recording->folder);
    assert_true(image < recording->image_count);
    if (!hb_merge_image(recording->folder, &recording->images[image], path, NULL, NULL, error))
        fail_msg("%s", error);
    free(recording->ops);
    recording_read(recording, path);
    unlink(path);
}

void recording_make(struct recording *recording, const struct recording_plan *plan) {
    char error[HB_TRACE_ERROR_MAX] = "";
    memset(recording, 0, sizeof *recording);
    strcpy(recording->folder, "/tmp/heapbench-test-XXXXXX");
    assert_non_null(mkdtemp(recording->folder));
    recording_run(recording, plan);
    assert_true(
        hb_merge_list(recording->folder, &recording->images, &recording->image_count, error));
    for (size_t i = 0; i < recording->image_count; i++)
        if (recording->images[i].pid == (uint64_t)recording->pid) {
            recording_merge(recording, i);
            return;
        }
    fail_msg("nothing recorded of %s", plan->program);
}

void recording_free(struct recording *recording) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", recording->folder);
    assert_int_equal(system(command), 0);
    free(recording->images);
    free(recording->ops);
}
