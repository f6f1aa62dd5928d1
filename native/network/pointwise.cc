// 1x1 convolutions, and convolutions of the network's input as products of its patches: tiles of rows, small enough for the cache.
#include <algorithm>
#include "node.h"
#include "products.h"

namespace fair {
namespace {

/** What a tile may take of the second-level cache. */
constexpr long kTileBytes = 384 * 1024;

template <typename T>
class Pointwise : public Node<T> {
 public:
  Pointwise(const NodePlan& plan, State<T>& state) : Node<T>(plan), input_(plan.inputs[0]) {
    const Value<T>&in = state.values[input_.value], &out = state.values[plan.output];
    patches_ = input_.value == 0;
    depth_ = patches_ ? plan.kernel * plan.kernel * in.channels : in.channels;
    width_ = out.channels;
    rows_ = out.rows;
    const long target = std::max(16L, kTileBytes / (long)(2 * sizeof(T) * depth_ + (4 + sizeof(T)) * width_));
    const long tiles = (rows_ + target * state.threads - 1) / (target * state.threads) * state.threads;
    tile_ = (rows_ + tiles - 1) / tiles;
    ThreadsForPlanning one(1);
    const Type type = typeOf<T>();
    const Desc any({depth_, width_}, type, Tag::any), anyBack({width_, depth_}, type, Tag::any);
    const auto forward = planProduct(matrix(tile_, depth_, type), any, matrix(tile_, width_, Type::f32));
    const auto back = planProduct(matrix(tile_, width_, type), anyBack, matrix(tile_, depth_, Type::f32));
    packed_ = Packed(matrix(depth_, width_, Type::f32), forward.weights_desc());
    if (!patches_) packedBack_ = Packed(matrix(width_, depth_, Type::f32, true), back.weights_desc());
    for (long rows : {tile_, rows_ % tile_}) {
      if (rows == 0) continue;
      Shape shape;
      const auto f = planProduct(matrix(rows, depth_, type), forward.weights_desc(), matrix(rows, width_, Type::f32));
      const auto b = planProduct(matrix(rows, width_, type), back.weights_desc(), matrix(rows, depth_, Type::f32));
      const auto w = planProduct(matrix(depth_, rows, type, true), matrix(rows, width_, type), matrix(depth_, width_, Type::f32), true);
      for (int t = 0; t < state.threads; t++) {
        shape.forward.emplace_back(f);
        shape.back.emplace_back(b);
        shape.weights.emplace_back(w);
      }
      for (const Product* p : {&shape.forward[0], &shape.back[0], &shape.weights[0]}) scratch_ = std::max(scratch_, p->scratchBytes());
      shapes_.push_back(std::move(shape));
    }
  }

  double operations(const State<T>&) const override { return 2. * rows_ * depth_ * width_; }

  void forward(State<T>& state) override {
    packed_.pack(state.arrays.parameters[this->plan.weights]);
    Value<T>& out = state.values[this->plan.output];
    inShares(state.threads, tiles(), [&](int thread, long first, long last) {
      Tiles tile(state, *this);
      for (long i = first; i < last; i++) {
        const long row = i * tile_, rows = std::min(tile_, rows_ - row);
        const T* z = source(state, row, rows, tile.z.get());
        T* to = out.data + row * width_;
        float* y = std::is_same_v<T, float> ? (float*)to : tile.wide.get();
        shape(rows).forward[thread](z, packed_.data(), y, tile.scratch.get());
        if (out.wantsMoments) addMoments(out.moments[thread], y, rows, width_);
        if (!std::is_same_v<T, float>) round(to, y, rows * width_);
      }
    });
    finishMoments(state, this->plan.output);
  }

  void backward(State<T>& state) override {
    const Value<T>& out = state.values[this->plan.output];
    float* gradient = state.arrays.gradients[this->plan.weights];
    Delivery<T> deliver(state, input_);
    if (deliver.wanted()) packedBack_.pack(state.arrays.parameters[this->plan.weights]);
    std::vector<std::shared_ptr<float>> parts(state.threads);
    for (auto& part : parts) {
      part = state.pool.template take<float>((size_t)depth_ * width_);
      std::fill_n(part.get(), (size_t)depth_ * width_, 0.f);
    }
    inShares(state.threads, tiles(), [&](int thread, long first, long last) {
      Tiles tile(state, *this);
      float* part = parts[thread].get();
      for (long i = first; i < last; i++) {
        const long row = i * tile_, rows = std::min(tile_, rows_ - row);
        const T* dy = gradientOf(out, row, rows, tile.dy.get());
        const T* z = source(state, row, rows, tile.z.get());
        shape(rows).weights[thread](z, dy, part, tile.scratch.get());
        if (!deliver.wanted()) continue;
        shape(rows).back[thread](dy, packedBack_.data(), tile.wide.get(), tile.scratch.get());
        deliver(thread, row, tile.wide.get(), rows);
      }
    });
    deliver.finish();
    addUp(state, gradient, parts, (long)depth_ * width_);
  }

 private:
  struct Shape {
    std::vector<Product> forward, back, weights;
  };
  /** A thread's own tiles. */
  struct Tiles {
    std::shared_ptr<T> z, dy;
    std::shared_ptr<float> wide;
    std::shared_ptr<char> scratch;
    Tiles(State<T>& state, const Pointwise& node) {
#pragma omp critical(pool)
      {
        z = state.pool.template take<T>(node.tile_ * node.depth_);
        dy = state.pool.template take<T>(node.tile_ * node.width_);
        wide = state.pool.template take<float>(node.tile_ * std::max(node.depth_, node.width_));
        scratch = state.pool.template take<char>(node.scratch_ + 64);
      }
    }
    ~Tiles() {
#pragma omp critical(pool)
      {
        z.reset(), dy.reset(), wide.reset(), scratch.reset();
      }
    }
  };

  long tiles() const { return (rows_ + tile_ - 1) / tile_; }
  Shape& shape(long rows) { return rows == tile_ ? shapes_[0] : shapes_[1]; }

  const T* source(State<T>& state, long row, long rows, T* tile) {
    const Value<T>& in = state.values[input_.value];
    if (!patches_) return inputOf(in, state.activation(input_.activation), row, rows, tile);
    const Value<T>& out = state.values[this->plan.output];
    const int kernel = this->plan.kernel, stride = this->plan.stride, pad = this->plan.pad, channels = in.channels;
    for (long r = row; r < row + rows; r++) {
      const long image = r / (out.height * out.width);
      const int top = (int)(r / out.width % out.height) * stride - pad, left = (int)(r % out.width) * stride - pad;
      T* to = tile + (r - row) * depth_;
      for (int h = top; h < top + kernel; h++)
        for (int w = left; w < left + kernel; w++, to += channels) {
          const bool inside = h >= 0 && h < in.height && w >= 0 && w < in.width;
          const float* from = state.pixels + ((image * in.height + h) * in.width + w) * channels;
          for (int c = 0; c < channels; c++) store<1>(to + c, inside ? load<1>(from + c) : zero<1>());
        }
    }
    return tile;
  }

  static void round(T* to, const float* from, long count) {
    withWidth((int)(count % 16), [&](auto width) {
      constexpr int W = decltype(width)::value;
      for (long i = 0; i < count; i += W) store<W>(to + i, load<W>(from + i));
    });
  }

  static void addUp(State<T>& state, float* sum, const std::vector<std::shared_ptr<float>>& parts, long count) {
    if (!sum) return;
    inShares(state.threads, count, [&](int, long first, long last) {
      for (long i = first; i < last; i++) {
        float all = 0;
        for (const auto& part : parts) all += part.get()[i];
        sum[i] = all;
      }
    });
  }

  Term input_;
  bool patches_;
  long depth_, width_, rows_, tile_;
  size_t scratch_ = 0;
  Packed packed_, packedBack_;
  std::vector<Shape> shapes_;
};

}  // namespace

template <typename T>
std::unique_ptr<Node<T>> makePointwise(const NodePlan& plan, State<T>& state) {
  return std::make_unique<Pointwise<T>>(plan, state);
}
template std::unique_ptr<Node<float>> makePointwise(const NodePlan&, State<float>&);
template std::unique_ptr<Node<bf16>> makePointwise(const NodePlan&, State<bf16>&);

}  // namespace fair
