using System.Runtime.InteropServices;

namespace Prozchain.Sharding.State;

/// <summary>Aligned unmanaged memory, in pages of 2 MiB where it is large and the system has them, so that random reads do not wait for page tables.</summary>
internal static unsafe partial class HugePages
{
    private const int Size = 1 << 21, UseHugePages = 14;

    /// <summary>Memory as <see cref="NativeMemory.AlignedAlloc"/> has it, aligned to a cache line at least.</summary>
    public static byte* Allocate(nuint bytes)
    {
        if (bytes < Size) return (byte*)NativeMemory.AlignedAlloc(bytes, TrieBlocks.UnitBytes);
        nuint whole = (bytes + Size - 1) & ~(nuint)(Size - 1);
        byte* memory = (byte*)NativeMemory.AlignedAlloc(whole, Size);
        // Advice only: with small pages everything is as right, and slower.
        if (OperatingSystem.IsLinux()) _ = Advise((nint)memory, whole, UseHugePages);
        return memory;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(nint address, nuint length, int advice);
}
