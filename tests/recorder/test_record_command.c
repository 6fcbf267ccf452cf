/* test_record_command.c -- heapbench record as its users meet it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/recorder/folder.h"

#define RECORD HB_BUILD_DIR "/heapbench record "
#define CALLS  HB_BUILD_DIR "/tests/recorded_calls"
#define FORKS  HB_BUILD_DIR "/tests/recorded_forks"

static char said[8192];

/* Runs a shell command in the folder; its output is in said. Returns its exit status. */
static int shell(const char *command) {
    char line[8192];
    snprintf(line, sizeof line, "{ %s ; } 2>&1", command);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    size_t count = fread(said, 1, sizeof said - 1, pipe);
    said[count] = '\0';
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void it_names_the_trace_after_the_command(void **state) {
    (void)state;
    assert_int_equal(shell("TMPDIR= " RECORD "-- " CALLS), 0);
    assert_non_null(strstr(said, "recorded_calls.hbt: 22 operations, 10 objects"));
    assert_non_null(strstr(said, "lost: nothing"));
    assert_int_equal(shell("ls -A"), 0);
    assert_string_equal(said, "recorded_calls.hbt\n");
}

static void it_never_overwrites(void **state) {
    (void)state;
    assert_int_equal(shell("echo mine > x.hbt; " RECORD "-o x.hbt -- touch ran"), 2);
    assert_non_null(strstr(said, "exists already"));
    assert_int_equal(shell("cat x.hbt; ls"), 0);
    assert_string_equal(said, "mine\nx.hbt\n");
}

static void a_command_that_fails_is_recorded(void **state) {
    (void)state;
    assert_int_equal(shell(RECORD "-o x.hbt -- sh -c 'exit 3'"), 0);
    assert_non_null(strstr(said, "status 3"));
    assert_int_equal(shell("test -s x.hbt"), 0);
}

static void commands_that_cannot_run_are_told(void **state) {
    (void)state;
    assert_int_equal(shell(RECORD "-- no-such-program"), 2);
    assert_non_null(strstr(said, "no program 'no-such-program'"));
    assert_int_equal(shell("echo > plain; " RECORD "-- ./plain"), 2);
    assert_int_equal(shell(RECORD), 2);
    assert_int_equal(shell(RECORD "--nonsense"), 2);
    assert_int_equal(shell(RECORD "-o '' -- true"), 2);
    assert_non_null(strstr(said, "-o needs the name of a file"));
    assert_int_equal(shell("ls"), 0);
    assert_string_equal(said, "plain\n");
}

static void static_programs_are_refused(void **state) {
    (void)state;
    if (shell("echo 'int main(void){return 0;}' > s.c; cc -static s.c -o s"))
        skip();
    assert_int_equal(shell(RECORD "-- ./s"), 2);
    assert_non_null(strstr(said, "linked statically"));
}

static void children_get_files_of_their_own(void **state) {
    (void)state;
    assert_int_equal(shell(RECORD "--children -o x.hbt -- " FORKS), 0);
    assert_int_equal(shell("ls x.hbt x.*.hbt | wc -l"), 0);
    assert_int_equal(atoi(said), 2);
}

static void children_that_are_not_recorded_are_told(void **state) {
    (void)state;
    assert_int_equal(shell(RECORD "-o x.hbt -- " FORKS), 0);
    assert_non_null(strstr(said, "1 child process of it was not recorded; --children records"));
    assert_int_equal(shell(RECORD "-o y.hbt -- sh -c '" CALLS "; " CALLS "; true'"), 0);
    assert_non_null(strstr(said, "2 child processes of it were not recorded"));
    assert_int_equal(shell(RECORD "--children -o z.hbt -- sh -c '" CALLS "; " CALLS "; true'"), 0);
    assert_null(strstr(said, "not recorded"));
    assert_int_equal(shell("ls z.*.hbt | wc -l; ls -A | grep -c ^.heapbench || true"), 0);
    assert_string_equal(said, "2\n0\n");
}

static void the_last_program_of_a_process_is_recorded(void **state) {
    (void)state;
    assert_int_equal(shell(RECORD "-o x.hbt -- sh -c 'exec " CALLS "'"), 0);
    assert_non_null(strstr(said, "x.hbt: 22 operations, 10 objects"));
    assert_non_null(strstr(said, "left out what ran before it in the same process: sh -c"));
}

static void a_crash_is_recorded(void **state) {
    (void)state;
    assert_int_equal(shell(RECORD "-o x.hbt -- sh -c 'kill -SEGV $$'"), 0);
    assert_non_null(strstr(said, "signal 11"));
    assert_int_equal(shell(HB_BUILD_DIR "/heapbench trace check x.hbt"), 0);
}

static void libraries_loaded_later_are_recorded(void **state) {
    (void)state;
    assert_int_equal(shell(RECORD "-o x.hbt -- " HB_BUILD_DIR "/tests/recorded_loads " HB_BUILD_DIR
                                  "/tests/librecorded_loaded.so"),
                     0);
    assert_int_equal(shell(HB_BUILD_DIR "/heapbench trace dump x.hbt | grep -c 4444"), 0);
    assert_string_equal(said, "1\n");
}

static void a_program_with_its_own_malloc_is_told(void **state) {
    (void)state;
    assert_int_equal(shell(RECORD "-o x.hbt -- " HB_BUILD_DIR "/tests/recorded_ownmalloc"), 1);
    assert_non_null(strstr(said, "a malloc of its own linked into it"));
    assert_int_equal(shell("ls -A"), 0);
    assert_string_equal(said, "");
}

/* As root a copy that runs as another; else su, which is some other's. */
static void setuid_programs_are_refused(void **state) {
    (void)state;
    const char *command = "cp /bin/true t; chown 65534 t; chmod u+s t; " RECORD "-- ./t";
    if (geteuid() != 0)
        command = "test -u $(command -v su) || exit 99; " RECORD "-- su";
    int status = shell(command);
    if (status == 99)
        skip();
    assert_int_equal(status, 2);
    assert_non_null(strstr(said, "is setuid, setgid or has capabilities"));
}

static void an_interrupted_command_is_recorded(void **state) {
    (void)state;
    assert_int_equal(shell(RECORD "-o x.hbt -- sleep 30 & sleep 0.5; kill -TERM $!; wait $!"), 0);
    assert_non_null(strstr(said, "signal 15"));
    assert_int_equal(shell("ls -A"), 0);
    assert_string_equal(said, "x.hbt\n");
}

/* On a disk of its own: there the shell runs a command. Returns false where it may not have one. */
static bool shell_on_small_disk(const char *command) {
    char line[4096];
    if (shell("mkdir -p small && unshare -Urm mount -t tmpfs none small"))
        return false;
    snprintf(line, sizeof line,
             "unshare -Urm sh -c 'mount -t tmpfs -o size=48k none small; %s; echo status $?; "
             "ls -A small . ' ",
             command);
    assert_int_equal(shell(line), 0);
    return true;
}

static void a_full_disk_is_told(void **state) {
    (void)state;
    if (!shell_on_small_disk("TMPDIR=small " RECORD "-o x.hbt -- touch ran"))
        skip();
    assert_non_null(strstr(said, "no space in "));
    assert_non_null(strstr(said, "/small for the logs; set TMPDIR"));
    assert_non_null(strstr(said, "status 1\n.:\nsmall\n\nsmall:\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_names_the_trace_after_the_command, folder_enter,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(it_never_overwrites, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(a_command_that_fails_is_recorded, folder_enter,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(commands_that_cannot_run_are_told, folder_enter,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(static_programs_are_refused, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(children_get_files_of_their_own, folder_enter,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(children_that_are_not_recorded_are_told, folder_enter,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(the_last_program_of_a_process_is_recorded, folder_enter,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(a_crash_is_recorded, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(libraries_loaded_later_are_recorded, folder_enter,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(a_program_with_its_own_malloc_is_told, folder_enter,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(setuid_programs_are_refused, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(an_interrupted_command_is_recorded, folder_enter,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(a_full_disk_is_told, folder_enter, folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
