/*
 * What all kernels share: oneDNN's engine and stream, the number of threads, the precision of products, scratch memory, and a
 * bounded cache of prepared primitives. State is per JavaScript thread, so that workers do not meet.
 */
#pragma once

#include <dnnl.hpp>
#include <omp.h>

#include <cstdint>
#include <cstdlib>
#include <list>
#include <memory>
#include <new>
#include <unordered_map>
#include <utility>
#include <vector>

namespace runtime {

inline dnnl::engine& engine() {
  static dnnl::engine only(dnnl::engine::kind::cpu, 0);
  return only;
}

inline dnnl::stream& stream() {
  static thread_local dnnl::stream only(engine());
  return only;
}

struct Settings {
  int threads = omp_get_max_threads();
  bool bf16 = false;
};

inline Settings& settings() {
  static thread_local Settings only;
  return only;
}

inline int threads() { return settings().threads; }
inline bool bf16() { return settings().bf16; }

/** Elements below which waking other threads costs more than they save. */
constexpr int64_t kSerialElements = 1 << 15;

/** For `#pragma omp parallel for num_threads(runtime::threadsFor(n))`, n being the elements read and written. */
inline int threadsFor(int64_t elements) {
  return elements < kSerialElements ? 1 : settings().threads;
}

/** Runs oneDNN with so many threads until it goes out of scope; primitives keep the number they were made with. */
class ThreadScope {
 public:
  explicit ThreadScope(int wanted) : before_(omp_get_max_threads()) {
    if (wanted != before_) omp_set_num_threads(wanted);
  }
  ~ThreadScope() {
    if (omp_get_max_threads() != before_) omp_set_num_threads(before_);
  }
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  int before_;
};

/** Memory that grows and is kept, on a boundary of cache lines. Not zeroed. */
class Scratch {
 public:
  ~Scratch() { std::free(data_); }
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  void* bytes(size_t size) {
    if (size > size_) {
      std::free(data_);
      size_ = 0;
      data_ = std::aligned_alloc(64, (size + 63) / 64 * 64);
      if (!data_) throw std::bad_alloc();
      size_ = size;
    }
    return data_;
  }
  float* floats(size_t count) { return static_cast<float*>(bytes(count * sizeof(float))); }

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
};

using Key = std::vector<int64_t>;

struct KeyHash {
  size_t operator()(const Key& key) const {
    uint64_t hash = 14695981039346656037ull;
    for (const auto part : key) hash = (hash ^ static_cast<uint64_t>(part)) * 1099511628211ull;
    return hash ^ (hash >> 29);
  }
};

/** The `most` values used last, by key. Valid until the next call. */
template <typename T>
class Cache {
 public:
  explicit Cache(size_t most = 256) : most_(most) {}
  template <typename Make>
  T& get(const Key& key, Make make) {
    const auto found = places_.find(key);
    if (found != places_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return *found->second->second;
    }
    auto made = std::make_unique<T>(make());
    if (order_.size() >= most_) {
      places_.erase(order_.back().first);
      order_.pop_back();
    }
    order_.emplace_front(key, std::move(made));
    places_.emplace(key, order_.begin());
    return *order_.front().second;
  }

 private:
  using Entries = std::list<std::pair<Key, std::unique_ptr<T>>>;
  size_t most_;
  Entries order_;
  std::unordered_map<Key, typename Entries::iterator, KeyHash> places_;
};

}  // namespace runtime
