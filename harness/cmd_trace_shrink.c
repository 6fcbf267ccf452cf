/* cmd_trace_shrink.c -- heapbench trace shrink: a small trace for which a command still holds. */
#include "harness/cmd_trace_shrink.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/cmd_trace.h"
#include "harness/oracle.h"
#include "harness/passes/spawn.h"
#include "harness/trace_values.h"
#include "workloads/op_source.h"
#include "workloads/trace_format.h"
#include "workloads/transform/note.h"
#include "workloads/transform/shrink.h"

enum { SIGNAL_STATUS = 128, NOTE_BYTES = 1024 };

static const uint64_t ns_per_s = 1000000000;

struct request {
    const char *command, *out;
    char path[PATH_MAX];
    uint64_t run_most;                 /* 0: no limit */
    uint64_t seconds, timeout_seconds; /* 0: no limit */
};

struct session {
    const struct request *request;
    struct hb_oracle oracle;
    struct hb_shrink shrink;
    struct hb_trace_info said; /* what the trace says of itself */
    uint64_t op_count;         /* of the whole trace */
    uint64_t run_count;
    char error[HB_TRACE_ERROR_MAX]; /* "" while all is well */
};

static int help_print(void) {
    puts("heapbench trace shrink [OPTIONS] --while=COMMAND FILE -o OUT: a small trace for which a "
         "command still succeeds\n"
         "\n"
         "  --while=COMMAND       for sh -c; {} in it, and $HEAPBENCH_TRACE, is the trace to try\n"
         "  --runs=N              stop after N runs of the command\n"
         "  --seconds=S           stop after S seconds\n"
         "  --timeout=S           a run that takes longer counts as failed\n"
         "  -o, --out=OUT         the new trace; nothing is overwritten\n"
         "  --help                print this\n"
         "\n"
         "The command must exit with 0 for FILE. Then objects, reallocs, frees, kinds of calls,\n"
         "threads, sizes and times are removed or made simpler, as long as it exits with 0, until\n"
         "nothing more can go: without any one of its objects the command fails. Ctrl-C and the\n"
         "limits keep the best so far. Its output is thrown away, but that of the first run on\n"
         "stderr. The trace is held in memory, 80 bytes an operation.\n"
         "\n"
         "  heapbench trace shrink --while='! ./replay-with-my-malloc {}' gcc -o fault.hbt");
    return HB_EXIT_OK;
}

static int option_apply(struct request *request, int code, char **argv) {
    uint64_t *number = code == 'r'   ? &request->run_most
                       : code == 's' ? &request->seconds
                                     : &request->timeout_seconds;

    if (code == '?')
        return hb_usage_error("trace shrink: bad option '%s'; it takes --while, --runs, --seconds, "
                              "--timeout, --out, --help",
                              argv[optind - 1]);
    if (code == 'w')
        request->command = optarg;
    else if (code == 'o')
        request->out = optarg;
    else if (!hb_trace_number_parse(optarg, number) || *number == 0 || *number > UINT32_MAX)
        return hb_usage_error("trace shrink: '%s' is no such number; it takes 1 or more", optarg);
    return HB_EXIT_OK;
}

/* HB_EXIT_OK, or the exit status of the whole command; *done: nothing is left to do. */
static int request_parse(struct request *request, int argc, char **argv, bool *done) {
    static const struct option options[] = {{"while", required_argument, NULL, 'w'},
                                            {"runs", required_argument, NULL, 'r'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"timeout", required_argument, NULL, 't'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct stat status;

    *done = true;
    opterr = 0;
    optind = 0;
    for (int code; (code = getopt_long(argc, argv, "ho:", options, NULL)) != -1;) {
        int bad = code == 'h' ? HB_EXIT_OK : option_apply(request, code, argv);

        if (code == 'h')
            return help_print();
        if (bad != HB_EXIT_OK)
            return bad;
    }
    *done = false;
    if (request->command == NULL || request->command[0] == '\0')
        return hb_usage_error("trace shrink: as long as what holds? Give --while=COMMAND");
    if (request->out == NULL)
        return hb_usage_error("trace shrink: where to? Give -o OUT");
    if (argc - optind != 1)
        return hb_usage_error("trace shrink: give one FILE or name");
    if (lstat(request->out, &status) == 0)
        return hb_usage_error("trace shrink: %s exists already; remove it or choose another name",
                              request->out);
    return hb_trace_resolve(argv[optind], request->path, sizeof request->path);
}

/* Thread marks left out. */
static size_t ops_count(const struct hb_candidate *candidate) {
    size_t count = 0;

    for (size_t i = 0; i < candidate->count; i++)
        count += candidate->ops[i].kind <= HB_OP_FREE;
    return count;
}

static void progress_draw(const struct session *session) {
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[Kshrink: %zu ops left of %" PRIu64 ", %" PRIu64 " runs",
                ops_count(&session->shrink.best), session->op_count, session->run_count);
}

static void progress_clear(void) {
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static bool limit_is_reached(const struct session *session) {
    const struct request *request = session->request;

    return hb_interrupted() ||
           (request->run_most != 0 && session->run_count >= request->run_most) ||
           (session->oracle.deadline_ns != 0 && hb_oracle_now() >= session->oracle.deadline_ns);
}

/* Write the candidate where the command looks for it, and run that. */
static bool candidate_ask(struct session *session, const struct hb_candidate *candidate,
                          struct hb_oracle_answer *answer) {
    unlink(session->oracle.file);
    if (!hb_candidate_write(candidate, session->oracle.file, &session->said, "shrink: a candidate",
                            session->error))
        return false;
    session->run_count++;
    if (hb_oracle_ask(&session->oracle, session->run_count == 1, answer))
        return true;
    snprintf(session->error, sizeof session->error, "cannot run the command: %s", strerror(errno));
    return false;
}

static enum hb_verdict candidate_judge(void *context, const struct hb_candidate *candidate) {
    struct session *session = context;
    struct hb_oracle_answer answer;

    if (limit_is_reached(session) || !candidate_ask(session, candidate, &answer) ||
        (!answer.is_ended && !answer.has_time))
        return HB_VERDICT_STOP;
    progress_draw(session);
    return answer.is_ended && answer.status == 0 && answer.signal == 0 ? HB_VERDICT_HOLDS
                                                                       : HB_VERDICT_FAILS;
}

static void step_report(void *context, const char *step) {
    const struct session *session = context;

    progress_clear();
    fprintf(stderr, "shrink: %s: %zu ops left, %" PRIu64 " runs\n", step,
            ops_count(&session->shrink.best), session->run_count);
}

/* Does the command succeed for the whole trace? HB_EXIT_OK, or the exit status after a line. */
static int whole_ask(struct session *session) {
    struct hb_oracle_answer answer;

    if (!candidate_ask(session, &session->shrink.best, &answer))
        return hb_failure("trace shrink: %s", session->error);
    if (hb_interrupted())
        return SIGNAL_STATUS + hb_interrupted();
    if (!answer.is_ended)
        return hb_usage_error("trace shrink: the command takes too long for %s itself",
                              session->request->path);
    if (answer.signal != 0)
        return hb_usage_error("trace shrink: the command was killed by signal %d for %s itself; it "
                              "must exit with 0 for that",
                              answer.signal, session->request->path);
    if (answer.status != 0)
        return hb_usage_error("trace shrink: the command exits with %d for %s itself; it must exit "
                              "with 0 for that",
                              answer.status, session->request->path);
    return HB_EXIT_OK;
}

static size_t objects_count(const struct hb_candidate *candidate) {
    size_t count = 0;

    for (size_t i = 0; i < candidate->count; i++)
        count += trace_kind_is_birth[candidate->ops[i].kind];
    return count;
}

/* Write the best, and say how good it is. */
static int best_keep(struct session *session) {
    const struct request *request = session->request;
    const struct hb_shrink *shrink = &session->shrink;
    char note[NOTE_BYTES] = "";

    hb_note_add(note, sizeof note, "shrink: from %" PRIu64 " operations, %s, while %.512s",
                session->op_count,
                shrink->is_stopped ? "stopped early" : "without any one object it fails",
                request->command);
    if (!hb_candidate_write(&shrink->best, request->out, &session->said, note, session->error))
        return hb_failure("trace shrink: %s", session->error);
    printf("%s: %zu ops, %zu objects, of %" PRIu64 " ops; %" PRIu64 " runs; %s\n", request->out,
           ops_count(&shrink->best), objects_count(&shrink->best), session->op_count,
           session->run_count,
           !shrink->is_stopped ? "without any one of its objects the command fails"
                               : "stopped early: more could perhaps go");
    return hb_interrupted() ? SIGNAL_STATUS + hb_interrupted() : HB_EXIT_OK;
}

static int session_run(struct session *session) {
    char error[HB_TRACE_ERROR_MAX] = "";
    int status = whole_ask(session);

    if (status != HB_EXIT_OK)
        return status;
    if (!hb_shrink_run(&session->shrink, error))
        hb_failure("trace shrink: %s; this is the best so far", error);
    progress_clear();
    if (session->error[0] != '\0')
        hb_failure("trace shrink: %s; this is the best so far", session->error);
    status = best_keep(session);
    return status == HB_EXIT_OK && (error[0] != '\0' || session->error[0] != '\0') ? HB_EXIT_FAILED
                                                                                   : status;
}

/* The trace as it is now, and what it says of itself. */
static bool session_read(struct session *session, char *error) {
    struct hb_op_source *source = hb_op_source_open(session->request->path, error);

    if (source == NULL)
        return false;
    session->said = *hb_op_source_info(source);
    hb_op_source_close(source);
    if (!hb_shrink_read(&session->shrink, session->request->path, error))
        return false;
    session->op_count = ops_count(&session->shrink.best);
    return true;
}

int hb_cmd_trace_shrink(int argc, char **argv) {
    static struct session session;
    struct request request = {.command = NULL};
    char error[HB_TRACE_ERROR_MAX] = "";
    bool done;
    int status = request_parse(&request, argc, argv, &done);

    if (done || status != HB_EXIT_OK)
        return status;
    session.request = &request;
    session.oracle.command = request.command;
    session.oracle.timeout_ns = request.timeout_seconds * ns_per_s;
    session.shrink =
        (struct hb_shrink){.test = candidate_judge, .report = step_report, .context = &session};
    if (!session_read(&session, error) || !hb_oracle_open(&session.oracle, error, sizeof error))
        return hb_usage_error("trace shrink: %s", error);
    hb_interrupt_catch();
    if (request.seconds != 0)
        session.oracle.deadline_ns = hb_oracle_now() + request.seconds * ns_per_s;
    status = session_run(&session);
    hb_oracle_close(&session.oracle);
    hb_shrink_free(&session.shrink);
    return status;
}
