/* tsan_options.c -- the worker has no environment: a race ends it at once, and heapbench says so.
 */
const char *__tsan_default_options(void);

const char *__tsan_default_options(void) {
    return "halt_on_error=1:exitcode=66";
}
