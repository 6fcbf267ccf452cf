/* Page frames from a pagemap that is made up: what is counted, and what is said where they are
 * hidden, cannot be read, or come in pieces.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/worker/frames.h"

#define PRESENT (UINT64_C(1) << 63)
#define SWAPPED (UINT64_C(1) << 62)
#define SHARED  (UINT64_C(1) << 61)
#define SOFT    (UINT64_C(1) << 55) /* soft-dirty: no part of the frame */

enum { PAGES = 2000, ZERO_FRAME = 77 };

struct fake {
    uint64_t entries[PAGES];
    size_t piece; /* bytes of one read, at most */
    bool refuses;
};

static ssize_t fake_read(void *context, void *buffer, size_t bytes, uint64_t offset) {
    const struct fake *fake = context;
    if (fake->refuses) {
        errno = EPERM;
        return -1;
    }
    if (offset >= sizeof fake->entries)
        return 0;
    size_t left = sizeof fake->entries - offset;
    bytes = bytes < left ? bytes : left;
    bytes = bytes < fake->piece ? bytes : fake->piece;
    memcpy(buffer, (const char *)fake->entries + offset, bytes);
    return (ssize_t)bytes;
}

static struct fake fake;
static struct frames_range before[FRAMES_RANGES_MAX];
static struct frames frames;

static void start(void) {
    memset(&fake, 0, sizeof fake);
    fake.piece = SIZE_MAX;
    frames_open(&frames, fake_read, &fake, before);
}

static void place(size_t page, size_t count, uint64_t frame) {
    for (size_t i = 0; i < count; i++)
        fake.entries[page + i] = PRESENT | SOFT | (frame + i);
}

/* All private pages, as maps would list them. */
static void add_all(void) {
    char text[128];
    snprintf(text, sizeof text, "0-%x rw-p 00000000 00:00 0 \n", PAGES * FRAMES_PAGE);
    frames_add_maps(&frames, text);
}

static void expect(uint64_t pages, uint64_t runs, uint64_t longest) {
    assert_int_equal(frames.status, FRAMES_OK);
    assert_int_equal(frames.pages, pages);
    assert_int_equal(frames.runs, runs);
    assert_int_equal(frames.longest, longest);
}

/* Three runs: 700 pages over the reader's buffer of 512; 10 pages whose frames follow upon these,
 * but the pages do not; 5 whose pages follow, but the frames do not. */
static void runs_follow_in_pages_and_frames(void **state) {
    (void)state;
    start();
    place(100, 700, 5000);
    place(900, 10, 5700);
    place(910, 5, 9000);
    fake.entries[915] = SWAPPED | 9005;
    fake.entries[916] = PRESENT | SHARED | 9006;
    frames_count(&frames);
    add_all();
    expect(715, 3, 700);
}

static void what_was_there_before_is_left_out(void **state) {
    (void)state;
    start();
    place(10, 20, 300);
    place(50, 1, 400);
    add_all();
    assert_int_equal(frames.before_count, 2);
    place(30, 5, 320); /* the run goes on beyond what is not ours */
    place(49, 1, 399);
    place(51, 1, 401);
    frames_count(&frames);
    add_all();
    expect(7, 3, 5);
}

static void pages_that_were_only_read_are_no_memory(void **state) {
    (void)state;
    start();
    place(3, 1, ZERO_FRAME);
    frames.zero_frame = frames_of(&frames, 3 * FRAMES_PAGE);
    assert_int_equal(frames.zero_frame, ZERO_FRAME);
    frames_count(&frames);
    place(10, 1, ZERO_FRAME);
    place(11, 1, 1234);
    add_all();
    expect(1, 1, 1);
}

static void only_private_mappings_count(void **state) {
    (void)state;
    start();
    place(0, 64, 1000);
    frames_count(&frames);
    frames_add_maps(&frames, "1000-3000 rw-p 00000000 00:00 0          [heap]\n"
                             "4000-6000 rw-s 00000000 00:01 5          /memfd:x (deleted)\n"
                             "8000-9000 ---p 00000000 00:00 0 \n"
                             "a000-c000 r--p 00000000 08:01 77         /lib/x-p.so\n");
    expect(2 + 1 + 2, 3, 2);
    frames_add_maps(&frames, "");
    frames_add_maps(&frames, "garbage");
    expect(5, 3, 2);
}

static void entries_may_come_in_pieces(void **state) {
    (void)state;
    for (size_t piece = 1; piece < 5000; piece = piece * 3 + 1) {
        start();
        place(100, 700, 5000);
        place(900, 10, 5700);
        place(1990, 10, 1);
        fake.piece = piece;
        frames_count(&frames);
        add_all();
        expect(720, 3, 700);
    }
}

/* A pagemap that ends early gives what it has. */
static void an_early_end_is_an_end(void **state) {
    (void)state;
    start();
    place(1990, 10, 100);
    frames_count(&frames);
    frames_add(&frames, 1995 * FRAMES_PAGE, (uint64_t)3000 * FRAMES_PAGE);
    expect(5, 1, 5);
}

static void hidden_frames_are_said_to_be(void **state) {
    (void)state;
    start();
    fake.entries[7] = PRESENT;
    frames_count(&frames);
    add_all();
    assert_int_equal(frames.status, FRAMES_HIDDEN);
    assert_int_equal(frames.pages, 0);
}

static void a_refusal_is_said(void **state) {
    (void)state;
    start();
    fake.refuses = true;
    frames_count(&frames);
    add_all();
    assert_int_equal(frames.status, FRAMES_UNREADABLE);
    assert_int_equal(frames_of(&frames, 0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_follow_in_pages_and_frames),
        cmocka_unit_test(what_was_there_before_is_left_out),
        cmocka_unit_test(pages_that_were_only_read_are_no_memory),
        cmocka_unit_test(only_private_mappings_count),
        cmocka_unit_test(entries_may_come_in_pieces),
        cmocka_unit_test(an_early_end_is_an_end),
        cmocka_unit_test(hidden_frames_are_said_to_be),
        cmocka_unit_test(a_refusal_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
