#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    unsigned long sum = 0;
    char *kept[100];
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i++) {
            size_t size = (size_t)(i * i * 37 + 1);
            kept[i] = malloc(size);
            memset(kept[i], i, size);
        }
        for (int i = 0; i < 100; i += 2)
            kept[i] = realloc(kept[i], (size_t)(i * 5000 + 10));
        for (int i = 0; i < 100; i++) {
            sum = sum * 31 + (unsigned char)kept[i][0] + (unsigned char)kept[i][i * 3];
            free(kept[i]);
        }
    }
    char *big = calloc(1 << 20, 5);
    for (int i = 0; i < 5 << 20; i += 4096)
        sum += (unsigned char)big[i];
    big = realloc(big, 20 << 20);
    big[(20 << 20) - 1] = 9;
    printf("%lu %d\n", sum, big[(20 << 20) - 1]);
    free(big);
    return 0;
}
