// Dense convolutions of more than one tap: oneDNN's own, over the whole batch on all threads.
#include "node.h"
#include "products.h"

namespace fair {
namespace {

template <typename T>
class Convolution : public Node<T> {
 public:
  Convolution(const NodePlan& plan, State<T>& state) : Node<T>(plan), input_(plan.inputs[0]) {
    const Value<T>&in = state.values[input_.value], &out = state.values[plan.output];
    const long images = in.rows / ((long)in.height * in.width);
    const compat::Dims filter{out.channels, in.channels, plan.kernel, plan.kernel}, strides{plan.stride, plan.stride}, dense{0, 0};
    const compat::Dims before{plan.pad, plan.pad};
    // Where the stride leaves a rest, the last rows and columns are not reached.
    const compat::Dims after{(out.height - 1) * plan.stride + plan.kernel - in.height - plan.pad,
                             (out.width - 1) * plan.stride + plan.kernel - in.width - plan.pad};
    const Desc x({images, in.channels, in.height, in.width}, typeOf<T>(), Tag::nhwc);
    const Desc y({images, out.channels, out.height, out.width}, typeOf<T>(), Tag::nhwc);
    const Desc any(filter, typeOf<T>(), Tag::any), wide(filter, Type::f32, Tag::any), ours(filter, Type::f32, Tag::hwio);
    ThreadsForPlanning all(state.threads);
    const auto attributes = userScratchpad();
    const auto f = compat::makeConvForward(cpuEngine(), dnnl::prop_kind::forward_training, x, any, y, strides, dense, before, after, attributes);
    const auto b = compat::makeConvBackwardData(cpuEngine(), x, any, y, strides, dense, before, after, f, attributes);
    const auto w = compat::makeConvBackwardWeights(cpuEngine(), x, wide, y, strides, dense, before, after, f, attributes);
    forward_ = Call(f, x, y, f.weights_desc(), f.scratchpad_desc());
    back_ = Call(b, x, y, b.weights_desc(), b.scratchpad_desc());
    weights_ = Call(w, x, y, w.diff_weights_desc(), w.scratchpad_desc());
    packed_ = Packed(ours, f.weights_desc());
    packedBack_ = Packed(ours, b.weights_desc());
    gradient_ = dnnl::memory(w.diff_weights_desc(), cpuEngine());
    unpacked_ = dnnl::memory(ours, cpuEngine(), nullptr);
    unpack_ = dnnl::reorder(gradient_, unpacked_);
    operations_ = 2. * out.rows * out.channels * in.channels * plan.kernel * plan.kernel;
  }

  double operations(const State<T>&) const override { return operations_; }

  void forward(State<T>& state) override {
    Value<T>& out = state.values[this->plan.output];
    packed_.pack(state.arrays.parameters[this->plan.weights]);
    const auto z = source(state);
    forward_(state, {{DNNL_ARG_SRC, z.get()}, {DNNL_ARG_DST, out.data}}, DNNL_ARG_WEIGHTS, packed_.memory());
    if (!out.wantsMoments) return;
    inShares(state.threads, out.rows, [&](int thread, long first, long last) {
      for (long row = first; row < last; row += kRows)
        addMoments(out.moments[thread], out.data + row * out.channels, std::min(kRows, last - row), out.channels);
    });
    finishMoments(state, this->plan.output);
  }

  void backward(State<T>& state) override {
    const Value<T>&in = state.values[input_.value], &out = state.values[this->plan.output];
    const auto dy = gradient(state, out);
    if (float* wanted = state.arrays.gradients[this->plan.weights]) {
      const auto z = source(state);
      weights_(state, {{DNNL_ARG_SRC, z.get()}, {DNNL_ARG_DIFF_DST, dy.get()}}, DNNL_ARG_DIFF_WEIGHTS, gradient_);
      unpacked_.set_data_handle(wanted);
      unpack_.execute(stream_, gradient_, unpacked_);
    }
    Delivery<T> deliver(state, input_);
    if (!deliver.wanted()) return;
    packedBack_.pack(state.arrays.parameters[this->plan.weights]);
    T* whole = deliver.whole();
    const auto apart = whole ? nullptr : state.pool.template take<T>(in.size());
    back_(state, {{DNNL_ARG_DIFF_SRC, whole ? whole : apart.get()}, {DNNL_ARG_DIFF_DST, dy.get()}}, DNNL_ARG_WEIGHTS, packedBack_.memory());
    if (whole) deliver.sumUp();
    else
      inShares(state.threads, in.rows, [&](int thread, long first, long last) {
        deliver(thread, first, apart.get() + first * in.channels, last - first);
      });
    deliver.finish();
  }

 private:
  static constexpr long kRows = 256;

  /** A primitive with its images at addresses given in each call. */
  struct Call {
    dnnl::primitive primitive;
    Desc x, y, scratchpad;
    Call() = default;
    Call(const dnnl::primitive& primitive, const Desc& x, const Desc& y, const Desc&, const Desc& scratchpad)
        : primitive(primitive), x(x), y(y), scratchpad(scratchpad) {}
    void operator()(State<T>& state, std::vector<std::pair<int, T*>> images, int weightsName, const dnnl::memory& weights) {
      const auto scratch = state.pool.template take<char>(scratchpad.get_size() + 64);
      std::unordered_map<int, dnnl::memory> arguments{{weightsName, weights},
                                                      {DNNL_ARG_SCRATCHPAD, dnnl::memory(scratchpad, cpuEngine(), scratch.get())}};
      for (auto& [name, address] : images) {
        const bool isInput = name == DNNL_ARG_SRC || name == DNNL_ARG_DIFF_SRC;
        arguments.emplace(name, dnnl::memory(isInput ? x : y, cpuEngine(), address));
      }
      dnnl::stream stream(cpuEngine());
      primitive.execute(stream, arguments);
      stream.wait();
    }
  };

  /** The activated input of the whole batch. */
  std::shared_ptr<T> source(State<T>& state) {
    const Value<T>& in = state.values[input_.value];
    const Activation* a = state.activation(input_.activation);
    if (!a) return std::shared_ptr<T>(std::shared_ptr<T>(), in.data);
    auto z = state.pool.template take<T>(in.size());
    inShares(state.threads, in.rows, [&](int, long first, long last) {
      activate(*a, in.data + first * in.channels, z.get() + first * in.channels, last - first);
    });
    return z;
  }

  /** dy of the whole batch. */
  std::shared_ptr<T> gradient(State<T>& state, const Value<T>& out) {
    if (!out.through) return out.gradient;
    auto dy = state.pool.template take<T>(out.size());
    inShares(state.threads, out.rows, [&](int, long first, long last) {
      gradientOf(out, first, last - first, dy.get() + first * out.channels);
    });
    return dy;
  }

  Term input_;
  Call forward_, back_, weights_;
  Packed packed_, packedBack_;
  dnnl::memory gradient_, unpacked_;
  dnnl::reorder unpack_;
  dnnl::stream stream_{cpuEngine()};
  double operations_;
};

}  // namespace

template <typename T>
std::unique_ptr<Node<T>> makeConvolution(const NodePlan& plan, State<T>& state) {
  return std::make_unique<Convolution<T>>(plan, state);
}
template std::unique_ptr<Node<float>> makeConvolution(const NodePlan&, State<float>&);
template std::unique_ptr<Node<bf16>> makeConvolution(const NodePlan&, State<bf16>&);

}  // namespace fair
