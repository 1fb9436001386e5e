// The functions of the CUDA driver that the package calls, over the memory and the threads of the host: its device is a grid of fibers.
// What is asked of a stream is done at once. Tests bring about its faults by the functions at the end.
#include "dialect.cuh"
#include "ptx.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

using Result = int;
using Address = unsigned long long;

namespace
{
constexpr Result SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, INVALID_DEVICE = 101, INVALID_IMAGE = 200, INVALID_CONTEXT = 201,
                 INVALID_HANDLE = 400, NOT_FOUND = 500, ILLEGAL_ADDRESS = 700, LAUNCH_OUT_OF_RESOURCES = 701, LAUNCH_FAILED = 719;

struct State
{
    std::mutex lock;
    std::map<Address, size_t> memory, pinned;
    size_t capacity = size_t(8) << 30, used = 0, peak = 0;
    int devices = 1, version = 12040, major = 9, minor = 0, handles = 0, retained = 0;
    // The call of this number, from when it was set, and all later ones answer so.
    long long fault_after = -1;
    Result fault = SUCCESS;
    bool is_lost = false;
    long long launches = 0, uploaded = 0, downloaded = 0;
    // Of what this kernel's first argument points to, that word comes out wrong.
    const emulator::Kernel *corrupted = nullptr;
    // What modules written at run time are answered with, and how often they were.
    Result of_written = SUCCESS;
    long long refused = 0;
    int corrupted_word = 0;
};

State state;

struct Module
{
    std::string image;
};

struct Event
{
    std::chrono::steady_clock::time_point time;
};

thread_local bool has_context;

// Each call of the driver passes here; a device that is lost stays so.
Result gate()
{
    if (state.is_lost) return state.fault;
    if (state.fault_after > 0 && --state.fault_after == 0)
    {
        state.is_lost = state.fault != OUT_OF_MEMORY;
        return state.fault;
    }
    return SUCCESS;
}

bool holds(const std::map<Address, size_t> &all, Address address, size_t bytes)
{
    auto after = all.upper_bound(address);
    if (after == all.begin()) return false;
    auto [start, size] = *--after;
    return address + bytes <= start + size;
}
}

#define EXPORT extern "C" __attribute__((visibility("default")))
#define GATE \
    std::lock_guard<std::mutex> guard(state.lock); \
    if (Result fault = gate(); fault != SUCCESS) return fault
#define CONTEXT \
    GATE; \
    if (!has_context) return INVALID_CONTEXT

EXPORT Result cuInit(unsigned) { return state.devices < 0 ? NO_DEVICE : SUCCESS; }
EXPORT Result cuDriverGetVersion(int *version) { *version = state.version; return SUCCESS; }
EXPORT Result cuDeviceGetCount(int *count) { *count = state.devices; return SUCCESS; }
EXPORT Result cuDeviceGet(int *device, int ordinal)
{
    if (ordinal < 0 || ordinal >= state.devices) return INVALID_DEVICE;
    *device = ordinal;
    return SUCCESS;
}
EXPORT Result cuDeviceGetName(char *name, int length, int) { strncpy(name, "Emulated device", length); return SUCCESS; }
EXPORT Result cuDeviceTotalMem_v2(size_t *bytes, int) { *bytes = state.capacity; return SUCCESS; }
EXPORT Result cuDeviceGetAttribute(int *value, int attribute, int)
{
    switch (attribute)
    {
    case 75: *value = state.major; return SUCCESS;
    case 76: *value = state.minor; return SUCCESS;
    case 16: *value = 4; return SUCCESS;
    case 97: *value = 232448; return SUCCESS;
    case 115: *value = state.version >= 11020; return SUCCESS;
    default: return INVALID_VALUE;
    }
}
EXPORT Result cuGetErrorName(Result result, const char **name)
{
    *name = result == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : result == ILLEGAL_ADDRESS ? "CUDA_ERROR_ILLEGAL_ADDRESS"
          : result == LAUNCH_FAILED ? "CUDA_ERROR_LAUNCH_FAILED" : "CUDA_ERROR_EMULATED";
    return SUCCESS;
}

EXPORT Result cuDevicePrimaryCtxRetain(void **context, int device)
{
    GATE;
    state.retained++;
    *context = reinterpret_cast<void *>(uintptr_t(device) + 1);
    return SUCCESS;
}
EXPORT Result cuDevicePrimaryCtxRelease_v2(int) { state.retained--; return SUCCESS; }
EXPORT Result cuCtxSetCurrent(void *context) { has_context = context != nullptr; return SUCCESS; }

EXPORT Result cuMemGetInfo_v2(size_t *free, size_t *total)
{
    CONTEXT;
    *free = state.capacity - state.used;
    *total = state.capacity;
    return SUCCESS;
}
EXPORT Result cuMemPoolCreate(void **pool, const int *properties)
{
    CONTEXT;
    if (properties[0] != 1 || properties[2] != 1 || properties[3] >= state.devices) return INVALID_VALUE;
    state.handles++;
    *pool = new char;
    return SUCCESS;
}
EXPORT Result cuMemPoolDestroy(void *pool)
{
    std::lock_guard<std::mutex> guard(state.lock);
    state.handles--;
    delete static_cast<char *>(pool);
    return SUCCESS;
}
EXPORT Result cuMemPoolSetAttribute(void *, int attribute, const unsigned long long *) { CONTEXT; return attribute == 4 ? SUCCESS : INVALID_VALUE; }
EXPORT Result cuMemPoolGetAttribute(void *, int attribute, unsigned long long *value)
{
    CONTEXT;
    // It gives back at once what it does not need.
    *value = state.used;
    return attribute == 5 || attribute == 7 ? SUCCESS : INVALID_VALUE;
}
EXPORT Result cuMemAllocFromPoolAsync(Address *address, size_t bytes, void *pool, void *)
{
    CONTEXT;
    if (pool == nullptr) return INVALID_HANDLE;
    if (bytes == 0) return INVALID_VALUE;
    if (bytes > state.capacity - state.used) return OUT_OF_MEMORY;
    // Behind each piece lies a page's worth that belongs to nobody, and what is new is not zero.
    void *memory = aligned_alloc(256, (bytes + 255) / 256 * 256 + 256);
    if (memory == nullptr) return OUT_OF_MEMORY;
    memset(memory, 0xcd, bytes);
    *address = reinterpret_cast<Address>(memory);
    state.memory[*address] = bytes;
    state.used += bytes;
    if (state.used > state.peak) state.peak = state.used;
    return SUCCESS;
}
EXPORT Result cuMemFreeAsync(Address address, void *)
{
    std::lock_guard<std::mutex> guard(state.lock);
    auto found = state.memory.find(address);
    if (found == state.memory.end()) return INVALID_VALUE;
    state.used -= found->second;
    free(reinterpret_cast<void *>(address));
    state.memory.erase(found);
    return state.is_lost ? state.fault : SUCCESS;
}
EXPORT Result cuMemAllocHost_v2(void **memory, size_t bytes)
{
    CONTEXT;
    *memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (*memory == nullptr) return OUT_OF_MEMORY;
    state.pinned[reinterpret_cast<Address>(*memory)] = bytes;
    return SUCCESS;
}
EXPORT Result cuMemFreeHost(void *memory)
{
    std::lock_guard<std::mutex> guard(state.lock);
    if (state.pinned.erase(reinterpret_cast<Address>(memory)) == 0) return INVALID_VALUE;
    free(memory);
    return state.is_lost ? state.fault : SUCCESS;
}
EXPORT Result cuMemcpyHtoDAsync_v2(Address target, const void *source, size_t bytes, void *)
{
    CONTEXT;
    if (!holds(state.memory, target, bytes)) return INVALID_VALUE;
    memcpy(reinterpret_cast<void *>(target), source, bytes);
    state.uploaded += bytes;
    return SUCCESS;
}
EXPORT Result cuMemcpyDtoHAsync_v2(void *target, Address source, size_t bytes, void *)
{
    CONTEXT;
    if (!holds(state.memory, source, bytes)) return INVALID_VALUE;
    memcpy(target, reinterpret_cast<void *>(source), bytes);
    state.downloaded += bytes;
    return SUCCESS;
}
EXPORT Result cuMemcpyDtoDAsync_v2(Address target, Address source, size_t bytes, void *)
{
    CONTEXT;
    if (!holds(state.memory, source, bytes) || !holds(state.memory, target, bytes)) return INVALID_VALUE;
    memmove(reinterpret_cast<void *>(target), reinterpret_cast<void *>(source), bytes);
    return SUCCESS;
}
EXPORT Result cuMemsetD32Async(Address target, unsigned value, size_t count, void *)
{
    CONTEXT;
    if (!holds(state.memory, target, count * 4)) return INVALID_VALUE;
    for (size_t i = 0; i < count; i++) reinterpret_cast<unsigned *>(target)[i] = value;
    return SUCCESS;
}

EXPORT Result cuStreamCreate(void **stream, unsigned)
{
    CONTEXT;
    state.handles++;
    *stream = new char;
    return SUCCESS;
}
EXPORT Result cuStreamDestroy_v2(void *stream)
{
    std::lock_guard<std::mutex> guard(state.lock);
    state.handles--;
    delete static_cast<char *>(stream);
    return SUCCESS;
}
EXPORT Result cuStreamSynchronize(void *) { CONTEXT; return SUCCESS; }
EXPORT Result cuStreamWaitEvent(void *, void *, unsigned) { CONTEXT; return SUCCESS; }
EXPORT Result cuEventCreate(void **event, unsigned)
{
    CONTEXT;
    state.handles++;
    *event = new Event();
    return SUCCESS;
}
EXPORT Result cuEventDestroy_v2(void *event)
{
    std::lock_guard<std::mutex> guard(state.lock);
    state.handles--;
    delete static_cast<Event *>(event);
    return SUCCESS;
}
EXPORT Result cuEventRecord(void *event, void *)
{
    CONTEXT;
    static_cast<Event *>(event)->time = std::chrono::steady_clock::now();
    return SUCCESS;
}
EXPORT Result cuEventSynchronize(void *) { CONTEXT; return SUCCESS; }
EXPORT Result cuEventElapsedTime(float *milliseconds, void *start, void *end)
{
    CONTEXT;
    *milliseconds = std::chrono::duration<float, std::milli>(static_cast<Event *>(end)->time - static_cast<Event *>(start)->time).count();
    return SUCCESS;
}

// Text of PTX names its kernels; those of the host's build of the same sources stand for them.
EXPORT Result cuModuleLoadDataEx(void **module, const void *image, unsigned, int *, void **)
{
    CONTEXT;
    std::string text(static_cast<const char *>(image));
    if (text.find(".version") == std::string::npos) return INVALID_IMAGE;
    if (state.of_written != SUCCESS && text.find("generated_tape") != std::string::npos)
    {
        state.refused++;
        return state.of_written;
    }
    state.handles++;
    *module = new Module{text};
    return SUCCESS;
}
EXPORT Result cuModuleUnload(void *module)
{
    std::lock_guard<std::mutex> guard(state.lock);
    state.handles--;
    delete static_cast<Module *>(module);
    return SUCCESS;
}
EXPORT Result cuModuleGetFunction(void **function, void *module, const char *name)
{
    CONTEXT;
    const std::string &image = static_cast<Module *>(module)->image;
    const emulator::Kernel *kernel = emulator::find(name);
    if (kernel == nullptr) kernel = emulator::read_ptx(image, name);
    if (kernel == nullptr || image.find(std::string(" ") + name + "(") == std::string::npos) return NOT_FOUND;
    *function = const_cast<emulator::Kernel *>(kernel);
    return SUCCESS;
}
EXPORT Result cuFuncSetAttribute(void *, int, int) { CONTEXT; return SUCCESS; }
EXPORT Result cuLaunchKernel(
    void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared, void *, void **arguments, void **)
{
    {
        std::lock_guard<std::mutex> guard(state.lock);
        bool was_lost = state.is_lost;
        Result fault = gate();
        // What goes wrong while a kernel runs is heard of later, by whatever is called next.
        if (fault != SUCCESS) return state.is_lost && !was_lost && fault >= ILLEGAL_ADDRESS ? SUCCESS : fault;
        if (!has_context) return INVALID_CONTEXT;
        state.launches++;
    }
    const auto *kernel = static_cast<const emulator::Kernel *>(function);
    if (grid_x == 0 || grid_y == 0 || grid_y > 65535 || grid_z != 1 || block_x == 0 || block_x > 1024 || block_y != 1 || block_z != 1) return INVALID_VALUE;
    if (block_x > kernel->maximum_threads || shared > 232448) return LAUNCH_OUT_OF_RESOURCES;
    if (!emulator::run(*kernel, arguments, grid_x, grid_y, block_x, shared)) return LAUNCH_FAILED;
    if (kernel == state.corrupted) (*static_cast<unsigned **>(arguments[0]))[state.corrupted_word] ^= 1;
    return SUCCESS;
}

EXPORT void emulator_reset()
{
    std::lock_guard<std::mutex> guard(state.lock);
    state.capacity = size_t(8) << 30;
    state.devices = 1;
    state.version = 12040;
    state.major = 9;
    state.minor = 0;
    state.fault_after = -1;
    state.is_lost = false;
    state.corrupted = nullptr;
    state.of_written = SUCCESS;
    state.refused = 0;
    state.peak = state.used;
    state.launches = state.uploaded = state.downloaded = 0;
}
// What has been taken and not been given back: pieces of memory, pinned pieces, handles, contexts.
EXPORT long long emulator_outstanding()
{
    std::lock_guard<std::mutex> guard(state.lock);
    return (long long)state.memory.size() + (long long)state.pinned.size() + state.handles + state.retained;
}
EXPORT void emulator_set_device(int devices, int version, int major, int minor, unsigned long long capacity)
{
    std::lock_guard<std::mutex> guard(state.lock);
    state.devices = devices;
    state.version = version;
    state.major = major;
    state.minor = minor;
    state.capacity = capacity;
}
EXPORT void emulator_fail(long long after, int result)
{
    std::lock_guard<std::mutex> guard(state.lock);
    state.fault_after = after;
    state.fault = result;
    state.is_lost = false;
}
EXPORT void emulator_refuse_written(int result) { state.of_written = result; }
EXPORT bool emulator_corrupt(const char *kernel, int word)
{
    state.corrupted_word = word;
    return (state.corrupted = emulator::find(kernel)) != nullptr;
}
EXPORT long long emulator_count(int which)
{
    std::lock_guard<std::mutex> guard(state.lock);
    return which == 0 ? state.launches : which == 1 ? state.uploaded : which == 2 ? state.downloaded : which == 3 ? (long long)state.peak : which == 4 ? (long long)state.used : state.refused;
}
