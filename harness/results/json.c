/* json.c -- a result as one line of JSON. */
#include "harness/results/json.h"

#include <inttypes.h>
#include <math.h>

#include "harness/results/results.h"

/* Length of the UTF-8 sequence that starts at text, 0 if it is none (RFC 3629, table of section 4;
 * a text comes from file names and programs, so it may be any bytes). */
static size_t utf8_length(const unsigned char *text) {
    size_t length = text[0] < 0x80                       ? 1
                    : text[0] >= 0xC2 && text[0] <= 0xDF ? 2
                    : text[0] >= 0xE0 && text[0] <= 0xEF ? 3
                    : text[0] >= 0xF0 && text[0] <= 0xF4 ? 4
                                                         : 0;
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    }
    bool is_overlong = (text[0] == 0xE0 && text[1] < 0xA0) || (text[0] == 0xF0 && text[1] < 0x90);
    bool is_no_character =
        (text[0] == 0xED && text[1] > 0x9F) || (text[0] == 0xF4 && text[1] > 0x8F);
    return is_overlong || is_no_character ? 0 : length;
}

void hb_json_write_text(const char *text, FILE *file) {
    fputc('"', file);
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0';) {
        size_t length = utf8_length(byte);
        if (length == 0)
            fputs("\\ufffd", file);
        else if (*byte < 0x20 || *byte == 0x7f)
            fprintf(file, "\\u%04x", *byte);
        else if (*byte == '"' || *byte == '\\')
            fprintf(file, "\\%c", *byte);
        else
            fwrite(byte, 1, length, file);
        byte += length == 0 ? 1 : length;
    }
    fputc('"', file);
}

void hb_json_write_real(double value, FILE *file) {
    if (isfinite(value))
        fprintf(file, "%.17g", value);
    else
        fputs("null", file);
}

static void json_write_counts(const struct hb_counts *counts, FILE *file) {
    for (size_t i = 0; i < counts->count; i++)
        fprintf(file, "%c%" PRIu64, i == 0 ? '[' : ',', counts->values[i]);
    fputs(counts->count > 0 ? "]" : "null", file);
}

static void json_write_reals(const struct hb_reals *reals, FILE *file) {
    for (size_t i = 0; i < reals->count; i++) {
        fputc(i == 0 ? '[' : ',', file);
        hb_json_write_real(reals->values[i], file);
    }
    fputs(reals->count > 0 ? "]" : "null", file);
}

static void json_write_field(const struct hb_result_field *field, const void *place, FILE *file) {
    fprintf(file, "\"%s\":", field->name);
    switch (field->kind) {
    case HB_KIND_TEXT:
        if (*(const char *)place != '\0')
            hb_json_write_text(place, file);
        else
            fputs("null", file);
        break;
    case HB_KIND_COUNT:
        if (*(const uint64_t *)place != HB_COUNT_NULL)
            fprintf(file, "%" PRIu64, *(const uint64_t *)place);
        else
            fputs("null", file);
        break;
    case HB_KIND_REAL:
        hb_json_write_real(*(const double *)place, file);
        break;
    case HB_KIND_COUNTS:
        json_write_counts(place, file);
        break;
    case HB_KIND_REALS:
        json_write_reals(place, file);
        break;
    }
}

bool hb_result_write_json(const struct hb_result *result, FILE *file) {
    for (size_t i = 0; i < hb_result_field_count; i++) {
        const struct hb_result_field *field = &hb_result_fields[i];
        fputc(i == 0 ? '{' : ',', file);
        json_write_field(field, (const char *)result + field->offset, file);
    }
    fputs("}\n", file);
    return !ferror(file);
}
