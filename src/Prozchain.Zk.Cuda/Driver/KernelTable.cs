using System.Collections.Concurrent;
using System.IO.Compression;
using System.Reflection;

namespace Prozchain.Zk.Cuda.Driver;

/// <summary>
/// The kernels of a device. Each file of kernels is compiled ahead for several kinds of device, and where it has some for extensions once for each
/// of them; the best that the device runs is loaded at its first use, and stays. Thread-safe; the context must be the caller's.
/// </summary>
internal sealed class KernelTable(int computeCapability) : IDisposable
{
    // What Kernels/ is compiled for: eng/kernels-to-ptx.sh. PTX runs on its target and all newer devices.
    private static readonly int[] s_targets = [90, 80, 70];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ModuleHandle> _modules = [];
    private readonly HashSet<string> _refused = [];
    private readonly ConcurrentDictionary<KernelName, nint> _functions = [];

    /// <summary>The least compute capability, times ten.</summary>
    public static int LeastCapability => s_targets[^1];

    /// <summary>The kernel's handle.</summary>
    /// <exception cref="CudaException">The driver refuses the module.</exception>
    public nint Find(KernelName kernel)
    {
        if (_functions.TryGetValue(kernel, out nint function)) return function;
        lock (_lock)
        {
            if (!_modules.TryGetValue(kernel.Module, out ModuleHandle? module))
                _modules.Add(kernel.Module, module = new(Image(kernel.Module, out string name), name));
            return _functions[kernel] = module.Function(kernel.Name);
        }
    }

    /// <summary>Adds a module that was written on this machine. One of that name that is there already stays.</summary>
    /// <exception cref="CudaException">The driver refuses it, or fails. What it refuses as such is remembered.</exception>
    public void Add(string name, ReadOnlySpan<byte> image)
    {
        lock (_lock)
        {
            if (_modules.ContainsKey(name)) return;
            try
            {
                _modules.Add(name, new(image, name));
            }
            catch (CudaException failed) when (IsRefusal((CudaStatus)failed.Status))
            {
                _refused.Add(name);
                throw;
            }
        }
    }

    /// <summary>Whether the driver has refused a module of that name.</summary>
    public bool HasRefused(string module)
    {
        lock (_lock) return _refused.Contains(module);
    }

    public bool Has(string module)
    {
        lock (_lock) return _modules.ContainsKey(module);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (ModuleHandle module in _modules.Values) module.Dispose();
            _modules.Clear();
            _functions.Clear();
        }
    }

    // Of a text, not of the device.
    private static bool IsRefusal(CudaStatus status) => status is CudaStatus.InvalidImage or CudaStatus.NoBinaryForDevice
        or CudaStatus.InvalidPtx or CudaStatus.NoCompiler or CudaStatus.UnsupportedPtxVersion or CudaStatus.CompilationDisabled;

    private byte[] Image(string module, out string name)
    {
        Assembly assembly = typeof(KernelTable).Assembly;
        foreach (int target in s_targets)
        {
            name = $"{module}.sm_{target}.ptx.gz";
            if (target > computeCapability || assembly.GetManifestResourceStream(name) is not { } stream) continue;
            using GZipStream text = new(stream, CompressionMode.Decompress);
            using MemoryStream image = new();
            text.CopyTo(image);
            image.WriteByte(0);
            return image.ToArray();
        }
        throw new InvalidOperationException($"Expected kernels {module} for a device of compute capability {computeCapability / 10}.{computeCapability % 10}, got none.");
    }
}
