// Batch normalisation in training (Ioffe and Szegedy 2015), with the PReLU behind it where there is one. x [rows, channels].
#include "kernels.h"

// Values that a pass over some rows reads per array, so that a second pass finds them in the cache.
#define STRIP 4096

static inline int strip_of(int channels) { return max(8, STRIP / channels); }

// mean and the sum of squared differences from it, both double [channels]: strip by strip, joined as in Chan, Golub and LeVeque 1983.
static void moments(const float *x, int rows, int channels, double *mean, double *squares) {
  for (int c = 0; c < channels; c++) mean[c] = squares[c] = 0;
  int strip = strip_of(channels);
  for (int first = 0; first < rows; first += strip) {
    int count = min(strip, rows - first);
    const float *begin = x + (unsigned)first * (unsigned)channels;
    double weight = (double)count / (first + count);
    int c = 0;
    for (; c < channels; c += 4) {
      int width = min(4, channels - c);
      float sums[4] = {0, 0, 0, 0}, deviations[4] = {0, 0, 0, 0};
      float centres[4];
      if (width == 4) {
        const float *from = begin + c;
        vec sum = SPLAT(0), deviation = SPLAT(0);
        for (int r = 0; r < count; r++, from += channels) sum = ADD(sum, LOAD(from));
        vec centre = MUL(sum, SPLAT(1.0f / count));
        STORE(centres, centre);
        sum = SPLAT(0), from = begin + c;
        for (int r = 0; r < count; r++, from += channels) {
          vec off = SUB(LOAD(from), centre);
          sum = ADD(sum, off), deviation = ADD(deviation, MUL(off, off));
        }
        STORE(sums, sum), STORE(deviations, deviation);
      } else {
        for (int i = 0; i < width; i++) {
          centres[i] = begin[c + i];
          for (int r = 0; r < count; r++) {
            float off = begin[r * channels + c + i] - centres[i];
            sums[i] += off, deviations[i] += off * off;
          }
        }
      }
      for (int i = 0; i < width; i++) {
        // What rounding left between the centre and the mean of the strip.
        double rest = (double)sums[i] / count, off = centres[i] + rest - mean[c + i];
        squares[c + i] += deviations[i] - rest * sums[i] + off * off * first * weight;
        mean[c + i] += off * weight;
      }
    }
  }
}

// y = slope(gamma * (x - mean) * deviation + beta), without slope where there is none; mean, the unbiased variance and
// deviation = 1 / sqrt(biased variance + epsilon), [channels] each. x is centred before it is scaled, or a far mean would cost digits.
// scratch: 6 * channels floats, aligned to 8 octets.
EXPORT(normalise_batch) void normalise_batch(const float *x, int rows, int channels, const float *gamma, const float *beta, const float *slope, float epsilon,
                     float *y, float *mean, float *variance, float *deviation, double *scratch) {
  double *means = scratch, *squares = scratch + channels;
  float *scale = (float *)(scratch + 2 * channels);
  moments(x, rows, channels, means, squares);
  for (int c = 0; c < channels; c++) {
    double biased = squares[c] / rows;
    mean[c] = means[c];
    variance[c] = squares[c] / max(1, rows - 1);
    deviation[c] = 1 / __builtin_sqrt(biased + epsilon);
    scale[c] = gamma[c] * deviation[c];
  }
  for (int r = 0; r < rows; r++, x += channels, y += channels) {
    int c = 0;
    if (slope) {
      for (; c + 4 <= channels; c += 4) {
        vec z = ADD(MUL(SUB(LOAD(x + c), LOAD(mean + c)), LOAD(scale + c)), LOAD(beta + c));
        vec positive = wasm_f32x4_gt(z, SPLAT(0));
        STORE(y + c, wasm_v128_bitselect(z, MUL(z, LOAD(slope + c)), positive));
      }
    } else {
      for (; c + 4 <= channels; c += 4) STORE(y + c, ADD(MUL(SUB(LOAD(x + c), LOAD(mean + c)), LOAD(scale + c)), LOAD(beta + c)));
    }
    for (; c < channels; c++) {
      float z = (x[c] - mean[c]) * scale[c] + beta[c];
      y[c] = z > 0 || !slope ? z : z * slope[c];
    }
  }
}

typedef struct {
  float *scale, *mean_gradient, *product_gradient;
} factors;

static void sum_gradients(const float *dy, const float *x, int rows, int channels, const float *beta, const float *slope,
                          const float *mean, factors f, double *sums);

// dx = scale * (dz - mean(dz) - x̂ * mean(dz * x̂)) with x̂ = (x - mean) * deviation, and the gradients of gamma, beta and slope.
// scratch: 10 * channels floats, aligned to 8 octets.
EXPORT(normalise_batch_gradient) void normalise_batch_gradient(const float *dy, const float *x, int rows, int channels, const float *gamma, const float *beta,
                              const float *slope, const float *mean, const float *deviation, float *dx, float *dgamma, float *dbeta,
                              float *dslope, double *scratch) {
  double *sums = scratch;
  float *rest = (float *)(scratch + 3 * channels);
  factors f = {rest, rest + channels, rest + 2 * channels};
  for (int c = 0; c < channels; c++) f.scale[c] = gamma[c] * deviation[c];
  sum_gradients(dy, x, rows, channels, beta, slope, mean, f, sums);
  for (int c = 0; c < channels; c++) {
    double beta_gradient = sums[3 * c], gamma_gradient = sums[3 * c + 1] * deviation[c];
    dbeta[c] = beta_gradient, dgamma[c] = gamma_gradient;
    if (slope) dslope[c] = sums[3 * c + 2];
    // dx = scale * dz + (product * (x - mean) + constant).
    f.mean_gradient[c] = -f.scale[c] * beta_gradient / rows;
    f.product_gradient[c] = -f.scale[c] * deviation[c] * gamma_gradient / rows;
  }
  for (int r = 0; r < rows; r++, x += channels, dy += channels, dx += channels) {
    int c = 0;
    for (; c + 4 <= channels; c += 4) {
      vec off = SUB(LOAD(x + c), LOAD(mean + c)), scale = LOAD(f.scale + c), dz = LOAD(dy + c);
      if (slope) {
        vec positive = wasm_f32x4_gt(ADD(MUL(off, scale), LOAD(beta + c)), SPLAT(0));
        dz = wasm_v128_bitselect(dz, MUL(dz, LOAD(slope + c)), positive);
      }
      vec through = ADD(MUL(off, LOAD(f.product_gradient + c)), LOAD(f.mean_gradient + c));
      STORE(dx + c, ADD(MUL(dz, scale), through));
    }
    for (; c < channels; c++) {
      float off = x[c] - mean[c], dz = dy[c] * (slope && !(off * f.scale[c] + beta[c] > 0) ? slope[c] : 1);
      dx[c] = dz * f.scale[c] + (off * f.product_gradient[c] + f.mean_gradient[c]);
    }
  }
}

// sums [channels][3]: of dz, of dz * (x - mean), of dy * min(0, z).
static void sum_gradients(const float *dy, const float *x, int rows, int channels, const float *beta, const float *slope,
                          const float *mean, factors f, double *sums) {
  for (int i = 0; i < 3 * channels; i++) sums[i] = 0;
  int strip = strip_of(channels);
  for (int first = 0; first < rows; first += strip) {
    int count = min(strip, rows - first);
    unsigned offset = (unsigned)first * (unsigned)channels;
    for (int c = 0; c < channels; c += 4) {
      const float *from = x + offset + c, *gradient = dy + offset + c;
      int width = min(4, channels - c);
      float parts[3][4] = {{0}, {0}, {0}};
      if (width == 4) {
        vec scale = LOAD(f.scale + c), shift = LOAD(beta + c), centre = LOAD(mean + c), bend = slope ? LOAD(slope + c) : SPLAT(1);
        vec plain = SPLAT(0), product = plain, negative = plain;
        for (int r = 0; r < count; r++, from += channels, gradient += channels) {
          vec off = SUB(LOAD(from), centre), dz = LOAD(gradient);
          if (slope) {
            vec z = ADD(MUL(off, scale), shift), positive = wasm_f32x4_gt(z, SPLAT(0));
            negative = ADD(negative, MUL(dz, wasm_v128_andnot(z, positive)));
            dz = wasm_v128_bitselect(dz, MUL(dz, bend), positive);
          }
          plain = ADD(plain, dz), product = ADD(product, MUL(dz, off));
        }
        STORE(parts[0], plain), STORE(parts[1], product), STORE(parts[2], negative);
      } else {
        for (int r = 0; r < count; r++, from += channels, gradient += channels)
          for (int i = 0; i < width; i++) {
            float off = from[i] - mean[c + i], z = off * f.scale[c + i] + beta[c + i], dz = gradient[i];
            if (slope && !(z > 0)) parts[2][i] += dz * z, dz *= slope[c + i];
            parts[0][i] += dz, parts[1][i] += dz * off;
          }
      }
      for (int i = 0; i < width; i++)
        for (int k = 0; k < 3; k++) sums[3 * (c + i) + k] += parts[k][i];
    }
  }
}
