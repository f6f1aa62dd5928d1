/* y = f(x), element by element. */

#include <algorithm>

#include "napi.h"
#include "runtime.h"
#include "vector.h"

using vec::all;
using vec::select;
using vec::V;

namespace {

/** The order of UNARY in src/learning/engines/onednn/kernels/unary.ts. */
enum Operation { kNeg, kAbs, kSquare, kSqrt, kRsqrt, kReciprocal, kExp, kLog, kSigmoid, kTanh, kRelu, kRelu6, kLeakyRelu, kStep, kClip };

template <int operation>
inline V apply(V x, float a, float b) {
  // A comparison with NaN is false: the last branch is the one that NaN takes.
  if (operation == kNeg) return -x;
  if (operation == kAbs) return vec::abs(x);
  if (operation == kSquare) return x * x;
  if (operation == kSqrt) return vec::sqrt(x);
  if (operation == kRsqrt) return 1.0f / vec::sqrt(x);
  if (operation == kReciprocal) return 1.0f / x;
  if (operation == kExp) return vec::exp(x);
  if (operation == kLog) return vec::log(x);
  if (operation == kSigmoid) return vec::sigmoid(x);
  if (operation == kTanh) return vec::tanh(x);
  if (operation == kRelu) return select(x < 0.0f, all(0.0f), x);
  if (operation == kRelu6) return select(x < 0.0f, all(0.0f), select(x > 6.0f, all(6.0f), x));
  if (operation == kLeakyRelu) return select(x < 0.0f, x * a, x);
  if (operation == kStep) return select(x > 0.0f, all(1.0f), select(x <= 0.0f, all(a), x));
  return select(x > b, all(b), select(x < a, all(a), x));
}

template <int operation>
void run(const float* x, float* y, int64_t count, float a, float b) {
  const int64_t blocks = count / vec::kLanes;
#pragma omp parallel for num_threads(runtime::threadsFor(count)) schedule(static)
  for (int64_t block = 0; block < blocks; block++) {
    const int64_t at = block * vec::kLanes;
    vec::store(y + at, apply<operation>(vec::load(x + at), a, b));
  }
  const int64_t done = blocks * vec::kLanes;
  if (done < count) vec::storeSome(y + done, apply<operation>(vec::loadSome(x + done, count - done), a, b), count - done);
}

using Run = void (*)(const float*, float*, int64_t, float, float);

constexpr Run kRuns[] = {run<kNeg>,     run<kAbs>,  run<kSquare>,    run<kSqrt>, run<kRsqrt>,
                         run<kReciprocal>, run<kExp>, run<kLog>,      run<kSigmoid>, run<kTanh>,
                         run<kRelu>,    run<kRelu6>, run<kLeakyRelu>, run<kStep>, run<kClip>};

}  // namespace

/** unary(operation, x, y, a, b): y may be x. */
EXPORT(unary) {
  const auto operation = args.integer(0);
  if (operation < 0 || operation > kClip) throw std::invalid_argument("no such operation");
  const auto x = args.floats(1);
  const auto y = args.floats(2, x.size);
  kRuns[operation](x.data, y.data, x.size, static_cast<float>(args.number(3)), static_cast<float>(args.number(4)));
  return args.undefined();
}

/** addN(list of x, y) */
EXPORT(addN) {
  const auto list = args.floatsList(0);
  const auto y = args.floats(1);
  if (list.empty()) throw std::invalid_argument("wanted at least one array");
  for (const auto& x : list) {
    if (x.size != y.size) throw std::invalid_argument("wanted arrays of one length");
  }
  const int64_t count = y.size;
  constexpr int64_t kBlock = 4096;
#pragma omp parallel for num_threads(runtime::threadsFor(count)) schedule(static)
  for (int64_t start = 0; start < count; start += kBlock) {
    const int64_t end = std::min(count, start + kBlock);
    std::copy(list[0].data + start, list[0].data + end, y.data + start);
    for (size_t k = 1; k < list.size(); k++) {
      const float* x = list[k].data;
      for (int64_t i = start; i < end; i++) y[i] += x[i];
    }
  }
  return args.undefined();
}

/** fill(y, value) */
EXPORT(fill) {
  const auto y = args.floats(0);
  const auto value = static_cast<float>(args.number(1));
#pragma omp parallel for num_threads(runtime::threadsFor(y.size)) schedule(static)
  for (int64_t i = 0; i < static_cast<int64_t>(y.size); i++) y[i] = value;
  return args.undefined();
}

/** fromBytes(x: Uint8Array, y): of bool tensors */
EXPORT(fromBytes) {
  const auto x = args.bytes(0);
  const auto y = args.floats(1, x.size);
#pragma omp parallel for num_threads(runtime::threadsFor(y.size)) schedule(static)
  for (int64_t i = 0; i < static_cast<int64_t>(y.size); i++) y[i] = x[i];
  return args.undefined();
}

/** select(condition: Uint8Array, then, otherwise, y), all of one length */
EXPORT(select) {
  const auto condition = args.bytes(0);
  const auto then = args.floats(1, condition.size), otherwise = args.floats(2, condition.size);
  const auto y = args.floats(3, condition.size);
#pragma omp parallel for num_threads(runtime::threadsFor(y.size)) schedule(static)
  for (int64_t i = 0; i < static_cast<int64_t>(y.size); i++) y[i] = condition[i] ? then[i] : otherwise[i];
  return args.undefined();
}
