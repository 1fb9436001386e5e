using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Prozchain.Testing;

namespace Prozchain.Zk.Cuda.Tests.Emulator;

/// <summary>
/// The driver that these sources make: its functions over the host's memory, and the package's kernels compiled for the host. Built once
/// for each state of the sources, by clang or g++.
/// </summary>
internal static partial class EmulatedDriver
{
    private const string Library = "prozchain-emulated-driver";
    private static readonly Lazy<string?> s_path = new(Build);
    private static nint s_library;

    static EmulatedDriver() => NativeLibrary.SetDllImportResolver(typeof(EmulatedDriver).Assembly, (name, _, _) => name == Library ? s_library : 0);

    /// <summary>Why there is none, after <see cref="Path"/> was null.</summary>
    public static string Reason { get; private set; } = "";

    /// <summary>The built library, or null if there is no compiler.</summary>
    public static string? Path => s_path.Value;

    [LibraryImport(Library, EntryPoint = "emulator_reset")]
    public static partial void Reset();

    /// <summary>Pieces of memory, handles and contexts that were taken and not given back.</summary>
    [LibraryImport(Library, EntryPoint = "emulator_outstanding")]
    public static partial long Outstanding();

    [LibraryImport(Library, EntryPoint = "emulator_set_device")]
    public static partial void SetDevice(int devices, int driver, int major, int minor, ulong capacity);

    /// <summary>Lets a call fail: 2 for too little memory, 700 or 719 for a device that is lost from then on.</summary>
    /// <param name="after">1 for the next call.</param>
    [LibraryImport(Library, EntryPoint = "emulator_fail")]
    public static partial void Fail(long after, int status);

    /// <summary>From now on modules of kernels that are written at run time are refused.</summary>
    [LibraryImport(Library, EntryPoint = "emulator_refuse_written")]
    public static partial void RefuseWritten(int status);

    /// <summary>From now on one of a kernel's results comes out wrong: a word from the address on that is its first argument.</summary>
    /// <returns>False if there is no such kernel.</returns>
    [LibraryImport(Library, EntryPoint = "emulator_corrupt", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool Corrupt(string kernel, int word);

    /// <summary>0 launches, 1 bytes to the device, 2 bytes from it, 3 most bytes taken, 4 bytes taken now, 5 modules that were refused.</summary>
    [LibraryImport(Library, EntryPoint = "emulator_count")]
    public static partial long Count(int which);

    private static string? Build()
    {
        string kernels = System.IO.Path.Combine(RepositoryRoot.Path, "src", "Prozchain.Zk.Cuda", "Kernels");
        string shim = System.IO.Path.Combine(RepositoryRoot.Path, "tests", "Prozchain.Zk.Cuda.Tests", "Emulator");
        string[] sources = [.. Directory.GetFiles(shim, "*.cpp"), .. Directory.GetFiles(kernels, "*.cu")];
        Array.Sort(sources, StringComparer.Ordinal);
        string state = State([.. sources, .. Directory.GetFiles(shim, "*.h"), .. Directory.GetFiles(kernels, "*.cuh")]);
        string folder = System.IO.Path.Combine(RepositoryRoot.Path, "artifacts", "emulated-driver");
        string library = System.IO.Path.Combine(folder, $"{state}.so");
        if (!File.Exists(library))
        {
            Directory.CreateDirectory(folder);
            if (!TryCompile(sources, kernels, shim, library)) return null;
        }
        s_library = NativeLibrary.Load(library);
        return library;
    }

    private static bool TryCompile(string[] sources, string kernels, string shim, string library)
    {
        string made = $"{library}.{Environment.ProcessId}";
        string[] options = ["-std=c++20", "-O2", "-fno-strict-aliasing", "-U_FORTIFY_SOURCE", "-w", "-shared", "-fPIC", "-DPROZCHAIN_HOST", $"-I{shim}", $"-I{kernels}"];
        foreach (string compiler in (string[])["g++", "clang++", "clang++-19"])
        {
            ChildResult result;
            try
            {
                result = ChildProcess.Run(compiler, [.. options, "-x", "c++", .. sources, "-o", made], timeout: TimeSpan.FromMinutes(5));
            }
            catch (System.ComponentModel.Win32Exception)
            {
                continue;
            }
            result.AssertSuccess();
            File.Move(made, library, overwrite: true);
            return true;
        }
        Reason = "No C++ compiler (g++ or clang++) to build the kernels for the host with.";
        return false;
    }

    private static string State(string[] files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(file)));
            hash.AppendData(File.ReadAllBytes(file));
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash())[..16];
    }
}
