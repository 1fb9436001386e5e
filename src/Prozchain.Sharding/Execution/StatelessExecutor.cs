using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// Executes micro-blocks without the state, from what a witness proves of it: what sampled validators attest, what an
/// auditor repeats, and what decides over evidence of an invalid transition. One block at a time.
/// </summary>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
public sealed class StatelessExecutor<TTransition> : IDisposable where TTransition : IShardTransition
{
    private readonly MicroBlockExecutor<TTransition> _executor;

    /// <summary>Makes an executor.</summary>
    /// <param name="transition">What transactions mean.</param>
    /// <param name="limits">Rules of the chain; null for the defaults.</param>
    public StatelessExecutor(TTransition transition, ExecutionLimits? limits = null) => _executor = new MicroBlockExecutor<TTransition>(transition, limits);

    /// <summary>What the last block did, unless a fault kept it from being executed.</summary>
    public MicroBlockOutcome Outcome => _executor.Outcome;

    /// <summary>Executes a block. Any witness and any body are answered, never with an exception.</summary>
    /// <param name="preRoot">The state root before the block.</param>
    /// <param name="block">The block.</param>
    /// <param name="body">What it holds. Signatures are the caller's matter.</param>
    /// <param name="witness">The cells that it touches.</param>
    public StatelessResult Execute(in Digest preRoot, in BlockContext block, MicroBlockBody body, ExecutionWitness witness)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(witness);
        Outcome.Clear();
        foreach (Digest key in witness.Keys)
            if (!block.IsLocal(key)) return Faulty(StatelessFault.BadWitness);
        if (!WitnessProofs.TryOpen(preRoot, block.Shard.Depth, witness, out BinaryTrie<StateHash> trie)) return Faulty(StatelessFault.BadWitness);
        var cells = new WitnessCells(witness);
        ExecutionResult result = _executor.Execute(block, body, cells);
        if (!result.IsOk) return Faulty(StatelessFault.BadBody) with { Body = result };
        if (cells.IsMissing) return Faulty(StatelessFault.MissingCell);
        if (Outcome.TouchedCount != witness.Count) return Faulty(StatelessFault.UnusedCell);
        foreach (ref readonly StateWrite write in Outcome.Writes)
            if (trie.Set(write.Key.Bytes, write.Value.Span) != TrieStatus.Found) return Faulty(StatelessFault.BadWitness);
        return new StatelessResult(StatelessFault.None, result, new ExecutionEffect(new Digest(trie.Root()), Outcome.WriteDigest, Outcome.ReceiptsRoot));
    }

    /// <summary>Executes a block and holds it against a claim; the first difference is the fault.</summary>
    /// <param name="preRoot">The state root before the block.</param>
    /// <param name="block">The block.</param>
    /// <param name="body">What it holds.</param>
    /// <param name="witness">The cells that it touches.</param>
    /// <param name="claim">What it is said to do.</param>
    public StatelessResult Check(in Digest preRoot, in BlockContext block, MicroBlockBody body, ExecutionWitness witness, in ExecutionEffect claim)
    {
        StatelessResult result = Execute(preRoot, block, body, witness);
        if (result.Fault != StatelessFault.None) return result;
        if (result.Effect.ReceiptsRoot != claim.ReceiptsRoot) return result with { Fault = StatelessFault.WrongReceiptsRoot };
        if (result.Effect.WriteDigest != claim.WriteDigest) return result with { Fault = StatelessFault.WrongWriteDigest };
        return result.Effect.PostRoot == claim.PostRoot ? result : result with { Fault = StatelessFault.WrongPostRoot };
    }

    /// <summary>Releases the executor.</summary>
    public void Dispose() => _executor.Dispose();

    private static StatelessResult Faulty(StatelessFault fault) => new(fault, ExecutionResult.Ok, default);

    private sealed class WitnessCells(ExecutionWitness witness) : ICellSource
    {
        public bool IsMissing { get; private set; }

        public bool TryGet(in Digest key, out ReadOnlySpan<byte> value)
        {
            int at = Array.BinarySearch(witness.Keys, key);
            IsMissing |= at < 0;
            value = at < 0 ? default : witness.Values[at];
            return at >= 0 && witness.Values[at] is not null;
        }
    }
}
