/*
 * A thin layer over Node-API. A file exports a function by
 *
 *   EXPORT(scale) {                              // addon.scale(x: Float32Array, by: number)
 *     const auto x = args.floats(0);
 *     const auto by = static_cast<float>(args.number(1));
 *     for (auto& value : x) value *= by;
 *     return args.undefined();
 *   }
 *
 * Arrays are views of JavaScript's memory, valid until the function returns. C++ exceptions become JavaScript's.
 */
#pragma once

#define NAPI_VERSION 8
#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace napi {

/** JavaScript has thrown already. */
struct Pending {};

inline void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  // First of all: the next call clears it.
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  const std::string message = info && info->error_message ? info->error_message : "Node-API failed";
  bool isPending = false;
  napi_is_exception_pending(env, &isPending);
  if (isPending) throw Pending{};
  throw std::runtime_error(message);
}

/** Memory of a typed array; `data` is null where the array is absent (null or undefined). */
template <typename T>
struct View {
  T* data = nullptr;
  size_t size = 0;
  T* begin() const { return data; }
  T* end() const { return data + size; }
  T& operator[](size_t i) const { return data[i]; }
  explicit operator bool() const { return data != nullptr; }
};

using Floats = View<float>;
using Ints = View<int32_t>;
using Bytes = View<uint8_t>;

/** A JavaScript value with what is asked of it. Reading properties takes some 100 ns each: not for what is called often. */
struct Value {
  napi_env env;
  napi_value value;

  napi_valuetype type() const {
    napi_valuetype found;
    check(env, napi_typeof(env, value, &found));
    return found;
  }
  bool isAbsent() const { return type() == napi_undefined || type() == napi_null; }
  double number() const {
    double found;
    check(env, napi_get_value_double(env, value, &found));
    return found;
  }
  int64_t integer() const {
    int64_t found;
    check(env, napi_get_value_int64(env, value, &found));
    return found;
  }
  bool flag() const {
    bool found;
    check(env, napi_get_value_bool(env, value, &found));
    return found;
  }
  std::string text() const {
    size_t length = 0;
    check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
    std::string found(length, '\0');
    check(env, napi_get_value_string_utf8(env, value, found.data(), length + 1, &length));
    return found;
  }
  Value get(const char* name) const {
    napi_value found;
    check(env, napi_get_named_property(env, value, name, &found));
    return {env, found};
  }
  /** The elements of an Array (not of a typed array, which is a view). */
  std::vector<Value> elements() const {
    uint32_t length;
    check(env, napi_get_array_length(env, value, &length));
    std::vector<Value> found;
    found.reserve(length);
    for (uint32_t i = 0; i < length; i++) {
      napi_value element;
      check(env, napi_get_element(env, value, i, &element));
      found.push_back({env, element});
    }
    return found;
  }
  Floats floats() const { return view<float>(napi_float32_array, "a Float32Array"); }
  Ints ints() const { return view<int32_t>(napi_int32_array, "an Int32Array"); }
  /** Uint8Array, or Buffer. */
  Bytes bytes() const { return view<uint8_t>(napi_uint8_array, "a Uint8Array"); }

 private:
  template <typename T>
  View<T> view(napi_typedarray_type wanted, const char* what) const {
    napi_typedarray_type found;
    size_t length;
    void* data;
    if (napi_get_typedarray_info(env, value, &found, &length, &data, nullptr, nullptr) != napi_ok) {
      if (isAbsent()) return {};
      throw std::invalid_argument(std::string("wanted ") + what);
    }
    if (found != wanted) throw std::invalid_argument(std::string("wanted ") + what + ", got another typed array");
    // An empty array may have no address, and is not the same as none.
    static T nowhere{};
    return {data ? static_cast<T*>(data) : &nowhere, length};
  }
};

/** The arguments of a call, by place. Those that were not given are undefined. */
struct Args {
  static constexpr size_t kMost = 24;
  napi_env env;
  size_t count;
  napi_value values[kMost];

  Args(napi_env env, napi_callback_info info) : env(env), count(kMost) {
    check(env, napi_get_cb_info(env, info, &count, values, nullptr, nullptr));
  }
  Value operator[](size_t i) const { return {env, values[i]}; }

  /** The view of an argument, with data null when it is null or undefined. */
  Floats optionalFloats(size_t i) const { return at(i, [&] { return (*this)[i].floats(); }); }
  Floats floats(size_t i) const { return present(i, optionalFloats(i), "a Float32Array"); }
  /** Throws unless it has so many elements. */
  Floats floats(size_t i, size_t size) const {
    const auto found = floats(i);
    if (found.size != size)
      throw std::invalid_argument("argument " + std::to_string(i) + ": wanted " + std::to_string(size) +
                                  " elements, got " + std::to_string(found.size));
    return found;
  }
  Ints optionalInts(size_t i) const { return at(i, [&] { return (*this)[i].ints(); }); }
  Ints ints(size_t i) const { return present(i, optionalInts(i), "an Int32Array"); }
  Bytes optionalBytes(size_t i) const { return at(i, [&] { return (*this)[i].bytes(); }); }
  Bytes bytes(size_t i) const { return present(i, optionalBytes(i), "a Uint8Array"); }
  double number(size_t i) const { return at(i, [&] { return (*this)[i].number(); }); }
  int64_t integer(size_t i) const { return at(i, [&] { return (*this)[i].integer(); }); }
  bool flag(size_t i) const { return at(i, [&] { return (*this)[i].flag(); }); }
  std::string text(size_t i) const { return at(i, [&] { return (*this)[i].text(); }); }
  /** For a list of tensors: `Float32Array[]`. */
  std::vector<Floats> floatsList(size_t i) const {
    return at(i, [&] {
      std::vector<Floats> found;
      for (const auto& element : (*this)[i].elements()) found.push_back(element.floats());
      return found;
    });
  }

  // Results.
  napi_value undefined() const {
    napi_value result;
    check(env, napi_get_undefined(env, &result));
    return result;
  }
  napi_value resultNumber(double value) const {
    napi_value result;
    check(env, napi_create_double(env, value, &result));
    return result;
  }
  napi_value resultFlag(bool value) const {
    napi_value result;
    check(env, napi_get_boolean(env, value, &result));
    return result;
  }
  napi_value resultText(const std::string& value) const {
    napi_value result;
    check(env, napi_create_string_utf8(env, value.c_str(), value.size(), &result));
    return result;
  }

 private:
  template <typename F>
  auto at(size_t i, F read) const -> decltype(read()) {
    try {
      return read();
    } catch (const std::exception& error) {
      throw std::invalid_argument("argument " + std::to_string(i) + ": " + error.what());
    }
  }
  template <typename V>
  V present(size_t i, V view, const char* what) const {
    if (!view) throw std::invalid_argument("argument " + std::to_string(i) + ": wanted " + what + ", got none");
    return view;
  }
};

using Function = napi_value (*)(Args&);

struct Export {
  const char* name;
  Function function;
};

/** What all files together export, filled before the module starts. */
inline std::vector<Export>& exported() {
  static std::vector<Export> list;
  return list;
}

struct Registrar {
  Registrar(const char* name, Function function) { exported().push_back({name, function}); }
};

}  // namespace napi

#define EXPORT(name)                                               \
  static napi_value name##Exported(napi::Args& args);              \
  static const napi::Registrar name##Registrar{#name, name##Exported}; \
  static napi_value name##Exported([[maybe_unused]] napi::Args& args)
