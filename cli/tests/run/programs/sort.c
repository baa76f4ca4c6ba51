#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b) {
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return x < y ? -1 : x > y;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(void) {
    static unsigned numbers[20000];
    unsigned state = 12345;
    for (int i = 0; i < 20000; i++)
        numbers[i] = state = state * 1664525 + 1013904223;
    qsort(numbers, 20000, sizeof *numbers, by_value);
    for (int i = 0; i < 20000; i += 1999)
        printf("%u\n", numbers[i]);
    unsigned wanted = numbers[777];
    printf("%ld\n", (long)((unsigned *)bsearch(&wanted, numbers, 20000, sizeof *numbers, by_value) - numbers));
    const char *names[] = {"hart", "fence", "site", "ops", "patch", "call"};
    qsort(names, 6, sizeof *names, by_name);
    for (int i = 0; i < 6; i++)
        printf("%s ", names[i]);
    putchar('\n');
    return 0;
}
