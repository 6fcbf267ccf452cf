/* stream.h -- the events of one raw file, in order. Reads any bytes safely: at the first word that
 * makes no sense the stream ends, damaged. */
#ifndef HB_STREAM_H
#define HB_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/recorder/livemap.h"
#include "workloads/recorder/raw.h"

enum {
    STREAM_BUFFER_WORDS = 2048,
    STREAM_SERIAL_MAX = 1 << 20 /* threads one image may have had; more is damage */
};

struct stream_event {
    uint64_t ticks; /* since the image began */
    uint64_t address;
    uint64_t size;
    uint32_t serial; /* the thread, as the recorder counted it */
    uint8_t kind;    /* enum raw_kind; RAW_ESCAPE: the mark in mark */
    uint8_t mark;    /* RAW_REALLOC_FAILED, RAW_THREAD_START or RAW_THREAD_END */
    uint8_t alignment_log2;
    uint16_t site; /* of a birth; the merge's */
};

/* What the modules are called that sites name. */
struct stream_modules {
    char **paths; /* by number; NULL: not said */
    uint32_t count;
    char *open; /* the path that RAW_TEXT goes on with */
    size_t open_length, open_done;
};

struct stream {
    char *path;
    struct raw_header *header;
    uint64_t word_count; /* those that the file really holds */
    uint64_t next_word;
    uint64_t *words; /* a buffer of STREAM_BUFFER_WORDS */
    size_t buffered_count, buffered_next;
    bool is_damaged;
    /* What escapes have said of the next event. */
    bool has_address, has_size;
    uint64_t address, size;
    uint8_t alignment_log2;
    /* What the next event counts from. */
    uint64_t ticks, base_unit;
    uint64_t site; /* of the births to come, as RAW_SITE says it */
    struct stream_modules modules;
    uint32_t serial;
    bool has_thread, has_ended;
    /* The merge's: the next event, and the object a realloc has in its hands. */
    struct stream_event event;
    bool has_pending;
    uint64_t pending_address, pending_object;
    struct livemap sites; /* the trace's number of each value of site; empty without entries */
};

/* Read the header of the raw file at path. Returns NULL if it is none, or out of memory. */
struct stream *stream_open(const char *path);
void stream_close(struct stream *stream);

/* Take in RAW_MODULE and RAW_TEXT. Return false if they make no sense, or memory ran out. */
bool stream_modules_begin(struct stream_modules *modules, uint64_t value);
bool stream_modules_text(struct stream_modules *modules, uint64_t value);

/* The path of a module, NULL if it has not been said. */
const char *stream_modules_path(const struct stream_modules *modules, uint64_t number);

void stream_modules_free(struct stream_modules *modules);

/* Read the next event into stream->event. Returns false at the end. */
bool stream_next(struct stream *stream);

/* Read the header of the raw file at path. Returns false if it is none. */
bool stream_read_header(const char *path, struct raw_header *header);

#endif
