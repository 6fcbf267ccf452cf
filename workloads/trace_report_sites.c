/* trace_report_sites.c -- who asked for it: the call sites of a report. */
#include "workloads/trace_report_sites.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/trace_callsite.h"

enum { SITES_SHOWN = 10 };

static const char *site_name(const struct hb_trace_report *report, uint32_t number) {
    const char *name = report->sites == NULL ? NULL : trace_callsite_name(report->sites, number);

    return name == NULL ? "(not known)" : name;
}

static void site_row(const struct hb_trace_report *report, const struct hb_trace_site *site) {
    uint64_t objects = report->info->object_count, bytes = report->info->total_bytes;

    printf("%12" PRIu64 " %5.1f%% %14" PRIu64 " %5.1f%% %12" PRIu64, site->object_count,
           objects == 0 ? 0.0 : 100.0 * (double)site->object_count / (double)objects, site->bytes,
           bytes == 0 ? 0.0 : 100.0 * (double)site->bytes / (double)bytes,
           site->object_count - site->free_count);
    if (site->free_count > 0)
        printf(" %10" PRIu64 "+  ", site->lifetime_median);
    else
        printf(" %10s   ", "");
    for (const char *c = site_name(report, site->number); *c != '\0'; c++)
        putchar((unsigned char)*c < ' ' || *c == 127 ? ' ' : *c);
    putchar('\n');
}

static void table_print(const struct hb_trace_report *report, const char *title,
                        const struct hb_trace_site *sites) {
    size_t count = report->profile.site_count;

    printf("\n%s\n%12s %6s %14s %6s %12s %11s  %s\n", title, "objects", "", "bytes", "",
           "never freed", "lifetime", "call site");
    for (size_t i = 0; i < count && i < SITES_SHOWN; i++)
        site_row(report, &sites[i]);
}

static int by_objects(const void *left, const void *right) {
    const struct hb_trace_site *a = left, *b = right;

    if (a->object_count != b->object_count)
        return a->object_count > b->object_count ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

void trace_report_sites_print(const struct hb_trace_report *report) {
    size_t count = report->profile.site_count;
    struct hb_trace_site *sorted;

    if (count == 0)
        return;
    table_print(report,
                "Call sites with the most bytes (lifetime: median of those freed, in births)",
                report->profile.sites);
    sorted = malloc(count * sizeof *sorted);
    if (sorted == NULL || count <= 1) {
        free(sorted);
        return;
    }
    memcpy(sorted, report->profile.sites, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_objects);
    table_print(report, "Call sites with the most objects", sorted);
    free(sorted);
}

/* One number of each site. */
static void json_column(cJSON *object, const char *key, const struct hb_trace_profile *profile,
                        size_t offset) {
    cJSON *array = cJSON_AddArrayToObject(object, key);
    char text[32];

    for (size_t i = 0; i < profile->site_count; i++) {
        snprintf(text, sizeof text, "%" PRIu64,
                 *(const uint64_t *)((const char *)&profile->sites[i] + offset));
        cJSON_AddItemToArray(array, cJSON_CreateRaw(text));
    }
}

void trace_report_sites_json(const struct hb_trace_report *report, cJSON *object) {
    const struct hb_trace_profile *profile = &report->profile;
    cJSON *names;

    cJSON_AddNumberToObject(object, "site_count", report->info->site_count);
    names = cJSON_AddArrayToObject(object, "site_name");
    for (size_t i = 0; i < profile->site_count; i++)
        cJSON_AddItemToArray(names,
                             profile->sites[i].number == 0
                                 ? cJSON_CreateNull()
                                 : cJSON_CreateString(site_name(report, profile->sites[i].number)));
    json_column(object, "site_object_count", profile, offsetof(struct hb_trace_site, object_count));
    json_column(object, "site_realloc_count", profile,
                offsetof(struct hb_trace_site, realloc_count));
    json_column(object, "site_bytes", profile, offsetof(struct hb_trace_site, bytes));
    json_column(object, "site_free_count", profile, offsetof(struct hb_trace_site, free_count));
    json_column(object, "site_lifetime_births_median", profile,
                offsetof(struct hb_trace_site, lifetime_median));
}
