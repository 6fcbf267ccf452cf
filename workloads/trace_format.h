/* trace_format.h -- the layout of an .hbt file; docs/trace-format.md says it in words.
 *
 *   file   = header chunk(BLOCK)* chunk(END) trailer
 *   header = magic[8] version:u32 flags:u32
 *   chunk  = tag:u32 length:u32 payload[length]; the payload is a row of zstd frames, each with its
 *            content size and checksum
 *   BLOCK  = head frame, then one frame for each byte plane of each column, low plane first; in
 *            version 1 the head lacks sites_before and the columns from COLUMN_FORM_TYPE on
 *            if there are new call sites, one more frame: their names, a line each
 *   END    = one frame of text lines "key value"
 *   trailer = offset of the END chunk:u64 magic[8]
 * All integers are little-endian.
 */
#ifndef TRACE_FORMAT_H
#define TRACE_FORMAT_H

#include "workloads/trace.h"

#define TRACE_MAGIC     "\211HBT\r\n\032\n"
#define TRACE_END_MAGIC "\211HBTEND\n"

enum {
    TRACE_VERSION = 2,   /* what is written; version 1 is read, too */
    TRACE_HAS_TIMES = 1, /* the flags: each operation has a time of its own; */
    TRACE_HAS_SITES = 2, /* births and reallocs have call sites (from version 2 on) */
    TRACE_MAGIC_BYTES = 8,
    TRACE_HEADER_BYTES = 16,
    TRACE_CHUNK_HEAD_BYTES = 8,
    TRACE_TRAILER_BYTES = 16,
    TRACE_TAG_BLOCK = 0x314b4c42, /* "BLK1" */
    TRACE_TAG_END = 0x31444e45,   /* "END1" */
    TRACE_TIME_STEP = 1024,       /* operations that share one time */
    TRACE_VALUE_BYTES_MAX = 8,    /* planes of one column, at most */
    TRACE_CHUNK_BYTES_MIN = 64,   /* a smaller block cannot be */
    TRACE_CHUNK_BYTES_MAX = 4 << 20,
    TRACE_FOOTER_BYTES_MAX = 64 << 10,
    TRACE_SITE_NAMES_MAX = 1 << 20, /* bytes of the names of the sites that are new in a block */
    TRACE_SITE_NAMES_ALL_MAX = 64 << 20 /* and of all of a file */
};

/* The columns of a block, in the order of the file. */
enum trace_column {
    COLUMN_FORM,      /* each operation's form, a row of the block's table; version 1: its kind  */
    COLUMN_THREAD,    /* each operation's thread                                                 */
    COLUMN_AGE,       /* births since the object's own, of each realloc and free whose form      */
                      /* leaves it open                                                          */
    COLUMN_SIZE,      /* size of each birth and realloc whose form leaves it open                */
    COLUMN_ALIGNMENT, /* each aligned birth's alignment, log2                                    */
    COLUMN_TIME,      /* zigzag steps of time: of each operation, or of each 1024th in block     */
    TRACE_COLUMNS_V1,
    COLUMN_FORM_TYPE = TRACE_COLUMNS_V1, /* the table: each form's kind and what it settles      */
    COLUMN_FORM_REFERENCE,               /* of each form that settles it: the age or step        */
    COLUMN_FORM_SIZE,                    /* of each form that settles it: the size               */
    COLUMN_SITE,       /* each birth's and realloc's call site, if the file has them             */
    COLUMN_SITE_VALUE, /* hashes of the names of the sites that are new in this block            */
    TRACE_COLUMNS
};

struct trace_block_head {
    uint64_t number;               /* of this block, from 0 */
    uint64_t op_count;             /* operations and marks in it */
    uint64_t births_before;        /* objects born in earlier blocks */
    uint64_t base_ns;              /* the time that the first step counts from */
    uint64_t flags;                /* the header's */
    uint64_t sites_before;         /* call sites of earlier blocks */
    uint64_t count[TRACE_COLUMNS]; /* values in each column */
    uint64_t width[TRACE_COLUMNS]; /* bytes a value: its planes; 0 if all values are 0 */
};

enum {
    TRACE_BLOCK_HEAD_BYTES = sizeof(struct trace_block_head),
    TRACE_BLOCK_HEAD_BYTES_V1 = (5 + 2 * TRACE_COLUMNS_V1) * 8
};

/* A head to and from the bytes of its frame; the version's that is read, the newest written. */
void trace_head_print(const struct trace_block_head *head, uint8_t *bytes);
void trace_head_parse(struct trace_block_head *head, const uint8_t *bytes, uint32_t version);

/* What each kind of operation carries. */
extern const uint8_t trace_kind_is_birth[HB_OP_KINDS];
extern const uint8_t trace_kind_has_age[HB_OP_KINDS];
extern const uint8_t trace_kind_has_size[HB_OP_KINDS];

/* The widest that a column may be. */
extern const uint8_t trace_column_width_max[TRACE_COLUMNS];

void trace_put_u32(uint8_t *at, uint32_t value);
void trace_put_u64(uint8_t *at, uint64_t value);
uint32_t trace_get_u32(const uint8_t *at);
uint64_t trace_get_u64(const uint8_t *at);

/* Write one line into an error text of HB_TRACE_ERROR_MAX bytes. Returns false. */
bool trace_fail(char *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline uint64_t trace_zigzag(uint64_t step) {
    return (step << 1) ^ (0 - (step >> 63));
}

static inline uint64_t trace_unzigzag(uint64_t code) {
    return (code >> 1) ^ (0 - (code & 1));
}

/* Values in the time column of a block. */
static inline uint64_t trace_time_count(uint64_t op_count, bool has_times) {
    return has_times ? op_count : (op_count + TRACE_TIME_STEP - 1) / TRACE_TIME_STEP;
}

#endif
