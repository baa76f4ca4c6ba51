#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    double x = 0.1;
    for (int i = 0; i < 20; i++) {
        printf("%.17g %e %f %a %g\n", x, x, x, x, (double)(float)x);
        x = x * -3.7 + i;
    }
    printf("%.15g %.15g %.15g %.15g\n", sin(1), cos(2), exp(3), log(4));
    printf("%.15g %.15g %.15g %.15g\n", pow(1.5, 7.5), sqrt(2), fmod(10, 3), floor(-1.5));
    printf("%g %g %g %d\n", 1 / 0.0, -1 / 0.0, 1e308 * 10, isnan(0.0 / 0.0) != 0);
    printf("%.17g %.9g %ld\n", strtod("1.2345678901234567e-5", 0), strtof("3.3", 0), lround(2.5));
    printf("%Lg\n", (long double)1 / 3);
    return 0;
}
