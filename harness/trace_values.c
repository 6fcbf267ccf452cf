/* trace_values.c -- values of the options of `heapbench trace`. */
#include "harness/trace_values.h"

#include <stdlib.h>
#include <string.h>

#include "workloads/trace.h"

static const uint64_t factor_most = 1000000000;

/* Digits at *text, which moves beyond them. */
static bool digits_take(const char **text, uint64_t *number) {
    *number = 0;
    if (**text < '0' || **text > '9')
        return false;
    for (; **text >= '0' && **text <= '9'; ++*text)
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, (uint64_t)(**text - '0'), number))
            return false;
    return true;
}

static bool number_take(const char **text, uint64_t *number) {
    static const char units[] = "KMG";
    const char *unit;

    if (!digits_take(text, number))
        return false;
    unit = **text != '\0' ? strchr(units, **text) : NULL;
    if (unit == NULL)
        return true;
    ++*text;
    return !__builtin_mul_overflow(*number, UINT64_C(1) << (10 * (unit - units + 1)), number);
}

bool hb_trace_number_parse(const char *text, uint64_t *number) {
    return number_take(&text, number) && *text == '\0';
}

/* Up to a comma or the end. */
static bool range_take(const char **text, uint64_t *least, uint64_t *most) {
    bool has_least = **text != '-';

    *least = 0;
    if (has_least && !number_take(text, least))
        return false;
    *most = *least;
    if (**text != '-')
        return has_least;
    ++*text;
    if (**text == '\0' || **text == ',') {
        *most = UINT64_MAX;
        return has_least;
    }
    return number_take(text, most) && *least <= *most;
}

bool hb_trace_range_parse(const char *text, uint64_t *least, uint64_t *most) {
    return range_take(&text, least, most) && *text == '\0';
}

bool hb_trace_threads_parse(const char *text, uint8_t *bits) {
    uint64_t least, most;

    do {
        if (!range_take(&text, &least, &most) || least >= HB_TRACE_THREADS_MAX)
            return false;
        for (uint64_t i = least; i <= most && i < HB_TRACE_THREADS_MAX; i++)
            bits[i / 8] |= (uint8_t)(1u << i % 8);
    } while (*text++ == ',');
    return text[-1] == '\0';
}

/* Digits after the point, as more of the numerator. */
static bool decimals_take(const char **text, uint64_t *numerator, uint64_t *denominator) {
    for (++*text; **text >= '0' && **text <= '9'; ++*text) {
        if (*denominator > factor_most / 10)
            return false;
        *numerator = 10 * *numerator + (uint64_t)(**text - '0');
        *denominator *= 10;
    }
    return true;
}

bool hb_trace_factor_parse(const char *text, uint64_t *numerator, uint64_t *denominator) {
    *denominator = 1;
    if (!digits_take(&text, numerator) || *numerator > factor_most)
        return false;
    if (*text == '.' && !decimals_take(&text, numerator, denominator))
        return false;
    if (*text == '/' && *denominator == 1) {
        text++;
        if (!digits_take(&text, denominator))
            return false;
    }
    return *text == '\0' && *numerator > 0 && *denominator > 0 && *numerator <= factor_most &&
           *denominator <= factor_most;
}

bool hb_trace_word_parse(const char *text, const char *const *words, int *index) {
    for (*index = 0; words[*index] != NULL; ++*index)
        if (strcmp(words[*index], text) == 0)
            return true;
    return false;
}
