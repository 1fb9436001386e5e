using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Prozchain.Testing;

/// <summary>Native pages with an inaccessible page on either side: [guard][data ...][guard].</summary>
internal sealed partial class GuardedPages : SafeHandle
{
    private readonly nuint _total;

    public GuardedPages(int bytes) : base(IntPtr.Zero, ownsHandle: true)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        Length = ((nuint)bytes + page - 1) / page * page;
        if (Length == 0) Length = page;
        _total = Length + 2 * page;
        SetHandle(OperatingSystem.IsWindows() ? ReserveWindows(page) : ReserveUnix(page));
        Start = handle + (nint)page;
    }

    /// <summary>The first accessible byte.</summary>
    public nint Start { get; }

    /// <summary>Accessible bytes, a whole number of pages.</summary>
    public nuint Length { get; }

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle() =>
        OperatingSystem.IsWindows() ? VirtualFree(handle, 0, MemRelease) : Munmap(handle, _total) == 0;

    private nint ReserveUnix(nuint page)
    {
        // MAP_PRIVATE | MAP_ANONYMOUS, whose second value differs between the systems.
        int flags = 0x02 | (OperatingSystem.IsMacOS() ? 0x1000 : 0x20);
        nint at = Mmap(IntPtr.Zero, _total, ProtNone, flags, -1, 0);
        if (at == -1) throw new Win32Exception(Marshal.GetLastPInvokeError(), "mmap failed");
        if (Mprotect(at + (nint)page, Length, ProtReadWrite) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            _ = Munmap(at, _total);
            throw new Win32Exception(error, "mprotect failed");
        }
        return at;
    }

    private nint ReserveWindows(nuint page)
    {
        nint at = VirtualAlloc(IntPtr.Zero, _total, MemReserve, PageNoAccess);
        if (at == 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), "VirtualAlloc could not reserve");
        if (VirtualAlloc(at + (nint)page, Length, MemCommit, PageReadWrite) == 0)
        {
            int error = Marshal.GetLastPInvokeError();
            VirtualFree(at, 0, MemRelease);
            throw new Win32Exception(error, "VirtualAlloc could not commit");
        }
        return at;
    }

    private const int ProtNone = 0, ProtReadWrite = 1 | 2;
    private const uint MemCommit = 0x1000, MemReserve = 0x2000, MemRelease = 0x8000, PageNoAccess = 0x01, PageReadWrite = 0x04;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Mmap(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Mprotect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Munmap(nint address, nuint length);

    [LibraryImport("kernel32", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(nint address, nuint size, uint type);
}
