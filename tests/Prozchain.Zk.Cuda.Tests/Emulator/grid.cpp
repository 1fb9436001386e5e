// A grid of blocks on one thread of the host. Each thread of a block is a fiber with a stack of its own; it runs until it returns or
// comes to a barrier, and then the next one does.
#include "dialect.cuh"

#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <sys/mman.h>
#include <ucontext.h>
#include <vector>

namespace emulator
{
thread_local Place place;

namespace
{
constexpr size_t STACK = 256 << 10;

struct Fiber
{
    ucontext_t start;
    jmp_buf context;
    char *stack = nullptr;
    bool is_started = false, is_done = false;
};

thread_local std::vector<Fiber> fibers;
thread_local jmp_buf scheduler;
thread_local Fiber *running;
thread_local const Kernel *current;
thread_local void **current_arguments;

std::map<std::string, Kernel> &kernels()
{
    static std::map<std::string, Kernel> all;
    return all;
}

// A fiber serves one thread after another: what it is started for is read anew each time.
void serve()
{
    for (;;)
    {
        current->body(current->function, current_arguments);
        running->is_done = true;
        if (_setjmp(running->context) == 0) _longjmp(scheduler, 1);
    }
}

[[gnu::noinline]] void resume(Fiber &fiber)
{
    running = &fiber;
    if (_setjmp(scheduler) != 0) return;
    if (fiber.is_started) _longjmp(fiber.context, 1);
    fiber.is_started = true;
    setcontext(&fiber.start);
}

void prepare(unsigned threads)
{
    while (fibers.size() < threads)
    {
        Fiber fiber;
        void *stack = mmap(nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (stack == MAP_FAILED) abort();
        fiber.stack = static_cast<char *>(stack);
        fibers.push_back(fiber);
    }
    for (unsigned i = 0; i < threads; i++)
    {
        if (fibers[i].is_started) continue;
        getcontext(&fibers[i].start);
        fibers[i].start.uc_stack.ss_sp = fibers[i].stack;
        fibers[i].start.uc_stack.ss_size = STACK;
        fibers[i].start.uc_link = nullptr;
        makecontext(&fibers[i].start, serve, 0);
    }
}
}

Enrolled::Enrolled(const char *name, unsigned maximum_threads, Unpacked kernel)
{
    if (!kernels().emplace(name, Kernel{kernel.body, kernel.function, maximum_threads}).second) abort();
}

const Kernel *find(const char *name)
{
    auto found = kernels().find(name);
    return found == kernels().end() ? nullptr : &found->second;
}

[[gnu::noinline]] void barrier()
{
    if (_setjmp(running->context) == 0) _longjmp(scheduler, 1);
}

bool run(const Kernel &kernel, void **arguments, unsigned grid_x, unsigned grid_y, unsigned block, unsigned shared_bytes)
{
    prepare(block);
    current = &kernel;
    current_arguments = arguments;
    std::vector<unsigned char> memory(shared_bytes + 64);
    unsigned char *shared = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64);
    for (unsigned y = 0; y < grid_y; y++)
        for (unsigned x = 0; x < grid_x; x++)
        {
            // What a block finds in shared memory is nobody's promise.
            memset(shared, 0xa5, shared_bytes);
            for (unsigned i = 0; i < block; i++) fibers[i].is_done = false;
            for (bool is_first = true;; is_first = false)
            {
                unsigned waiting = 0, done = 0;
                for (unsigned i = 0; i < block; i++)
                {
                    if (!is_first && fibers[i].is_done) continue;
                    place = {i, x, y, block, grid_x, shared};
                    resume(fibers[i]);
                    fibers[i].is_done ? done++ : waiting++;
                }
                if (waiting == 0) break;
                // A barrier that some threads never come to hangs a device, or is undefined there.
                if (done != 0)
                {
                    for (unsigned i = 0; i < block; i++) fibers[i].is_started = false;
                    prepare(block);
                    return false;
                }
            }
        }
    return true;
}
}
