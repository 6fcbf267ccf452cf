/* foreign.c -- the table of foreign allocators, with the packages of Debian 12. */
#include "allocators/foreign.h"

#include "allocators/registry.h"

#ifdef __aarch64__
#define MACHINE "aarch64"
#else
#define MACHINE "x86_64"
#endif

static const struct hb_option *const no_options[] = {NULL};

/* Whatever malloc the process has. */
static const struct hb_allocator *foreign_variant(const struct hb_config *config) {
    return hb_registry_find("glibc")->variant(config);
}

#define FAMILY(spec, what, publication)                                                            \
    {                                                                                              \
        .name = spec, .summary = what, .source = publication, .options = no_options,               \
        .variant = foreign_variant, .is_foreign = true                                             \
    }

const struct hb_foreign hb_foreigns[] = {
    {.family =
         FAMILY("jemalloc", "size classes in slabs, arenas, thread caches; decay of unused pages",
                "Evans 2006"),
     .package = "libjemalloc2",
     .file = "libjemalloc.so.2"},
    {.family = FAMILY("tcmalloc", "thread caches of size classes over central lists of spans",
                      "Ghemawat & Menage, gperftools"),
     .package = "libtcmalloc-minimal4",
     .file = "libtcmalloc_minimal.so.4"},
    {.family = FAMILY("mimalloc", "free lists sharded by page, in segments of a thread",
                      "Leijen, Zorn & de Moura 2019"),
     .package = "libmimalloc2.0",
     .file = "libmimalloc.so.2"},
    {.family = FAMILY("tbbmalloc", "slabs of a thread over a shared backend of large regions",
                      "Kukanov & Voss 2007; Hudson et al. 2006"),
     .package = "libtbbmalloc2",
     .file = "libtbbmalloc_proxy.so.2"},
    {.family = FAMILY("scudo", "size classes at random in regions, checksummed headers; hardened",
                      "LLVM, Kortchinsky"),
     .package = "libclang-rt-14-dev",
     .file = "/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.scudo_standalone-" MACHINE ".so",
     .outgrows_valgrind = true},
    {.package = NULL},
};

const struct hb_family hb_family_library =
    FAMILY("a library", "any other that serves malloc, by its path (with a /)", "");
