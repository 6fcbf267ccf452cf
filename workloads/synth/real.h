/* real.h -- logarithm and exponential from nothing but IEEE 754's + - * /, so that they are the
 * same to the last bit on every machine: libm's are not. (sqrt is, by IEEE 754. Contraction into
 * fused operations is off, see the top CMakeLists.txt.) Good to about 1e-14.
 */
#ifndef HB_SYNTH_REAL_H
#define HB_SYNTH_REAL_H

#include <stdint.h>
#include <string.h>

#define SYNTH_LN2 0.6931471805599453

/* Natural logarithm of a positive, normal number. x = 2^e * m with m in [sqrt(1/2), sqrt(2)), and
 * ln m = 2 artanh((m-1)/(m+1)) = 2 (s + s^3/3 + s^5/5 + ...), |s| < 0.172. */
static inline double synth_log(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t shifted = bits - 0x3fe6a09e667f3bcd; /* sqrt(1/2) */
    int64_t e = (int64_t)shifted >> 52;
    bits -= (uint64_t)e << 52;
    double m;
    memcpy(&m, &bits, sizeof m);
    double s = (m - 1) / (m + 1), q = s * s;
    double sum = 1.0 / 15;
    sum = sum * q + 1.0 / 13;
    sum = sum * q + 1.0 / 11;
    sum = sum * q + 1.0 / 9;
    sum = sum * q + 1.0 / 7;
    sum = sum * q + 1.0 / 5;
    sum = sum * q + 1.0 / 3;
    return (double)e * SYNTH_LN2 + 2 * (s + s * q * sum);
}

/* e^x for |x| < 700: 2^k * e^r, |r| <= ln(2)/2, by its series. */
static inline double synth_exp(double x) {
    int64_t k = (int64_t)(x / SYNTH_LN2 + (x < 0 ? -0.5 : 0.5));
    double r = x - (double)k * SYNTH_LN2, sum = 1;
    for (int i = 14; i > 0; i--)
        sum = 1 + r * sum / i;
    uint64_t bits = (uint64_t)(k + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return sum * power;
}

#endif
