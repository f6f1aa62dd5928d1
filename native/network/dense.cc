// The dense layer: few rows and a large matrix, so that all threads share one product.
#include "node.h"
#include "products.h"

namespace fair {
namespace {

template <typename T>
class Dense : public Node<T> {
 public:
  Dense(const NodePlan& plan, State<T>& state) : Node<T>(plan), input_(plan.inputs[0]) {
    const Value<T>&in = state.values[input_.value], &out = state.values[plan.output];
    depth_ = in.channels, width_ = out.channels, rows_ = in.rows;
    ThreadsForPlanning all(state.threads);
    const Type type = typeOf<T>();
    const auto forward = planProduct(matrix(rows_, depth_, type), Desc({depth_, width_}, type, Tag::any), matrix(rows_, width_, Type::f32));
    const auto back = planProduct(matrix(rows_, width_, type), Desc({width_, depth_}, type, Tag::any), matrix(rows_, depth_, Type::f32));
    const auto weights = planProduct(matrix(depth_, rows_, type, true), matrix(rows_, width_, type), matrix(depth_, width_, Type::f32));
    forward_ = Product(forward), back_ = Product(back), weights_ = Product(weights);
    packed_ = Packed(matrix(depth_, width_, Type::f32), forward.weights_desc());
    packedBack_ = Packed(matrix(width_, depth_, Type::f32, true), back.weights_desc());
    scratch_ = std::max({forward_.scratchBytes(), back_.scratchBytes(), weights_.scratchBytes()}) + 64;
  }

  double operations(const State<T>&) const override { return 2. * rows_ * depth_ * width_; }

  void forward(State<T>& state) override {
    Value<T>& out = state.values[this->plan.output];
    packed_.pack(state.arrays.parameters[this->plan.weights]);
    const auto scratch = state.pool.template take<char>(scratch_);
    const auto y = state.pool.template take<float>(out.size());
    const auto z = source(state);
    forward_(z.get(), packed_.data(), y.get(), scratch.get());
    const float* bias = this->plan.bias < 0 ? nullptr : state.arrays.parameters[this->plan.bias];
    for (long row = 0; row < rows_; row++)
      for (long c = 0; c < width_; c++) {
        float& value = y.get()[row * width_ + c];
        if (bias) value += bias[c];
        store<1>(out.data + row * width_ + c, load<1>(&value));
      }
    if (out.wantsMoments) addMoments(out.moments[0], y.get(), rows_, (int)width_);
    finishMoments(state, this->plan.output);
  }

  void backward(State<T>& state) override {
    const Value<T>& out = state.values[this->plan.output];
    const auto scratch = state.pool.template take<char>(scratch_);
    const auto tile = state.pool.template take<T>(out.size());
    const T* dy = gradientOf(out, 0, rows_, tile.get());
    if (float* wanted = state.arrays.gradients[this->plan.weights]) weights_(source(state).get(), dy, wanted, scratch.get());
    if (float* wanted = this->plan.bias < 0 ? nullptr : state.arrays.gradients[this->plan.bias]) sumRows(dy, wanted);
    Delivery<T> deliver(state, input_);
    if (!deliver.wanted()) return;
    packedBack_.pack(state.arrays.parameters[this->plan.weights]);
    const auto dz = state.pool.template take<float>(rows_ * depth_);
    back_(dy, packedBack_.data(), dz.get(), scratch.get());
    inShares(state.threads, rows_, [&](int thread, long first, long last) {
      deliver(thread, first, dz.get() + first * depth_, last - first);
    });
    deliver.finish();
  }

 private:
  std::shared_ptr<T> source(State<T>& state) {
    const Value<T>& in = state.values[input_.value];
    const Activation* a = state.activation(input_.activation);
    if (!a) return std::shared_ptr<T>(std::shared_ptr<T>(), in.data);
    auto z = state.pool.template take<T>(in.size());
    activate(*a, in.data, z.get(), rows_);
    return z;
  }

  void sumRows(const T* dy, float* sums) const {
    for (long c = 0; c < width_; c++) {
      double sum = 0;
      for (long row = 0; row < rows_; row++) sum += load<1>(dy + row * width_ + c)[0];
      sums[c] = (float)sum;
    }
  }

  Term input_;
  long depth_, width_, rows_;
  size_t scratch_;
  Product forward_, back_, weights_;
  Packed packed_, packedBack_;
};

}  // namespace

template <typename T>
std::unique_ptr<Node<T>> makeDense(const NodePlan& plan, State<T>& state) {
  return std::make_unique<Dense<T>>(plan, state);
}
template std::unique_ptr<Node<float>> makeDense(const NodePlan&, State<float>&);
template std::unique_ptr<Node<bf16>> makeDense(const NodePlan&, State<bf16>&);

}  // namespace fair
