/* findings.c -- what became of a claim's promises. */
#include <stdarg.h>
#include <stdio.h>

#include "harness/tour/claim.h"

void tour_judge(struct tour_findings *findings, unsigned promise, bool holds, const char *format,
                ...) {
    findings->verdicts[promise] = holds ? TOUR_HOLDS : TOUR_DIFFERS;
    findings->how[promise][0] = '\0';
    if (holds)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(findings->how[promise], TOUR_HOW_MAX, format, arguments);
    va_end(arguments);
}

void tour_cannot_tell(struct tour_findings *findings, unsigned promise, const char *why) {
    findings->verdicts[promise] = TOUR_UNKNOWN;
    snprintf(findings->how[promise], TOUR_HOW_MAX, "%s", why);
}

enum tour_verdict tour_sum(const struct tour_findings *findings) {
    enum tour_verdict sum = TOUR_HOLDS;
    for (unsigned i = 0; i < TOUR_PROMISES_MAX; i++) {
        if (findings->verdicts[i] == TOUR_DIFFERS)
            return TOUR_DIFFERS;
        if (findings->verdicts[i] == TOUR_UNKNOWN)
            sum = TOUR_UNKNOWN;
    }
    return sum;
}
