using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.State;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>The pieces of a shard: layout, state, signatures, committees.</summary>
internal static class ShardingRows
{
    private const string Area = "Sharding";
    private const int Signatures = 2048;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        // The floor is the for 2^20 leaves; with fewer it is the easier.
        Held(QuickRow.Rate(Area, "reference trie, updates at 2^16 keys, root each 4,096", "M/s", Updates), Steps.MillionsPerSecond),
        Held(QuickRow.Rate(Area, "P-256 signatures verified, keys known, 1 thread", "1/s", () => Verify(1)), Steps.PerSecond),
        Held(QuickRow.Rate(Area, "P-256 signatures verified, keys known, 2 threads", "1/s", () => Verify(2)), Steps.PerSecond),
        QuickRow.Time(Area, "swap-or-not, list of 10,000, 90 rounds", "ms", 1e3, Shuffle) with
        {
            Against = Yardstick.Registers,
            FromYardstick = Steps.Milliseconds,
        },
    ];

    private static QuickRow Held(QuickRow row, Func<double, double> steps) => row with { Against = Yardstick.Registers, FromYardstick = steps };

    private static QuickBody Updates()
    {
        const int Accounts = 1 << 16, Batch = 4096;
        var store = new TrieStore();
        StateWrite[] writes = [.. Enumerable.Range(0, Accounts).Select(account => new StateWrite(KeyOf(account), Seeded.Bytes(16, account)))];
        Seeded.Random(1).Shuffle(writes);
        store.Stage(writes);
        store.Commit();
        // Every batch brings values that the leaves do not hold, so that none of the work can be saved.
        ulong stamp = 0;
        int at = 0;
        StateWrite[] batch = new StateWrite[Batch];
        void Run()
        {
            byte[] values = new byte[Batch * 16];
            for (int i = 0; i < Batch; i++)
            {
                Memory<byte> value = values.AsMemory(i * 16, 16);
                BinaryPrimitives.WriteUInt64LittleEndian(value.Span, ++stamp);
                batch[i] = new StateWrite(writes[at + i].Key, value);
            }
            at = (at + Batch) % Accounts;
            store.Stage(batch);
            store.Commit();
        }
        return new QuickBody(Run, Batch * 1e-6);
    }

    private static QuickBody Verify(int threads)
    {
        SignedMessage[] messages = new SignedMessage[Signatures];
        P256Signer[] signers = [.. Enumerable.Range(0, 256).Select(i => new P256Signer(Seeded.Bytes(32, i)))];
        for (int i = 0; i < messages.Length; i++)
        {
            P256Signer signer = signers[i % signers.Length];
            byte[] message = Seeded.Bytes(32, i), signature = new byte[65];
            signer.Sign(message, signature);
            messages[i] = new SignedMessage(signer.PublicKey, message, signature);
        }
        foreach (P256Signer signer in signers) signer.Dispose();
        bool[] valid = new bool[messages.Length];
        var verifier = new P256Verifier();
        void Run()
        {
            verifier.VerifyMany(messages, valid, threads);
            if (valid.Contains(false)) throw new InvalidOperationException("Expected valid signatures, got an invalid one.");
        }
        return new QuickBody(Run, messages.Length, verifier);
    }

    private static QuickBody Shuffle()
    {
        int[] values = [.. Enumerable.Range(0, 10_000)];
        byte[] seed = Seeded.Bytes(32, 1);
        return new QuickBody(() => SwapOrNotShuffle.Shuffle(values.AsSpan(), seed));
    }

    internal static Digest KeyOf(int number)
    {
        Span<byte> input = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(input, number);
        return new Digest(SHA256.HashData(input));
    }
}
