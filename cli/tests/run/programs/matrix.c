#include <stdio.h>

static double a[48][48], b[48][48], c[48][48];
static float f[1000];
static short h[1000];

int main(void) {
    for (int i = 0; i < 48; i++)
        for (int j = 0; j < 48; j++) {
            a[i][j] = i * 0.5 + j;
            b[i][j] = i - j * 0.25;
        }
    for (int i = 0; i < 48; i++)
        for (int j = 0; j < 48; j++)
            for (int k = 0; k < 48; k++)
                c[i][j] += a[i][k] * b[k][j];
    double trace = 0;
    for (int i = 0; i < 48; i++)
        trace += c[i][i];
    float sum = 0;
    int high = -40000;
    for (int i = 0; i < 1000; i++) {
        f[i] = i * 1.25f;
        h[i] = (short)(i * 777);
    }
    for (int i = 0; i < 1000; i++) {
        sum += f[i] / (1 + i);
        high = h[i] > high ? h[i] : high;
    }
    printf("%.10g %g %d\n", trace, (double)sum, high);
    return 0;
}
