#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    /* The name differs from run to run. */
    for (int i = 1; i < argc; i++)
        printf("%d %s\n", i, argv[i]);
    printf("%s\n", argv[argc] ? "more" : "end");
    return argc;
}
