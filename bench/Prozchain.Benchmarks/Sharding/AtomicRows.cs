using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// Swaps between accounts of two shards by provision, execute, certify: both shards' work, from ordering to the writes,
/// without consensus, signatures and proofs.
/// </summary>
internal static class AtomicRows
{
    private const int Swaps = 2048, PerBlock = 256;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate("Sharding", "atomic swaps through two shards in memory, 1 thread, signatures not checked", "swaps/s", Swap) with
        {
            Against = Yardstick.Registers,
            FromYardstick = Steps.PerSecond,
        },
    ];

    private static QuickBody Swap()
    {
        ShardLayout layout = ShardLayout.Create(2);
        var directory = new LayoutDirectory(layout);
        var options = new AtomicOptions { ChainId = 1, Programs = new Dictionary<ushort, IAtomicProgram> { [1] = new MultiTransfer() } };
        using var signer = new SeededSigners();
        (ISigner Left, ISigner Right)[] pairs = signer.Pairs(layout, 1024);
        var transactions = new AtomicTransaction[Swaps];
        for (int i = 0; i < Swaps; i++)
        {
            (ISigner left, ISigner right) = pairs[i % pairs.Length];
            Digest a = Address.FromPublicKey(left.PublicKey.Span).Digest, b = Address.FromPublicKey(right.PublicKey.Span).Digest;
            byte[] moves = MultiTransfer.Encode(new MultiTransfer.Move(a, b, (ulong)i + 1), new MultiTransfer.Move(b, a, 1));
            transactions[i] = AtomicTransaction.Sign(new AtomicTransaction.Header(1, 0, 50_000, 1), [new(a, true), new(b, true)], moves, [left, right]);
        }
        AtomicShard[] shards = [];
        void Before()
        {
            shards = [.. layout.Shards.Select(info =>
            {
                var cells = new MemoryCells();
                Span<byte> value = stackalloc byte[Account.Size];
                new Account(0, 1UL << 40).WriteTo(value);
                foreach ((ISigner left, ISigner right) in pairs)
                {
                    foreach (ISigner each in (ISigner[])[left, right])
                    {
                        Digest key = Address.FromPublicKey(each.PublicKey.Span).Digest;
                        if (info.Contains(key)) cells.Write(key, value);
                    }
                }
                return new AtomicShard(ShardRange.Of(info), options, cells, directory);
            })];
        }
        void Run() => RunAll(shards, layout, transactions);
        return new QuickBody(Run, Swaps, null, Before);
    }

    private static void RunAll(AtomicShard[] shards, ShardLayout layout, AtomicTransaction[] transactions)
    {
        var said = new List<AtomicRecord>[] { [], [] };
        ulong height = 0;
        for (int at = 0; at < transactions.Length || shards[0].Open + shards[1].Open > 0; at += PerBlock)
        {
            List<AtomicRecord>[] heard = said;
            said = [[], []];
            height++;
            for (int i = 0; i < 2; i++)
            {
                shards[i].BeginBlock(height, (long)height * 100, 0);
                foreach (AtomicRecord record in heard[1 - i]) shards[i].Accept(record, new RecordOrigin(layout.Shards[1 - i].Id, 0));
                for (int t = at; t < Math.Min(at + PerBlock, transactions.Length); t++) shards[i].Admit(transactions[t]);
                shards[i].EndBlock(said[i]);
            }
            if (height > 450) throw new InvalidOperationException($"Expected all swaps to end, got {shards[0].Open} open.");
        }
        if (shards[0].Remembered != transactions.Length) throw new InvalidOperationException($"Expected {transactions.Length} swaps, got {shards[0].Remembered}.");
    }

    private sealed class SeededSigners : IDisposable
    {
        private readonly List<P256Signer> _signers = [];

        public (ISigner, ISigner)[] Pairs(ShardLayout layout, int count)
        {
            var left = new List<ISigner>();
            var right = new List<ISigner>();
            for (int seed = 0; left.Count < count || right.Count < count; seed++)
            {
                var signer = new P256Signer(Seeded.Bytes(32, seed));
                _signers.Add(signer);
                (layout.ShardOf(Address.FromPublicKey(signer.PublicKey.Span)) == layout.Shards[0].Id ? left : right).Add(signer);
            }
            return [.. left.Zip(right).Take(count)];
        }

        public void Dispose() => _signers.ForEach(signer => signer.Dispose());
    }

    private sealed class LayoutDirectory(ShardLayout layout) : IShardDirectory
    {
        public bool TryGet(ShardId shard, out ShardRange range)
        {
            bool found = layout.TryGetInfo(shard, out ShardInfo? info);
            range = found ? ShardRange.Of(info!) : default;
            return found;
        }
    }

    private sealed class MemoryCells : ICellStore
    {
        private readonly Dictionary<Digest, byte[]> _cells = [];

        public bool TryRead(in Digest key, out ReadOnlySpan<byte> value)
        {
            bool found = _cells.TryGetValue(key, out byte[]? bytes);
            value = bytes;
            return found;
        }

        public void Write(in Digest key, ReadOnlySpan<byte> value) => _cells[key] = value.ToArray();

        public void Erase(in Digest key) => _cells.Remove(key);
    }
}
