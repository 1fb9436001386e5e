using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>What both kinds of atomic transactions share in one shard: the block, the cells and their claims, the records to emit, who has ended.</summary>
internal sealed class AtomicContext(ShardRange self, AtomicOptions options, ICellStore cells, IShardDirectory directory)
{
    public ShardRange Self { get; } = self;

    public AtomicOptions Options { get; } = options;

    public ICellStore Cells { get; } = cells;

    public ClaimTable Claims { get; } = new(options.Without != SafetyRule.FixedKeepsClaims);

    public List<AtomicRecord> Emitted { get; } = [];

    public SortedDictionary<ShardId, ShardEnding> Endings { get; } = [];

    public ulong Height { get; set; }

    public long TimeMs { get; set; }

    public ulong Epoch { get; set; }

    /// <summary>Begun in this block.</summary>
    public int Begun { get; set; }

    /// <summary>True unless a test leaves the rule out.</summary>
    public bool Keeps(SafetyRule rule) => Options.Without != rule;

    /// <summary>True if the shard holds or held the cell.</summary>
    public bool Holds(ShardId shard, in DeclaredCell cell) => directory.TryGet(shard, out ShardRange range) && range.Contains(cell.Class, cell.Key);

    /// <summary>True if this shard holds the cell.</summary>
    public bool IsOwn(in DeclaredCell cell) => Self.Contains(cell.Class, cell.Key);

    /// <summary>True if another shard holds or held a key of its class, and this one does not.</summary>
    public bool IsForeign(ShardId shard, in Digest key) => directory.TryGet(shard, out ShardRange range) && range.Contains(key) && !Self.Contains(range.Class, key);

    /// <summary>True if only a settled set tells what the shard said in that epoch.</summary>
    public bool HasEnded(ShardId shard, ulong epoch) => Endings.TryGetValue(shard, out ShardEnding? ending) && epoch <= ending.Epoch;

    /// <summary>True if the ended shard can have ordered the transaction, so that its silence says something: no shard begins one before its time.</summary>
    public bool CanHaveOrdered(ShardEnding ending, AtomicTransaction transaction) => transaction.BeginMs <= ending.CompleteFromMs + Options.RetentionMs;

    /// <summary>Who holds a shard's part now: the shard, or its heirs as far as endings are known here.</summary>
    public void ReplaceEnded(SortedSet<ShardId> shards)
    {
        bool isChanged = true;
        while (isChanged)
        {
            isChanged = false;
            foreach (ShardId shard in shards.ToArray())
            {
                if (!Endings.TryGetValue(shard, out ShardEnding? ending) || ending.Heirs.IndexOf(shard) >= 0) continue;
                shards.Remove(shard);
                foreach (ShardId heir in ending.Heirs) shards.Add(heir);
                isChanged = true;
            }
        }
    }

    public AtomicResult CheckBegin(AtomicTransaction transaction, bool hasCells, int open)
    {
        if (transaction.ChainId != Options.ChainId) return AtomicResult.WrongChain;
        if (!Options.Programs.ContainsKey(transaction.Program) || transaction.Cells.IsEmpty == hasCells) return AtomicResult.WrongKind;
        if (TimeMs < transaction.BeginMs || TimeMs >= transaction.DeadlineMs || transaction.DeadlineMs - transaction.BeginMs > Options.MaxValidityMs)
            return AtomicResult.OutsideWindow;
        if (Begun >= Options.MaxPerBlock) return AtomicResult.BlockFull;
        return open >= Options.MaxOpen ? AtomicResult.Full : AtomicResult.Accepted;
    }

    /// <summary>Checks what a settled set says about a transaction, or that it says nothing (value null).</summary>
    public bool TrySettled(ShardId shard, in Digest transaction, Attempt attempt, ReadOnlySpan<byte> value, StateProof proof, out ShardEnding ending)
    {
        if (!Endings.TryGetValue(shard, out ending!)) return false;
        Digest key = ShardEnding.KeyOf(transaction, attempt);
        return value.IsEmpty ? proof.ShowsAbsent(ending.SettledRoot, 0, key) : value.Length == 1 + Digest.Size && value[0] <= 1 && proof.Shows(ending.SettledRoot, 0, key, value);
    }
}
