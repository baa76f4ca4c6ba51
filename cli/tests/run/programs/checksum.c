/* A list, a state machine and a checksum, as small benchmarks have them. */
#include <stdint.h>
#include <stdio.h>

struct node {
    struct node *next;
    uint16_t value;
};

static struct node nodes[256];

static uint16_t crc(uint16_t sum, uint8_t byte) {
    sum ^= byte;
    for (int i = 0; i < 8; i++)
        sum = sum & 1 ? sum >> 1 ^ 0xa001 : sum >> 1;
    return sum;
}

static struct node *reversed(struct node *list) {
    struct node *done = 0;
    while (list) {
        struct node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static int states(const char *text, unsigned count[4]) {
    int state = 0;
    for (; *text; text++) {
        switch (state) {
        case 0: state = *text >= '0' && *text <= '9' ? 1 : *text == '-' ? 2 : 3; break;
        case 1: state = *text == '.' ? 2 : *text == ',' ? 0 : 1; break;
        case 2: state = *text == ',' ? 0 : 2; break;
        default: state = *text == ',' ? 0 : 3;
        }
        count[state]++;
    }
    return state;
}

int main(void) {
    uint16_t sum = 0xffff;
    unsigned count[4] = {0};
    for (int i = 0; i < 256; i++) {
        nodes[i].value = (uint16_t)(i * 40503);
        nodes[i].next = i < 255 ? &nodes[i + 1] : 0;
    }
    struct node *list = nodes;
    for (int round = 0; round < 50; round++) {
        list = reversed(list);
        for (struct node *node = list; node; node = node->next)
            sum = crc(crc(sum, (uint8_t)node->value), node->value >> 8);
        sum += states("12,-4.5,abc,9.9.9,,x-1,77", count);
    }
    printf("%04x %u %u %u %u\n", sum, count[0], count[1], count[2], count[3]);
    return 0;
}
