using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Prozchain.Benchmarks.Quick;
using Prozchain.Shared;
using Prozchain.Sharding;
using Prozchain.Sharding.State;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>The authenticated state: the compression of parents by width, and batches over 2^20 keys, root included.</summary>
internal static unsafe class StateRows
{
    private const string Area = "Sharding";
    private const int Keys = 1 << 20;
    private const Blake3Flags Parent = Blake3Flags.KeyedHash | Blake3Flags.ChunkStart | Blake3Flags.ChunkEnd | Blake3Flags.Root;

    private static readonly Lazy<(HeapTrieStore Store, StateWrite[] Writes)> s_filled = new(Fill);

    private delegate void Kernel(in Blake3Words key, Blake3Flags flags, ReadOnlySpan<Blake3Job> jobs, bool whole);

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Parents("512-bit lanes", Blake3Jobs.Run<Words512, Vector512<uint>>) with { Floor = new Goal(GoalOf.Value, 50) },
        Parents("256-bit lanes", Blake3Jobs.Run<Words256, Vector256<uint>>),
        Parents("128-bit lanes", Blake3Jobs.Run<Words128, Vector128<uint>>),
        Rate("heap trie, creating 2^17 keys in one batch", Create),
        Rate("heap trie, random updates at 2^20 keys, root each 2^14", () => Updates(1 << 14, i => i)) with { Aim = new Goal(GoalOf.Value, 3) },
        Rate("heap trie, random updates at 2^20 keys, root each 2^17", () => Updates(1 << 17, i => i)) with { Aim = new Goal(GoalOf.Value, 3) },
        // At the rate of the floor and a root each 500 ms a batch is 1.5 million: this row is the floor's.
        Rate("heap trie, random updates at 2^20 keys, root each 2^20", () => Updates(1 << 20, i => i)) with { Floor = new Goal(GoalOf.Value, 3) },
        // The workloads of Firewood's benchmark: create (above), ten thousand random ones, Zipf, single.
        Rate("heap trie, random updates at 2^20 keys, root each 10,000", () => Updates(10_000, i => i)),
        Rate("heap trie, Zipf updates at 2^20 keys, root each 10,000", () => Updates(10_000, Zipf)),
        Rate("heap trie, one update at 2^20 keys, root each", () => Updates(1, i => i)),
        // Constantinople's worst case, which has 250 ms for each block: 2^14 accounts of 50 keys, all accounts in each.
        QuickRow.Time(Area, "heap trie, a block of 2^14 updates over 2^14 x 50 keys, root", "ms", 1e3, Constantinople),
        QuickRow.Figure(Area, "heap trie, p99 of batches of 2^14 updates at 2^20 keys, root each", "ms", Better.Lower, SlowestOfAHundred),
        QuickRow.Figure(Area, "heap trie, bytes a key of 16 bytes' value, 2^20 keys", "B", Better.Lower, () => s_filled.Value.Store.UsedBytes / (double)Keys),
        // PROZCHAIN_LONG=1: a minute and gigabytes.
        .. Environment.GetEnvironmentVariable("PROZCHAIN_LONG") == "1" ? [Large(22), Large(24)] : (QuickRow[])[],
    ];

    private static QuickRow Rate(string name, Func<QuickBody> prepare) =>
        QuickRow.Rate(Area, name, "M/s", prepare) with { Against = Yardstick.Registers, FromYardstick = Steps.MillionsPerSecond };

    // The yardstick in blocks of 64 bytes.
    private static QuickRow Parents(string lanes, Kernel kernel) => QuickRow.Rate(Area, $"BLAKE3 parents of 64 bytes, {lanes}, 1 thread", "M/s", () => Parents(kernel)) with
    {
        Against = Yardstick.Sha256,
        FromYardstick = static rate => rate * 1e3 / 64,
    };

    private static QuickBody Parents(Kernel kernel)
    {
        const int Count = 512;
        byte* memory = (byte*)NativeMemory.AlignedAlloc(Count * 96, 64);
        NativeMemory.Fill(memory, Count * 96, 1);
        var jobs = new Blake3Job[Count];
        for (int i = 0; i < Count; i++) jobs[i] = new Blake3Job((nint)(memory + 64 * i), (nint)(memory + 64 * i + 32), (nint)(memory + 64 * Count + 32 * i));
        return new QuickBody(() => kernel(Blake3Core.InitialVector, Parent, jobs, true), Count * 1e-6, new Disposer(() => NativeMemory.AlignedFree(memory)));
    }

    private static (HeapTrieStore, StateWrite[]) Fill()
    {
        var store = new HeapTrieStore(1L << 29);
        StateWrite[] writes = Writes(Keys, 1);
        foreach (StateWrite[] batch in writes.Chunk(1 << 17))
        {
            store.Stage(batch);
            store.Commit();
        }
        return (store, writes);
    }

    private static QuickBody Create()
    {
        StateWrite[] writes = Writes(1 << 17, 2);
        HeapTrieStore? store = null;
        void Before()
        {
            store?.Dispose();
            store = new HeapTrieStore(1L << 29);
        }
        void Run()
        {
            store!.Stage(writes);
            store.Commit();
        }
        return new QuickBody(Run, writes.Length * 1e-6, new Disposer(() => store?.Dispose()), Before);
    }

    private static QuickRow Large(int logarithm) => Rate($"heap trie, random updates at 2^{logarithm} keys, root each 2^14", () => Large(1 << logarithm, 1 << 14));

    // The values are one and the same at first, so that the keys are all that lies beside the store.
    private static QuickBody Large(int count, int size)
    {
        var store = new HeapTrieStore(256L * count);
        byte[] keys = Seeded.Bytes(32 * count, 4), none = new byte[16], values = new byte[16 * size];
        var batch = new StateWrite[size];
        for (int from = 0; from < count; from += size)
        {
            for (int i = 0; i < size; i++) batch[i] = new StateWrite(KeyAt(from + i), none);
            store.Stage(batch);
            store.Commit();
        }
        ulong stamp = 0;
        int at = 0;
        void Run()
        {
            for (int i = 0; i < size; i++)
            {
                Memory<byte> value = values.AsMemory(16 * i, 16);
                BinaryPrimitives.WriteUInt64LittleEndian(value.Span, ++stamp);
                batch[i] = new StateWrite(KeyAt(at + i), value);
            }
            at = (at + size) % count;
            store.Stage(batch);
            store.Commit();
        }
        return new QuickBody(Run, size * 1e-6, store);

        Digest KeyAt(int number) => new(keys.AsSpan(32 * number, 32));
    }

    private static QuickBody Constantinople()
    {
        const int Accounts = 1 << 14, Each = 50;
        var store = new HeapTrieStore(1L << 29);
        StateWrite[] writes = Writes(Accounts * Each, 3);
        store.Stage(writes);
        store.Commit();
        byte[] values = new byte[16 * Accounts];
        var batch = new StateWrite[Accounts];
        ulong stamp = 0;
        void Run()
        {
            int key = (int)(stamp++ % Each);
            for (int i = 0; i < Accounts; i++)
            {
                Memory<byte> value = values.AsMemory(16 * i, 16);
                BinaryPrimitives.WriteUInt64LittleEndian(value.Span, stamp);
                batch[i] = new StateWrite(writes[i * Each + key].Key, value);
            }
            store.Stage(batch);
            store.Commit();
        }
        return new QuickBody(Run, 1, store);
    }

    private static double SlowestOfAHundred()
    {
        QuickBody body = Updates(1 << 14, i => i);
        double[] times = [.. Enumerable.Range(0, 300).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            body.Run();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }).Skip(100).Order()];
        return times[times.Length * 99 / 100];
    }

    // Every batch brings values that the leaves do not hold, so that none of the work can be saved.
    private static QuickBody Updates(int size, Func<int, int> choose)
    {
        (HeapTrieStore store, StateWrite[] writes) = s_filled.Value;
        int[] keys = [.. Enumerable.Range(0, size == 1 ? 4096 : Math.Min(Keys, 4 * size)).Select(choose).Distinct()];
        byte[] values = new byte[16 * size];
        var batch = new StateWrite[Math.Min(size, keys.Length)];
        ulong stamp = 0;
        int at = 0;
        void Run()
        {
            if (at + batch.Length > keys.Length) at = 0;
            for (int i = 0; i < batch.Length; i++)
            {
                Memory<byte> value = values.AsMemory(16 * i, 16);
                BinaryPrimitives.WriteUInt64LittleEndian(value.Span, ++stamp);
                batch[i] = new StateWrite(writes[keys[at + i]].Key, value);
            }
            at += batch.Length;
            store.Stage(batch);
            store.Commit();
        }
        return new QuickBody(Run, batch.Length * 1e-6);
    }

    // Exponent 1, by the inverse of the distribution of a continuous variable.
    private static int Zipf(int number) => (int)Math.Min(Keys - 1, Math.Exp(Seeded.Random(number).NextDouble() * Math.Log(Keys)));

    private static StateWrite[] Writes(int count, int seed)
    {
        byte[] keys = Seeded.Bytes(32 * count, seed);
        return [.. Enumerable.Range(0, count).Select(i => new StateWrite(new Digest(keys.AsSpan(32 * i, 32)), new byte[16]))];
    }
}
