/* trace_check.c -- does a trace hold what it says? */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "workloads/trace_format.h"
#include "workloads/trace_tally.h"

struct count_name {
    const char *name;
    size_t offset;
};

#define COUNT(text, field)                                                                         \
    { text, offsetof(struct hb_trace_info, field) }

static const struct count_name count_names[] = {
    COUNT("operations", op_count),
    COUNT("mallocs", kind_count[HB_OP_MALLOC]),
    COUNT("callocs", kind_count[HB_OP_CALLOC]),
    COUNT("aligned calls", kind_count[HB_OP_ALIGNED]),
    COUNT("reallocs", kind_count[HB_OP_REALLOC]),
    COUNT("frees", kind_count[HB_OP_FREE]),
    COUNT("thread starts", kind_count[HB_OP_THREAD_START]),
    COUNT("thread ends", kind_count[HB_OP_THREAD_END]),
    COUNT("objects", object_count),
    COUNT("objects live at the peak", peak_live_objects),
    COUNT("bytes live at the peak", peak_live_bytes),
    COUNT("bytes in total", total_bytes),
    COUNT("bytes in the largest request", largest_bytes),
};

static bool count_check(const char *name, uint64_t said, uint64_t found, char *error) {
    if (said == found)
        return true;
    return trace_fail(error, "says %" PRIu64 " %s, holds %" PRIu64, said, name, found);
}

static bool info_check(const struct hb_trace_info *said, const struct hb_trace_info *found,
                       char *error) {
    for (size_t i = 0; i < sizeof count_names / sizeof count_names[0]; i++) {
        size_t offset = count_names[i].offset;

        if (!count_check(count_names[i].name, *(const uint64_t *)((const char *)said + offset),
                         *(const uint64_t *)((const char *)found + offset), error))
            return false;
    }
    if (!count_check("threads", said->thread_count, found->thread_count, error))
        return false;
    /* Without the time of each operation the last one's is known to the writer only. */
    if (said->duration_ns < found->duration_ns ||
        (said->has_times && said->duration_ns > found->duration_ns))
        return count_check("ns of duration", said->duration_ns, found->duration_ns, error);
    return true;
}

static bool ops_check(struct hb_trace_reader *reader, struct trace_tally *tally, char *error) {
    const struct hb_op *ops;
    size_t count;

    while ((count = hb_trace_next(reader, &ops)) > 0)
        for (size_t i = 0; i < count; i++) {
            const char *complaint = trace_tally_add(tally, &ops[i]);

            if (complaint != NULL)
                return trace_fail(error, "%s", complaint);
        }
    if (hb_trace_damage(reader) != NULL)
        return trace_fail(error, "%s", hb_trace_damage(reader));
    return true;
}

static bool reader_check(struct hb_trace_reader *reader, struct hb_trace_info *info, char *error) {
    struct trace_tally *tally = trace_tally_create();
    struct hb_trace_info found;
    bool good;

    if (tally == NULL)
        return trace_fail(error, "out of memory to check it");
    good = ops_check(reader, tally, error);
    found = *hb_trace_get_info(reader);
    trace_tally_read(tally, &found);
    trace_tally_destroy(tally);
    good = good && info_check(hb_trace_get_info(reader), &found, error);
    if (found.duration_ns < hb_trace_get_info(reader)->duration_ns && good)
        found.duration_ns = hb_trace_get_info(reader)->duration_ns;
    if (info != NULL)
        *info = found;
    return good;
}

bool hb_trace_check(const char *path, struct hb_trace_info *info, bool *readable, char *error) {
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    bool good;

    if (readable != NULL)
        *readable = reader != NULL;
    if (reader == NULL)
        return false;
    good = reader_check(reader, info, error);
    hb_trace_close(reader);
    return good;
}
