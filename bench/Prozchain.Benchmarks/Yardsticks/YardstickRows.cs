using System.Security.Cryptography;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.Yardsticks;

/// <summary>What the machine itself can do; every ratio of the table is to one of these.</summary>
internal static class YardstickRows
{
    private const string Area = "Yardsticks";
    private const int CopyBytes = 64 << 20;
    private const int HashBytes = 1 << 20;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "memcpy, 64 MiB buffers", "GB/s", Copy) with { Is = Yardstick.Memcpy },
        QuickRow.Rate(Area, "SHA-256 of the BCL, 1 MiB", "GB/s", Sha256) with { Is = Yardstick.Sha256 },
        QuickRow.Rate(Area, "register loop, 1 thread", "Gstep/s", () => Registers(1)) with { Is = Yardstick.Registers },
        QuickRow.Rate(Area, "register loop, 2 threads", "Gstep/s", () => Registers(2)) with { Against = Yardstick.Registers },
    ];

    private static QuickBody Copy()
    {
        byte[] from = Filled(CopyBytes), to = Filled(CopyBytes);
        return new QuickBody(() => from.AsSpan().CopyTo(to), CopyBytes * 1e-9);
    }

    private static QuickBody Sha256()
    {
        byte[] from = Filled(HashBytes), digest = new byte[SHA256.HashSizeInBytes];
        return new QuickBody(() => SHA256.HashData(from, digest), HashBytes * 1e-9);
    }

    private static QuickBody Registers(int threads)
    {
        const int Steps = 4_000_000;
        if (threads == 1) return new QuickBody(() => RegisterLoop.Run(Steps), Steps * 1e-9);
        var workers = new Workers(threads, () => RegisterLoop.Run(Steps));
        return new QuickBody(workers.RunOnce, threads * Steps * 1e-9, workers);
    }

    // Written once, so that the pages are there and no run pays for them.
    private static byte[] Filled(int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        for (int i = 0; i < length; i++) bytes[i] = (byte)(i * 31);
        return bytes;
    }
}
