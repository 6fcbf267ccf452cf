/* worker.c -- the process in which a claim is tried: small, fresh, linked with libc and the
 * strategies only, so that nothing else moves its break or takes from its heap. See job.h.
 */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "allocators/text.h"
#include "harness/tour/claim.h"
#include "harness/tour/job.h"

static const struct tour_claim *claim_find(const char *name) {
    for (size_t i = 0; tour_claims[i]; i++)
        if (strcmp(tour_claims[i]->name, name) == 0)
            return tour_claims[i];
    return NULL;
}

static void surroundings_note(struct tour_facts *facts) {
    struct hb_text text = hb_text_start(facts->libc, sizeof facts->libc);
#ifdef __GLIBC__
    hb_text_add(&text, "glibc ");
    hb_text_add(&text, gnu_get_libc_version());
#endif
    (void)text;
    int persona = personality(0xffffffff);
    facts->is_randomised = persona < 0 || !(persona & ADDR_NO_RANDOMIZE);
    facts->has_small_pages = prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0;
}

int main(void) {
    static struct tour_subject subject;
    struct tour_job *job =
        mmap(NULL, sizeof *job, PROT_READ | PROT_WRITE, MAP_SHARED, TOUR_JOB_FD, 0);
    if (job == MAP_FAILED || job->version != TOUR_JOB_VERSION)
        return 3;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(TOUR_SECONDS_MAX);
    const struct tour_claim *claim = claim_find(job->claim);
    if (!claim)
        return 3;
    surroundings_note(&job->facts);
    if (!tour_subject_open(&subject, job->spec, job->facts.message))
        return 1;
    job->facts.kind = subject.kind;
    claim->observe(&subject, &job->facts);
    job->facts.is_whole = true;
    _exit(0);
}
