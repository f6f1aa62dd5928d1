// Depthwise convolutions, one filter [taps][channels] per channel, and both their gradients.
#include "kernels.h"

#define MOST_TAPS 128

// An output (y, x) of the grid reads, for tap (i, j), the pixel ((y * step_h + i * tap_h + first_h) / divide_h, …) of an image where that
// is whole and inside. Forward: step = stride, tap = dilation, divide = 1. Backward: step = 1, tap = -1, divide = stride.
typedef struct {
  int batch, channels;
  int height, width;
  int grid_h, grid_w;
  int taps_h, taps_w;
  int step_h, step_w;
  int tap_h, tap_w;
  int first_h, first_w;
  int divide_h, divide_w;
} gather;

static inline int source_of(int place, int divide, int length) {
  if (place < 0 || (divide > 1 && place % divide)) return -1;
  int source = divide > 1 ? place / divide : place;
  return source < length ? source : -1;
}

static void weigh(int taps, const float *const *pixels, const float *const *filters, int channels, float *to);

// to [batch, grid_h, grid_w, channels]. At most 128 taps.
EXPORT(depthwise) void depthwise(const gather *g, const float *from, const float *filter, float *to) {
  const float *pixels[MOST_TAPS], *filters[MOST_TAPS];
  for (int image = 0; image < g->batch; image++)
    for (int y = 0; y < g->grid_h; y++)
      for (int x = 0; x < g->grid_w; x++, to += g->channels) {
        int taps = 0;
        for (int i = 0; i < g->taps_h; i++) {
          int row = source_of(y * g->step_h + i * g->tap_h + g->first_h, g->divide_h, g->height);
          if (row < 0) continue;
          for (int j = 0; j < g->taps_w; j++) {
            int column = source_of(x * g->step_w + j * g->tap_w + g->first_w, g->divide_w, g->width);
            if (column < 0) continue;
            pixels[taps] = from + (unsigned)((image * g->height + row) * g->width + column) * (unsigned)g->channels;
            filters[taps++] = filter + (i * g->taps_w + j) * g->channels;
          }
        }
        weigh(taps, pixels, filters, g->channels, to);
      }
}

// The sum over taps of pixel times filter, 16 channels at a time.
static void weigh(int taps, const float *const *pixels, const float *const *filters, int channels, float *to) {
  int c = 0;
  for (; c + 16 <= channels; c += 16) {
    vec a = SPLAT(0), b = a, d = a, e = a;
    for (int t = 0; t < taps; t++) {
      const float *x = pixels[t] + c, *w = filters[t] + c;
      a = ADD(a, MUL(LOAD(x), LOAD(w))), b = ADD(b, MUL(LOAD(x + 4), LOAD(w + 4)));
      d = ADD(d, MUL(LOAD(x + 8), LOAD(w + 8))), e = ADD(e, MUL(LOAD(x + 12), LOAD(w + 12)));
    }
    STORE(to + c, a), STORE(to + c + 4, b), STORE(to + c + 8, d), STORE(to + c + 12, e);
  }
  for (; c + 4 <= channels; c += 4) {
    vec sum = SPLAT(0);
    for (int t = 0; t < taps; t++) sum = ADD(sum, MUL(LOAD(pixels[t] + c), LOAD(filters[t] + c)));
    STORE(to + c, sum);
  }
  for (; c < channels; c++) {
    float sum = 0;
    for (int t = 0; t < taps; t++) sum += pixels[t][c] * filters[t][c];
    to[c] = sum;
  }
}

static void add_tap(const float *x, int step, const float *dy, int channels, int count, float *sums);
static void add_three_taps(const float *x, int step, const float *dy, int channels, int count, float *sums);

// The gradient of the filter from the image and dy [batch, grid_h, grid_w, channels]; forward gathers only. `to` [taps][channels].
EXPORT(depthwise_filter) void depthwise_filter(const gather *g, const float *image, const float *dy, float *to) {
  fill_zero(to, g->taps_h * g->taps_w * g->channels);
  for (int n = 0; n < g->batch; n++)
    for (int y = 0; y < g->grid_h; y++)
      for (int i = 0; i < g->taps_h; i++) {
        int row = y * g->step_h + i * g->tap_h + g->first_h;
        if (row < 0 || row >= g->height) continue;
        const float *from = image + (unsigned)((n * g->height + row) * g->width) * (unsigned)g->channels;
        const float *gradient = dy + (unsigned)((n * g->grid_h + y) * g->grid_w) * (unsigned)g->channels;
        float *sums = to + i * g->taps_w * g->channels;
        int left[MOST_TAPS], right[MOST_TAPS], inner_left = 0, inner_right = g->grid_w;
        for (int j = 0; j < g->taps_w; j++) {
          int offset = j * g->tap_w + g->first_w;
          left[j] = offset >= 0 ? 0 : (-offset + g->step_w - 1) / g->step_w;
          right[j] = offset >= g->width ? 0 : min(g->grid_w, (g->width - 1 - offset) / g->step_w + 1);
          inner_left = max(inner_left, left[j]), inner_right = min(inner_right, right[j]);
        }
        int together = g->taps_w == 3 && g->tap_w == 1 && g->channels % 4 == 0 && inner_left < inner_right;
#define RUN(add, j, begin, end) \
  if (begin < end) add(from + ((begin)*g->step_w + (j)*g->tap_w + g->first_w) * g->channels, g->step_w * g->channels, gradient + (begin)*g->channels, g->channels, (end) - (begin), sums + (j)*g->channels)
        if (together) RUN(add_three_taps, 0, inner_left, inner_right);
        for (int j = 0; j < g->taps_w; j++) {
          RUN(add_tap, j, left[j], (together ? inner_left : right[j]));
          if (together) RUN(add_tap, j, inner_right, right[j]);
        }
      }
}

// sums[c] += the sum over `count` outputs of x times dy; successive outputs read pixels `step` values apart.
static void add_tap(const float *x, int step, const float *dy, int channels, int count, float *sums) {
  int c = 0;
  for (; c + 4 <= channels; c += 4) {
    vec sum = SPLAT(0);
    const float *from = x + c, *gradient = dy + c;
    for (int p = 0; p < count; p++, from += step, gradient += channels) sum = ADD(sum, MUL(LOAD(from), LOAD(gradient)));
    STORE(sums + c, ADD(LOAD(sums + c), sum));
  }
  for (; c < channels; c++) {
    float sum = 0;
    for (int p = 0; p < count; p++) sum += x[p * step + c] * dy[p * channels + c];
    sums[c] += sum;
  }
}

// The same for three neighbouring taps: the gradient is read once.
static void add_three_taps(const float *x, int step, const float *dy, int channels, int count, float *sums) {
  for (int c = 0; c < channels; c += 4) {
    vec a = SPLAT(0), b = a, d = a;
    const float *from = x + c, *gradient = dy + c;
    for (int p = 0; p < count; p++, from += step, gradient += channels) {
      vec by = LOAD(gradient);
      a = ADD(a, MUL(LOAD(from), by)), b = ADD(b, MUL(LOAD(from + channels), by)), d = ADD(d, MUL(LOAD(from + 2 * channels), by));
    }
    float *at = sums + c;
    STORE(at, ADD(LOAD(at), a)), at += channels;
    STORE(at, ADD(LOAD(at), b)), at += channels;
    STORE(at, ADD(LOAD(at), d));
  }
}
