/* scan.h -- reading a line of text from left to right: each function moves *at beyond what it has
 * recognised, and leaves it where it is if that is not there. */
#ifndef IMPORT_SCAN_H
#define IMPORT_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool scan_is_blank(char c) {
    return c == ' ' || c == '\t';
}

static inline void scan_blanks(const char **at) {
    while (scan_is_blank(**at))
        (*at)++;
}

static inline int scan_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* A number without sign or prefix; one above 2^64 - 1 is none. */
static inline bool scan_number(const char **at, int base, uint64_t *value) {
    const char *from = *at;
    uint64_t number = 0;
    int digit;

    while ((digit = scan_digit(*from)) < base) {
        if (__builtin_mul_overflow(number, (uint64_t)base, &number) ||
            __builtin_add_overflow(number, (uint64_t)digit, &number))
            return false;
        from++;
    }
    if (from == *at)
        return false;
    *at = from;
    *value = number;
    return true;
}

static inline bool scan_decimal(const char **at, uint64_t *value) {
    return scan_number(at, 10, value);
}

static inline bool scan_hex(const char **at, uint64_t *value) {
    return scan_number(at, 16, value);
}

static inline bool scan_text(const char **at, const char *text) {
    size_t length = strlen(text);
    if (strncmp(*at, text, length) != 0)
        return false;
    *at += length;
    return true;
}

static inline bool scan_prefixed_hex(const char **at, uint64_t *value) {
    const char *from = *at;
    if ((!scan_text(&from, "0x") && !scan_text(&from, "0X")) || !scan_hex(&from, value))
        return false;
    *at = from;
    return true;
}

/* 0x…, or a decimal number. */
static inline bool scan_any(const char **at, uint64_t *value) {
    return scan_prefixed_hex(at, value) || scan_decimal(at, value);
}

/* 0x…, or one of the ways to write NULL. */
static inline bool scan_pointer(const char **at, uint64_t *value) {
    if (scan_prefixed_hex(at, value))
        return true;
    if (!scan_text(at, "(nil)") && !scan_text(at, "nil") && !scan_text(at, "NULL") &&
        !scan_text(at, "0"))
        return false;
    *value = 0;
    return true;
}

/* Is there nothing more on the line? */
static inline bool scan_end(const char *at) {
    scan_blanks(&at);
    return *at == '\0';
}

#endif
