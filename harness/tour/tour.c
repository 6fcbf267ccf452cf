/* tour.c -- one claim after the other: try it, show it, judge it. */
#include "harness/tour/tour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/passes/spawn.h"

enum { NUMBER_MARK = 8 };

/* What is kept for a claim's picture. */
struct gallery {
    struct tour_seen *seen;
    size_t count;
};

static bool gallery_add(struct gallery *gallery, const char *name, const struct tour_facts *facts) {
    struct tour_seen *seen = realloc(gallery->seen, (gallery->count + 1) * sizeof *seen);
    if (!seen)
        return false;
    gallery->seen = seen;
    seen[gallery->count].facts = *facts;
    snprintf(seen[gallery->count++].name, HB_SPEC_MAX, "%s", name);
    return true;
}

static void promises_show(struct tour_paper *paper, const struct tour_claim *claim,
                          const struct tour_findings *findings) {
    const char *holds = paper->has_utf8 ? "✓ " : "ok  ";
    const char *differs = paper->has_utf8 ? "✗ " : "NOT ";
    for (size_t i = 0; claim->promises[i]; i++) {
        enum tour_verdict verdict = findings->verdicts[i];
        if (verdict == TOUR_SILENT)
            continue;
        tour_item(paper, verdict == TOUR_HOLDS ? TOUR_GREEN : TOUR_YELLOW,
                  verdict == TOUR_HOLDS     ? holds
                  : verdict == TOUR_DIFFERS ? differs
                                            : "?   ",
                  "%s", claim->promises[i]);
        if (verdict != TOUR_HOLDS)
            tour_item(paper, TOUR_YELLOW,
                      verdict == TOUR_DIFFERS ? "    here: " : "    not seen: ", "%s",
                      findings->how[i]);
    }
}

/* "glibc 2.36" for the C library's own. */
static const char *subject_name(const char *canonical, const struct tour_facts *facts) {
    if (facts->kind == TOUR_LIBC)
        return facts->libc[0] ? facts->libc : "this C library (not glibc)";
    return canonical;
}

static bool run_show(struct tour_paper *paper, const struct tour_claim *claim,
                     const struct hb_spec *spec, struct gallery *gallery) {
    static struct tour_facts facts;
    struct tour_findings findings = {0};
    char error[TOUR_ERROR_MAX];
    const char *obstacle = spec ? tour_obstacle(claim, tour_kind_of(spec)) : NULL;
    if (obstacle) {
        tour_item(paper, TOUR_FAINT, "", "(%s: not shown: %s.)", spec->canonical, obstacle);
        tour_gap(paper);
        return true;
    }
    if (!tour_run(claim, spec, &facts, error)) {
        hb_failure("tour: %s%s%s: %s", claim->name, spec ? " on " : "", spec ? spec->canonical : "",
                   error);
        return false;
    }
    if (spec) {
        tour_item(paper, TOUR_BOLD, "", "%s", subject_name(spec->canonical, &facts));
        tour_gap(paper);
    }
    claim->check(&facts, &findings);
    claim->show(&facts, paper);
    tour_gap(paper);
    promises_show(paper, claim, &findings);
    tour_gap(paper);
    if (spec && !gallery_add(gallery, subject_name(spec->canonical, &facts), &facts)) {
        hb_failure("tour: out of memory");
        return false;
    }
    return true;
}

static void title_show(struct tour_paper *paper, const struct tour_claim *claim) {
    char mark[NUMBER_MARK];
    size_t number = 0;
    while (tour_claims[number] != claim)
        number++;
    snprintf(mark, sizeof mark, "%zu  ", number + 1);
    tour_item(paper, TOUR_BOLD, mark, "%s [%s]", claim->title, claim->name);
    tour_gap(paper);
}

static bool picture_draw(const struct tour_claim *claim, const struct gallery *gallery,
                         const struct hb_plots *plots, struct tour_paper *paper) {
    char error[HB_PLOT_ERROR_MAX];
    if (!tour_has_plot(claim) || gallery->count == 0)
        return true;
    if (tour_plot(claim, gallery->seen, gallery->count, plots, error) != HB_PLOT_DRAWN) {
        if (!hb_interrupted())
            hb_failure("tour: %s", error);
        return false;
    }
    tour_text(paper, "Drawn: %s/tour-%s.png", plots->folder, claim->name);
    tour_gap(paper);
    return true;
}

static bool subjects_show(const struct tour_plan *plan, const struct tour_claim *claim,
                          struct tour_paper *paper, struct gallery *gallery) {
    bool ok = true;
    for (size_t i = 0; i < plan->spec_count && !hb_interrupted(); i++)
        ok = run_show(paper, claim, &plan->specs[i], gallery) && ok;
    for (size_t i = 0; !plan->spec_count && claim->subjects[i] && !hb_interrupted(); i++) {
        struct hb_spec spec;
        char error[HB_OPTION_ERROR_MAX];
        if (hb_spec_parse(claim->subjects[i], &spec, error) == HB_SPEC_OK)
            ok = run_show(paper, claim, &spec, gallery) && ok;
    }
    return ok;
}

static bool claim_show(const struct tour_plan *plan, const struct tour_claim *claim,
                       struct tour_paper *paper) {
    struct gallery gallery = {NULL, 0};
    title_show(paper, claim);
    if (claim->tell) {
        claim->tell(paper);
        tour_gap(paper);
    }
    if (!claim->subjects)
        return run_show(paper, claim, NULL, &gallery);
    bool ok = subjects_show(plan, claim, paper, &gallery);
    if (plan->plots && !hb_interrupted())
        ok = picture_draw(claim, &gallery, plan->plots, paper) && ok;
    free(gallery.seen);
    return ok;
}

/* False: that was enough. */
static bool reader_wait(struct tour_paper *paper) {
    char answer[64];
    fputs("Enter: next   q: quit ", paper->file);
    fflush(paper->file);
    ssize_t got = read(STDIN_FILENO, answer, sizeof answer);
    if (got <= 0)
        tour_gap(paper);
    return got > 0 && answer[0] != 'q';
}

bool tour_show(const struct tour_plan *plan, struct tour_paper *paper) {
    bool ok = true;
    for (size_t i = 0; i < plan->claim_count && !hb_interrupted(); i++) {
        ok = claim_show(plan, plan->claims[i], paper) && ok;
        if (plan->waits && i + 1 < plan->claim_count && !reader_wait(paper))
            break;
    }
    return ok && !hb_interrupted();
}

void tour_list(struct tour_paper *paper) {
    for (size_t i = 0; tour_claims[i]; i++) {
        title_show(paper, tour_claims[i]);
        for (size_t j = 0; tour_claims[i]->promises[j]; j++)
            tour_item(paper, TOUR_PLAIN, "   - ", "%s", tour_claims[i]->promises[j]);
        tour_gap(paper);
    }
}
