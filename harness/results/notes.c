/* notes.c -- the notes under a block of results: what is empty and why, what failed. */
#include "harness/results/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "harness/table.h"

enum { NOTE_MAX = 2048, INTERVAL_REPEATS_MIN = 6, PEAK_LIVE_MIN = 64 * 1024 };
enum { SIMULATED_BREAK = 8 << 20 };

static bool has_count(uint64_t count) {
    return count != HB_COUNT_NULL;
}

static bool has_pass(const struct hb_result *result, const char *pass) {
    const char *found = strstr(result->passes, pass);
    return result->passes[0] == '\0' || found;
}

/* Each says whether its note holds for a row. */
static bool lacks_footprint(const struct hb_result *result) {
    return has_count(result->peak_resident_bytes) && !has_count(result->peak_footprint_bytes);
}

static bool lacks_interval(const struct hb_result *result) {
    return !isnan(result->ns_per_op) && isnan(result->ns_per_op_ci95_low) &&
           has_count(result->repeats) && result->repeats < INTERVAL_REPEATS_MIN;
}

static bool lacks_ratios(const struct hb_result *result) {
    return has_count(result->peak_live_bytes) && result->peak_live_bytes < PEAK_LIVE_MIN;
}

static bool lacks_warm(const struct hb_result *result) {
    return isnan(result->ns_per_op) && !isnan(result->cold_ns_per_op);
}

static bool lacks_time(const struct hb_result *result) {
    return has_pass(result, "time") && isnan(result->cold_ns_per_op) && result->error[0] == '\0' &&
           has_count(result->repeats);
}

static bool is_same(const struct hb_result *result) {
    return result->time_ratio_ci95_low <= 1 && result->time_ratio_ci95_high >= 1;
}

/* Operations simulated, HB_COUNT_NULL if none; older results have them as those of the source. */
static uint64_t simulated_ops(const struct hb_result *result) {
    bool is_source = strcmp(result->cache_source, "sim") == 0;
    return is_source && !has_count(result->sim_ops) ? result->cache_ops : result->sim_ops;
}

static bool lacks_cache(const struct hb_result *result) {
    return isnan(result->instructions_per_op) && isnan(result->l1d_misses_per_op) &&
           !has_count(simulated_ops(result)) && has_pass(result, "cache") &&
           result->error[0] == '\0' && result->counters[0] == '\0';
}

static bool simulated_beyond_break(const struct hb_result *result) {
    return has_count(simulated_ops(result)) && strcmp(result->allocator, "glibc") == 0 &&
           has_count(result->peak_live_bytes) && result->peak_live_bytes > SIMULATED_BREAK;
}

static bool by_rollup(const struct hb_result *result) {
    return strncmp(result->resident_source, "smaps", 5) == 0;
}

static bool lacks_frames(const struct hb_result *result) {
    return strncmp(result->frames_source, "hidden", 6) == 0;
}

static bool lacks_pagemap(const struct hb_result *result) {
    return strncmp(result->frames_source, "unreadable", 10) == 0;
}

static const struct note {
    bool (*holds)(const struct hb_result *result);
    bool names_rows; /* say for which allocators */
    const char *text;
} notes[] = {
    {is_same, false, "same: the interval includes 1; no difference was measured"},
    {lacks_interval, false, "fewer than 6 repeats: no interval"},
    {lacks_warm, true, "measured cold only"},
    {lacks_time, true, "a replay takes less than 10 us: too short to time"},
    {lacks_ratios, false, "peak live below 64 KiB: ratios of memory to live are not given"},
    {lacks_footprint, true, "footprint and fragmentation of a foreign allocator are not visible"},
    {by_rollup, true, "resident memory by smaps_rollup: statm is not exact here"},
    {lacks_frames, false, "page frames are hidden: run as root (CAP_SYS_ADMIN) to see their runs"},
    {lacks_pagemap, false, "page frames: /proc/self/pagemap cannot be read here"},
    {lacks_cache, true, "no counts of the cache (see heapbench doctor)"},
    {simulated_beyond_break, true,
     "its break ends at 8 MiB under the simulator; a larger heap goes on in mappings"},
};

void hb_results_print_note(const char *text, size_t width, FILE *file) {
    fputs("  ", file);
    hb_text_wrap(text, 4, width - 2, file);
}

static void note_add(char *note, const char *separator, const char *text) {
    size_t used = strlen(note);
    snprintf(note + used, NOTE_MAX - used, "%s%s", used > 0 ? separator : "", text);
}

static void note_consider(const struct note *note, const struct hb_results_block *block,
                          size_t width, FILE *file) {
    char text[NOTE_MAX] = "";
    size_t held = 0;

    for (size_t i = 0; i < block->count; i++) {
        if (!note->holds(block->rows[i]))
            continue;
        held++;
        if (note->names_rows)
            note_add(text, ", ", block->rows[i]->allocator);
    }
    if (held == 0)
        return;
    note_add(text, ": ", note->text);
    hb_results_print_note(text, width, file);
}

static void failures_print(const struct hb_result *result, size_t width, FILE *file) {
    char text[NOTE_MAX];

    if (has_count(result->failed_allocs) && result->failed_allocs > 0) {
        snprintf(text, sizeof text, "%s: %" PRIu64 " requests got no memory", result->allocator,
                 result->failed_allocs);
        hb_results_print_note(text, width, file);
    }
    if (result->check[0] != '\0' && strcmp(result->check, "ok") != 0) {
        snprintf(text, sizeof text, "%s: check failed: %s", result->allocator, result->check);
        hb_results_print_note(text, width, file);
    }
    if (result->error[0] != '\0') {
        snprintf(text, sizeof text, "%s: %s", result->allocator, result->error);
        hb_results_print_note(text, width, file);
    }
}

static void caches_print_result(const struct hb_result *result, size_t width, FILE *file) {
    char text[NOTE_MAX] = "", part[HB_RESULT_TEXT_MAX + 128];

    if (strcmp(result->cache_source, "pmu") == 0)
        note_add(text, "", "caches counted by the processor");
    if (result->counters_running_ratio < 1) {
        snprintf(part, sizeof part, "events took turns, each counted %.0f%% of the time or more",
                 100 * result->counters_running_ratio);
        note_add(text, "; ", part);
    }
    if (has_count(simulated_ops(result))) {
        snprintf(part, sizeof part, "%scaches simulated over the first %" PRIu64 " ops: %s",
                 strcmp(result->cache_source, "sim") == 0 ? "" : "sim: ", simulated_ops(result),
                 result->cache_geometry);
        note_add(text, "; ", part);
    }
    if (text[0] != '\0')
        hb_results_print_note(text, width, file);
}

/* Simulations of foreign allocators do not repeat to the last miss. */
static void spreads_print(const struct hb_results_block *block, size_t width, FILE *file) {
    char text[NOTE_MAX] = "", part[HB_RESULT_TEXT_MAX + 64];

    for (size_t i = 0; i < block->count; i++) {
        const struct hb_result *row = block->rows[i];
        if (isnan(row->sim_spread_ratio))
            continue;
        snprintf(part, sizeof part, "%s%s %.3g%%",
                 text[0] == '\0' ? "two simulations differ by: " : "", row->allocator,
                 100 * row->sim_spread_ratio);
        note_add(text, ", ", part);
    }
    if (text[0] != '\0')
        hb_results_print_note(text, width, file);
}

/* Events have no columns, as there may be any. */
static void counters_print(const struct hb_result *result, size_t width, FILE *file) {
    char text[NOTE_MAX] = "", part[256];
    const char *name = result->counters;

    for (size_t i = 0; i < result->counters_per_op.count && *name != '\0'; i++) {
        size_t length = strcspn(name, ",");
        snprintf(part, sizeof part, "%.*s %.4g/op", (int)length, name,
                 result->counters_per_op.values[i]);
        if (i < result->floor_counters_per_op.count)
            snprintf(part + strlen(part), sizeof part - strlen(part), " (floor %.4g)",
                     result->floor_counters_per_op.values[i]);
        note_add(text, ", ", part);
        name += length + (name[length] == ',');
    }
    if (text[0] == '\0')
        return;
    fprintf(file, "  %s: ", result->allocator);
    hb_text_wrap(text, 4, width - 4 - strlen(result->allocator), file);
}

/* Once, as all rows of a block were counted alike, or not at all. */
static void caches_print(const struct hb_results_block *block, size_t width, FILE *file) {
    const struct hb_result *best = block->rows[0];
    for (size_t i = 1; i < block->count; i++) {
        const struct hb_result *row = block->rows[i];
        bool is_more = has_count(simulated_ops(row)) > has_count(simulated_ops(best));
        if (best->cache_source[0] == '\0' || is_more)
            best = row;
    }
    caches_print_result(best, width, file);
}

static double sum_add(double sum, double value) {
    return isnan(value) ? sum : sum + value;
}

/* What disturbed the time pass, with what would help. All rows of a run share its blocks. */
static void noise_print(const struct hb_results_block *block, size_t width, FILE *file) {
    const struct hb_result *worst = block->rows[0];
    double wait_ms = 0, steal_ms = 0;
    char text[NOTE_MAX];

    for (size_t i = 0; i < block->count; i++) {
        const struct hb_result *row = block->rows[i];
        bool is_worse = has_count(row->bad_blocks) &&
                        (!has_count(worst->bad_blocks) || row->bad_blocks > worst->bad_blocks);
        worst = is_worse ? row : worst;
        wait_ms = sum_add(wait_ms, row->wait_ms);
        steal_ms = sum_add(steal_ms, row->steal_ms);
    }
    if (!has_count(worst->bad_blocks) || worst->bad_blocks == 0)
        return;
    uint64_t kept = has_count(worst->bad_blocks_kept) ? worst->bad_blocks_kept : 0;
    snprintf(
        text, sizeof text,
        "%" PRIu64 " block%s disturbed: %" PRIu64 " measured again, %" PRIu64
        " in the figures; others had the workers' CPU for %.0f ms, the hypervisor for %.0f ms: "
        "leave it idle, or name one that is (--cpu=N)",
        worst->bad_blocks, worst->bad_blocks == 1 ? " was" : "s were", worst->bad_blocks - kept,
        kept, wait_ms, steal_ms);
    hb_results_print_note(text, width, file);
}

void hb_results_print_notes(const struct hb_results_block *block, size_t width, FILE *file) {
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
        note_consider(&notes[i], block, width, file);
    noise_print(block, width, file);
    hb_results_print_latency(block, width, file);
    caches_print(block, width, file);
    spreads_print(block, width, file);
    for (size_t i = 0; i < block->count; i++)
        counters_print(block->rows[i], width, file);
    for (size_t i = 0; i < block->count; i++)
        failures_print(block->rows[i], width, file);
}
