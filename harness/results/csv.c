/* csv.c -- results as CSV after RFC 4180: arrays left out, null is empty. */
#include "harness/results/results.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static bool field_is_array(const struct hb_result_field *field) {
    return field->kind == HB_KIND_COUNTS || field->kind == HB_KIND_REALS;
}

static void csv_write_text(const char *text, FILE *file) {
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

static void csv_write_field(const struct hb_result_field *field, const void *place, FILE *file) {
    if (field->kind == HB_KIND_TEXT)
        csv_write_text(place, file);
    else if (field->kind == HB_KIND_COUNT && *(const uint64_t *)place != HB_COUNT_NULL)
        fprintf(file, "%" PRIu64, *(const uint64_t *)place);
    else if (field->kind == HB_KIND_REAL && isfinite(*(const double *)place))
        fprintf(file, "%.17g", *(const double *)place);
}

static bool csv_write_line(const struct hb_result *result, FILE *file) {
    const char *separator = "";

    for (size_t i = 0; i < hb_result_field_count; i++) {
        const struct hb_result_field *field = &hb_result_fields[i];
        if (field_is_array(field))
            continue;
        fputs(separator, file);
        separator = ",";
        if (result)
            csv_write_field(field, (const char *)result + field->offset, file);
        else
            fputs(field->name, file);
    }
    fputs("\r\n", file);
    return !ferror(file);
}

bool hb_result_write_csv_heading(FILE *file) {
    return csv_write_line(NULL, file);
}

bool hb_result_write_csv(const struct hb_result *result, FILE *file) {
    return csv_write_line(result, file);
}
