using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Benchmarks.Quick;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>
/// Bytes a transfer in one batch of 20,000: sender and recipient drawn from 100,000 accounts by Zipf-Mandelbrot (shift
/// 2.7, exponent 1), amounts uniform from 1 to 10^6. Uncompressed; the dictionary of keys and addresses is in the batch.
/// </summary>
internal static class BatchRows
{
    private const string Area = "Rollups";
    private const int Transfers = 20_000, Accounts = 100_000;

    private static readonly Lazy<BatchStatistics> s_statistics = new(Build);

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Figure(Area, "batch, 20,000 transfers, with signatures, raw", "B/tx", Better.Lower, () => s_statistics.Value.BytesPerTransfer) with
        {
            Peer = new Peer("OP span batch") { Value = 111.7 },
        },
        QuickRow.Figure(Area, "batch, 20,000 transfers, without signatures, raw", "B/tx", Better.Lower, () => s_statistics.Value.BytesPerTransferUnsigned) with
        {
            Peer = new Peer("OP span batch") { Value = 47.6 },
            Floor = new Goal(GoalOf.Value, 6.3),
        },
    ];

    private static BatchStatistics Build()
    {
        Random random = Seeded.Random(1);
        var cumulative = new double[Accounts];
        double sum = 0;
        for (int i = 0; i < Accounts; i++) cumulative[i] = sum += 1 / (i + 1 + 2.7);
        var nonces = new Dictionary<int, ulong>();
        // The length of a batch depends on no signature's value, so these are random bytes.
        byte[] signature = Seeded.Bytes(L2Transfer.SignatureSize, 2);
        signature[0] = AccountAddress.P256Scheme;
        var builder = new BatchBuilder();
        for (int i = 0; i < Transfers; i++)
        {
            int from = Draw(random, cumulative), to = Draw(random, cumulative);
            ulong nonce = nonces.GetValueOrDefault(from);
            nonces[from] = nonce + 1;
            L2Transfer transfer = L2Transfer.FromParts(1, KeyOf(from), AccountAddress.FromPublicKey(KeyOf(to)), (ulong)random.Next(1, 1_000_001), nonce, signature);
            if (!builder.TryAdd(transfer, BatchLimits.Default)) throw new InvalidOperationException($"Expected room for {Transfers} transfers, got {i}.");
        }
        return builder.Write(new ArrayBufferWriter<byte>(), new BatchHeader(1, 0, default, 1, builder.Count));
    }

    private static int Draw(Random random, double[] cumulative)
    {
        int found = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, Accounts - 1);
    }

    private static byte[] KeyOf(int account)
    {
        Span<byte> input = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(input, account);
        return [AccountAddress.P256Scheme, .. SHA512.HashData(input)];
    }
}
