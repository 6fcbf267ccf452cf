/* header.c -- claim: free reads the size in the header, and believes it. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/tour/claim.h"

enum { READS_HEADER, BELIEVES, LIBC_ABORTS, NOT_CHECKED, GUARD_TELLS };
enum { REQUEST = 48, CHILD_SECONDS = 5, CALLS_MAX = 4096, NONSENSE = 0x41 };

static const char *const promises[] = {
    [READS_HEADER] = "free is told no size: it reads the header just before the payload.",
    [BELIEVES] =
        "It believes it: a false size, and a later malloc gets a block that overlaps a live one.",
    [LIBC_ABORTS] = "glibc finds some nonsense in a header, and aborts with a line.",
    [NOT_CHECKED] =
        "Our strategies check nothing at free: a process crashes, or goes on with a broken heap.",
    [GUARD_TELLS] = "With guard=on the process aborts, and says what was overwritten, and where.",
    NULL,
};

static const char *const subjects[] = {"glibc", "bestfit", "bestfit:guard=on", NULL};

static bool suits(enum tour_kind kind) {
    return kind == TOUR_LIBC || kind == TOUR_TAGGED || kind == TOUR_GUARDED;
}

/* In a child: let the header of a block name the size of two, free it, ask for so much. */
static void lie_tell(struct tour_subject *subject, struct tour_header *seen) {
    char *payloads[3];
    for (size_t i = 0; i < 3; i++)
        payloads[i] = tour_alloc(subject, REQUEST);
    uint64_t *header = (uint64_t *)payloads[0] - 1;
    uint64_t bytes = (uint64_t)(payloads[1] - payloads[0]);
    seen->payload = (uintptr_t)payloads[0];
    seen->next = (uintptr_t)payloads[1];
    seen->header = *header;
    *header += bytes;
    seen->false_header = *header;
    tour_free(subject, payloads[0]);
    seen->asked = 2 * bytes - 16;
    do /* a policy may prefer what is left of the heap, until that is used up */
        seen->given = (uintptr_t)tour_alloc(subject, seen->asked);
    while (++seen->calls < CALLS_MAX && seen->given != seen->payload);
}

/* In a child: overwrite what stands before a payload, as an underflow does, and free it. */
static void nonsense_free(struct tour_subject *subject, struct tour_header *seen) {
    char *payload = tour_alloc(subject, REQUEST);
    tour_alloc(subject, REQUEST);
    seen->nonsense_at = (uintptr_t)payload - sizeof(uint64_t);
    memset(payload - sizeof(uint64_t), NONSENSE, sizeof(uint64_t));
    tour_free(subject, payload);
}

/* Its wait status. What it says goes to file. */
static int child_run(struct tour_subject *subject, struct tour_header *seen, int file,
                     void (*act)(struct tour_subject *, struct tour_header *)) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        alarm(CHILD_SECONDS);
        dup2(file, STDERR_FILENO);
        act(subject, seen);
        _exit(0);
    }
    if (pid > 0)
        waitpid(pid, &status, 0);
    return status;
}

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_header *seen = &facts->header; /* shared with the children, too */
    int file = memfd_create("heapbench-said", MFD_CLOEXEC);
    int status;
    seen->request = REQUEST;
    if (subject->kind != TOUR_GUARDED) {
        status = child_run(subject, seen, file, lie_tell);
        seen->lie_ended = WIFEXITED(status);
        if (ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0)
            return;
    }
    status = child_run(subject, seen, file, nonsense_free);
    seen->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    seen->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    ssize_t length = pread(file, seen->said, sizeof seen->said - 1, 0);
    seen->said[length > 0 ? length : 0] = '\0';
    *strchrnul(seen->said, '\n') = '\0';
    close(file);
}

static void lie_judge(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_header *seen = &facts->header;
    uint64_t bytes = seen->next - seen->payload;
    tour_judge(findings, READS_HEADER,
               tour_header_bytes(facts->kind, seen->header) == bytes &&
                   tour_header_bytes(facts->kind, seen->false_header) == 2 * bytes &&
                   seen->given == seen->payload,
               "the header was %#llx, and then a malloc of both sizes got %#llx",
               (unsigned long long)seen->header, (unsigned long long)seen->given);
    tour_judge(findings, BELIEVES,
               seen->lie_ended && seen->given <= seen->next &&
                   seen->next < seen->given + seen->asked,
               seen->lie_ended ? "%#llx was given, which does not reach the live block"
                               : "the process ended by a signal",
               (unsigned long long)seen->given);
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_header *seen = &facts->header;
    bool aborted = seen->signal == SIGABRT && seen->said[0];
    if (facts->kind != TOUR_GUARDED)
        lie_judge(facts, findings);
    if (facts->kind == TOUR_LIBC)
        tour_judge(findings, LIBC_ABORTS, aborted, "it ended by signal %d, saying \"%.80s\"",
                   seen->signal, seen->said);
    if (facts->kind == TOUR_GUARDED)
        tour_judge(findings, GUARD_TELLS, aborted && strstr(seen->said, "underflow"),
                   "it ended by signal %d, saying \"%.80s\"", seen->signal, seen->said);
#ifdef HB_SANITIZED
    if (facts->kind == TOUR_TAGGED)
        tour_cannot_tell(findings, NOT_CHECKED, "this build's sanitizer reports crashes itself");
#else
    if (facts->kind == TOUR_TAGGED)
        tour_judge(findings, NOT_CHECKED, !seen->said[0] && seen->signal != SIGABRT,
                   "it ended by signal %d, saying \"%.80s\"", seen->signal, seen->said);
#endif
}

static void nonsense_show(struct tour_paper *paper, const struct tour_header *seen) {
    tour_text(paper, "41 over the eight bytes at 0x%llx:", (unsigned long long)seen->nonsense_at);
    if (seen->said[0])
        tour_line(paper, "%s", seen->said);
    if (seen->signal)
        tour_line(paper, "ended by signal %d (%s)", seen->signal, strsignal(seen->signal));
    else
        tour_line(paper, "ended with status %d: nothing was noticed", seen->status);
}

static void tell(struct tour_paper *paper) {
    tour_text(paper,
              "A child process takes blocks of %d bytes, lets the header of the first name the "
              "size of two, frees it and asks for so much. Another child writes eight bytes 41 "
              "over what stands before a payload, as an underflow does, and frees it.",
              REQUEST);
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_header *seen = &facts->header;
    if (facts->kind == TOUR_GUARDED) {
        nonsense_show(paper, seen);
        return;
    }
    tour_line(paper, "first payload   0x%llx", (unsigned long long)seen->payload);
    tour_line(paper, "second payload  0x%llx, live", (unsigned long long)seen->next);
    tour_line(paper, "header of the first: %zu -> %zu, and flags",
              tour_header_bytes(facts->kind, seen->header),
              tour_header_bytes(facts->kind, seen->false_header));
    tour_line(paper, "free(first); malloc(%llu) = 0x%llx", (unsigned long long)seen->asked,
              (unsigned long long)seen->given);
    if (seen->calls > 1)
        tour_line(paper, "that was the malloc number %llu after the free",
                  (unsigned long long)seen->calls);
    if (seen->given == seen->payload)
        tour_line(paper, "it ends at 0x%llx: the second one lies in it",
                  (unsigned long long)(seen->given + seen->asked));
    tour_gap(paper);
    nonsense_show(paper, seen);
}

extern const struct tour_claim tour_claim_header;
const struct tour_claim tour_claim_header = {
    .name = "header",
    .title = "free reads the size in the header, and believes it",
    .promises = promises,
    .subjects = subjects,
    .only = "its blocks have no header of this kind",
    .suits = suits,
    .observe = observe,
    .check = check,
    .tell = tell,
    .show = show,
};
