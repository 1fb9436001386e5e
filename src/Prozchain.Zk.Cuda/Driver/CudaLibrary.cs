using System.Reflection;
using System.Runtime.InteropServices;

namespace Prozchain.Zk.Cuda.Driver;

/// <summary>Finds the driver's library: libcuda.so.1 on Linux, nvcuda.dll on Windows.</summary>
internal static class CudaLibrary
{
    public const string Name = "cuda-driver";

    private static readonly Lock s_lock = new();
    private static nint s_library;

    static CudaLibrary() => NativeLibrary.SetDllImportResolver(typeof(CudaLibrary).Assembly, Resolve);

    /// <summary>Another library with the driver's functions, to be set before the first device is opened: the tests' emulated one.</summary>
    public static string? Path { get; set; }

    /// <summary>Whether there is a driver.</summary>
    public static bool TryLoad(out string reason)
    {
        lock (s_lock)
        {
            reason = "";
            if (s_library != 0) return true;
            string name = Path ?? (OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1");
            if (NativeLibrary.TryLoad(name, out s_library)) return true;
            reason = $"There is no NVIDIA driver: {name} was not found.";
            return false;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == Name ? s_library : 0;
}
