/* read.c -- read results back from JSON Lines.
 *
 * cJSON keeps a number as a double, which loses integers above 2^53. So integers of 16 digits and
 * more are put in quotes before it parses the line, and read from their digits. */
#include "harness/results/results.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ERROR_MAX = 512, EXACT_DIGITS = 15 };

/* Length of the number that starts at text, 0 if it needs no quotes. */
static size_t long_integer_length(const char *text) {
    size_t length = strspn(text, "0123456789");
    bool is_integer = strchr(".eE", text[length]) == NULL || text[length] == '\0';
    return length > EXACT_DIGITS && is_integer ? length : 0;
}

/* Copy of a line of JSON with quotes around its long integers; NULL out of memory. */
static char *line_quote_integers(const char *line) {
    char *copy = malloc(2 * strlen(line) + 1), *end = copy;
    bool in_text = false;

    for (size_t length = 1; copy && *line != '\0'; line += length) {
        size_t digits = in_text ? 0 : long_integer_length(line);
        bool is_escape = in_text && line[0] == '\\' && line[1] != '\0';
        bool is_number = !in_text && isdigit((unsigned char)*line);

        length = is_escape ? 2 : is_number ? strspn(line, "0123456789.eE+-") : 1;
        if (*line == '"')
            in_text = !in_text;
        if (digits > 0)
            *end++ = '"';
        end = mempcpy(end, line, length);
        if (digits > 0)
            *end++ = '"';
    }
    if (copy)
        *end = '\0';
    return copy;
}

static bool count_parse(const cJSON *item, uint64_t *value) {
    if (cJSON_IsString(item)) {
        char *end;
        errno = 0;
        *value = strtoull(item->valuestring, &end, 10);
        return isdigit((unsigned char)item->valuestring[0]) && *end == '\0' && errno == 0;
    }
    double number = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(number >= 0 && number < 0x1p53) || number != floor(number))
        return false;
    *value = (uint64_t)number;
    return true;
}

/* The elements of an array may be null where a real could not be measured. */
static bool real_parse(const cJSON *item, double *value) {
    uint64_t count;
    if (cJSON_IsString(item)) {
        bool ok = count_parse(item, &count);
        *value = (double)count;
        return ok;
    }
    *value = cJSON_IsNumber(item) ? item->valuedouble : NAN;
    return cJSON_IsNumber(item) || cJSON_IsNull(item);
}

static bool text_parse(const cJSON *item, char *text) {
    if (!cJSON_IsString(item) || strlen(item->valuestring) >= HB_RESULT_TEXT_MAX)
        return false;
    strcpy(text, item->valuestring);
    return true;
}

static bool array_parse(const cJSON *array, const struct hb_result_field *field, void *place) {
    const cJSON *item;
    uint64_t count;
    double real;

    if (!cJSON_IsArray(array))
        return false;
    cJSON_ArrayForEach(item, array) {
        bool ok = field->kind == HB_KIND_COUNTS
                      ? count_parse(item, &count) && hb_counts_append(place, count)
                      : real_parse(item, &real) && hb_reals_append(place, real);
        if (!ok)
            return false;
    }
    return true;
}

static bool field_parse(const cJSON *item, const struct hb_result_field *field, void *place) {
    switch (field->kind) {
    case HB_KIND_TEXT:
        return text_parse(item, place);
    case HB_KIND_COUNT:
        return count_parse(item, place);
    case HB_KIND_REAL:
        return real_parse(item, place);
    default:
        return array_parse(item, field, place);
    }
}

static const char *const kind_words[] = {
    [HB_KIND_TEXT] = "a text below 512 bytes",
    [HB_KIND_COUNT] = "a count",
    [HB_KIND_REAL] = "a number",
    [HB_KIND_COUNTS] = "an array of at most 65536 counts",
    [HB_KIND_REALS] = "an array of at most 65536 numbers",
};

/* Fill result from an object. error says what is wrong with it. */
static bool result_parse(const cJSON *object, struct hb_result *result, char *error) {
    hb_result_init(result);
    if (!cJSON_IsObject(object)) {
        snprintf(error, ERROR_MAX, "no result: a JSON object was expected");
        return false;
    }
    for (size_t i = 0; i < hb_result_field_count; i++) {
        const struct hb_result_field *field = &hb_result_fields[i];
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, field->name);
        void *place = (char *)result + field->offset;
        if (item && !cJSON_IsNull(item) && !field_parse(item, field, place)) {
            snprintf(error, ERROR_MAX, "%s is not %s", field->name, kind_words[field->kind]);
            return false;
        }
    }
    if (result->allocator[0] == '\0' || result->trace[0] == '\0')
        snprintf(error, ERROR_MAX, "no result: it names no %s",
                 result->allocator[0] == '\0' ? "allocator" : "trace");
    else if (result->schema > HB_RESULT_SCHEMA)
        snprintf(error, ERROR_MAX, "a result of schema %llu; this heapbench knows up to %d",
                 (unsigned long long)result->schema, HB_RESULT_SCHEMA);
    else
        return true;
    return false;
}

static bool line_parse(const char *line, struct hb_result *result, char *error) {
    char *quoted = line_quote_integers(line);
    const char *end = NULL;
    cJSON *object = quoted ? cJSON_ParseWithOpts(quoted, &end, true) : NULL;
    bool ok = false;

    hb_result_init(result);
    if (!quoted)
        snprintf(error, ERROR_MAX, "out of memory");
    else if (!object)
        snprintf(error, ERROR_MAX, "no valid JSON%s",
                 end && *end == '\0' ? ": the line is cut short" : "");
    else
        ok = result_parse(object, result, error);
    cJSON_Delete(object);
    free(quoted);
    if (!ok)
        hb_result_clear(result);
    return ok;
}

static bool line_is_blank(const char *line) {
    return line[strspn(line, " \t\r\n")] == '\0';
}

static bool results_append_line(struct hb_result **results, size_t *count, const char *line,
                                char *error) {
    struct hb_result *more = realloc(*results, (*count + 1) * sizeof *more);
    if (!more) {
        snprintf(error, ERROR_MAX, "out of memory");
        return false;
    }
    *results = more;
    if (!line_parse(line, &more[*count], error))
        return false;
    ++*count;
    return true;
}

/* Read all lines of file. On failure *line_number is the bad line, 0 if none is to blame. */
static bool results_read_lines(FILE *file, struct hb_result **results, size_t *count,
                               size_t *line_number, char *error) {
    char *line = NULL;
    size_t size = 0;
    bool ok = true;

    for (ssize_t length; ok && (length = getline(&line, &size, file)) >= 0;) {
        ++*line_number;
        if (strlen(line) != (size_t)length) {
            snprintf(error, ERROR_MAX, "no valid JSON: a zero byte");
            ok = false;
        } else if (!line_is_blank(line)) {
            ok = results_append_line(results, count, line, error);
        }
    }
    free(line);
    if (ok && (ferror(file) || *count == 0)) {
        snprintf(error, ERROR_MAX, "%s", ferror(file) ? strerror(errno) : "holds no results");
        *line_number = 0;
        ok = false;
    }
    return ok;
}

struct hb_result *hb_results_read(const char *path, size_t *count, char *error) {
    struct hb_result *results = NULL;
    size_t line_number = 0;
    char reason[ERROR_MAX];
    FILE *file = fopen(path, "re");

    *count = 0;
    if (!file) {
        snprintf(error, ERROR_MAX, "%.300s: %s", path, strerror(errno));
        return NULL;
    }
    bool ok = results_read_lines(file, &results, count, &line_number, reason);
    fclose(file);
    if (ok)
        return results;

    if (line_number > 0)
        snprintf(error, ERROR_MAX, "%.250s: line %zu: %.200s", path, line_number, reason);
    else
        snprintf(error, ERROR_MAX, "%.250s: %.200s", path, reason);
    hb_results_free(results, *count);
    *count = 0;
    return NULL;
}
