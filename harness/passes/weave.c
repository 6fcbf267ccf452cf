/* weave.c -- two readings. The first finds the operations after which their object goes to another
 * thread; the second writes words, with PROGRAM_GIVE behind these and PROGRAM_TAKE before the next
 * use. A slot is used again only by the thread whose it is. A place of exchange is used once: a
 * later taker might else come before the earlier one.
 */
#include "harness/passes/weave.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/passes/objects.h"
#include "harness/passes/word.h"
#include "workloads/op_source.h"

enum { ERROR_BYTES = 512, THREADS_MAX = 1024, SLOT_CHUNK = 64, OP_WORDS_MAX = 5 };

/* Marks of the pace are at least so far apart in a thread. */
enum { PACE_STEP_NS = 1000 };
#define PACE_NS_MAX (366. * 24 * 3600 * 1e9)

/* Of an object, while written: where its payload is. */
#define IN_EXCHANGE          ((uint64_t)1 << 63)
#define PLACE(thread, index) ((uint64_t)(thread) << 32 | (index))

/* Numbers to use again. */
struct spare {
    uint32_t *values;
    size_t count, capacity;
};

struct strand {
    uint64_t *words;
    size_t word_count, capacity;
    struct spare slots;
    uint32_t chunk_next, chunk_end; /* no cache line holds slots of two threads */
    uint64_t paced_ns;              /* the last mark of its pace */
};

struct loom {
    const struct hb_weave *weave;
    struct strand strands[THREADS_MAX];
    struct hb_objects objects;
    struct hb_objects requests; /* bytes, scaled, of each object */
    uint64_t live;
    uint64_t trace_threads;
    uint8_t *goes; /* a byte an operation: its object goes to another thread after it */
    size_t goes_capacity;
    struct program_header facts;
    const char *problem; /* NULL: none */
};

typedef void loom_step(struct loom *loom, const struct hb_op *op, uint32_t thread);

static void *array_reach(void *array, size_t *capacity, size_t need, size_t item_bytes) {
    if (need <= *capacity)
        return array;
    size_t more = need * 2 > 64 ? need * 2 : 64;
    void *moved = realloc(array, more * item_bytes);
    if (moved) {
        memset((char *)moved + *capacity * item_bytes, 0, (more - *capacity) * item_bytes);
        *capacity = more;
    }
    return moved;
}

static void loom_fail(struct loom *loom, const char *problem) {
    if (!loom->problem)
        loom->problem = problem;
}

static void spare_push(struct loom *loom, struct spare *spare, uint32_t value) {
    uint32_t *values =
        array_reach(spare->values, &spare->capacity, spare->count + 1, sizeof *values);
    if (!values) {
        loom_fail(loom, "not enough memory to replay it");
        return;
    }
    spare->values = values;
    values[spare->count++] = value;
}

static uint32_t slot_take(struct loom *loom, struct strand *strand) {
    if (strand->slots.count)
        return strand->slots.values[--strand->slots.count];
    if (strand->chunk_next == strand->chunk_end) {
        if (loom->facts.slot_count + SLOT_CHUNK > PROGRAM_SLOTS_MAX)
            loom_fail(loom, "more than 2^29 objects live at once");
        strand->chunk_next = (uint32_t)loom->facts.slot_count;
        strand->chunk_end = strand->chunk_next + SLOT_CHUNK;
        loom->facts.slot_count += SLOT_CHUNK;
    }
    return strand->chunk_next++;
}

static uint32_t exchange_take(struct loom *loom) {
    if (loom->facts.exchange_count == UINT32_MAX)
        loom_fail(loom, "objects go to another thread more than 2^32 times");
    return (uint32_t)loom->facts.exchange_count++;
}

/* First reading: the object's number is its last operation and that one's thread. */
static void step_find(struct loom *loom, const struct hb_op *op, uint32_t thread) {
    uint64_t number = loom->facts.op_count++, use = number << 16 | thread;
    uint8_t *goes = array_reach(loom->goes, &loom->goes_capacity, number + 1, 1);
    if (!goes) {
        loom_fail(loom, "not enough memory to replay it");
        return;
    }
    loom->goes = goes;
    if (op->kind != HB_OP_FREE && op->kind != HB_OP_REALLOC) {
        if (!hb_objects_born(&loom->objects, op->object, use))
            loom_fail(loom, "not enough memory to replay it");
        return;
    }
    uint64_t *last = hb_objects_at(&loom->objects, op->object);
    if ((*last & 0xFFFF) != thread)
        goes[*last >> 16] = 1;
    *last = use;
    if (op->kind == HB_OP_FREE)
        hb_objects_dies(&loom->objects, op->object);
}

static uint64_t word_exchange(enum program_kind kind, uint32_t slot, uint32_t exchange) {
    return kind | (uint64_t)slot << 3 | (uint64_t)exchange << 32;
}

/* The slot of a live object, as thread will use it. */
static uint32_t object_fetch(struct loom *loom, uint64_t *place, uint32_t thread) {
    struct strand *strand = &loom->strands[thread];
    if (*place & IN_EXCHANGE) {
        uint32_t exchange = (uint32_t)*place, slot = slot_take(loom, strand);
        strand->words[strand->word_count++] = word_exchange(PROGRAM_TAKE, slot, exchange);
        *place = PLACE(thread, slot);
    }
    return (uint32_t)*place;
}

static void object_give(struct loom *loom, uint64_t *place, uint32_t thread) {
    struct strand *strand = &loom->strands[thread];
    uint32_t exchange = exchange_take(loom), slot = (uint32_t)*place;
    strand->words[strand->word_count++] = word_exchange(PROGRAM_GIVE, slot, exchange);
    spare_push(loom, &strand->slots, slot);
    *place = IN_EXCHANGE | exchange;
}

/* Live bytes in the order of the trace. False without memory. */
static bool account(struct loom *loom, const struct hb_op *op, uint64_t request) {
    struct program_header *facts = &loom->facts;
    bool is_known = op->kind == HB_OP_FREE || op->kind == HB_OP_REALLOC;
    if (!is_known && !hb_objects_born(&loom->requests, op->object, 0))
        return false;
    uint64_t *last = hb_objects_at(&loom->requests, op->object);
    loom->live += request - *last;
    *last = request;
    if (op->kind == HB_OP_FREE)
        hb_objects_dies(&loom->requests, op->object);
    if (loom->live > facts->peak_live_bytes) {
        facts->peak_live_bytes = loom->live;
        facts->peak_live_op = facts->op_count - 1;
    }
    if (request > facts->largest_request)
        facts->largest_request = request;
    return true;
}

/* Say when the next word of the strand is due, if that is news. */
static void strand_pace(struct loom *loom, struct strand *strand, uint64_t time_ns) {
    if (!(loom->weave->speed > 0))
        return;
    double at = (double)time_ns / loom->weave->speed;
    if (at > PACE_NS_MAX) {
        loom_fail(loom, "at this pace it takes more than a year");
        return;
    }
    uint64_t due = (uint64_t)at;
    if (due > loom->facts.pace_ns)
        loom->facts.pace_ns = due;
    if (due < strand->paced_ns + PACE_STEP_NS)
        return;
    strand->words[strand->word_count++] = PROGRAM_PACE | due << 3;
    strand->paced_ns = due;
}

/* Second reading: the object's number is its place. */
static void step_write(struct loom *loom, const struct hb_op *op, uint32_t thread) {
    struct strand *strand = &loom->strands[thread];
    uint64_t number = loom->facts.op_count++, request, place = 0;
    uint64_t *words = array_reach(strand->words, &strand->capacity,
                                  strand->word_count + OP_WORDS_MAX, sizeof *words);
    bool dies = op->kind == HB_OP_FREE, is_known = dies || op->kind == HB_OP_REALLOC;
    if (words)
        strand->words = words;
    if (!words || __builtin_mul_overflow(op->size, loom->weave->scale, &request)) {
        loom_fail(loom, "not enough memory to replay it, or sizes beyond 2^64");
        return;
    }
    if (!is_known)
        place = PLACE(thread, slot_take(loom, strand));
    if (!account(loom, op, request) ||
        (!is_known && !hb_objects_born(&loom->objects, op->object, place)))
        loom_fail(loom, "not enough memory to replay it");
    if (loom->problem)
        return;
    strand_pace(loom, strand, op->time_ns);
    uint64_t *at = hb_objects_at(&loom->objects, op->object);
    uint32_t slot = object_fetch(loom, at, thread);
    strand->word_count += hb_word_write(strand->words + strand->word_count, op, slot, request);
    if (dies) {
        spare_push(loom, &strand->slots, slot);
        hb_objects_dies(&loom->objects, op->object);
    } else if (loom->goes[number]) {
        object_give(loom, at, thread);
    }
}

static uint32_t loom_thread(struct loom *loom, const struct hb_op *op) {
    uint64_t thread = loom->weave->threads_max ? op->thread % loom->weave->threads_max : op->thread;
    if (op->thread >= loom->trace_threads)
        loom->trace_threads = (uint64_t)op->thread + 1;
    if (thread >= THREADS_MAX) {
        loom_fail(loom, "it has more than 1024 threads: merge them with --threads=N");
        return 0;
    }
    if (thread >= loom->facts.thread_count)
        loom->facts.thread_count = thread + 1;
    return (uint32_t)thread;
}

/* Read the trace once. False with one line in error. */
static bool loom_read(struct loom *loom, const char *path, loom_step *step, char *error) {
    struct hb_op_source *source = hb_op_source_open(path, error);
    const struct hb_op *ops;
    size_t count;
    if (!source)
        return false;
    loom->facts.op_count = 0;
    while (!loom->problem && (count = hb_op_source_next(source, &ops)) > 0)
        for (size_t i = 0; i < count && !loom->problem; i++)
            if (ops[i].kind != HB_OP_THREAD_START && ops[i].kind != HB_OP_THREAD_END)
                step(loom, &ops[i], loom_thread(loom, &ops[i]));
    const char *damage = loom->problem ? NULL : hb_op_source_damage(source);
    if (damage)
        snprintf(error, ERROR_BYTES, "%s: %s; record or fetch the trace again", path, damage);
    else if (loom->problem)
        snprintf(error, ERROR_BYTES, "%s: %s", path, loom->problem);
    else if (!loom->facts.op_count)
        snprintf(error, ERROR_BYTES, "%s: the trace has no operations to replay", path);
    hb_op_source_close(source);
    return !damage && !loom->problem && loom->facts.op_count;
}

/* What is still live at the end stays in its slot: nobody waits for it in an exchange. */
static void left_count(void *context, uint64_t place) {
    (void)place;
    (*(uint64_t *)context)++;
}

static void left_write(void *context, uint64_t place) {
    uint64_t **left = context;
    *(*left)++ = (uint32_t)place;
}

static bool program_map(struct hb_program *program, const struct program_header *header) {
    program->file = memfd_create("heapbench-program", MFD_CLOEXEC);
    if (program->file < 0 || ftruncate(program->file, (off_t)header->bytes) != 0)
        return false;
    program->header =
        mmap(NULL, header->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, program->file, 0);
    if (program->header == MAP_FAILED)
        return false;
    program->capacity = header->bytes;
    *program->header = *header;
    return true;
}

/* Header, words of one thread after the other, slots left live, threads. */
static bool loom_finish(const struct loom *loom, struct hb_program *program) {
    struct program_header header = loom->facts;
    for (uint64_t i = 0; i < header.thread_count; i++)
        header.word_count += loom->strands[i].word_count;
    hb_objects_visit(&loom->objects, left_count, &header.left_count);
    header.threads_offset =
        sizeof header + (header.word_count + header.left_count) * sizeof(uint64_t);
    header.bytes = header.threads_offset + header.thread_count * sizeof(struct program_thread);
    if (!program_map(program, &header))
        return false;
    uint64_t *start = (uint64_t *)program_words(program->header), *word = start;
    struct program_thread *threads =
        (struct program_thread *)((char *)program->header + header.threads_offset);
    for (uint64_t i = 0; i < header.thread_count; i++) {
        const struct strand *strand = &loom->strands[i];
        threads[i] = (struct program_thread){(uint64_t)(word - start), strand->word_count};
        if (strand->word_count)
            memcpy(word, strand->words, strand->word_count * sizeof *word);
        word += strand->word_count;
    }
    hb_objects_visit(&loom->objects, left_write, &word);
    return true;
}

static void loom_free(struct loom *loom) {
    for (size_t i = 0; i < THREADS_MAX; i++) {
        free(loom->strands[i].words);
        free(loom->strands[i].slots.values);
    }
    hb_objects_free(&loom->objects);
    hb_objects_free(&loom->requests);
    free(loom->goes);
    free(loom);
}

bool hb_program_weave(struct hb_program *program, const char *path, const struct hb_weave *weave,
                      char *error) {
    struct loom *loom = calloc(1, sizeof *loom);
    *program = (struct hb_program){.file = -1, .path = path};
    if (!loom) {
        snprintf(error, ERROR_BYTES, "not enough memory");
        return false;
    }
    loom->weave = weave;
    loom->facts = (struct program_header){.magic = PROGRAM_MAGIC, .scale = weave->scale};
    bool woven = loom_read(loom, path, step_find, error);
    hb_objects_free(&loom->objects);
    woven = woven && loom_read(loom, path, step_write, error);
    if (woven && weave->speed > 0 && !loom->facts.pace_ns) {
        snprintf(error, ERROR_BYTES,
                 "%s: the trace has no times to pace it by; replay it with --mode=serial or "
                 "concurrent",
                 path);
        woven = false;
    }
    if (woven && !loom_finish(loom, program)) {
        snprintf(error, ERROR_BYTES, "%s: not enough memory to replay it", path);
        woven = false;
    }
    program->trace_threads = loom->trace_threads;
    loom_free(loom);
    if (!woven)
        hb_program_free(program);
    return woven;
}
