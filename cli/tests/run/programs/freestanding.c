static long call(long number, long a, long b, long c) {
#ifdef __riscv
    register long r7 __asm__("a7") = number, r0 __asm__("a0") = a, r1 __asm__("a1") = b, r2 __asm__("a2") = c;
    __asm__ volatile("ecall" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2) : "memory");
#else
    register long r8 __asm__("x8") = number, r0 __asm__("x0") = a, r1 __asm__("x1") = b, r2 __asm__("x2") = c;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(r8), "r"(r1), "r"(r2) : "memory");
#endif
    return r0;
}

void _start(void) {
    static const char text[] = "no library\n";
    long written = call(64, 1, (long)text, sizeof text - 1);
    call(94, written, 0, 0);
    for (;;) {
    }
}
