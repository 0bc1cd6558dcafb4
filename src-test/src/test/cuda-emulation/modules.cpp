/*
 * Modules of the emulated driver. PTX begins with the digest of the text that it was compiled from, and a cubin has the
 * same line behind its end; under that name lies the library that g++ made of the text. A cubin must be what a driver of
 * CUDA 12 loads, for the device's compute capability or an earlier one of the same major number.
 */
#include <dlfcn.h>
#include <elf.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "driver.h"

static const char HEADER[] = "// SHA-256 of the source: ";
static constexpr size_t LINE = sizeof HEADER - 1;
static constexpr int EM_CUDA_DEVICE = 190, CUDA_OSABI = 0x33, CUDA_ABI = 7;

static CUresult load(Module** made, const char* line) {
  if (std::strncmp(line, HEADER, LINE) != 0) return INVALID_IMAGE;
  std::string digest(line + LINE, 64);
  Dl_info self;
  dladdr(reinterpret_cast<void*>(&load), &self);
  std::string path(self.dli_fname);
  path = path.substr(0, path.rfind('/') + 1) + digest + ".so";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return INVALID_IMAGE;
  *made = new Module{library};
  ++objects;
  return SUCCESS;
}

static CUresult load_cubin(Module** made, const char* image) {
  ++cubins_tried;
  if (cubins_refused != 0) {
    int code = cubins_refused;
    sticky = code >= 700 && code < 800 ? code : 0;
    return code;
  }
  Elf64_Ehdr head;
  std::memcpy(&head, image, sizeof head);
  if (head.e_machine != EM_CUDA_DEVICE || head.e_ident[EI_OSABI] != CUDA_OSABI || head.e_ident[EI_ABIVERSION] != CUDA_ABI) {
    return INVALID_IMAGE;
  }
  int built_for = head.e_flags & 0xff;
  if (built_for / 10 != capability / 10 || built_for % 10 > capability % 10) return NO_BINARY_FOR_GPU;
  size_t sections = head.e_shoff + size_t{head.e_shnum} * head.e_shentsize;
  size_t segments = head.e_phoff + size_t{head.e_phnum} * head.e_phentsize;
  CUresult code = load(made, image + std::max(sections, segments) + 1);
  if (code == SUCCESS) {
    ++cubins_loaded;
    last_cubin = built_for;
  }
  return code;
}

extern "C" {

CUresult cuModuleLoadData(Module** made, const void* image) {
  ENTER
  const char* text = static_cast<const char*>(image);
  if (std::memcmp(text, ELFMAG, SELFMAG) == 0) return load_cubin(made, text);
  if (ptx_refused != 0) return ptx_refused;
  if (std::strncmp(text, HEADER, LINE) != 0) return INVALID_PTX;
  CUresult code = load(made, text);
  ptx_loaded += code == SUCCESS;
  return code;
}

CUresult cuModuleUnload(Module* module) {
  ENTER
  drain_all();
  dlclose(module->library);
  delete module;
  --objects;
  return SUCCESS;
}

CUresult cuModuleGetFunction(Function** made, Module* module, const char* name) {
  ENTER
  auto table = reinterpret_cast<Table>(dlsym(module->library, "emulated_kernels"));
  int count = 0;
  const Kernel* kernels = table(&count);
  for (int i = 0; i < count; ++i) {
    if (std::strcmp(kernels[i].name, name) == 0) {
      /* belongs to the module, as a driver's does; a few bytes stay */
      *made = new Function{&kernels[i], reinterpret_cast<Run>(dlsym(module->library, "emulated_run"))};
      return SUCCESS;
    }
  }
  return NOT_FOUND;
}

} /* extern "C" */
