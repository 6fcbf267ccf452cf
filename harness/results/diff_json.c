/* diff_json.c -- what was compared, as JSON Lines. */
#include "harness/results/diff.h"

#include <inttypes.h>
#include <math.h>

#include "harness/results/json.h"

static void text_write(const char *key, const char *text, FILE *file) {
    fprintf(file, "\"%s\":", key);
    if (text && text[0] != '\0')
        hb_json_write_text(text, file);
    else
        fputs("null", file);
    fputc(',', file);
}

static void real_write(const char *key, double value, FILE *file) {
    fprintf(file, "\"%s\":", key);
    hb_json_write_real(value, file);
    fputc(',', file);
}

static void side_write(const char *key, const struct hb_diff_row *row, int side, FILE *file) {
    if (row->texts[HB_DIFF_OLD] || row->texts[HB_DIFF_NEW])
        text_write(key, row->texts[side], file);
    else
        real_write(key, row->values[side], file);
}

static void row_write(const struct hb_diff_row *row, FILE *file) {
    fputc('{', file);
    text_write("allocator", row->cell->allocator, file);
    text_write("trace", row->cell->trace, file);
    text_write("baseline", row->cell->baseline, file);
    text_write("mode", row->cell->mode, file);
    real_write("threads", row->cell->threads == HB_COUNT_NULL ? NAN : (double)row->cell->threads,
               file);
    text_write("touch", row->cell->touch, file);
    text_write("thp", row->cell->thp, file);
    text_write("figure", row->what, file);
    side_write("old", row, HB_DIFF_OLD, file);
    side_write("new", row, HB_DIFF_NEW, file);
    real_write("ratio", row->ratio.median, file);
    real_write("ratio_ci95_low", row->ratio.low, file);
    real_write("ratio_ci95_high", row->ratio.high, file);
    text_write("verdict", hb_diff_verdict_text(row), file);
    real_write("threshold", row->threshold, file);
    fprintf(file, "\"regression\":%s}\n", row->is_regression ? "true" : "false");
}

bool hb_diff_write_json(const struct hb_diff *diff, FILE *file) {
    for (size_t i = 0; i < diff->count; i++)
        row_write(&diff->rows[i], file);
    return !ferror(file);
}
