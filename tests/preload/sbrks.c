/* sbrks.c -- sbrks [never]: a program that moves the break itself while it allocates, and one that
 * runs into its limit of memory and gets over it. With `never` the malloc never uses freed memory
 * again, but for blocks of a mapping's size.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define REQUIRE(condition)                                                                         \
    ((condition) ? (void)0 : (dprintf(2, "line %d: %s\n", __LINE__, #condition), _exit(1)))

enum { BLOCKS = 3000, BLOCK_BYTES = 700, PIECES = 30, LARGE = 200000, KEPT_MAX = 1 << 16 };

static void expect_all(const unsigned char *bytes, size_t count, unsigned char value) {
    for (size_t at = 0; at < count; at++)
        REQUIRE(bytes[at] == value);
}

/* Every now and then a piece of break for itself, of an odd size; some is given back at once, which
 * leaves what was written in the page where the break is then. */
static void break_is_shared(void) {
    static unsigned char *blocks[BLOCKS], *pieces[PIECES];
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = i % 2 ? malloc(BLOCK_BYTES) : calloc(1, BLOCK_BYTES);
        REQUIRE(blocks[i]);
        if (i % 2 == 0)
            expect_all(blocks[i], BLOCK_BYTES, 0);
        memset(blocks[i], i, BLOCK_BYTES);
        if (i % (BLOCKS / PIECES) == 0) {
            int piece = i / (BLOCKS / PIECES);
            pieces[piece] = sbrk(1001);
            REQUIRE(pieces[piece] != (void *)-1);
            memset(pieces[piece], 0xA0 + piece, 1001);
            memset(sbrk(5000), 0xEE, 5000);
            REQUIRE(sbrk(-5000) != (void *)-1);
        }
    }
    for (int i = 0; i < BLOCKS; i++) {
        expect_all(blocks[i], BLOCK_BYTES, (unsigned char)i);
        free(blocks[i]);
    }
    for (int piece = 0; piece < PIECES; piece++)
        expect_all(pieces[piece], 1001, (unsigned char)(0xA0 + piece));
}

/* KiB of writable memory that this process has. */
static size_t data_kib(void) {
    static char text[4096];
    FILE *file = fopen("/proc/self/status", "r");
    REQUIRE(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    const char *line = strstr(text, "VmData:");
    REQUIRE(line);
    return strtoul(line + strlen("VmData:"), NULL, 10);
}

/* Take blocks of that size until there is no more memory. */
static int fill(void **blocks, size_t bytes) {
    for (int count = 0; count < KEPT_MAX; count++) {
        errno = 0;
        blocks[count] = malloc(bytes);
        if (!blocks[count]) {
            REQUIRE(errno == ENOMEM);
            return count;
        }
        memset(blocks[count], 1, bytes);
    }
    return KEPT_MAX;
}

static void release(void **blocks, int count) {
    for (int i = 0; i < count; i++)
        free(blocks[i]);
}

/* At the limit malloc fails and changes nothing; what is freed can be had again; when the limit is
 * raised, there is more. */
static void limit_is_survived(size_t bytes) {
    static void *blocks[KEPT_MAX], *more[KEPT_MAX];
    struct rlimit limit, tight;
    REQUIRE(getrlimit(RLIMIT_DATA, &limit) == 0);
    tight = limit;
    tight.rlim_cur = (data_kib() << 10) + (8 << 20);
    REQUIRE(setrlimit(RLIMIT_DATA, &tight) == 0);
    int first = fill(blocks, bytes);
    REQUIRE(first > 0 && first < KEPT_MAX && (size_t)first * bytes <= 17 << 20);
    char *large = malloc(64 << 20);
    REQUIRE(!large && errno == ENOMEM);
    release(blocks, first);
    int second = fill(blocks, bytes);
    REQUIRE(second >= first - first / 10);
    REQUIRE(!realloc(blocks[0], 64 << 20));
    expect_all(blocks[0], bytes, 1);
    tight.rlim_cur += 8 << 20;
    REQUIRE(setrlimit(RLIMIT_DATA, &tight) == 0);
    int beyond = fill(more, bytes);
    REQUIRE((size_t)beyond * bytes > 2 << 20);
    release(more, beyond);
    release(blocks, second);
    REQUIRE(setrlimit(RLIMIT_DATA, &limit) == 0);
}

int main(int argc, char **argv) {
    bool never = argc > 1 && strcmp(argv[1], "never") == 0;
    break_is_shared();
    if (!never)
        limit_is_survived(4000);
    limit_is_survived(LARGE);
    puts("survived");
    return 0;
}
