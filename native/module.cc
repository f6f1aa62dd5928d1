#include "napi.h"

static napi_value call(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  const auto* exported = static_cast<const napi::Export*>(data);
  try {
    napi::Args args(env, info);
    return exported->function(args);
  } catch (const napi::Pending&) {
    return nullptr;
  } catch (const std::bad_alloc&) {
    napi_throw_error(env, "ENOMEM", (std::string(exported->name) + ": out of memory").c_str());
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, (std::string(exported->name) + ": " + error.what()).c_str());
  } catch (...) {
    napi_throw_error(env, nullptr, (std::string(exported->name) + ": unknown error").c_str());
  }
  return nullptr;
}

NAPI_MODULE_INIT() {
  for (auto& entry : napi::exported()) {
    napi_value function;
    if (napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, call, &entry, &function) != napi_ok) return nullptr;
    if (napi_set_named_property(env, exports, entry.name, function) != napi_ok) return nullptr;
  }
  return exports;
}
