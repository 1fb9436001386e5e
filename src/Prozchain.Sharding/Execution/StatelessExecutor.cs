using System.Buffers;
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
    private readonly ArrayBufferWriter<byte> _needed = new();

    /// <summary>Makes an executor.</summary>
    /// <param name="transition">What transactions mean.</param>
    /// <param name="limits">Rules of the chain; null for the defaults.</param>
    public StatelessExecutor(TTransition transition, ExecutionLimits? limits = null) => _executor = new MicroBlockExecutor<TTransition>(transition, limits);

    /// <summary>What the last block did, unless a fault kept it from being executed.</summary>
    public MicroBlockOutcome Outcome => _executor.Outcome;

    /// <summary>
    /// Executes a block. Any witness and any body are answered, never with an exception. The one witness that is accepted
    /// is that of <see cref="MicroBlockOutcome.WriteWitness"/>: nobody can make it larger than the block needs.
    /// </summary>
    /// <param name="preRoot">The state root before the block.</param>
    /// <param name="block">The block.</param>
    /// <param name="body">What it holds. Signatures are the caller's matter.</param>
    /// <param name="witness">The cells that it touches, at most <see cref="WitnessStore.MaxBytes"/>.</param>
    public StatelessResult Execute(in Digest preRoot, in BlockContext block, MicroBlockBody body, ReadOnlySpan<byte> witness)
    {
        ArgumentNullException.ThrowIfNull(body);
        Outcome.Clear();
        if (WitnessStore.TryOpen(witness, preRoot, block.Shard.Prefix, block.Shard.Depth, out WitnessStore? state) != ProofResult.Valid || state is null) return Faulty(StatelessFault.BadWitness);
        ExecutionResult result = _executor.Execute(block, body, state);
        if (!result.IsOk) return Faulty(StatelessFault.BadBody) with { Body = result };
        if (state.HasGap) return Faulty(StatelessFault.MissingCell);
        _needed.ResetWrittenCount();
        Outcome.WriteWitness(state, _needed);
        if (!_needed.WrittenSpan.SequenceEqual(witness)) return Faulty(StatelessFault.UnusedCell);
        if (state.TryStage(Outcome.Writes, out Digest postRoot) != StageResult.Ok) return Faulty(StatelessFault.MissingCell);
        return new StatelessResult(StatelessFault.None, result, new ExecutionEffect(postRoot, Outcome.WriteDigest, Outcome.ReceiptsRoot));
    }

    /// <summary>Executes a block and holds it against a claim; the first difference is the fault.</summary>
    /// <param name="preRoot">The state root before the block.</param>
    /// <param name="block">The block.</param>
    /// <param name="body">What it holds.</param>
    /// <param name="witness">The cells that it touches.</param>
    /// <param name="claim">What it is said to do.</param>
    public StatelessResult Check(in Digest preRoot, in BlockContext block, MicroBlockBody body, ReadOnlySpan<byte> witness, in ExecutionEffect claim)
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
}
