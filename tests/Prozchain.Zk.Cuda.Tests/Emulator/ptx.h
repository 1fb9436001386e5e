// Kernels that are text alone, with no build of theirs for the host.
#pragma once

#include <string>

namespace emulator
{
// The kernel of that name in the text; null if there is none, or none that can be read. It lives as long as the process.
const Kernel *read_ptx(const std::string &image, const std::string &name);
}
