// Memory that is used again in every step. A buffer goes back to the pool when its last owner lets go.
#pragma once
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace fair {

inline void* allocate(size_t bytes) {
  const size_t huge = size_t(1) << 21, alignment = bytes >= huge ? huge : 64;
  void* memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (!memory) throw std::bad_alloc();
#if defined(__linux__)
  // Batches are hundreds of megabytes: with pages of 4 KiB their translation costs more than the arithmetic.
  if (bytes >= huge) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  return memory;
}

class Pool {
 public:
  ~Pool() {
    for (auto& [bytes, memory] : free_) std::free(memory);
  }
  template <typename T>
  std::shared_ptr<T> take(size_t count) {
    const size_t wanted = count * sizeof(T);
    auto found = free_.lower_bound(wanted);
    size_t bytes = wanted;
    void* memory;
    // A much larger buffer is kept for those who need it.
    if (found != free_.end() && found->first <= 2 * wanted + 4096) {
      bytes = found->first;
      memory = found->second;
      free_.erase(found);
    } else {
      memory = allocate(wanted);
      total_ += wanted;
    }
    return std::shared_ptr<T>((T*)memory, [this, bytes](T* p) { free_.emplace(bytes, p); });
  }
  size_t total() const { return total_; }

 private:
  std::multimap<size_t, void*> free_;
  size_t total_ = 0;
};

}  // namespace fair
