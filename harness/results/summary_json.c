/* summary_json.c -- geometric means as JSON Lines. They name no trace, so that nobody takes
 * them for results. */
#include "harness/results/summary.h"

#include <inttypes.h>

#include "harness/results/json.h"

static void text_write(const char *key, const char *text, FILE *file) {
    fprintf(file, "\"%s\":", key);
    if (text[0] != '\0')
        hb_json_write_text(text, file);
    else
        fputs("null", file);
    fputc(',', file);
}

static void conditions_write(const struct hb_summary_group *group, FILE *file) {
    const struct hb_result *conditions = group->conditions;
    text_write("baseline", conditions->baseline, file);
    text_write("mode", conditions->mode, file);
    if (conditions->threads != HB_COUNT_NULL)
        fprintf(file, "\"threads\":%" PRIu64 ",", conditions->threads);
    else
        fputs("\"threads\":null,", file);
    text_write("touch", conditions->touch, file);
    text_write("thp", conditions->thp, file);
    fputs("\"traces\":[", file);
    for (size_t i = 0; i < group->trace_count; i++) {
        fputs(i > 0 ? "," : "", file);
        hb_json_write_text(group->traces[i], file);
    }
    fputs("],", file);
}

static void real_write(const char *name, const char *what, double value, FILE *file) {
    fprintf(file, ",\"%s_geomean%s\":", name, what);
    hb_json_write_real(value, file);
}

static void summary_write(const struct hb_summary *summary, const struct hb_summary_group *group,
                          uint64_t seed, FILE *file) {
    static const char *const names[] = {"time_ratio", "cold_ratio", "resident_peak_ratio",
                                        "frag_peak_ratio"};
    fputc('{', file);
    text_write("allocator", summary->allocator, file);
    conditions_write(group, file);
    fprintf(file, "\"resamples\":%d,\"resample_seed\":%" PRIu64, HB_RESAMPLES, seed);
    for (int kind = 0; kind < HB_MEAN_KINDS; kind++) {
        const struct hb_mean *mean = &summary->means[kind];
        real_write(names[kind], "", mean->interval.median, file);
        if (kind == HB_MEAN_TIME || kind == HB_MEAN_COLD) {
            real_write(names[kind], "_ci95_low", mean->interval.low, file);
            real_write(names[kind], "_ci95_high", mean->interval.high, file);
        }
        fprintf(file, ",\"%s_traces\":%zu", names[kind], mean->trace_count);
    }
    fputs("}\n", file);
}

bool hb_summaries_write_json(const struct hb_summaries *summaries, uint64_t seed, FILE *file) {
    for (size_t i = 0; i < summaries->count; i++) {
        const struct hb_summary_group *group = &summaries->groups[i];
        for (size_t j = 0; j < group->count; j++)
            summary_write(&group->rows[j], group, seed, file);
    }
    return !ferror(file);
}
