/* sessions.c -- a Web server: worker threads serve requests of sessions; what a request allocates
 * dies at its end, what a session keeps dies with the session.
 *
 * Source: Inoue, Komatsu & Nakatani, A study of memory management for Web-based applications on
 * multicore processors, PLDI 2009 (nearly all objects die with their transaction); Larson &
 * Krishnan, ISMM 1998 (any worker may serve any session, so that frees cross threads). The
 * proportions are ours: no measured server's.
 *
 * A request allocates 1 + a geometric number (mean REQUEST_MEAN) of objects of hyperexponential
 * size, KEPT_PERCENT of which the session keeps, the rest dies in reverse order. A session begins
 * with one object of SESSION_BYTES, serves 1 + a geometric number (mean SERVED_MEAN) of requests,
 * and ends: what it kept is freed, oldest first, by the worker that served it last.
 *
 * Laws: open sessions never exceed `sessions`; of a worker's frees at a request's end all are of
 * the worker's own objects; objects of a request die before the next of the same worker begins.
 */
#include "workloads/synth/generator.h"
#include "workloads/synth/sizes.h"

#include <stdlib.h>

enum {
    REQUEST_MEAN = 20,
    REQUEST_MAX = 256,
    KEPT_PERCENT = 5,
    KEPT_MAX = 64,
    SERVED_MEAN = 10,
    SESSION_BYTES = 2048
};

struct session {
    uint64_t kept[KEPT_MAX];
    unsigned kept_count, requests_left; /* kept_count 0: not open */
    bool is_served;                     /* by a worker, now */
};

struct worker {
    struct session *session; /* NULL: idle */
    uint64_t objects[REQUEST_MAX];
    unsigned count, births_left;
    unsigned ended; /* of the session's, those freed so far */
};

struct server {
    struct synth_prng prng;
    struct synth_sizes sizes;
    uint64_t threads, session_count;
    struct worker *workers;
    struct session *sessions;
};

static bool server_open(void *state, const struct synth_config *config, char *error) {
    struct server *server = state;
    (void)error;
    synth_prng_seed(&server->prng, config->seed);
    server->sizes = (struct synth_sizes){SYNTH_SIZES_HYPEREXPONENTIAL, config->mean};
    server->threads = config->threads;
    /* One more than there are workers, so that an idle one always finds one. */
    server->session_count =
        config->sessions > config->threads ? config->sessions : config->threads + 1;
    server->workers = calloc(server->threads, sizeof *server->workers);
    server->sessions = calloc(server->session_count, sizeof *server->sessions);
    return server->workers && server->sessions;
}

/* A session that nobody serves: the first from a random one on. */
static struct session *session_choose(struct server *server) {
    uint64_t at = synth_random_below(&server->prng, server->session_count);
    while (server->sessions[at].is_served)
        at = (at + 1) % server->session_count;
    return &server->sessions[at];
}

static void request_begin(struct server *server, struct worker *worker, uint32_t thread,
                          struct synth_out *out) {
    struct session *session = session_choose(server);
    uint64_t births = 1 + synth_draw_geometric(&server->prng, REQUEST_MEAN);
    worker->session = session;
    worker->births_left = births < REQUEST_MAX ? (unsigned)births : REQUEST_MAX;
    session->is_served = true;
    if (!session->kept_count) {
        session->requests_left = 1 + (unsigned)synth_draw_geometric(&server->prng, SERVED_MEAN);
        session->kept[session->kept_count++] = synth_born(out, HB_OP_MALLOC, thread, SESSION_BYTES);
    }
}

static void request_born(struct server *server, struct worker *worker, uint32_t thread,
                         struct synth_out *out) {
    struct session *session = worker->session;
    uint64_t object =
        synth_born(out, HB_OP_MALLOC, thread, synth_size_draw(&server->sizes, &server->prng));
    worker->births_left--;
    if (synth_random_below(&server->prng, 100) < KEPT_PERCENT && session->kept_count < KEPT_MAX)
        session->kept[session->kept_count++] = object;
    else
        worker->objects[worker->count++] = object;
}

/* Nothing is left of the request: the session waits for its next, or ends object by object. */
static void request_end(struct worker *worker, uint32_t thread, struct synth_out *out) {
    struct session *session = worker->session;
    if (!worker->ended && --session->requests_left) {
        session->is_served = false;
        worker->session = NULL;
        return;
    }
    synth_free(out, thread, session->kept[worker->ended++]);
    if (worker->ended < session->kept_count)
        return;
    *session = (struct session){0};
    worker->ended = 0;
    worker->session = NULL;
}

static bool server_step(void *state, struct synth_out *out) {
    struct server *server = state;
    uint32_t thread = (uint32_t)synth_random_below(&server->prng, server->threads);
    struct worker *worker = &server->workers[thread];
    if (worker->session && !worker->births_left && !worker->count)
        request_end(worker, thread, out);
    else if (worker->session && !worker->births_left)
        synth_free(out, thread, worker->objects[--worker->count]);
    if (!worker->session)
        request_begin(server, worker, thread, out);
    if (worker->births_left)
        request_born(server, worker, thread, out);
    return true;
}

static void server_close(void *state) {
    struct server *server = state;
    free(server->workers);
    free(server->sessions);
}

static const struct synth_use uses[] = {{&synth_ops, 1000000}, {&synth_seed, 1},
                                        {&synth_threads, 4},   {&synth_open_sessions, 200},
                                        {&synth_mean, 128},    {NULL, 0}};

const struct hb_generator synth_sessions = {
    .name = "sessions",
    .summary = "a Web server: objects die with their request, or with their session",
    .source = "after Inoue, Komatsu & Nakatani, PLDI 2009; Larson & Krishnan, ISMM 1998",
    .uses = uses,
    .state_bytes = sizeof(struct server),
    .open = server_open,
    .step = server_step,
    .close = server_close};
