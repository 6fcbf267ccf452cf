/* trace.h -- a trace: the allocation calls of one run of a program, in order.
 *
 * An object is a lifetime, not an address: it is born by malloc, calloc or an aligned call, keeps
 * its number through every realloc, and dies by free. Objects are numbered from 0 in the order of
 * their births in the file. realloc(NULL, n) is recorded as malloc(n), realloc(p, 0) as free(p).
 * The order of the file is the total order of the operations.
 *
 * A reader checks everything it reads: whatever bytes the file holds, the operations it yields are
 * well formed (a free or realloc names a live object, an alignment is a power of two, a thread
 * number is below HB_TRACE_THREADS_MAX), and damage ends the trace after the last whole block.
 */
#ifndef HB_TRACE_H
#define HB_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hb_op_kind {
    HB_OP_MALLOC,       /* object is born with size bytes                   */
    HB_OP_CALLOC,       /* as malloc, zeroed; size is the product           */
    HB_OP_ALIGNED,      /* as malloc, at a multiple of 1 << alignment_log2  */
    HB_OP_REALLOC,      /* object now has size bytes                        */
    HB_OP_FREE,         /* object dies; size is 0                           */
    HB_OP_THREAD_START, /* marks: object and size are 0                     */
    HB_OP_THREAD_END,
    HB_OP_KINDS
};

/* The largest request a trace can hold: seven bytes. */
#define HB_TRACE_SIZE_MAX ((UINT64_C(1) << 56) - 1)

enum {
    HB_TRACE_BLOCK_OPS = 65536,   /* operations in one block of a file, at most */
    HB_TRACE_THREADS_MAX = 65536, /* threads in one trace, at most */
    HB_TRACE_ALIGNMENT_LOG2_MAX = 48,
    HB_TRACE_SITES_MAX = 65535, /* call sites in one trace, at most */
    HB_TRACE_TEXT_MAX = 4096,   /* bytes of a text field, its end included */
    HB_TRACE_ERROR_MAX = 512    /* bytes of an error message, its end included */
};

struct hb_op {
    uint64_t object;
    uint64_t size;          /* bytes asked for */
    uint64_t time_ns;       /* since the trace's start; of the last 1024th op unless has_times */
    uint32_t thread;        /* 0 is the thread that made the first call */
    uint8_t kind;           /* enum hb_op_kind */
    uint8_t alignment_log2; /* HB_OP_ALIGNED only, else 0 */
    uint16_t site;          /* births and reallocs: who called, from 1; 0: not known */
};

/* What a trace says of itself. Counts of calls that are no operations are kept here. */
struct hb_trace_info {
    /* Derived by the writer from the operations. Reading verifies op_count and object_count (a
     * trace never yields more than they say), hb_trace_check verifies all. Sums that would not fit
     * stop at UINT64_MAX. */
    uint64_t op_count; /* operations, thread marks left out */
    uint64_t kind_count[HB_OP_KINDS];
    uint64_t object_count; /* births */
    uint64_t peak_live_objects;
    uint64_t peak_live_bytes;
    uint64_t total_bytes;   /* sum of the sizes of all births and reallocs */
    uint64_t largest_bytes; /* largest single request */
    uint32_t thread_count;  /* distinct threads of operations and marks */
    uint64_t duration_ns;
    bool has_times;      /* each op has a time of its own */
    bool has_sites;      /* births and reallocs have call sites */
    uint32_t site_count; /* call sites, 0 unless has_sites */
    bool is_whole;       /* false: cut or damaged; the rest counts what could be read */
    /* Said by whoever made it. Missing counts are 0. */
    uint64_t null_frees;      /* free(NULL) calls, left out */
    uint64_t failed_calls;    /* calls that returned no memory, left out */
    uint64_t dropped_calls;   /* calls the recorder could not keep */
    uint64_t early_calls;     /* calls before the recorder could log: counted, left out */
    uint64_t signal_calls;    /* calls that interrupted the recorder: counted, left out */
    uint64_t unmatched_frees; /* frees of objects whose birth is not in the trace, left out */
    uint64_t
        cost_ns_per_op_x1000; /* what recording one call cost, measured, in 1/1000 ns; 0 unknown */
    char command[HB_TRACE_TEXT_MAX]; /* the recorded command line */
    char source[HB_TRACE_TEXT_MAX];  /* what made the trace: "recorded", "imported from …" */
    char note[HB_TRACE_TEXT_MAX];    /* free text: versions, transforms applied */
};

struct trace_callsites;
struct hb_trace_reader;
struct hb_trace_writer;

/* Open the trace at path. On failure returns NULL and writes one line (what, where, what to do)
 * to error, which holds HB_TRACE_ERROR_MAX bytes. Free with hb_trace_close. */
struct hb_trace_reader *hb_trace_open(const char *path, char *error);

/* What the trace says of itself; valid until hb_trace_close. For a cut file the derived counts are
 * those of the whole blocks that could be found, and is_whole is false. */
const struct hb_trace_info *hb_trace_get_info(const struct hb_trace_reader *reader);

/* Decode the next run of operations, a block or a part of one. Sets *ops to an array owned by the
 * reader, valid until the next call, and returns how many it holds, at most HB_TRACE_BLOCK_OPS: 0
 * at the end of the trace. */
size_t hb_trace_next(struct hb_trace_reader *reader, const struct hb_op **ops);

/* After hb_trace_next has returned 0: NULL if the trace ended as it should, else one line that says
 * where and how it is damaged; valid until hb_trace_close. Damage that only reading could find
 * corrects hb_trace_get_info: is_whole turns false and the counts are those of what was yielded. */
const char *hb_trace_damage(const struct hb_trace_reader *reader);

/* The call sites that the operations read so far have named (trace_callsite.h); NULL if the trace
 * has none. They grow with reading; valid until hb_trace_close. */
const struct trace_callsites *hb_trace_sites(const struct hb_trace_reader *reader);

void hb_trace_close(struct hb_trace_reader *reader);

/* Read the whole trace at path and verify everything: checksums, liveness, and the derived half of
 * its info against the operations. Returns false with one line in error if it is damaged or cannot
 * be read; *readable (may be NULL) tells the two apart: could it be opened as a trace at all? info
 * (may be NULL) receives what it says of itself, with counts as found. */
bool hb_trace_check(const char *path, struct hb_trace_info *info, bool *readable, char *error);

/* Start a new trace that will stand at path once finished; until then it is written beside it under
 * a temporary name. Fails (NULL, one line in error) if path exists already or cannot be made.
 * has_times: keep the time of each operation, not only of each 1024th. */
struct hb_trace_writer *hb_trace_create(const char *path, bool has_times, char *error);

/* Keep call sites, too. Before the first operation. Returns false if the file cannot be written. */
bool hb_trace_keep_sites(struct hb_trace_writer *writer);

/* The number, for hb_op.site, of the call site with this name, not empty and of fewer than
 * HB_TRACE_TEXT_MAX bytes; the same name gives the same number. 0 if the trace keeps no sites, has
 * HB_TRACE_SITES_MAX already, or memory ran out. */
uint16_t hb_trace_add_site(struct hb_trace_writer *writer, const char *name);

/* Append one operation. object is checked: a birth must carry the next number, a free or realloc a
 * live one. Returns false, with a line in hb_trace_writer_error, on a bad operation or a full disk;
 * the writer then stays failed. */
bool hb_trace_append(struct hb_trace_writer *writer, const struct hb_op *op);

/* The text of the first failure, or NULL. */
const char *hb_trace_writer_error(const struct hb_trace_writer *writer);

/* Write the rest, with the "said" half of info (the derived half is filled in by the writer; info
 * may be NULL), and put the file in its place. Frees the writer in every case. Returns false and
 * writes one line to error if the file could not be written: then nothing is left behind. */
bool hb_trace_finish(struct hb_trace_writer *writer, const struct hb_trace_info *info, char *error);

/* Give up: free the writer and remove what was written. */
void hb_trace_discard(struct hb_trace_writer *writer);

/* From now on SIGINT, SIGTERM and SIGHUP, where they would end the program, do so after removing
 * the files of its unfinished writers. For a program's main: it sets handlers. */
void hb_trace_catch_signals(void);

#endif
