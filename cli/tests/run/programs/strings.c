#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    char text[300] = "", line[64];
    for (int i = 0; i < 20; i++) {
        snprintf(line, sizeof line, "%d:%05x:%-6s|", i, i * i * i, i % 2 ? "odd" : "even");
        strcat(text, line);
    }
    puts(text);
    printf("%zu %s %s\n", strlen(text), strstr(text, "10:"), strrchr(text, ':'));
    for (char *word = strtok(text, "|"); word; word = strtok(0, "|"))
        printf("%c", toupper((unsigned char)word[strlen(word) / 2]));
    long a;
    unsigned b;
    char c[10];
    printf("\n%d ", sscanf("-123 0xbeef word", "%ld %x %9s", &a, &b, c));
    printf("%ld %x %s %lld\n", a, b, c, atoll("9223372036854775807"));
    memmove(line + 3, line, 20);
    printf("%.20s %d %d\n", line, memcmp(line, "0", 1) > 0, strncmp("abc", "abd", 2));
    return 0;
}
