#include "dnnl_compat.h"
#include "napi.h"
#include "runtime.h"

#include <stdlib.h>

#include <algorithm>
#if defined(__linux__)
#include <sys/mman.h>
#endif

/** setThreads(count) */
EXPORT(setThreads) {
  const auto wanted = args.integer(0);
  if (wanted < 1 || wanted > 4096) throw std::invalid_argument("wanted 1 to 4096 threads");
  // oneDNN's barriers wait for every thread that it planned for.
  omp_set_dynamic(0);
  const int threads = std::min(static_cast<int>(wanted), omp_get_thread_limit());
  runtime::settings().threads = threads;
  omp_set_num_threads(threads);
  return args.undefined();
}

/** setBf16(isWanted): of the operands of convolutions and matrix products; sums stay float32. */
EXPORT(setBf16) {
  runtime::settings().bf16 = args.flag(0);
  return args.undefined();
}

/** onednnVersion(): of the library that is loaded, which need not be the one of the headers. */
EXPORT(onednnVersion) {
  const auto* version = dnnl_version();
  return args.resultText(std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                   std::to_string(version->patch));
}

/** knowsBf16(): whether this processor has products of bf16 in oneDNN (on x86 it takes AVX-512). */
EXPORT(knowsBf16) {
  using Type = dnnl::memory::data_type;
  using Tag = dnnl::memory::format_tag;
  const auto square = [](Type type) { return dnnl::memory::desc({64, 64}, type, Tag::ab); };
  const compat::Desc image({1, 16, 8, 8}, Type::bf16, Tag::nhwc), filter({16, 16, 3, 3}, Type::bf16, Tag::any);
  const compat::Desc wide({16, 16, 3, 3}, Type::f32, Tag::any);
  const compat::Dims one{1, 1}, none{0, 0};
  auto& engine = runtime::engine();
  try {
    compat::makeMatmul(engine, square(Type::bf16), square(Type::bf16), square(Type::f32));
    const auto forward = compat::makeConvForward(engine, dnnl::prop_kind::forward_training, image, filter, image, one, none, one, one);
    compat::makeConvBackwardData(engine, image, filter, image, one, none, one, one, forward);
    compat::makeConvBackwardWeights(engine, image, wide, image, one, none, one, one, forward);
    return args.resultFlag(true);
  } catch (const dnnl::error&) {
    return args.resultFlag(false);
  }
}

/** A page of 2 MiB in place of 512 small ones, which are zeroed and mapped one by one. */
constexpr size_t kHugePage = 1 << 21;

/** allocate(count): a Float32Array on a cache line, its content undefined. */
EXPORT(allocate) {
  const auto count = args.integer(0);
  if (count < 0 || count > (int64_t{1} << 40)) throw std::invalid_argument("wanted a number of elements");
  const size_t bytes = std::max<size_t>(count * sizeof(float), sizeof(float));
  const size_t alignment = bytes >= 2 * kHugePage ? kHugePage : 64;
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, (bytes + 63) / 64 * 64) != 0) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
  if (alignment == kHugePage) madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
  const auto release = [](napi_env, void* data, void*) { free(data); };
  napi_value buffer, array;
  const auto status =
      napi_create_external_arraybuffer(args.env, memory, count * sizeof(float), release, nullptr, &buffer);
  if (status != napi_ok) free(memory);
  napi::check(args.env, status);
  napi::check(args.env, napi_create_typedarray(args.env, napi_float32_array, count, buffer, 0, &array));
  return array;
}
