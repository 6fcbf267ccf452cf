/* recordable.c -- see recordable.h. */
#include "workloads/recorder/recordable.h"
#include "workloads/trace.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { HEAD_BYTES = 4096, INTERPRETERS_MAX = 4 };

#if defined(__x86_64__)
enum { OUR_MACHINE = EM_X86_64 };
#else
enum { OUR_MACHINE = EM_AARCH64 };
#endif

__attribute__((format(printf, 2, 3))) static bool refuse(char *error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, HB_TRACE_ERROR_MAX, format, arguments);
    va_end(arguments);
    return false;
}

static bool file_is_program(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static bool file_find(const char *command, char path[PATH_MAX], char *error) {
    if (strchr(command, '/')) {
        snprintf(path, PATH_MAX, "%s", command);
        if (file_is_program(path))
            return true;
        return refuse(error, "cannot run %.300s: %s", command,
                      access(path, F_OK) ? strerror(errno) : "it is not an executable file");
    }
    const char *folders = getenv("PATH");
    for (folders = folders ? folders : "/usr/bin:/bin"; *folders;) {
        int length = (int)strcspn(folders, ":");
        snprintf(path, PATH_MAX, "%.*s/%s", length ? length : 1, length ? folders : ".", command);
        if (file_is_program(path))
            return true;
        folders += length + (folders[length] == ':');
    }
    return refuse(error, "there is no program '%.300s' in PATH", command);
}

static size_t file_read_head(const char *path, char head[HEAD_BYTES]) {
    memset(head, 0, HEAD_BYTES);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    ssize_t count = pread(file, head, HEAD_BYTES - 1, 0);
    close(file);
    return count > 0 ? (size_t)count : 0;
}

/* A program that gains rights when it starts is loaded without LD_PRELOAD. */
static bool file_gains_rights(const char *path) {
    struct stat status;
    if (stat(path, &status))
        return false;
    return ((status.st_mode & S_ISUID) && status.st_uid != getuid()) ||
           ((status.st_mode & S_ISGID) && status.st_gid != getgid()) ||
           (getuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0);
}

static bool elf_is_static(const char *head, size_t count) {
    Elf64_Ehdr elf;
    memcpy(&elf, head, sizeof elf);
    for (unsigned i = 0; i < elf.e_phnum; i++) {
        Elf64_Phdr part;
        uint64_t at = elf.e_phoff + (uint64_t)i * elf.e_phentsize;
        if (at > count || count - at < sizeof part)
            return false; /* headers elsewhere: not what compilers make; let it run */
        memcpy(&part, head + at, sizeof part);
        if (part.p_type == PT_INTERP)
            return false;
    }
    return true;
}

static bool elf_is_recordable(const char *path, const char *head, size_t count, char *error) {
    Elf64_Ehdr elf;
    memcpy(&elf, head, sizeof elf);
    if (elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_machine != OUR_MACHINE)
        return refuse(error,
                      "%.300s cannot be recorded: it is built for another machine than the "
                      "recorder",
                      path);
    if (elf_is_static(head, count))
        return refuse(error,
                      "%.300s cannot be recorded: it is linked statically, so its malloc "
                      "cannot be replaced; record a dynamically linked build",
                      path);
    return true;
}

/* The interpreter that a script's first line names, or false. */
static bool script_interpreter(const char *head, char path[PATH_MAX]) {
    if (head[0] != '#' || head[1] != '!')
        return false;
    const char *name = head + 2 + strspn(head + 2, " \t");
    snprintf(path, PATH_MAX, "%.*s", (int)strcspn(name, " \t\n"), name);
    return path[0] != '\0';
}

bool hb_recordable(const char *command, char *error) {
    char path[PATH_MAX], head[HEAD_BYTES];
    if (!file_find(command, path, error))
        return false;
    for (int depth = 0; depth < INTERPRETERS_MAX; depth++) {
        if (file_gains_rights(path))
            return refuse(error,
                          "%.300s cannot be recorded: it is setuid, setgid or has "
                          "capabilities, so LD_PRELOAD is ignored; record a plain copy of it",
                          path);
        size_t count = file_read_head(path, head);
        if (count >= sizeof(Elf64_Ehdr) && memcmp(head, ELFMAG, SELFMAG) == 0)
            return elf_is_recordable(path, head, count, error);
        if (!script_interpreter(head, path))
            return true;
    }
    return true;
}

/* A part of a mapped file, or NULL if it is not in it. */
static const void *map_at(const char *map, size_t size, uint64_t offset, uint64_t bytes) {
    return offset <= size && bytes <= size - offset ? map + offset : NULL;
}

static bool symbols_define_malloc(const char *map, size_t size, const Elf64_Shdr *table,
                                  const Elf64_Shdr *names) {
    const char *text = map_at(map, size, names->sh_offset, names->sh_size);
    for (uint64_t at = 0; text && at + sizeof(Elf64_Sym) <= table->sh_size;
         at += sizeof(Elf64_Sym)) {
        const void *place = map_at(map, size, table->sh_offset + at, sizeof(Elf64_Sym));
        Elf64_Sym symbol;
        if (!place)
            return false;
        memcpy(&symbol, place, sizeof symbol);
        if (symbol.st_shndx != SHN_UNDEF && ELF64_ST_TYPE(symbol.st_info) == STT_FUNC &&
            symbol.st_name < names->sh_size && names->sh_size - symbol.st_name >= sizeof "malloc" &&
            memcmp(text + symbol.st_name, "malloc", sizeof "malloc") == 0)
            return true;
    }
    return false;
}

static bool elf_section(const char *map, size_t size, unsigned number, Elf64_Shdr *section) {
    const Elf64_Ehdr *elf = (const Elf64_Ehdr *)map;
    const void *place =
        map_at(map, size, elf->e_shoff + (uint64_t)number * elf->e_shentsize, sizeof *section);
    if (number >= elf->e_shnum || !place)
        return false;
    memcpy(section, place, sizeof *section);
    return true;
}

static bool elf_defines_malloc(const char *map, size_t size) {
    Elf64_Shdr table, names;
    for (unsigned i = 0; elf_section(map, size, i, &table); i++)
        if ((table.sh_type == SHT_DYNSYM || table.sh_type == SHT_SYMTAB) &&
            elf_section(map, size, table.sh_link, &names) &&
            symbols_define_malloc(map, size, &table, &names))
            return true;
    return false;
}

bool hb_has_own_malloc(const char *command) {
    char path[PATH_MAX], error[HB_TRACE_ERROR_MAX];
    struct stat status;
    if (!file_find(command, path, error))
        return false;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    void *map = MAP_FAILED;
    if (fstat(file, &status) == 0 && status.st_size >= (off_t)sizeof(Elf64_Ehdr))
        map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (map == MAP_FAILED)
        return false;
    const char *ident = map;
    bool has = memcmp(ident, ELFMAG, SELFMAG) == 0 && ident[EI_CLASS] == ELFCLASS64 &&
               elf_defines_malloc(map, (size_t)status.st_size);
    munmap(map, (size_t)status.st_size);
    return has;
}
