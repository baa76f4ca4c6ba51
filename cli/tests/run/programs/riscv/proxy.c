/* A benchmark without an operating system: HARTS harts sort a part each and meet at barriers; the first one prints what the
   counters say through a system call that the host serves: a block of eight doublewords whose address goes to tohost. */

#include <stdint.h>

extern volatile uint64_t tohost, fromhost;

__asm__(".section .text.init, \"ax\", @progbits\n"
        ".globl _start\n"
        "_start:\n"
        "li t0, 0x2000\n"
        "csrs mstatus, t0\n"
        "la t0, trapped\n"
        "csrw mtvec, t0\n"
        "csrr a0, mhartid\n"
        "li t0, " HARTS "\n"
        "1: bgeu a0, t0, 1b\n"
        "la sp, stacks\n"
        "addi t0, a0, 1\n"
        "slli t0, t0, 13\n"
        "add sp, sp, t0\n"
        "call enter\n"
        ".balign 4\n"
        "trapped:\n"
        "csrr a0, mcause\n"
        "addi a0, a0, 100\n"
        "call leave\n"
        ".section .tohost, \"aw\", @progbits\n"
        ".balign 64\n"
        ".globl tohost\n"
        "tohost: .dword 0\n"
        ".size tohost, 8\n"
        ".balign 64\n"
        ".globl fromhost\n"
        "fromhost: .dword 0\n"
        ".size fromhost, 8\n"
        ".bss\n"
        ".balign 4096\n"
        "stacks: .zero 8192 * 8\n"
        ".text\n");

#define N 512
static volatile int numbers[N];
static volatile uint64_t waiting, generation;

void leave(uint64_t code) {
    tohost = code << 1 | 1;
    for (;;) {
    }
}

static uint64_t call(uint64_t number, uint64_t a, uint64_t b, uint64_t c) {
    volatile uint64_t block[8] __attribute__((aligned(64))) = {number, a, b, c};
    __sync_synchronize();
    tohost = (uint64_t)block;
    while (fromhost == 0) {
    }
    fromhost = 0;
    __sync_synchronize();
    return block[0];
}

static void print(const char *text) {
    uint64_t length = 0;
    while (text[length])
        length++;
    if (call(64, 1, (uint64_t)text, length) != length)
        leave(3);
}

static void print_number(const char *before, uint64_t value) {
    char digits[24];
    char *at = digits + 23;
    *at = 0;
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    print(before);
    print(at);
    print("\n");
}

static void barrier(uint64_t harts) {
    uint64_t now = generation;
    __sync_synchronize();
    if (__sync_add_and_fetch(&waiting, 1) == harts) {
        waiting = 0;
        __sync_synchronize();
        generation = now + 1;
    } else {
        while (generation == now) {
        }
    }
    __sync_synchronize();
}

static uint64_t csr_instret(void) {
    uint64_t value;
    __asm__ volatile("csrr %0, minstret" : "=r"(value));
    return value;
}

static uint64_t csr_cycle(void) {
    uint64_t value;
    __asm__ volatile("csrr %0, mcycle" : "=r"(value));
    return value;
}

void enter(uint64_t hart) {
    uint64_t harts = HARTS[0] - '0';
    if (hart == 0) {
        uint64_t state = 1;
        for (int i = 0; i < N; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            numbers[i] = (int)(state >> 40);
        }
        print("sorting\n");
    }
    barrier(harts);
    uint64_t cycles = csr_cycle(), instructions = csr_instret();
    uint64_t from = hart * N / harts, to = (hart + 1) * N / harts;
    for (uint64_t i = from + 1; i < to; i++) {
        int value = numbers[i];
        uint64_t j = i;
        for (; j > from && numbers[j - 1] > value; j--)
            numbers[j] = numbers[j - 1];
        numbers[j] = value;
    }
    cycles = csr_cycle() - cycles;
    instructions = csr_instret() - instructions;
    barrier(harts);
    if (hart == 0) {
        for (uint64_t part = 0; part < harts; part++)
            for (uint64_t i = part * N / harts + 1; i < (part + 1) * N / harts; i++)
                if (numbers[i - 1] > numbers[i])
                    leave(1);
        if (cycles < instructions / 2)
            leave(2);
        print_number("instructions: ", instructions);
        double mean = 0;
        for (int i = 0; i < N; i++)
            mean += numbers[i];
        print_number("mean: ", (uint64_t)(mean / N));
        if ((int64_t)call(1024, 0, 0, 0) != -38)
            leave(4);
        leave(0);
    }
    for (;;) {
    }
}
