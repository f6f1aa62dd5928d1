// Passes over memory: sums, PReLU, addition, the update of gradient descent.
#include "kernels.h"

// to [channels] = scale times the sums of the rows of x [rows, channels]. scratch: channels doubles.
EXPORT(sum_rows) void sum_rows(const float *x, int rows, int channels, float scale, float *to, double *scratch) {
  for (int c = 0; c < channels; c++) scratch[c] = 0;
  int strip = max(8, 8192 / channels);
  for (int first = 0; first < rows; first += strip) {
    int count = min(strip, rows - first);
    const float *begin = x + (unsigned)first * (unsigned)channels;
    int c = 0;
    for (; c + 4 <= channels; c += 4) {
      const float *from = begin + c;
      vec sum = SPLAT(0);
      for (int r = 0; r < count; r++, from += channels) sum = ADD(sum, LOAD(from));
      float parts[4];
      STORE(parts, sum);
      for (int i = 0; i < 4; i++) scratch[c + i] += parts[i];
    }
    for (; c < channels; c++) {
      float sum = 0;
      for (int r = 0; r < count; r++) sum += begin[r * channels + c];
      scratch[c] += sum;
    }
  }
  for (int c = 0; c < channels; c++) to[c] = scratch[c] * scale;
}

EXPORT(add) void add(const float *a, const float *b, int count, float *to) {
  int i = 0;
  for (; i + 16 <= count; i += 16)
    for (int j = i; j < i + 16; j += 4) STORE(to + j, ADD(LOAD(a + j), LOAD(b + j)));
  for (; i < count; i++) to[i] = a[i] + b[i];
}

EXPORT(prelu) void prelu(const float *x, const float *slope, int rows, int channels, float *to) {
  for (int r = 0; r < rows; r++, x += channels, to += channels) {
    int c = 0;
    for (; c + 4 <= channels; c += 4) {
      vec value = LOAD(x + c);
      STORE(to + c, wasm_v128_bitselect(MUL(value, LOAD(slope + c)), value, wasm_f32x4_lt(value, SPLAT(0))));
    }
    for (; c < channels; c++) to[c] = x[c] < 0 ? x[c] * slope[c] : x[c];
  }
}

// Of all values; squares of float32 are summed in strips, the strips in double precision.
EXPORT(sum_of_squares) double sum_of_squares(const float *x, int count) {
  double total = 0;
  for (int first = 0; first < count; first += 4096) {
    int end = min(count, first + 4096), i = first;
    vec a = SPLAT(0), b = a, c = a, d = a;
    for (; i + 16 <= end; i += 16) {
      vec p = LOAD(x + i), q = LOAD(x + i + 4), r = LOAD(x + i + 8), s = LOAD(x + i + 12);
      a = ADD(a, MUL(p, p)), b = ADD(b, MUL(q, q)), c = ADD(c, MUL(r, r)), d = ADD(d, MUL(s, s));
    }
    float parts[4], rest = 0;
    STORE(parts, ADD(ADD(a, b), ADD(c, d)));
    for (; i < end; i++) rest += x[i] * x[i];
    total += (double)parts[0] + parts[1] + parts[2] + parts[3] + rest;
  }
  return total;
}

// velocity' = momentum * velocity + (factor * gradient + decay * weight), weight' = weight - rate * velocity'. Without velocity it is 0.
EXPORT(descend) void descend(const float *weight, const float *velocity, const float *gradient, int count, float factor, float momentum, float decay,
             float rate, float *to_weight, float *to_velocity) {
  int i = 0;
  for (; i + 4 <= count; i += 4) {
    vec w = LOAD(weight + i), force = ADD(MUL(SPLAT(factor), LOAD(gradient + i)), MUL(SPLAT(decay), w));
    vec v = velocity ? ADD(MUL(SPLAT(momentum), LOAD(velocity + i)), force) : force;
    STORE(to_velocity + i, v), STORE(to_weight + i, SUB(w, MUL(SPLAT(rate), v)));
  }
  for (; i < count; i++) {
    float force = factor * gradient[i] + decay * weight[i], v = velocity ? momentum * velocity[i] + force : force;
    to_velocity[i] = v, to_weight[i] = weight[i] - rate * v;
  }
}
