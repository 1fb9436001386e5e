using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>What a device does at best: copies, operations on registers, and copies from the host.</summary>
internal static class Yardsticks
{
    private const int Threads = 256, BlocksOfMultiprocessor = 8;

    // As the kernels have them.
    private const int Chains = 8, Steps = 16;

    private const uint A = 0x9e3779b1, B = 0x7f4a7c15;

    private delegate void Step(Span<ulong> chains);

    public static void Measure(SelfTestBench bench)
    {
        int log = bench.Fit(bench.Options.LogRows + 10, bytes => 2L << bytes);
        long bytes = 1L << log;
        bench.CopyRate = Rate(bench.Measure($"yardstick: copy 2^{log} bytes on the device", new(2 * bytes, 0), null, CheckFill, session =>
        {
            DeviceBuffer source = session.Allocate(bytes, "bytes to copy"), target = session.Allocate(bytes, "copied bytes");
            SelfTestData.Fill(session, source, uint.MaxValue, 1);
            return () => session.Copy(source, 0, target, 0, bytes);
        }), 2 * bytes);
        bench.MultiplyRate = Registers(bench, "multiply_add", "32-bit products and sums", chains =>
        {
            foreach (ref ulong x in chains) x = unchecked((uint)((uint)x * A + B));
        });
        Registers(bench, "multiply_wide", "32 x 32 + 64-bit products", chains =>
        {
            foreach (ref ulong x in chains) x = unchecked((uint)x * (ulong)A + x);
        });
        bench.LogicRate = Registers(bench, "logic", "logical functions of three words", chains =>
        {
            for (int j = 0; j < Chains; j++) chains[j] = (uint)(chains[j] ^ (chains[(j + 1) % Chains] & ~chains[(j + 2) % Chains]));
        });
        long piece = Math.Min(bytes, 64 << 20);
        PinnedHandle? pinned = null;
        try
        {
            bench.UploadRate = Rate(bench.Measure($"yardstick: upload {piece >> 10} KiB", new(piece, 0), null, CheckUpload, session =>
            {
                DeviceBuffer target = session.Allocate(piece, "bytes from the host");
                pinned = new(piece);
                return () => session.WriteFrom(pinned.Address, target, piece, session.Stream);
            }), piece);
        }
        finally
        {
            pinned?.Dispose();
        }
    }

    private static double Rate(CudaMeasurement? found, long amount) => found is { Seconds: > 0 } ? amount / found.Seconds : 0;

    private static double Registers(SelfTestBench bench, string kernel, string what, Step step)
    {
        KernelName name = new("yardsticks", $"yardstick_{kernel}");
        // So that a device has about a millisecond to do, and an emulated one too.
        int blocks = bench.Options.LogRows < 12 ? 1 : bench.Device.Multiprocessors * BlocksOfMultiprocessor, rounds = bench.Options.LogRows < 12 ? 1 : 1024;
        long operations = (long)blocks * Threads * rounds * Chains * Steps;
        return Rate(bench.Measure($"yardstick: {what}", new(0, operations), null, Check, session =>
        {
            DeviceBuffer target = session.Allocate((long)blocks * Threads * sizeof(uint), "results");
            return () => session.Launch(name, new(blocks, Threads), target, rounds, A, B);
        }), operations);

        bool Check(DeviceSession session)
        {
            const int Rounds = 3, Size = 2 * Threads;
            using DeviceBuffer target = session.Allocate(Size * sizeof(uint), "results");
            session.Launch(name, new(Size / Threads, Threads), target, Rounds, A, B);
            uint[] got = new uint[Size], expected = new uint[Size];
            session.Read(target, 0, got.AsSpan());
            Span<ulong> chains = stackalloc ulong[Chains];
            for (uint thread = 0; thread < Size; thread++)
            {
                for (uint j = 0; j < Chains; j++) chains[(int)j] = unchecked((thread * Chains + j + 1) * A);
                for (int i = 0; i < Rounds * Steps; i++) step(chains);
                foreach (ulong x in chains) expected[thread] ^= (uint)x;
            }
            return got.AsSpan().SequenceEqual(expected);
        }
    }

    private static bool CheckFill(DeviceSession session)
    {
        using DeviceBuffer filled = session.Allocate(3000, "bytes to copy"), copy = session.Allocate(3000, "copied bytes");
        SelfTestData.Fill(session, filled, 1000, 5);
        session.Copy(filled, 0, copy, 0, 3000);
        var words = new uint[750];
        session.Read(copy, 0, words.AsSpan());
        for (uint i = 0; i < words.Length; i++)
            if (words[i] != SelfTestData.Word(i, 1000, 5)) return false;
        return true;
    }

    private static unsafe bool CheckUpload(DeviceSession session)
    {
        const int Size = 1000;
        using PinnedHandle pinned = new(Size * sizeof(uint));
        Span<uint> words = new((void*)pinned.Address, Size);
        for (uint i = 0; i < Size; i++) words[(int)i] = SelfTestData.Word(i, uint.MaxValue, 9);
        using DeviceBuffer target = session.Allocate(pinned.Bytes, "bytes from the host");
        session.WriteFrom(pinned.Address, target, pinned.Bytes, session.Stream);
        var got = new uint[Size];
        session.Read(target, 0, got.AsSpan());
        return words.SequenceEqual(got);
    }
}
