/* recorded_forks.c -- parent and child go on with the same heap. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    void *shared = malloc(1000);
    pid_t child = fork();
    if (child < 0)
        return 1;
    size_t size = child ? 2000 : 3000;
    for (int i = 0; i < 10; i++)
        free(malloc(size));
    free(shared);
    if (child == 0)
        _exit(0);
    int status;
    waitpid(child, &status, 0);
    return status;
}
