/* generated.h -- generators on the command line: `synth:NAME:key=value:…` where a trace can stand.
 */
#ifndef HB_GENERATED_H
#define HB_GENERATED_H

#include <stddef.h>

/* Read a spec (workloads/op_source.h says what one is). path receives the spec that
 * hb_op_source_open takes, with the path of a trace that it names; name receives the canonical
 * spec, as results show it. Returns HB_EXIT_OK, or HB_EXIT_USAGE after one line on stderr: nearest
 * names, known keys, accepted values. */
int hb_generated_resolve(const char *spec, char *path, size_t path_size, char *name,
                         size_t name_size);

/* Print the generators with their sources, keys and defaults. Returns HB_EXIT_OK. */
int hb_generators_list(void);

#endif
