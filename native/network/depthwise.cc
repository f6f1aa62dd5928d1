// Depthwise convolutions: one image at a time, a few activated rows in the cache, every row activated or differentiated once.
#include <algorithm>
#include "node.h"

namespace fair {
namespace {

/** The last rows of an image that were needed, by row modulo how many are kept; zeros at both ends. */
class Rows {
 public:
  Rows(int kept, int width, int pad, int channels) : kept_(kept), pad_((long)pad * channels), length_((long)(width + 2 * pad) * channels) {
    buffer_.assign(kept * length_ + 16, 0.f);
    rows_.assign(kept, -1);
  }
  void clear() { std::fill(rows_.begin(), rows_.end(), -1); }
  /** The row, padded; `make` writes it behind the padding when it is not there. */
  template <typename F>
  float* get(int row, F make) {
    const int slot = row % kept_;
    float* start = buffer_.data() + slot * length_;
    if (rows_[slot] != row) {
      make(start + pad_);
      rows_[slot] = row;
    }
    return start;
  }

 private:
  int kept_;
  long pad_, length_;
  std::vector<float> buffer_;
  std::vector<int> rows_;
};

/** out[w] += the sum over taps of in[w * stride + tap] * filter[tap], rows of `channels`; K taps, or `taps` where K is 0. */
template <int W, int K>
void addRow(const float* in, const float* filter, float* out, int width, int stride, int taps, int channels) {
  for (int c = 0; c < channels; c += W) {
    if constexpr (K > 0) {
      Floats<W> f[K];
      for (int k = 0; k < K; k++) f[k] = load<W>(filter + k * channels + c);
      for (int w = 0; w < width; w++) {
        Floats<W> sum = load<W>(out + (long)w * channels + c);
        for (int k = 0; k < K; k++) sum += load<W>(in + (long)(w * stride + k) * channels + c) * f[k];
        store<W>(out + (long)w * channels + c, sum);
      }
    } else {
      for (int w = 0; w < width; w++) {
        Floats<W> sum = load<W>(out + (long)w * channels + c);
        for (int k = 0; k < taps; k++)
          sum += load<W>(in + (long)(w * stride + k) * channels + c) * load<W>(filter + (long)k * channels + c);
        store<W>(out + (long)w * channels + c, sum);
      }
    }
  }
}

/** dFilter[tap] += the sum over w of in[w * stride + tap] * dy[w]. */
template <int W, int K>
void addFilterGradient(const float* in, const float* dy, float* dFilter, int width, int stride, int taps, int channels) {
  for (int c = 0; c < channels; c += W) {
    if constexpr (K > 0) {
      Floats<W> sums[K];
      for (int k = 0; k < K; k++) sums[k] = load<W>(dFilter + k * channels + c);
      for (int w = 0; w < width; w++) {
        const Floats<W> d = load<W>(dy + (long)w * channels + c);
        for (int k = 0; k < K; k++) sums[k] += load<W>(in + (long)(w * stride + k) * channels + c) * d;
      }
      for (int k = 0; k < K; k++) store<W>(dFilter + k * channels + c, sums[k]);
    } else {
      for (int k = 0; k < taps; k++) {
        Floats<W> sum = load<W>(dFilter + (long)k * channels + c);
        for (int w = 0; w < width; w++)
          sum += load<W>(in + (long)(w * stride + k) * channels + c) * load<W>(dy + (long)w * channels + c);
        store<W>(dFilter + (long)k * channels + c, sum);
      }
    }
  }
}

/** dx[w * stride + tap] += dy[w] * filter[tap]; dx is padded. */
template <int W, int K>
void addInputGradient(const float* dy, const float* filter, float* dx, int width, int stride, int taps, int channels) {
  if constexpr (K > 0) {
    if (stride == 1 && width >= K) {
      // Gathered: one store per pixel. The first and last pixels see fewer taps.
      for (int c = 0; c < channels; c += W) {
        Floats<W> f[K];
        for (int k = 0; k < K; k++) f[k] = load<W>(filter + k * channels + c);
        for (int x = 0; x < width + K - 1; x++) {
          Floats<W> sum = load<W>(dx + (long)x * channels + c);
          if (x >= K - 1 && x < width) {
            for (int k = 0; k < K; k++) sum += load<W>(dy + (long)(x - k) * channels + c) * f[k];
          } else {
            for (int k = std::max(0, x - width + 1); k <= std::min(K - 1, x); k++) sum += load<W>(dy + (long)(x - k) * channels + c) * f[k];
          }
          store<W>(dx + (long)x * channels + c, sum);
        }
      }
      return;
    }
  }
  for (int c = 0; c < channels; c += W)
    for (int w = 0; w < width; w++) {
      const Floats<W> d = load<W>(dy + (long)w * channels + c);
      for (int k = 0; k < taps; k++) {
        float* to = dx + (long)(w * stride + k) * channels + c;
        store<W>(to, load<W>(to) + d * load<W>(filter + (long)k * channels + c));
      }
    }
}

/** Calls f with the width of vectors and the number of taps when it is 3, else 0. */
template <typename F>
void withShape(int channels, int taps, F f) {
  withWidth(channels, [&](auto width) {
    if (taps == 3) f(width, std::integral_constant<int, 3>());
    else f(width, std::integral_constant<int, 0>());
  });
}

template <typename T>
class Depthwise : public Node<T> {
 public:
  Depthwise(const NodePlan& plan, State<T>& state) : Node<T>(plan), input_(plan.inputs[0]) {
    const Value<T>& in = state.values[input_.value];
    channels_ = in.channels;
    images_ = in.rows / ((long)in.height * in.width);
  }

  double operations(const State<T>& state) const override {
    return 2. * state.values[this->plan.output].rows * channels_ * this->plan.kernel * this->plan.kernel;
  }

  void forward(State<T>& state) override {
    const Value<T>& in = state.values[input_.value];
    Value<T>& out = state.values[this->plan.output];
    const Activation* a = state.activation(input_.activation);
    const float* filter = state.arrays.parameters[this->plan.weights];
    const int kernel = this->plan.kernel, stride = this->plan.stride, pad = this->plan.pad;
    inShares(state.threads, images_, [&](int thread, long first, long last) {
      Rows rows(kernel, in.width, pad, channels_);
      std::vector<float> y((long)out.width * channels_);
      for (long image = first; image < last; image++) {
        rows.clear();
        for (int h = 0; h < out.height; h++) {
          std::fill(y.begin(), y.end(), 0.f);
          for (int k = 0; k < kernel; k++) {
            const int from = h * stride - pad + k;
            if (from < 0 || from >= in.height) continue;
            const float* row = rows.get(from, [&](float* to) { activated(in, a, image * in.height + from, to); });
            withShape(channels_, kernel, [&](auto w, auto taps) {
              addRow<decltype(w)::value, decltype(taps)::value>(row, filter + (long)k * kernel * channels_, y.data(), out.width, stride, kernel, channels_);
            });
          }
          if (out.wantsMoments) addMoments(out.moments[thread], y.data(), out.width, channels_);
          roundTo(out.data + (image * out.height + h) * out.width * channels_, y.data(), (long)out.width * channels_);
        }
      }
    });
    finishMoments(state, this->plan.output);
  }

  void backward(State<T>& state) override {
    const Value<T>& in = state.values[input_.value];
    const Value<T>& out = state.values[this->plan.output];
    const Activation* a = state.activation(input_.activation);
    const float* filter = state.arrays.parameters[this->plan.weights];
    float* gradient = state.arrays.gradients[this->plan.weights];
    const int kernel = this->plan.kernel, stride = this->plan.stride, pad = this->plan.pad;
    const long filterSize = (long)kernel * kernel * channels_;
    std::vector<std::vector<float>> parts(state.threads);
    Delivery<T> deliver(state, input_);
    inShares(state.threads, images_, [&](int thread, long first, long last) {
      std::vector<float>& part = parts[thread];
      part.assign(filterSize, 0.f);
      Rows rows(1, in.width, pad, channels_), gradients(kernel, out.width, 0, channels_);
      std::vector<float> dx((long)(in.width + 2 * pad) * channels_);
      for (long image = first; image < last; image++) {
        rows.clear(), gradients.clear();
        for (int h = 0; h < in.height; h++) {
          std::fill(dx.begin(), dx.end(), 0.f);
          const float* row = rows.get(h, [&](float* to) { activated(in, a, image * in.height + h, to); });
          for (int k = 0; k < kernel; k++) {
            const int reach = h + pad - k;
            if (reach < 0 || reach % stride != 0 || reach / stride >= out.height) continue;
            const int from = reach / stride;
            const float* dy = gradients.get(from, [&](float* to) { differentiated(out, image * out.height + from, to); });
            withShape(channels_, kernel, [&](auto w, auto taps) {
              constexpr int W = decltype(w)::value, K = decltype(taps)::value;
              const long at = (long)k * kernel * channels_;
              addFilterGradient<W, K>(row, dy, part.data() + at, out.width, stride, kernel, channels_);
              if (deliver.wanted()) addInputGradient<W, K>(dy, filter + at, dx.data(), out.width, stride, kernel, channels_);
            });
          }
          if (deliver.wanted()) deliver(thread, (image * in.height + h) * in.width, dx.data() + (long)pad * channels_, in.width);
        }
      }
    });
    deliver.finish();
    if (!gradient) return;
    for (long i = 0; i < filterSize; i++) {
      float sum = 0;
      for (const auto& part : parts)
        if (!part.empty()) sum += part[i];
      gradient[i] = sum;
    }
  }

 private:
  void activated(const Value<T>& in, const Activation* a, long line, float* to) const {
    const T* from = in.data + line * in.width * channels_;
    if (a) activate(*a, from, to, in.width);
    else roundTo(to, from, (long)in.width * channels_);
  }

  void differentiated(const Value<T>& out, long line, float* to) const {
    const long at = line * out.width * channels_;
    if (out.through) differentiate(*out.through, out.gradient.get() + at, out.data + at, to, out.width);
    else roundTo(to, out.gradient.get() + at, (long)out.width * channels_);
  }

  template <typename To, typename From>
  static void roundTo(To* to, const From* from, long count) {
    withWidth((int)(count % 16), [&](auto width) {
      constexpr int W = decltype(width)::value;
      for (long i = 0; i < count; i += W) store<W>(to + i, load<W>(from + i));
    });
  }

  Term input_;
  int channels_;
  long images_;
};

}  // namespace

template <typename T>
std::unique_ptr<Node<T>> makeDepthwise(const NodePlan& plan, State<T>& state) {
  return std::make_unique<Depthwise<T>>(plan, state);
}
template std::unique_ptr<Node<float>> makeDepthwise(const NodePlan&, State<float>&);
template std::unique_ptr<Node<bf16>> makeDepthwise(const NodePlan&, State<bf16>&);

}  // namespace fair
