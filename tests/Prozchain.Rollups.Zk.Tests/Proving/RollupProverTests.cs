using System.Buffers;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Zk.Jobs;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Testing;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>A node's proof system over a store of jobs that a worker of this process serves.</summary>
public sealed class RollupProverTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("prozchain").FullName;
    private readonly TracedBatch _batch = new(3);
    private readonly ProofJobStore _store;
    private readonly BatchVerifier<Permutation> _verifier = BatchVerifier<Permutation>.Of<Cells>(TracedBatch.BatchRules);
    private readonly byte[] _input;

    public RollupProverTests()
    {
        _store = new ProofJobStore(_folder);
        _batch.Pay(TracedBatch.Transfer(1, TracedBatch.Alias(2), 5, fee: 2));
        var bytes = new ArrayBufferWriter<byte>();
        _batch.Input().Write(bytes);
        _input = bytes.WrittenSpan.ToArray();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ProveAsync_ByAWorker_GivesAProofOnce()
    {
        var work = new Counted(new BatchProver<Permutation, Cells>(TracedBatch.BatchRules));
        ProofStatement asked = _batch.Asked(_batch.Input());
        RollupProver<Permutation> prover = NewProver(statement => statement.BatchHead == asked.BatchHead ? _input : default);
        Assert.Equal((TracedBatch.Setup, null), (prover.SetupId, prover.OnChainVerifier));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task worker = new ProofWorker(_store, work) { Poll = TimeSpan.FromMilliseconds(10) }.RunAsync(end.Token);
        List<double> seen = [];
        ReadOnlyMemory<byte> proof = await prover.ProveAsync(asked, new Seen(seen), Cancellation);
        Assert.True(prover.Verify(asked, proof.Span));
        Assert.Equal(proof.ToArray(), (await prover.ProveAsync(asked, null, Cancellation)).ToArray());
        Assert.Equal(1, work.Calls);
        Assert.False(prover.Verify(asked with { FinalLeaf = asked.StartLeaf }, proof.Span));
        Assert.True(prover.Verify(asked with { To = 1 << 17 }, proof.Span));
        Assert.False(prover.Verify(asked with { To = 1 }, proof.Span));
        Assert.False(prover.Verify(asked, proof.Span[1..]));
        // The batch leads elsewhere than is asked: the caller's error, after the proof is there.
        await Assert.ThrowsAsync<ArgumentException>(async () => await prover.ProveAsync(asked with { FinalLeaf = asked.StartLeaf }, null, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await prover.ProveAsync(asked with { BatchHead = asked.StartLeaf }, null, Cancellation));
        // Another process finds the proof.
        Assert.Equal(proof.ToArray(), (await new RollupProver<Permutation>(_verifier, new ProofJobStore(_folder), _ => _input, TimeSpan.FromMilliseconds(10)).ProveAsync(asked, null, Cancellation)).ToArray());
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker);
    }

    [Fact]
    public async Task ProveAsync_WhereTheJobFails_SaysWhy()
    {
        byte[] wrong = [.. _input];
        wrong[5] ^= 1;
        RollupProver<Permutation> prover = NewProver(_ => wrong);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task worker = new ProofWorker(_store, new BatchProver<Permutation, Cells>(TracedBatch.BatchRules)) { Poll = TimeSpan.FromMilliseconds(10) }.RunAsync(end.Token);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await prover.ProveAsync(_batch.Asked(_batch.Input()), null, Cancellation));
        Assert.Contains("setup", failure.Message, StringComparison.Ordinal);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private RollupProver<Permutation> NewProver(Func<ProofStatement, ReadOnlyMemory<byte>> inputs) => new(_verifier, _store, inputs, TimeSpan.FromMilliseconds(10));

    private sealed class Counted(IProofWork work) : IProofWork
    {
        public int Calls { get; private set; }

        public ValueTask<ReadOnlyMemory<byte>> ProveAsync(ReadOnlyMemory<byte> input, IProgress<double>? progress, CancellationToken cancellationToken)
        {
            Calls++;
            return work.ProveAsync(input, progress, cancellationToken);
        }
    }

    private sealed class Seen(List<double> seen) : IProgress<double>
    {
        public void Report(double value) => seen.Add(value);
    }
}
