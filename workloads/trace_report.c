/* trace_report.c -- what a trace holds and says of itself, on stdout. */
#include "workloads/trace_report_sites.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>

enum { BAR_WIDTH = 40, THREADS_SHOWN = 32 };

static void number_row(const char *name, uint64_t number) {
    printf("%-21s %" PRIu64 "\n", name, number);
}

static const char *bytes_text(uint64_t bytes, char text[32]) {
    static const char units[] = "KMGTPE";
    double value = (double)bytes;
    int unit = -1;

    while (value >= 1024 && unit < 5) {
        value /= 1024;
        unit++;
    }
    if (unit < 0)
        snprintf(text, 32, "%" PRIu64 " B", bytes);
    else
        snprintf(text, 32, "%.4g %ciB", value, units[unit]);
    return text;
}

static void bytes_row(const char *name, uint64_t bytes) {
    char text[32];

    if (bytes < 1024)
        printf("%-21s %" PRIu64 " bytes\n", name, bytes);
    else
        printf("%-21s %" PRIu64 " bytes (%s)\n", name, bytes, bytes_text(bytes, text));
}

/* A text of unknown origin, made safe for a terminal. */
static void text_row(const char *name, const char *text) {
    if (text[0] == '\0')
        return;
    printf("%-21s ", name);
    for (const char *c = text; *c != '\0'; c++)
        putchar((unsigned char)*c < ' ' || *c == 127 ? ' ' : *c);
    putchar('\n');
}

static double ratio(uint64_t a, uint64_t b) {
    return b == 0 ? 0 : (double)a / (double)b;
}

static uint64_t requests_count(const struct hb_trace_info *info) {
    return info->object_count + info->kind_count[HB_OP_REALLOC];
}

/* One bar per power of two, from the first class that holds anything to the last. */
static void classes_print(const char *title, const uint64_t *count) {
    int first = 0, last = HB_TRACE_CLASSES - 1;
    uint64_t total = 0, most = 1;

    for (int i = 0; i < HB_TRACE_CLASSES; i++) {
        total += count[i];
        most = count[i] > most ? count[i] : most;
    }
    if (total == 0)
        return;
    while (count[first] == 0)
        first++;
    while (count[last] == 0)
        last--;
    printf("\n%s\n", title);
    for (int i = first; i <= last; i++) {
        uint64_t low = i == 0 ? 0 : UINT64_C(1) << (i - 1);
        int bar = (int)(ratio(count[i], most) * BAR_WIDTH + 0.5);

        printf("%12" PRIu64 "+ %12" PRIu64 " %5.1f%% ", low, count[i],
               100 * ratio(count[i], total));
        for (int k = 0; k < bar; k++)
            putchar('#');
        putchar('\n');
    }
}

static void counts_print(const struct hb_trace_report *report) {
    const struct hb_trace_info *info = report->info;

    number_row("operations", info->op_count);
    number_row("  malloc", info->kind_count[HB_OP_MALLOC]);
    number_row("  calloc", info->kind_count[HB_OP_CALLOC]);
    number_row("  aligned", info->kind_count[HB_OP_ALIGNED]);
    number_row("  realloc", info->kind_count[HB_OP_REALLOC]);
    number_row("  free", info->kind_count[HB_OP_FREE]);
    number_row("objects", info->object_count);
    number_row("  never freed", report->profile.immortal_count);
    number_row("peak live objects", info->peak_live_objects);
    bytes_row("peak live", info->peak_live_bytes);
    bytes_row("requested in total", info->total_bytes);
    printf("%-21s %.1f bytes\n", "mean request", ratio(info->total_bytes, requests_count(info)));
    bytes_row("largest request", info->largest_bytes);
    number_row("threads", info->thread_count);
    if (info->thread_count > 1)
        printf("%-21s %" PRIu64 " frees, %" PRIu64 " reallocs\n", "  of others' objects",
               report->profile.foreign_free_count, report->profile.foreign_realloc_count);
    printf("%-21s %.6f s%s\n", "duration", (double)info->duration_ns * 1e-9,
           info->has_times ? ", each operation's time kept" : "");
}

static void phases_print(const struct hb_trace_phases *phases) {
    if (phases->count == 0)
        return;
    printf("%-21s %zu, from operation", "phases of live bytes", phases->count);
    for (size_t i = 0; i < phases->count; i++)
        printf("%s %" PRIu64, i == 0 ? "" : ",", phases->start[i]);
    printf(" (%.1f%% of the variance)\n", 100 * phases->explained_ratio);
}

static const char *const clock_names[HB_TRACE_CLOCKS] = {"births", "operations", "bytes"};

/* A row per power of two, a column per clock, all of the same objects. */
static void lifetimes_print(const struct hb_trace_profile *profile) {
    uint64_t total = 0;
    int first = HB_TRACE_CLASSES, last = 0;

    for (int i = 0; i < HB_TRACE_CLASSES; i++)
        for (int k = 0; k < HB_TRACE_CLOCKS; k++) {
            total += k == 0 ? profile->lifetime_count[k][i] : 0;
            if (profile->lifetime_count[k][i] == 0)
                continue;
            first = i < first ? i : first;
            last = i;
        }
    if (total == 0)
        return;
    printf("\nFreed objects by lifetime, in births, operations or bytes requested meanwhile\n%13s",
           "");
    for (int k = 0; k < HB_TRACE_CLOCKS; k++)
        printf(" %10s", clock_names[k]);
    putchar('\n');
    for (int i = first; i <= last; i++) {
        printf("%12" PRIu64 "+", i == 0 ? 0 : UINT64_C(1) << (i - 1));
        for (int k = 0; k < HB_TRACE_CLOCKS; k++)
            printf(" %9.1f%%", 100 * ratio(profile->lifetime_count[k][i], total));
        putchar('\n');
    }
    printf("%13s", "median in");
    for (int k = 0; k < HB_TRACE_CLOCKS; k++)
        printf(" %9" PRIu64 "+", profile->lifetime_median[k]);
    putchar('\n');
}

static void threads_print(const struct hb_trace_profile *profile) {
    char text[32];

    if (profile->thread_count < 2)
        return;
    printf("\nThreads\n%8s %12s %12s %12s %12s %12s\n", "number", "operations", "births", "frees",
           "of others'", "peak live");
    for (size_t i = 0; i < profile->thread_count && i < THREADS_SHOWN; i++) {
        const struct hb_trace_thread *thread = &profile->threads[i];

        printf("%8" PRIu32 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12s\n",
               thread->number, thread->op_count, thread->birth_count, thread->free_count,
               thread->foreign_free_count, bytes_text(thread->peak_live_bytes, text));
    }
    if (profile->thread_count > THREADS_SHOWN)
        printf("%8s %zu more\n", "and", profile->thread_count - THREADS_SHOWN);
}

static void losses_print(const struct hb_trace_info *info) {
    printf("%-21s %" PRIu64 " dropped, %" PRIu64 " early, %" PRIu64 " in signal handlers, %" PRIu64
           " unmatched frees\n",
           "lost", info->dropped_calls, info->early_calls, info->signal_calls,
           info->unmatched_frees);
    printf("%-21s %" PRIu64 " failed calls, %" PRIu64 " frees of NULL\n", "left out",
           info->failed_calls, info->null_frees);
    if (info->cost_ns_per_op_x1000 != 0)
        printf("%-21s %.3f ns an operation\n", "cost of recording",
               (double)info->cost_ns_per_op_x1000 * 1e-3);
}

void hb_trace_report_print(const struct hb_trace_report *report) {
    text_row("trace", report->path);
    text_row("command", report->info->command);
    text_row("source", report->info->source);
    text_row("note", report->info->note);
    text_row("state", report->damage == NULL ? "whole" : report->damage);
    counts_print(report);
    if (report->info->has_sites)
        number_row("call sites", report->info->site_count);
    phases_print(&report->profile.phases);
    losses_print(report->info);
    if (report->file_bytes > 0)
        printf("%-21s %" PRIu64 " bytes, %.3f an operation\n", "file", report->file_bytes,
               ratio(report->file_bytes, report->info->op_count));
    classes_print("Requests by size, bytes", report->profile.request_count);
    lifetimes_print(&report->profile);
    threads_print(&report->profile);
    trace_report_sites_print(report);
}

static void json_number(cJSON *object, const char *key, uint64_t number) {
    char text[32];

    /* Raw: cJSON's own numbers are doubles. */
    snprintf(text, sizeof text, "%" PRIu64, number);
    cJSON_AddRawToObject(object, key, text);
}

static void json_counts(cJSON *object, const struct hb_trace_info *info) {
    json_number(object, "op_count", info->op_count);
    json_number(object, "malloc_count", info->kind_count[HB_OP_MALLOC]);
    json_number(object, "calloc_count", info->kind_count[HB_OP_CALLOC]);
    json_number(object, "aligned_count", info->kind_count[HB_OP_ALIGNED]);
    json_number(object, "realloc_count", info->kind_count[HB_OP_REALLOC]);
    json_number(object, "free_count", info->kind_count[HB_OP_FREE]);
    json_number(object, "object_count", info->object_count);
    json_number(object, "peak_live_objects", info->peak_live_objects);
    json_number(object, "peak_live_bytes", info->peak_live_bytes);
    json_number(object, "total_bytes", info->total_bytes);
    json_number(object, "largest_bytes", info->largest_bytes);
    cJSON_AddNumberToObject(object, "mean_bytes", ratio(info->total_bytes, requests_count(info)));
    json_number(object, "thread_count", info->thread_count);
    json_number(object, "duration_ns", info->duration_ns);
    json_number(object, "null_frees", info->null_frees);
    json_number(object, "failed_calls", info->failed_calls);
    json_number(object, "dropped_calls", info->dropped_calls);
    json_number(object, "early_calls", info->early_calls);
    json_number(object, "signal_calls", info->signal_calls);
    json_number(object, "unmatched_frees", info->unmatched_frees);
    cJSON_AddNumberToObject(object, "cost_ns_per_op", (double)info->cost_ns_per_op_x1000 * 1e-3);
}

static void json_numbers(cJSON *object, const char *key, const uint64_t *numbers, size_t count) {
    cJSON *array = cJSON_AddArrayToObject(object, key);
    char text[32];

    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "%" PRIu64, numbers[i]);
        cJSON_AddItemToArray(array, cJSON_CreateRaw(text));
    }
}

/* Counts by class are cut after the last that is not 0. */
static void json_classes(cJSON *object, const char *key, const uint64_t *count) {
    size_t last = HB_TRACE_CLASSES;

    while (last > 0 && count[last - 1] == 0)
        last--;
    json_numbers(object, key, count, last);
}

static void json_profile(cJSON *object, const struct hb_trace_profile *profile) {
    json_number(object, "immortal_count", profile->immortal_count);
    json_number(object, "foreign_free_count", profile->foreign_free_count);
    json_number(object, "foreign_realloc_count", profile->foreign_realloc_count);
    json_classes(object, "request_class_count", profile->request_count);
    json_classes(object, "lifetime_births_class_count",
                 profile->lifetime_count[HB_TRACE_CLOCK_BIRTHS]);
    json_classes(object, "lifetime_ops_class_count", profile->lifetime_count[HB_TRACE_CLOCK_OPS]);
    json_classes(object, "lifetime_bytes_class_count",
                 profile->lifetime_count[HB_TRACE_CLOCK_BYTES]);
    json_numbers(object, "phase_start_op", profile->phases.start, profile->phases.count);
}

void hb_trace_report_json(const struct hb_trace_report *report) {
    const struct hb_trace_info *info = report->info;
    cJSON *object = cJSON_CreateObject();
    char *text;

    cJSON_AddStringToObject(object, "file", report->path);
    cJSON_AddStringToObject(object, "command", info->command);
    cJSON_AddStringToObject(object, "source", info->source);
    cJSON_AddStringToObject(object, "note", info->note);
    cJSON_AddBoolToObject(object, "is_whole", report->damage == NULL);
    if (report->damage != NULL)
        cJSON_AddStringToObject(object, "damage", report->damage);
    else
        cJSON_AddNullToObject(object, "damage");
    cJSON_AddBoolToObject(object, "has_times", info->has_times);
    json_counts(object, info);
    json_profile(object, &report->profile);
    if (info->has_sites)
        trace_report_sites_json(report, object);
    if (report->file_bytes > 0) {
        json_number(object, "file_bytes", report->file_bytes);
        cJSON_AddNumberToObject(object, "file_bytes_per_op",
                                ratio(report->file_bytes, info->op_count));
    } else {
        cJSON_AddNullToObject(object, "file_bytes");
        cJSON_AddNullToObject(object, "file_bytes_per_op");
    }
    text = cJSON_PrintUnformatted(object);
    puts(text != NULL ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(object);
}
