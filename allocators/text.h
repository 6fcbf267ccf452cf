/* text.h -- building short messages without stdio or malloc. */
#ifndef HB_TEXT_H
#define HB_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct hb_text {
    char *bytes;
    size_t size;   /* capacity, the end included */
    size_t length; /* of the text so far; it is always terminated */
};

static inline struct hb_text hb_text_start(char *bytes, size_t size) {
    bytes[0] = '\0';
    return (struct hb_text){bytes, size, 0};
}

/* Append, cutting what does not fit. */
static inline void hb_text_add(struct hb_text *text, const char *more) {
    while (*more && text->length + 1 < text->size)
        text->bytes[text->length++] = *more++;
    text->bytes[text->length] = '\0';
}

static inline void hb_text_add_number(struct hb_text *text, uint64_t number) {
    char digits[24];
    char *first = digits + sizeof digits - 1;
    *first = '\0';
    do
        *--first = (char)('0' + number % 10);
    while (number /= 10);
    hb_text_add(text, first);
}

/* As C writes it: 0x and lower-case digits. */
static inline void hb_text_add_hex(struct hb_text *text, uint64_t number) {
    char digits[24];
    char *first = digits + sizeof digits - 1;
    *first = '\0';
    do
        *--first = "0123456789abcdef"[number % 16];
    while (number /= 16);
    hb_text_add(text, "0x");
    hb_text_add(text, first);
}

#endif
