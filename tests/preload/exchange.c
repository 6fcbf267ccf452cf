#include "tests/preload/exchange.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REQUIRE(condition)                                                                         \
    ((condition) ? (void)0 : (dprintf(2, "line %d: %s\n", __LINE__, #condition), _exit(1)))

enum { SLOTS = 500, THREADS_MAX = 64 };

struct packet {
    size_t bytes; /* of the whole block */
    unsigned char mark;
    unsigned char filling[];
};

struct sender {
    uint64_t seed;
    int rounds;
};

static _Atomic(struct packet *) slots[SLOTS];
static pthread_key_t last_will;

static uint64_t below(struct sender *sender, uint64_t bound) {
    sender->seed = sender->seed * 6364136223846793005u + 1442695040888963407u;
    return (sender->seed >> 33) % bound;
}

static size_t size_of(struct sender *sender) {
    uint64_t kind = below(sender, 200);
    return sizeof(struct packet) + below(sender, kind == 0 ? 300000 : kind < 20 ? 9000 : 300);
}

static void packet_fill(struct packet *packet, size_t bytes, unsigned char mark) {
    packet->bytes = bytes;
    packet->mark = mark;
    memset(packet->filling, mark, bytes - sizeof *packet);
}

/* The first bytes are as they were written. */
static void packet_verify(const struct packet *packet, size_t bytes) {
    for (size_t i = 0; i < bytes - sizeof *packet; i++)
        REQUIRE(packet->filling[i] == packet->mark);
}

static struct packet *packet_born(struct sender *sender) {
    size_t bytes = size_of(sender), alignment = (size_t)16 << below(sender, 9);
    uint64_t kind = below(sender, 8);
    struct packet *packet;
    if (kind == 0) {
        packet = calloc(1, bytes);
        for (size_t i = 0; packet && i < bytes; i++)
            REQUIRE(((unsigned char *)packet)[i] == 0);
    } else if (kind == 1) {
        packet = memalign(alignment, bytes);
        REQUIRE((uintptr_t)packet % alignment == 0);
    } else {
        packet = malloc(bytes);
    }
    REQUIRE(packet && (uintptr_t)packet % 16 == 0 && malloc_usable_size(packet) >= bytes);
    packet_fill(packet, bytes, (unsigned char)sender->seed);
    return packet;
}

static struct packet *packet_resized(struct sender *sender, struct packet *packet) {
    size_t old = packet->bytes, bytes = size_of(sender);
    packet = realloc(packet, bytes);
    REQUIRE(packet);
    packet_verify(packet, old < bytes ? old : bytes);
    packet_fill(packet, bytes, packet->mark);
    return packet;
}

static void *sender_run(void *argument) {
    struct sender *sender = argument;
    pthread_setspecific(last_will, malloc(100)); /* freed at the thread's exit */
    for (int round = 0; round < sender->rounds; round++) {
        struct packet *packet = atomic_exchange(&slots[below(sender, SLOTS)], NULL);
        if (packet)
            packet_verify(packet, packet->bytes);
        if (packet && below(sender, 2)) {
            free(packet);
            packet = NULL;
        }
        packet = packet ? packet_resized(sender, packet) : packet_born(sender);
        free(atomic_exchange(&slots[below(sender, SLOTS)], packet));
    }
    return NULL;
}

/* A thread's exit may allocate, too. */
static void will_execute(void *payload) {
    free(payload);
    free(malloc(50));
}

void exchange_run(int threads, int generations, int rounds) {
    pthread_t thread[THREADS_MAX];
    struct sender sender[THREADS_MAX];
    REQUIRE(threads <= THREADS_MAX && pthread_key_create(&last_will, will_execute) == 0);
    for (int generation = 0; generation < generations; generation++) {
        for (int i = 0; i < threads; i++) {
            sender[i] = (struct sender){(uint64_t)(generation * threads + i + 1), rounds};
            REQUIRE(pthread_create(&thread[i], NULL, sender_run, &sender[i]) == 0);
        }
        for (int i = 0; i < threads; i++)
            REQUIRE(pthread_join(thread[i], NULL) == 0);
    }
    for (int i = 0; i < SLOTS; i++)
        free(atomic_exchange(&slots[i], NULL));
    pthread_key_delete(last_will);
}
