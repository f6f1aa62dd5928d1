// Convolutions and both their gradients as matrix products whose left factor is gathered from an image while it is packed.
#include "kernels.h"

// Output (y, x) of a grid reads, for tap (i, j), the pixel (y * step_h + i * tap_h + first_h, …) of an image, or zero outside of it.
// It is written to the pixel (y * to_step_h + to_first_h, …) of another. The taps use every `filter_step` row of the filter.
typedef struct {
  int batch, channels, outputs;
  int height, width;
  int grid_h, grid_w;
  int taps_h, taps_w;
  int step_h, step_w;
  int tap_h, tap_w;
  int first_h, first_w;
  int to_height, to_width;
  int to_step_h, to_step_w;
  int to_first_h, to_first_w;
  int filter_width;
  int filter_first_h, filter_first_w;
  int filter_step_h, filter_step_w;
  // The filter is [taps][channels][outputs], or [taps][outputs][channels] when transposed.
  int transposed;
} gather;

static void pack_filter(const gather *g, const float *filter, float *to);

// Values that lie side by side in the image and in the filter: the channels of a pixel, or all pixels under a row of taps where that
// is a few values more than nothing (the three colours).
static inline int taps_together(const gather *g) { return g->channels < 16 && g->tap_w == 1 && g->channels * g->taps_w <= KC ? g->taps_w : 1; }

// A place in the grid: image number, and the pixel that the tap (0, 0) reads.
typedef struct {
  int image, y, x;
} place;

static inline const float *pixel(const gather *g, const float *from, place at, int i, int j) {
  int y = at.y + i * g->tap_h, x = at.x + j * g->tap_w;
  if ((unsigned)y >= (unsigned)g->height || (unsigned)x >= (unsigned)g->width) return 0;
  return from + (unsigned)((at.image * g->height + y) * g->width + x) * (unsigned)g->channels;
}

// The same for `together` taps from (i, j) on; where some are outside, they are put together in `copy`.
static const float *run(const gather *g, const float *from, place at, int i, int j, int together, float *copy) {
  int x = at.x + j * g->tap_w;
  if (together == 1 || (x >= 0 && x + together <= g->width)) return pixel(g, from, at, i, j);
  for (int t = 0; t < together; t++) {
    const float *source = pixel(g, from, at, i, j + t);
    for (int c = 0; c < g->channels; c++) copy[t * g->channels + c] = source ? source[c] : 0;
  }
  return copy;
}

// to [batch, to_height, to_width, outputs]; places that no output is written to are left alone.
// scratch: MC * KC + KC + round_up(outputs, 8) * taps * channels floats.
EXPORT(correlate) void correlate(const gather *g, const float *from, const float *filter, float *to, float *scratch) {
  float *packed_a = scratch, *zeros = scratch + MC * KC, *packed_b = zeros + KC;
  int depth = g->taps_h * g->taps_w * g->channels;
  int total = g->batch * g->grid_h * g->grid_w;
  int together = taps_together(g), length = together * g->channels;
  unsigned rows[MC];
  place places[MC];
  float copies[MR][KC];
  fill_zero(zeros, KC);
  pack_filter(g, filter, packed_b);
  for (int m0 = 0; m0 < total; m0 += MC) {
    int mc = min(MC, total - m0);
    for (int i = 0; i < mc; i++) {
      int row = (m0 + i) / g->grid_w, x = (m0 + i) % g->grid_w, image = row / g->grid_h, y = row % g->grid_h;
      places[i] = (place){image, y * g->step_h + g->first_h, x * g->step_w + g->first_w};
      int to_y = y * g->to_step_h + g->to_first_h, to_x = x * g->to_step_w + g->to_first_w;
      rows[i] = (unsigned)((image * g->to_height + to_y) * g->to_width + to_x) * (unsigned)g->outputs;
    }
    int done = 0, filled = 0;
    for (int tap = 0; tap < g->taps_h * g->taps_w; tap += together) {
      int ty = tap / g->taps_w, tx = tap % g->taps_w;
      for (int c = 0; c < length; c += KC) {
        int count = min(KC, length - c);
        if (filled + count > KC) {
          multiply_packed(packed_a, KC * MR, mc, packed_b + done * NR, depth * NR, g->outputs, filled, to, rows, done > 0);
          done += filled, filled = 0;
        }
        for (int i = 0; i < mc; i += MR) {
          const float *source[MR];
          for (int r = 0; r < MR; r++) {
            const float *at = run(g, from, places[min(i + r, mc - 1)], ty, tx, together, copies[r]);
            source[r] = at ? at + c : zeros;
          }
          pack_rows(packed_a + (i * KC + filled * MR), source, count);
        }
        filled += count;
      }
    }
    multiply_packed(packed_a, KC * MR, mc, packed_b + done * NR, depth * NR, g->outputs, filled, to, rows, done > 0);
  }
}

static void pack_filter(const gather *g, const float *filter, float *to) {
  int size = g->channels * g->outputs, panel = g->taps_h * g->taps_w * g->channels * NR;
  for (int i = 0; i < g->taps_h; i++)
    for (int j = 0; j < g->taps_w; j++, to += g->channels * NR) {
      int tap = (g->filter_first_h + i * g->filter_step_h) * g->filter_width + g->filter_first_w + j * g->filter_step_w;
      if (g->transposed) pack_columns(to, panel, filter + tap * size, g->channels, g->outputs, 1, g->channels);
      else pack_columns(to, panel, filter + tap * size, g->channels, g->outputs, g->outputs, 1);
    }
}

static void pack_pixels(const float *const *pixels, int count, int from, int channels, float *to);

// The gradient of a filter [taps][channels][outputs] from the image and the gradient dy [batch, grid_h, grid_w, outputs].
// scratch: MC * KC + round_up(outputs, 8) * KC + KC * KC floats.
EXPORT(filter_gradient) void filter_gradient(const gather *g, const float *image, const float *dy, float *to, float *scratch) {
  float *packed_a = scratch, *packed_b = scratch + MC * KC;
  int total = g->batch * g->grid_h * g->grid_w;
  float *copies = packed_b + round_up(g->outputs, NR) * KC;
  int together = taps_together(g), length = together * g->channels;
  unsigned rows[MC];
  place places[KC];
  const float *pixels[KC];
  for (int k0 = 0; k0 < total; k0 += KC) {
    int kc = min(KC, total - k0);
    pack_columns(packed_b, kc * NR, dy + (unsigned)k0 * (unsigned)g->outputs, kc, g->outputs, g->outputs, 1);
    for (int p = 0; p < kc; p++) {
      int row = (k0 + p) / g->grid_w, x = (k0 + p) % g->grid_w;
      places[p] = (place){row / g->grid_h, row % g->grid_h * g->step_h + g->first_h, x * g->step_w + g->first_w};
    }
    for (int tap = 0; tap < g->taps_h * g->taps_w; tap += together) {
      int ty = tap / g->taps_w, tx = tap % g->taps_w;
      for (int p = 0; p < kc; p++) pixels[p] = run(g, image, places[p], ty, tx, together, copies + p * KC);
      for (int c = 0; c < length; c += MC) {
        int mc = min(MC, length - c);
        pack_pixels(pixels, kc, c, mc, packed_a);
        for (int i = 0; i < mc; i++) rows[i] = (unsigned)(tap * g->channels + c + i) * (unsigned)g->outputs;
        multiply_packed(packed_a, kc * MR, mc, packed_b, kc * NR, g->outputs, kc, to, rows, k0 > 0);
      }
    }
  }
}

// [channels / 4][count][4] from the channels `from`… of pixels; no pixel is one of zeros.
static void pack_pixels(const float *const *pixels, int count, int from, int channels, float *to) {
  for (int p = 0; p < count; p++, to += MR) {
    const float *source = pixels[p] ? pixels[p] + from : 0;
    float *at = to;
    int c = 0;
    if (source)
      for (; c + MR <= channels; c += MR, at += count * MR) STORE(at, LOAD(source + c));
    else
      for (; c + MR <= channels; c += MR, at += count * MR) STORE(at, SPLAT(0));
    for (int r = 0; c + r < channels; r++) at[r] = source ? source[c + r] : 0;
  }
}
